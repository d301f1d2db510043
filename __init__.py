"""Impasto: group the image textures of a scene by look, and restyle each group.

Blender knows this folder as ``bl_ext.<repository>.impasto``. Elsewhere (worker process, command line,
tests) it is the package ``impasto``, of which only ``impasto.core`` is used; so importing it must not
import bpy.
"""

from __future__ import annotations


def register() -> None:
    """Register the extension's parts in order; if one fails, unregister those before it."""
    registered = []
    try:
        for part in _parts():
            part.register()
            registered.append(part)
    except Exception:
        for part in reversed(registered):
            part.unregister()
        raise


def unregister() -> None:
    """Unregister the extension's parts in reverse order."""
    for part in reversed(_parts()):
        part.unregister()


def _parts() -> tuple:
    """Modules with ``register`` and ``unregister``, in the order of their dependencies."""
    from . import operators, panels, preferences, properties, scene, translations

    return translations, preferences, properties, scene, operators, panels
