"""The tab *Impasto* in sidebars, and entries in Blender's own menus."""

from __future__ import annotations

import bpy

from . import create, frames, jobs, lists, material, menus, style, stylize, textures
from .editors import in_editors

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
    """Register panels and menus."""
    _register_classes()
    menus.register()


def unregister() -> None:
    """Undo :func:`register`."""
    menus.unregister()
    _unregister_classes()
