"""A Style is a value: codes at several brush scales, a name, and where it comes from.

On disk it is one small safetensors file: the codes in half precision, a thumbnail, and the rest as
JSON in the header's metadata. It can be read without torch, so in Blender's own process, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated

import numpy as np

from ..errors import FileDamaged, StyleUnreadable
from ..networks.layout import WIDTHS
from ..schema import Length, Range, plain_text
from ..tensor_file import Array, known_words, load_tensors, save_tensors
from .adapter_layers import adapter_arrays
from .look import SUFFIX
from .stroke_set import StrokeSet, blend_strokes, from_tensors, to_tensors

_HEADER = "impasto_style"
_ADAPTER = "adapter."
_STROKES = "strokes."

_STATISTICS, _COLORS = 2 * sum(WIDTHS), 64
CODE_LENGTH = _STATISTICS + _COLORS
"""Numbers of a style code, as in ``networks/codes.py``, which needs OpenCV."""

ZOOMS = (0.5, 0.7071, 1.0, 1.4142, 2.0)
"""Brush scales at which a style's codes are kept. Codes in between are interpolated or, where the
style's picture is at hand, read from it."""


@dataclass(frozen=True)
class Provenance:
    """Origin and license of a style, to be shown to anyone.

    Attributes
    ----------
    title : str
        Title of the picture that it was made from.
    source : str
        Where that picture is from.
    license : str
        The picture's license.
    recipe : dict
        How the style was made, if not from one picture: blended styles, cluster, seed.
    """

    title: str = ""
    source: str = ""
    license: str = ""
    recipe: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Style:
    """A style that the stylizer can paint in.

    Attributes
    ----------
    identifier : str
        Unique among the styles at hand: the stem of its file.
    name : str
        Shown to the artist.
    codes : (len(ZOOMS), CODE_LENGTH) float32
        One style code for each brush scale.
    family : str
        The group of similar styles that it belongs to.
    provenance : Provenance
        Where it comes from.
    thumbnail : (h, w, 3) uint8, sRGB, or None
        A sample to show.
    adapters : tuple of (mapping, float)
        Adapters (arrays by name, see ``models/adapter.py``) that Refine fitted to the decoder for this
        style, with their weights; a blend has those of its parts.
    own_color : bool
        Whether it is a medium, which paints in the texture's own colors unless told otherwise.
    read : callable, optional
        Returns the code ``(CODE_LENGTH,)`` float32 of the style's picture at a brush scale.
    picture : callable, optional
        Returns the style's picture, ``(H, W, 3)`` float32, sRGB-encoded in [0, 1].
    strokes : callable, optional
        Returns its stroke set; see :meth:`stroke_set`.
    """

    identifier: str
    name: str
    codes: np.ndarray
    family: str = ""
    provenance: Provenance = Provenance()
    thumbnail: np.ndarray | None = None
    adapters: tuple[tuple[Mapping[str, np.ndarray], float], ...] = ()
    own_color: bool = False
    read: Callable[[float], np.ndarray] | None = field(default=None, compare=False, repr=False)
    picture: Callable[[], np.ndarray] | None = field(default=None, compare=False, repr=False)
    strokes: Callable[[], StrokeSet] | None = field(default=None, compare=False, repr=False)

    def stroke_set(self) -> StrokeSet:
        """Return the brush strokes of the style.

        Returns
        -------
        StrokeSet
            Plain oil strokes if the style has none of its own: files of former versions.
        """
        return StrokeSet() if self.strokes is None else self.strokes()

    def code(self, zoom: float) -> np.ndarray:
        """Return the style code at a brush scale.

        Parameters
        ----------
        zoom : float
            Clamped to the range of :data:`ZOOMS`.

        Returns
        -------
        (CODE_LENGTH,) float32
            Interpolated, or read from the style's picture.
        """
        if self.read is not None and ZOOMS[0] < zoom < ZOOMS[-1] and zoom not in ZOOMS:
            return self.read(zoom)
        position = np.interp(np.log2(zoom), np.log2(ZOOMS), range(len(ZOOMS)))
        low = min(int(position), len(ZOOMS) - 2)
        share = np.float32(position - low)
        return (1 - share) * self.codes[low] + share * self.codes[low + 1]


def blend(styles: Sequence[Style], weights: Sequence[float], name: str = "") -> Style:
    """Return the weighted mean of styles, with its recipe.

    Parameters
    ----------
    styles : sequence of Style
        At least one.
    weights : sequence of float
        One for each style. They need not sum to 1; if all are 0, all count alike.
    name : str, optional
        Name of the blend; by default the names of its styles.

    Returns
    -------
    Style
        The blend; of a single style, that style itself.
    """
    if len(styles) == 1:
        return styles[0]
    shares = np.asarray(weights, np.float32)
    shares = shares / shares.sum() if shares.sum() > 0 else np.full_like(shares, 1 / len(shares))
    codes = np.tensordot(shares, np.stack([s.codes for s in styles]), axes=1)
    parts = {s.identifier: round(float(w), 4) for s, w in zip(styles, shares, strict=True)}
    licenses = " / ".join(sorted({s.provenance.license for s in styles} - {""}))
    return replace(
        styles[0],
        identifier="blend",
        name=name or " + ".join(s.name for s in styles),
        codes=codes,
        read=lambda zoom: np.tensordot(shares, np.stack([s.code(zoom) for s in styles]), axes=1),
        provenance=Provenance(title="Blend", license=licenses, recipe={"blend": parts}),
        thumbnail=None,
        own_color=all(s.own_color for s in styles),
        picture=styles[int(shares.argmax())].picture,
        strokes=lambda: blend_strokes([s.stroke_set() for s in styles], shares.tolist()),
        adapters=tuple(
            (adapter, weight * float(share))
            for style, share in zip(styles, shares, strict=True)
            for adapter, weight in style.adapters
        ),
    )


