"""The shell around what is done to restyled textures: there must be some."""

from __future__ import annotations

from ..scene.textures import results
from ..translations import tip


class RestyledOperator:
    """Mix-in of operators that need results."""

    @classmethod
    def poll(cls, context):
        if not results.any_restyled():
            cls.poll_message_set(tip("No texture is restyled yet; press Stylize first"))
            return False
        return True
