"""The tab *Impasto* in sidebars, and entries in Blender's own menus."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..scene import compat
from . import create, frames, jobs, lists, material, menus, style, stylize, textures
from .editors import in_editors

_ROOT = str(Path(__file__).parents[1])

CLASSES = (
    *lists.CLASSES,
    *menus.CLASSES,
    style.IMPASTO_PT_look_presets,
    *in_editors(
        *stylize.PANELS,
        *style.PANELS,
        *textures.PANELS,
        *frames.PANELS,
        *create.PANELS,
        *jobs.PANELS,
    ),
    *material.CLASSES,
)

_register_classes, _unregister_classes = bpy.utils.register_classes_factory(CLASSES)


def register() -> None:
    """Register panels, menus and the presets of looks."""
    _register_classes()
    menus.register()
    compat.register_presets(_ROOT)


def unregister() -> None:
    """Undo :func:`register`."""
    compat.unregister_presets(_ROOT)
    menus.unregister()
    _unregister_classes()
