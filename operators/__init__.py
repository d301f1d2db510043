"""The operators, one per file; the ``CLASSES`` of each file are registered."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import bpy

CLASSES = tuple(
    kind
    for module in iter_modules(__path__)
    for kind in getattr(import_module(f"{__name__}.{module.name}"), "CLASSES", ())
)

register, unregister = bpy.utils.register_classes_factory(CLASSES)
