"""Resolve references to styles: built-in ones, style files, and pictures, which are encoded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..errors import ImageMissing, ImageUnreadable, StyleUnreadable
from ..image.color import compress_range, peak_of
from ..image.files import read_picture
from ..image.resize import resize
from ..styles.catalog import builtin_styles
from ..styles.look import SUFFIX, StyleRef
from ..styles.stroke_set import StrokeSet
from ..styles.style import ZOOMS, Provenance, Style, blend, load_style_file
from .network import Stylizer
from .strokes.measure import measure_strokes

STYLE_SIDE = 512
"""Short side in pixels to which a style picture is brought at zoom 1."""

_REMEMBERED = 64  # styles
_REMEMBERED_ZOOMS = 8  # of each picture, besides :data:`ZOOMS`
_LONGEST_SIDE = 2048


class StyleReader:
    """Resolves references to styles.

    The last 64 styles are kept until their file changes, since pictures take a moment to encode.

    Parameters
    ----------
    stylizer : Stylizer
        Encodes pictures.
    """

    def __init__(self, stylizer: Stylizer) -> None:
        self._stylizer = stylizer
        self._known: dict[tuple, Style] = {}

    def resolve(self, references: Sequence[StyleRef]) -> Style:
        """Return the weighted blend of all referenced styles.

        Parameters
        ----------
        references : sequence of StyleRef
            The styles and their weights.

        Returns
        -------
        Style
            Their blend.

        Raises
        ------
        StyleUnreadable
            There is none, or one is no built-in style, style file or picture.
        """
        if not references:
            raise StyleUnreadable(
                "No style is chosen; pick one in the gallery or a picture from disk."
            )
        styles = [self.resolve_source(r.source) for r in references]
        return blend(styles, [r.weight for r in references])

    def resolve_source(self, source: str) -> Style:
        """Return the style of one reference.

        Parameters
        ----------
        source : str
            Identifier of a built-in style, or path of a style file or picture.

        Returns
        -------
        Style
            The style.

        Raises
        ------
        StyleUnreadable
            It is none of these.
        """
        builtin = next((i.file for i in builtin_styles() if i.identifier == source), None)
        if builtin is not None:
            return self._remember((source,), lambda: load_style_file(builtin))
        path = Path(source)
        if not path.is_file():
            raise StyleUnreadable(f'There is no style "{source}"; pick another style or picture.')
        stat = path.stat()
        load = load_style_file if path.suffix == SUFFIX else self._encode
        return self._remember((source, stat.st_mtime_ns, stat.st_size), lambda: load(path))

    def _remember(self, key: tuple, load: Callable[[], Style]) -> Style:
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.pop(next(iter(self._known)))
            self._known[key] = load()
        return self._known[key]

    def _encode(self, path: Path) -> Style:
        @lru_cache(_REMEMBERED_ZOOMS)
        def read(zoom: float) -> np.ndarray:
            # From the file again: pictures are large, codes are small.
            return self._stylizer.encode_style(at_zoom(read_style_picture(path), zoom))

        @lru_cache(1)
        def strokes() -> StrokeSet:
            return measure_strokes(read_style_picture(path))

        return Style(
            path.stem,
            path.stem,
            encode_zooms(self._stylizer, read_style_picture(path)),
            provenance=Provenance(path.stem),
            read=read,
            picture=lambda: read_style_picture(path),
            strokes=strokes,
        )


def read_style_picture(path: Path) -> np.ndarray:
    """Read the picture of a style.

    Parameters
    ----------
    path : Path
        The image file.

    Returns
    -------
    (H, W, 3) float32, sRGB-encoded in [0, 1]
        The picture; a scene-linear one is tone-mapped.

    Raises
    ------
    StyleUnreadable
        The file is missing, or not an image.
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
    """Resize a style's picture to a brush scale.

    Parameters
    ----------
    color : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The picture.
    zoom : float
        The brush scale; at 1, the short side becomes :data:`STYLE_SIDE`.

    Returns
    -------
    (H', W', 3) float32, sRGB-encoded in [0, 1]
        The resized picture.
    """
    height, width = color.shape[:2]
    factor = min(zoom * STYLE_SIDE / min(height, width), _LONGEST_SIDE / max(height, width))
    size = (max(16, round(width * factor)), max(16, round(height * factor)))
    return np.clip(resize(color, size), 0, 1)


def encode_zooms(stylizer: Stylizer, color: np.ndarray) -> np.ndarray:
    """Return the codes of a picture at all brush scales that a style has.

    Parameters
    ----------
    stylizer : Stylizer
        Encodes.
    color : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The picture.

    Returns
    -------
    (len(ZOOMS), CODE_LENGTH) float32
        The codes.
    """
    return np.stack([stylizer.encode_style(at_zoom(color, zoom)) for zoom in ZOOMS])
