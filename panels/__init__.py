"""The tab *Impasto* in the sidebars of the 3D Viewport and the Image Editor."""

from __future__ import annotations

import bpy

from . import create, frames, jobs, lists, style, stylize, textures
from .editors import in_both_editors

CLASSES = (
    *lists.CLASSES,
    style.IMPASTO_PT_look_presets,
    *in_both_editors(
        *textures.PANELS,
        *style.PANELS,
        *stylize.PANELS,
        *frames.PANELS,
        *create.PANELS,
        *jobs.PANELS,
    ),
)

register, unregister = bpy.utils.register_classes_factory(CLASSES)
