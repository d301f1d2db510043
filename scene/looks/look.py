"""Convert looks between Blender's properties (as ``LookSettings``) and the library's ``Look``."""

from __future__ import annotations

import math
from pathlib import Path

import bpy

from ...core.errors import BadRequest
from ...core.styles.look import PARAMETERS, Look, Parameter, StyleRef, Use, with_engine
from . import gallery

FIELDS = ("style", "second", "mix", *PARAMETERS)
"""The stored properties of ``LookSettings``; its other properties are views of these."""


def properties(use: Use) -> dict[str, object]:
    """Return a Blender property for each parameter of a look that is used on something, by its name."""
    return {name: _property(parameter, use) for name, parameter in PARAMETERS.items()}


def _property(parameter: Parameter, use: Use):
    default = parameter.default_for(use)
    words = {"name": parameter.label, "description": parameter.description}
    if parameter.kind is bool:
        return bpy.props.BoolProperty(**words, default=bool(default))
    if parameter.choices:
        items = [(row.name, row.label, row.description) for row in parameter.choices_for(use)]
        return bpy.props.EnumProperty(**words, items=items, default=str(default))
    limits = {
        "min": parameter.minimum,
        "max": parameter.maximum,
        "soft_max": min(parameter.soft_maximum, parameter.maximum),
    }
    limits = {name: parameter.kind(limit) for name, limit in limits.items() if limit < math.inf}
    if parameter.kind is int:
        subtype = {"PIXELS": "PIXEL", "": "NONE"}[parameter.unit]
        return bpy.props.IntProperty(**words, **limits, default=int(default), subtype=subtype)
    factor = (parameter.minimum, parameter.maximum) == (0.0, 1.0)
    subtype = parameter.unit or ("FACTOR" if factor else "NONE")
    return bpy.props.FloatProperty(**words, **limits, default=float(default), subtype=subtype)


def look_of(settings) -> Look:
    """Return the look that the properties describe, with absolute paths."""
    values = {name: getattr(settings, name) for name in PARAMETERS}
    return Look(_styles(settings), **values)


def engine_of(settings) -> str:
    """Return the engine of the look that the properties describe, also if it is chosen by itself."""
    return with_engine(look_of(settings)).engine


def set_look(settings, look: Look) -> None:
    """Set the properties to a look.

    Raises
    ------
    BadRequest
        The look has more styles than the properties hold.
    """
    if len(look.styles) > 2:
        raise BadRequest("A group takes one style or two; blend styles into a saved style first.")
    first, second = (*look.styles, StyleRef(""), StyleRef(""))[:2]
    settings.style, settings.second = _absolute(first.source), _absolute(second.source)
    if second.source:
        settings.mix = second.weight / (first.weight + second.weight)
    for name in PARAMETERS:
        setattr(settings, name, getattr(look, name))


def values_of(settings) -> dict[str, object]:
    """Return what the properties hold, as it is."""
    return {name: getattr(settings, name) for name in FIELDS}


def set_values(settings, values: dict[str, object]) -> None:
    """Set the properties to what :func:`values_of` returned."""
    for name, value in values.items():
        setattr(settings, name, value)


def _styles(settings) -> tuple[StyleRef, ...]:
    """Return the styles with their weights; with regions, which do not blend, both weigh 1."""
    first = StyleRef(gallery.resolve(settings.style))
    if not settings.second or (settings.mix == 0 and settings.regions < 2):
        return (first,)
    second = StyleRef(gallery.resolve(settings.second))
    if settings.regions > 1:
        return (first, second)
    return (StyleRef(first.source, 1 - settings.mix), StyleRef(second.source, settings.mix))


def _absolute(source: str) -> str:
    return str(Path(source).absolute()) if source and Path(source).is_file() else source
