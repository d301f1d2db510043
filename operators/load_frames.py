"""Load Frames: into the Sequencer, the compositor, or onto a material."""

import bpy
from bpy.props import EnumProperty

from ..core.errors import ImpastoError
from ..core.video.numbers import spelled
from ..translations import tip


class IMPASTO_OT_load_frames(bpy.types.Operator):
    """Load the restyled frames"""

    bl_idname = "impasto.load_frames"
    bl_label = "Load Frames"
    bl_options = {"REGISTER", "UNDO"}

    place: EnumProperty(
        name="Place",
        description="Where to load the restyled frames",
        items=(
            ("SEQUENCER", "Sequencer", "Add as image strip in the Video Sequencer"),
            ("COMPOSITOR", "Compositor", "Add as Image node (unlinked)"),
            (
                "IMAGE",
                "Image Sequence",
                "Add as image, and to the active Image Texture node of the active object",
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
        from ..scene.frames import outputs

        try:
            name = outputs.load(context, self.place)
        except ImpastoError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        missing = outputs.missing_results(context.scene)
        if missing and self.place != "SEQUENCER":
            gaps = f"it shows nothing where there is no {spelled(missing)}"
            self.report({"WARNING"}, f"Loaded as {name}; {gaps}")
        else:
            self.report({"INFO"}, f"Loaded as {name}")
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_load_frames,)
