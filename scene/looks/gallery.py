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

_items: dict[str, list[tuple[str, str, str, int | str, int]]] = {}
"""Kept alive here: Blender does not hold the strings of dynamic enums itself."""

_NONE = {
    "style": "No style: leave these textures as they are",
    "second": "No second style",
}
_FILE = 1
"""The number of the item for the artist's own image."""


def chooser(key: str, **words):
    """Return an enum property that chooses a style by its picture; the string ``key`` keeps it."""

    def items_of(owner, context):
        return items(owner, context, key)

    return bpy.props.EnumProperty(
        **words,
        items=items_of,
        get=lambda owner: get_index(owner, key),
        set=lambda owner, index: set_index(owner, index, key),
    )


def chosen_file(key: str, **options):
    """Return a string property that holds a style that is a file; the string ``key`` keeps it."""
    return bpy.props.StringProperty(
        name="Style Image",
        description="Image or saved style (.impasto) to take the look from",
        subtype="FILE_PATH",
        get=lambda owner: get_file(owner, key),
        set=lambda owner, path: setattr(owner, key, path),
        **options,
    )


def items(owner, context, name: str = "style") -> list[tuple[str, str, str, int | str, int]]:
    """Return enum items: no style, the artist's own image, then the built-in styles."""
    own = get_file(owner, name) if owner is not None else ""
    rows = [
        ("NONE", "None", _NONE[name], "X", 0),
        (
            "FILE",
            Path(own).stem if own else "Image File...",
            "Choose an image from disk",
            (icons.icon(own) if own else 0) or "FILE_IMAGE",
            _FILE,
        ),
    ]
    _items[name] = rows + builtin_items()
    return _items[name]


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


def get_index(owner, name: str = "style") -> int:
    """Return the number of the item that shows a style."""
    style = getattr(owner, name)
    return _by_identifier().get(style, (_FILE, None))[0] if style else 0


def set_index(owner, index: int, name: str = "style") -> None:
    """Choose an item; for the artist's own image, the file browser opens."""
    if index == _FILE:
        _browse(owner.path_from_id(name))
    else:
        setattr(owner, name, builtin_styles()[index - 2].identifier if index > _FILE else "")


def _browse(path: str) -> None:
    """Open the file browser from a timer: what sets a property must not open windows itself."""

    def open_browser() -> None:
        window = next(iter(bpy.context.window_manager.windows), None)
        if window is not None:
            with bpy.context.temp_override(window=window):
                bpy.ops.impasto.choose_style("INVOKE_DEFAULT", path=path)

    if not bpy.app.background:
        bpy.app.timers.register(open_browser, first_interval=0.1)


def get_file(owner, name: str = "style") -> str:
    """Return the path of a style, or "" for a built-in one."""
    style = getattr(owner, name)
    return "" if builtin(style) else style


def builtin(identifier: str) -> StyleInfo | None:
    """Return the built-in style with an identifier, or None."""
    return _by_identifier().get(identifier, (1, None))[1]


def resolve(style: str) -> str:
    """Return the source of a ``StyleRef``: an identifier as it is, a path made absolute."""
    return style if builtin(style) else bpy.path.abspath(style)


def relative(path: str) -> str:
    """Return a path as the file keeps it: relative to the .blend file where that is possible."""
    if not bpy.data.filepath:
        return path
    try:
        return bpy.path.relpath(path)
    except ValueError:  # another drive on Windows
        return path


def thumbnail(look) -> int:
    """Return the icon of the chosen style; 0 if there is none."""
    known = builtin(look.style)
    return icons.icon(str(known.thumbnail) if known else look.style)


def title(look) -> str:
    """Return the style's name, for labels and recipes."""
    known = builtin(look.style)
    return known.name if known else Path(look.style).stem
