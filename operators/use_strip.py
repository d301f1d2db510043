"""Use Strip: restyle the frames of a strip of the Video Sequencer."""

import bpy

from ..core.errors import ImpastoError
from ..translations import tip


class IMPASTO_OT_use_strip(bpy.types.Operator):
    """Take the frames from the active image or movie strip of the Video Sequencer"""

    bl_idname = "impasto.use_strip"
    bl_label = "Use Strip"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        editor = context.scene.sequence_editor
        strip = editor.active_strip if editor is not None else None
        if strip is None or strip.type not in {"IMAGE", "MOVIE"}:
            cls.poll_message_set(tip("Select an image or movie strip in the Video Sequencer first"))
            return False
        return True

    def execute(self, context):
        from ..scene.frames import inputs

        try:
            inputs.use_strip(context.scene)
        except ImpastoError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_use_strip,)
