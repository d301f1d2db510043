"""Same and Different: answer whether two textures show the same kind of thing."""

import bpy
from bpy.props import IntProperty

from ..scene.groups import answers, doubts
from ..translations import tip
from .idle_operator import IdleOperator


class DoubtOperator(IdleOperator):
    """Mix-in of the answers to a doubt, which the panel hands on as ``impasto_doubt``."""

    bl_options = {"REGISTER", "UNDO"}
    same = False

    @classmethod
    def poll(cls, context):
        return cls.idle() and cls.unlocked(context)

    @classmethod
    def unlocked(cls, context) -> bool:
        """Return False, and set the reason for ``poll``, if a locked group would change."""
        row = getattr(context, "impasto_doubt", None)
        name = doubts.locked(context.scene.impasto, row, same=cls.same) if row else ""
        if name:
            reason = tip("{group} is locked; unlock it first")
            cls.poll_message_set(reason.format(group=name))
        return not name

    def execute(self, context):
        settings = context.scene.impasto
        if not 0 <= self.index < len(settings.doubts):
            self.report({"ERROR"}, "There is no such doubt.")
            return {"CANCELLED"}
        row = settings.doubts[self.index]
        if name := doubts.locked(settings, row, same=self.same):
            self.report({"ERROR"}, f"{name} is locked; unlock it first.")
            return {"CANCELLED"}
        if doubts.groups_of(settings, row) is None:
            settings.doubts.remove(self.index)
            self.report({"WARNING"}, "One of the textures is in no group any more")
            return {"FINISHED"}
        (answers.same if self.same else answers.different)(settings, row)
        return {"FINISHED"}


class IMPASTO_OT_mark_same(DoubtOperator, bpy.types.Operator):
    """Merge the groups of both textures, and keep them together when analyzing again"""

    bl_idname = "impasto.mark_same"
    bl_label = "Same"
    same = True

    index: IntProperty(options={"HIDDEN", "SKIP_SAVE"})


class IMPASTO_OT_mark_different(DoubtOperator, bpy.types.Operator):
    """Keep both textures in different groups, also when analyzing again"""

    bl_idname = "impasto.mark_different"
    bl_label = "Different"

    index: IntProperty(options={"HIDDEN", "SKIP_SAVE"})


CLASSES = (IMPASTO_OT_mark_same, IMPASTO_OT_mark_different)
