"""Words of the interface in other languages: Simplified Chinese."""

from __future__ import annotations

import bpy

TRANSLATIONS: dict[str, dict[tuple[str, str], str]] = {"zh_HANS": {}}


def register() -> None:
    bpy.app.translations.register(__package__, TRANSLATIONS)


def unregister() -> None:
    bpy.app.translations.unregister(__package__)
