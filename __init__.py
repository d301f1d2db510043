"""Impasto: group the image textures of a scene by look, and restyle each group."""

from __future__ import annotations

try:
    import bpy  # noqa: F401
except ModuleNotFoundError:  # core/ is usable without Blender
    ROOMS: tuple = ()
else:
    from . import operators, panels, preferences, properties, scene, translations

    ROOMS = (translations, preferences, properties, scene, operators, panels)


def register() -> None:
    """Open the rooms in order; if one fails, close those already open."""
    opened = []
    try:
        for room in ROOMS:
            room.register()
            opened.append(room)
    except Exception:
        for room in reversed(opened):
            room.unregister()
        raise


def unregister() -> None:
    """Close the rooms in reverse order."""
    for room in reversed(ROOMS):
        room.unregister()
