"""What panels have in common that are about the active group."""

from __future__ import annotations

from ..properties import active_group


class WithGroup:
    """Mix-in: shown where there is an active group."""

    @classmethod
    def poll(cls, context):
        return active_group(context.scene) is not None
