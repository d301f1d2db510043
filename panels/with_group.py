"""Base of panels about the active group."""

from __future__ import annotations

from ..scene.lookup import active_group


class WithGroup:
    """Mix-in that shows a panel only if there is an active group."""

    @classmethod
    def poll(cls, context):
        return active_group(context.scene) is not None
