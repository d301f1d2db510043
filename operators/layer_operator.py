"""Base of operators that work on layers."""

from __future__ import annotations

from ..scene.textures import layer_group
from ..translations import tip


class LayerOperator:
    """Mix-in of operators that need a layer; whether it is one of the active textures, they see."""

    @classmethod
    def poll(cls, context):
        if not layer_group.is_used():
            cls.poll_message_set(tip("Stylize with Keep as Layer first"))
            return False
        return True
