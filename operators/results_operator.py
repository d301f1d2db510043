"""Base of operators that work on restyled textures."""

from __future__ import annotations

from ..scene.textures import results
from ..translations import tip


class ResultsOperator:
    """Mix-in of operators that need a restyled texture."""

    @classmethod
    def poll(cls, context):
        if not results.any_restyled():
            cls.poll_message_set(tip("No texture is restyled yet; press Stylize first"))
            return False
        return True
