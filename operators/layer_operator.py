"""Base of operators that work on layers."""

from __future__ import annotations

from ..scene.looks import layers
from ..translations import tip


class LayerOperator:
    """Mix-in of operators that need a layer among the textures of the panels."""

    @classmethod
    def poll(cls, context):
        if not layers.shown(context):
            cls.poll_message_set(tip("Stylize with Keep as Layer first"))
            return False
        return True
