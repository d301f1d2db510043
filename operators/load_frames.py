"""Load Frames: the restyled animation into the Sequencer, or onto a material."""

import bpy
from bpy.props import EnumProperty

from ..core.errors import ImpastoError
from ..translations import tip


class IMPASTO_OT_load_frames(bpy.types.Operator):
    """Load the restyled frames"""

    bl_idname = "impasto.load_frames"
    bl_label = "Load Frames"
    bl_options = {"REGISTER", "UNDO"}

    place: EnumProperty(
        name="Place",
        description="Where the restyled frames are loaded",
        items=(
            ("SEQUENCER", "Sequencer", "As an image strip in the Video Sequencer"),
            (
                "IMAGE",
                "Image Sequence",
                "As an image, also in the active Image Texture node of the active object",
            ),
        ),
    )

    @classmethod
    def poll(cls, context):
        if not context.scene.impasto.frames.result:
            cls.poll_message_set(tip("Restyle frames first"))
            return False
        return True

    def execute(self, context):
        from ..scene import frames

        try:
            name = frames.load(context.scene, self.place)
        except ImpastoError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if self.place == "IMAGE":
            count = len(frames.result_files(context.scene))
            frames.show_on_material(context, bpy.data.images[name], count)
        self.report({"INFO"}, f"Loaded as {name}.")
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_load_frames,)
