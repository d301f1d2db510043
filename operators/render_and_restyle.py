"""Render and Restyle: render what is missing, then restyle all frames."""

from contextlib import suppress

import bpy

from ..translations import tip
from .restyle_frames import IMPASTO_OT_restyle_frames as Restyle


class IMPASTO_OT_render_and_restyle(Restyle):
    """Render the missing frames, then restyle all"""

    bl_idname = "impasto.render_and_restyle"
    bl_label = "Render and Restyle"

    @classmethod
    def poll(cls, context):
        from ..scene.frames import inputs

        if not inputs.is_render_output(context.scene):
            cls.poll_message_set(tip("Press Use Render Output first"))
            return False
        return super().poll(context)

    def execute(self, context):
        from ..scene.frames import inputs

        missing = inputs.missing_frames(context.scene)
        if missing:
            try:
                inputs.render_missing(context.scene, missing)
            except RuntimeError as error:
                return self._not_rendered(error)
        return super().execute(context)

    def invoke(self, context, event):
        from ..scene.frames import inputs

        missing = inputs.missing_frames(context.scene)
        if bpy.app.background or not missing:
            return super().invoke(context, event)
        try:
            inputs.begin_to_render(context.scene, missing, _restyle)
        except RuntimeError as error:
            return self._not_rendered(error)
        self.report({"INFO"}, f"Rendering {len(missing)} frames, then restyling all")
        return {"FINISHED"}

    def _not_rendered(self, error: RuntimeError):
        self.report({"ERROR"}, str(error).removeprefix("Error: ").strip())
        return {"CANCELLED"}


def _restyle(scene: bpy.types.Scene, complete: bool) -> None:
    """Restyle the frames after their render, unless it was cancelled."""
    windows = bpy.context.window_manager.windows
    # Not in the window of the render, which the artist may close.
    window = next((w for w in windows if w.parent is None and w.scene == scene), None)
    if complete and window is not None:
        with bpy.context.temp_override(window=window), suppress(RuntimeError):
            bpy.ops.impasto.restyle_frames("INVOKE_DEFAULT")


CLASSES = (IMPASTO_OT_render_and_restyle,)
