"""From a reference to a style: built-in, saved, or any picture, encoded once and remembered."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..errors import ImageMissing, ImageUnreadable, StyleUnreadable
from ..image.color import compress_range, peak_of
from ..image.files import read_picture
from ..image.resize import resize
from ..styles.catalog import builtin_styles
from ..styles.look import SUFFIX, StyleRef
from ..styles.style import ZOOMS, Provenance, Style, blend, load_style_file
from .network import Stylizer

STYLE_SIDE = 512
"""Short side in pixels to which a style picture is brought at zoom 1."""

_REMEMBERED = 64
_SIZES = 8  # for which a style's code is remembered besides those that every style has
_LARGEST = 2048


class StyleBook:
    """Resolves style references; encoded pictures are remembered until their file changes."""

    def __init__(self, stylizer: Stylizer) -> None:
        self._stylizer = stylizer
        self._known: dict[tuple, Style] = {}

    def resolve(self, references: Sequence[StyleRef]) -> Style:
        """The blend of all referenced styles by weight.

        Raises
        ------
        StyleUnreadable
            A reference is no built-in style, no saved style and no picture.
        """
        if not references:
            raise StyleUnreadable(
                "No style is chosen; pick one in the gallery or a picture from disk."
            )
        styles = [self.resolve_source(r.source) for r in references]
        return blend(styles, [r.weight for r in references])

    def resolve_source(self, source: str) -> Style:
        """The style of one reference; raises as :meth:`resolve`."""
        builtin = next((i.file for i in builtin_styles() if i.identifier == source), None)
        if builtin is not None:
            return self._remember((source,), lambda: load_style_file(builtin))
        path = Path(source)
        if not path.is_file():
            raise StyleUnreadable(f'There is no style "{source}"; pick another style or picture.')
        stat = path.stat()
        load = load_style_file if path.suffix == SUFFIX else self._encode
        return self._remember((source, stat.st_mtime_ns, stat.st_size), lambda: load(path))

    def _remember(self, key: tuple, load) -> Style:
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.pop(next(iter(self._known)))
            self._known[key] = load()
        return self._known[key]

    def _encode(self, path: Path) -> Style:
        @lru_cache(_SIZES)
        def read(zoom: float) -> np.ndarray:  # from the file: a picture is large, a code is not
            return self._stylizer.encode_style(at_zoom(read_style_picture(path), zoom))

        return Style(
            path.stem,
            path.stem,
            encode_zooms(self._stylizer, read_style_picture(path)),
            provenance=Provenance(path.stem),
            read=read,
        )


def read_style_picture(path: Path) -> np.ndarray:
    """The picture of a style, ``(H, W, 3)`` float32, sRGB-encoded in [0, 1].

    Raises
    ------
    StyleUnreadable
        The file is missing, or no picture.
    """
    try:
        picture = read_picture(path)
    except (ImageUnreadable, ImageMissing) as error:
        raise StyleUnreadable(
            f'The style "{path.name}" is not a picture that Impasto can read; pick another one.'
        ) from error
    if picture.encoding == "linear":
        return compress_range(picture.color, peak_of(picture.color))
    return picture.color


def at_zoom(color: np.ndarray, zoom: float) -> np.ndarray:
    """A style's picture at a brush scale, its short side :data:`STYLE_SIDE` at zoom 1."""
    height, width = color.shape[:2]
    factor = min(zoom * STYLE_SIDE / min(height, width), _LARGEST / max(height, width))
    size = (max(16, round(width * factor)), max(16, round(height * factor)))
    return np.clip(resize(color, size), 0, 1)


def encode_zooms(stylizer: Stylizer, color: np.ndarray) -> np.ndarray:
    """Codes ``(len(ZOOMS), CODE_LENGTH)`` of ``(H, W, 3)`` float32, sRGB-encoded in [0, 1]."""
    return np.stack([stylizer.encode_style(at_zoom(color, zoom)) for zoom in ZOOMS])
