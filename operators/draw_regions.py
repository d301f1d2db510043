"""Show Regions."""

import bpy

from ..scene.lookup import active_group
from ..translations import tip
from .job_operator import GroupJobOperator


class IMPASTO_OT_draw_regions(GroupJobOperator, bpy.types.Operator):
    """Show the regions of the group's first texture, and what each is painted with"""

    bl_idname = "impasto.draw_regions"
    bl_label = "Show Regions"
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context):
        group = active_group(context.scene)
        if group is not None and group.look.regions < 2:
            cls.poll_message_set(tip("Set Regions to 2 or more first"))
            return False
        if group is not None and not (group.look.style or group.look.second):
            cls.poll_message_set(tip("Choose a style first"))
            return False
        return super().poll(context)

    def start(self, context):
        from ..scene.looks import regions  # late: it is slow to import

        return regions.draw(context)


CLASSES = (IMPASTO_OT_draw_regions,)
