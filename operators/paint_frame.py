"""Paint Frame and Propagate: paint over a frame, and carry it through its shot."""

import bpy

from ..core.errors import ImpastoError
from ..translations import tip
from .restyle_frames import IMPASTO_OT_restyle_frames as Restyle


class IMPASTO_OT_paint_frame(bpy.types.Operator):
    """Open a copy of the restyled frame at the playhead to paint over in an Image Editor"""

    bl_idname = "impasto.paint_frame"
    bl_label = "Paint Frame"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if not context.scene.impasto.frames.result:
            cls.poll_message_set(tip("Restyle frames first"))
            return False
        return True

    def execute(self, context):
        from ..scene import plots
        from ..scene.frames import painted

        try:
            image = painted.paint_frame(context.scene)
        except ImpastoError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if not bpy.app.background:
            plots.show(context, image)
        self.report({"INFO"}, "Paint the frame, then press Propagate")
        return {"FINISHED"}


class IMPASTO_OT_propagate_frames(Restyle):
    """Learn from the painted frames, and carry their look through their shots"""

    bl_idname = "impasto.propagate_frames"
    bl_label = "Propagate"

    @classmethod
    def poll(cls, context):
        if context.scene.impasto.frames.look.engine != "NETWORK":
            cls.poll_message_set(tip("Set Engine to Network; it carries painted frames"))
            return False
        return super().poll(context) and cls.can_fit(context)

    def start(self, context):
        from ..scene.frames import restyle  # late: it is slow to import

        return restyle.start(context, propagate=True)


CLASSES = (IMPASTO_OT_paint_frame, IMPASTO_OT_propagate_frames)
