"""Forget Decisions."""

from __future__ import annotations

import bpy

from ..scene.groups import decisions
from ..translations import tip


class IMPASTO_OT_forget_decisions(bpy.types.Operator):
    """Forget which textures you moved, merged or kept apart. The groups stay until you analyze again"""

    bl_idname = "impasto.forget_decisions"
    bl_label = "Forget Decisions"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if not decisions.count(context.scene.impasto):
            cls.poll_message_set(tip("No decisions yet; move, merge or split groups to make some"))
            return False
        return True

    def execute(self, context):
        decisions.forget(context.scene.impasto)
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_forget_decisions,)
