"""The styles to choose from, with their thumbnails, as Blender's properties and lists want them."""

from __future__ import annotations

from pathlib import Path

import bpy

from ...core.styles.catalog import StyleInfo, builtin_styles
from ...core.styles.look import StyleRef
from .. import icons

STYLE_SUFFIXES = (
    ".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".tga", ".exr", ".hdr", ".impasto",
)  # fmt: skip

_items: list[tuple[str, str, str, int, int]] = []
"""Kept alive here: Blender does not hold the strings of dynamic enums itself."""


def items(look, context) -> list[tuple[str, str, str, int, int]]:
    """Enum items: no style, the artist's own picture, then the built-in styles."""
    own = get_file(look) if look is not None else ""
    rows = [
        ("NONE", "None", "No style: leave these textures as they are", "X", 0),
        (
            "FILE",
            "Own Picture",
            "The picture chosen below",
            icons.icon(own) if own else "FILE_IMAGE",
            1,
        ),
    ]
    for index, style in enumerate(builtin_styles(), start=2):
        tip = f"{style.family}. {style.source}. {style.license}"
        rows.append((style.identifier, style.name, tip, icons.icon(str(style.thumbnail)), index))
    _items[:] = rows
    return _items


def get_index(look) -> int:
    if not look.style:
        return 0
    identifiers = [style.identifier for style in builtin_styles()]
    return identifiers.index(look.style) + 2 if look.style in identifiers else 1


def set_index(look, index: int) -> None:
    if index == 0:
        look.style = ""
    elif index > 1:
        look.style = builtin_styles()[index - 2].identifier


def get_file(look) -> str:
    return "" if builtin(look.style) else look.style


def set_file(look, path: str) -> None:
    look.style = path


def builtin(identifier: str) -> StyleInfo | None:
    """The built-in style of that name, if there is one."""
    return next((style for style in builtin_styles() if style.identifier == identifier), None)


def source(look) -> str:
    """What a ``StyleRef`` names: an identifier, or an absolute path."""
    return look.style if builtin(look.style) else bpy.path.abspath(look.style)


def references(look) -> tuple[StyleRef, ...]:
    """The styles of a look, with their weights; with regions, both count fully."""
    first = source(look)
    if not look.second or (look.mix == 0 and look.regions < 2):
        return (StyleRef(first),)
    second = look.second if builtin(look.second) else bpy.path.abspath(look.second)
    if look.regions > 1:
        return (StyleRef(first), StyleRef(second))
    return (StyleRef(first, 1 - look.mix), StyleRef(second, look.mix))


def thumbnail(look) -> int:
    """Icon of the chosen style; 0 if there is none."""
    known = builtin(look.style)
    return icons.icon(str(known.thumbnail) if known else look.style)


def title(look) -> str:
    """The style's name, for labels and recipes."""
    known = builtin(look.style)
    return known.name if known else Path(look.style).stem
