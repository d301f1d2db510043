"""Mark restyled materials as assets."""

from __future__ import annotations

import bpy

from ..scene import assets, images, results
from ..scene.words import counted


class IMPASTO_OT_mark_assets(bpy.types.Operator):
    """Mark the restyled materials of this scene as assets, tagged with their styles"""

    bl_idname = "impasto.mark_assets"
    bl_label = "Mark as Assets"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if not results.any_restyled():
            cls.poll_message_set("No texture is restyled yet; press Stylize first")
            return False
        return True

    def execute(self, context):
        count = assets.mark(images.materials_in("SCENE", context))
        self.report({"INFO"}, f"{counted(count, 'material')} marked as asset.")
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_mark_assets,)