def save_style(style: Style, path: Path, *, overwrite: bool = True) -> None:
    """Write a style atomically.

    Parameters
    ----------
    style : Style
        What to write.
    path : Path
        The file.
    overwrite : bool, optional
        Replace a file that exists; else it is refused.

    Raises
    ------
    OutputUnwritable
        The file exists, its folder is missing or read-only, or the disk is full.
    """
    tensors = {"codes": style.codes.astype(np.float16)}
    if style.thumbnail is not None:
        tensors["thumbnail"] = style.thumbnail
    for index, (adapter, _) in enumerate(style.adapters):
        for name, value in adapter.items():
            tensors[f"{_ADAPTER}{index}.{name}"] = np.asarray(value, np.float16)
    strokes = ""
    if style.strokes is not None:
        arrays, strokes = to_tensors(style.strokes())
        tensors.update({f"{_STROKES}{name}": value for name, value in arrays.items()})
    metadata = {
        "name": style.name,
        "family": style.family,
        "has_thumbnail": style.thumbnail is not None,
        "adapters": [weight for _, weight in style.adapters],
        "strokes": strokes,
        "own_color": style.own_color,
        **asdict(style.provenance),
    }
    save_tensors(path, _HEADER, tensors, metadata, overwrite=overwrite)


def load_style_file(path: Path) -> Style:
    """Read a style that :func:`save_style` wrote.

    Parameters
    ----------
    path : Path
        The style file.

    Returns
    -------
    Style
        Its identifier is the stem of the file.

    Raises
    ------
    StyleUnreadable
        The file is missing, damaged, or no Impasto style.

    Examples
    --------
    >>> from impasto.core.styles.catalog import builtin_styles
    >>> kiss = next(style for style in builtin_styles() if style.identifier == "kiss")
    >>> load_style_file(kiss.file).name == kiss.name
    True
    """
    try:
        tensors, plain = load_tensors(path, _HEADER)
        words = known_words(_Words, plain)
        _CODES.check("codes", tensors.get("codes", _NOTHING))
        codes = tensors["codes"].astype(np.float32)
        _PALETTES.check("codes", codes[:, _STATISTICS:])
        thumbnail = tensors.get("thumbnail", _NOTHING) if words.has_thumbnail else None
        if thumbnail is not None:
            _THUMBNAIL.check("thumbnail", thumbnail)
        adapters = tuple(
            (_read_adapter(tensors, index), weight) for index, weight in enumerate(words.adapters)
        )
        strokes = _read_strokes(tensors, words.strokes)
    except FileDamaged as error:
        raise StyleUnreadable(
            f'"{path}" is not an Impasto style, or is damaged; choose a picture or a {SUFFIX} file.'
        ) from error
    return Style(
        identifier=path.stem,
        name=words.name,
        codes=codes,
        family=words.family,
        provenance=Provenance(
            words.title, words.source, words.license or words.licence, words.recipe
        ),
        thumbnail=thumbnail,
        adapters=adapters,
        own_color=words.own_color,
        strokes=None if strokes is None else lambda: strokes,
    )


_Text = Annotated[str, Length(0, 4096), plain_text]
_NOTHING = np.empty(0)
_CODES = Array((len(ZOOMS), CODE_LENGTH), np.floating, -64.0, 64.0)
_PALETTES = Array((len(ZOOMS), _COLORS), np.floating, -3.0, 4.0)
"""Statistics of features and colors; those of real pictures are at most a tenth, and half, of that."""
_THUMBNAIL = Array((-1, -1, 3), np.uint8)


@dataclass(frozen=True)
class _Words:
    """The JSON of a style file."""

    name: _Text
    family: _Text = ""
    has_thumbnail: bool = False
    adapters: Annotated[tuple[Annotated[float, Range(0.0, 8.0)], ...], Length(0, 256)] = ()
    strokes: str = ""
    own_color: bool = False
    title: _Text = ""
    source: _Text = ""
    license: _Text = ""
    licence: _Text = ""  # as it is spelled in older files
    recipe: dict = field(default_factory=dict)


def _read_strokes(tensors: Mapping[str, np.ndarray], text: str) -> StrokeSet | None:
    if not text:
        return None
    own = {n.removeprefix(_STROKES): t for n, t in tensors.items() if n.startswith(_STROKES)}
    return from_tensors(own, text)


def _read_adapter(tensors: Mapping[str, np.ndarray], index: int) -> dict[str, np.ndarray]:
    prefix, known = f"{_ADAPTER}{index}.", adapter_arrays()
    found = {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}
    if not found or not found.keys() <= known.keys():
        raise FileDamaged("an adapter is of layers that are not there")
    for name, array in found.items():
        known[name].check(name, array)
        pair = {"up": "down", "down": "up"}.get(name.rpartition(".")[2])
        if pair and f"{name.rpartition('.')[0]}.{pair}" not in found:
            raise FileDamaged("an adapter has half of a layer")
    return found
