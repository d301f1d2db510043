"""Enable Passes: let renders store the motion of every pixel."""

import bpy

from ..translations import tip


class IMPASTO_OT_enable_passes(bpy.types.Operator):
    """Render to OpenEXR MultiLayer with the Vector and Depth passes, without motion blur"""

    bl_idname = "impasto.enable_passes"
    bl_label = "Enable Passes"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        from ..scene.frames import inputs

        if not inputs.missing_passes(context.scene):
            cls.poll_message_set(tip("The scene already renders all passes that are needed"))
            return False
        return True

    def execute(self, context):
        from ..scene.frames import inputs

        inputs.enable_passes(context.scene)
        self.report({"INFO"}, "Enabled Vector and Depth passes (OpenEXR MultiLayer)")
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_enable_passes,)
