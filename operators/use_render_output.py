"""Use Render Output: restyle the frames that this scene renders."""

import bpy


class IMPASTO_OT_use_render_output(bpy.types.Operator):
    """Take the frames from the render output of this scene"""

    bl_idname = "impasto.use_render_output"
    bl_label = "Use Render Output"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context):
        from ..scene.frames import inputs

        settings = context.scene.impasto.frames
        settings.source = inputs.render_output(context.scene)
        settings.first, settings.last = context.scene.frame_start, context.scene.frame_end
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_use_render_output,)
