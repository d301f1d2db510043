"""Base of operators that work on the active group."""

from __future__ import annotations

from ..scene.lookup import active_group
from ..translations import tip


class GroupOperator:
    """Mix-in of operators that need an active group."""

    @classmethod
    def poll(cls, context):
        if active_group(context.scene) is None:
            cls.poll_message_set(tip("Select a group first"))
            return False
        return True
