"""List the styles to choose from, with thumbnails, for Blender's properties."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import bpy
from bpy.app.translations import pgettext_tip

from ...core.image.formats import IMAGE_SUFFIXES
from ...core.styles.catalog import StyleInfo, builtin_styles
from ...core.styles.look import SUFFIX
from .. import icons

STYLE_SUFFIXES = (*IMAGE_SUFFIXES, SUFFIX)
"""Suffixes of the files that a style can be taken from."""

_items: list[tuple[str, str, str, int, int]] = []
"""Kept alive here: Blender does not hold the strings of dynamic enums itself."""


def items(look, context) -> list[tuple[str, str, str, int, int]]:
    """Return enum items: no style, the artist's own image, then the built-in styles."""
    own = get_file(look) if look is not None else ""
    rows = [
        ("NONE", "None", "No style: leave these textures as they are", "X", 0),
        (
            "FILE",
            "Image File",
            "The image selected below",
            icons.icon(own) if own else "FILE_IMAGE",
            1,
        ),
    ]
    rows += builtin_items()
    _items[:] = rows
    return _items


def builtin_items() -> list[tuple[str, str, str, int, int]]:
    """Return the items of the built-in styles; Blender asks for them at every drawing."""
    rows = _builtin_words(bpy.app.translations.locale)
    # Icons are looked up each time: they end when the extension is disabled, and others come.
    return [
        (key, name, tip, icons.icon(file), n) for n, (key, name, tip, file) in enumerate(rows, 2)
    ]


@cache
def _builtin_words(locale: str) -> list[tuple[str, str, str, str]]:
    """Return identifier, name, tooltip and thumbnail of the built-in styles in a language."""
    return [
        (style.identifier, style.name, tip_of(style), str(style.thumbnail))
        for style in builtin_styles()
    ]


def tip_of(style: StyleInfo) -> str:
    """Return a tooltip: the work, its painter and year, the family and the license."""
    return ". ".join((style.credit, pgettext_tip(style.family), pgettext_tip(style.rights)))


@cache
def _by_identifier() -> dict[str, tuple[int, StyleInfo]]:
    return {style.identifier: (n, style) for n, style in enumerate(builtin_styles(), start=2)}


def get_index(look) -> int:
    """Return the number of the item that shows the style of a look."""
    if not look.style:
        return 0
    return _by_identifier().get(look.style, (1, None))[0]


def set_index(look, index: int) -> None:
    """Choose an item; "Image File" changes nothing, because the file is chosen elsewhere."""
    if index == 0:
        look.style = ""
    elif index > 1:
        look.style = builtin_styles()[index - 2].identifier


def get_file(look) -> str:
    """Return the path of the style, or "" for a built-in one."""
    return "" if builtin(look.style) else look.style


def set_file(look, path: str) -> None:
    """Choose a file as the style."""
    look.style = path


def builtin(identifier: str) -> StyleInfo | None:
    """Return the built-in style with an identifier, or None."""
    return _by_identifier().get(identifier, (1, None))[1]


def resolve(style: str) -> str:
    """Return the source of a ``StyleRef``: an identifier as it is, a path made absolute."""
    return style if builtin(style) else bpy.path.abspath(style)


def thumbnail(look) -> int:
    """Return the icon of the chosen style; 0 if there is none."""
    known = builtin(look.style)
    return icons.icon(str(known.thumbnail) if known else look.style)


def title(look) -> str:
    """Return the style's name, for labels and recipes."""
    known = builtin(look.style)
    return known.name if known else Path(look.style).stem
