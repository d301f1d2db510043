"""Base of panels about the look of the active group."""

from __future__ import annotations


class WithGroup:
    """Mix-in that shows a panel only if the panels show the look of a group."""

    @classmethod
    def poll(cls, context):
        return context.scene.impasto.shows_group
