"""A Style is a value: codes at several brush scales, a name, and where it comes from.

On disk it is one small safetensors file: the codes in half precision, a thumbnail, and the rest as
JSON in the header's metadata. It can be read without torch, in Blender's own process, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from ..errors import OutputUnwritable, StyleUnreadable
from .look import SUFFIX

_ADAPTER = "adapter."

ZOOMS = (0.5, 0.7071, 1.0, 1.4142, 2.0)
"""Brush scales at which a style's codes are kept; those between are interpolated, or read from the
picture of the style where it is at hand."""


@dataclass(frozen=True)
class Provenance:
    """Where a style comes from, in words that may be shown to anyone."""

    title: str = ""
    source: str = ""
    license: str = ""
    recipe: dict = field(default_factory=dict)
    """How it was made, if not from one picture: blended styles, cluster, seed."""


@dataclass(frozen=True)
class Style:
    """A look.

    Attributes
    ----------
    identifier : str
        Unique among the styles at hand: the stem of its file.
    name : str
        Shown to the artist.
    codes : (len(ZOOMS), CODE_LENGTH) float32
        One style code for each brush scale.
    family : str
        The cluster of looks that it belongs to.
    thumbnail : (h, w, 3) uint8, sRGB, or None
    adapters : pairs of an adapter (arrays by name, see ``networks/adapter.py``) and its weight
        What Refine added to the decoder for this style; a blend has those of its parts.
    read : callable, optional
        Gives the code ``(CODE_LENGTH,)`` float32 of the style's picture at a brush scale.
    """

    identifier: str
    name: str
    codes: np.ndarray
    family: str = ""
    provenance: Provenance = Provenance()
    thumbnail: np.ndarray | None = None
    adapters: tuple[tuple[Mapping[str, np.ndarray], float], ...] = ()
    read: Callable[[float], np.ndarray] | None = field(default=None, compare=False, repr=False)

    def code(self, zoom: float) -> np.ndarray:
        """The code ``(CODE_LENGTH,)`` float32 at a brush scale, clamped to the range of ZOOMS."""
        if self.read is not None and ZOOMS[0] < zoom < ZOOMS[-1] and zoom not in ZOOMS:
            return self.read(zoom)
        position = np.interp(np.log2(zoom), np.log2(ZOOMS), range(len(ZOOMS)))
        low = min(int(position), len(ZOOMS) - 2)
        share = np.float32(position - low)
        return (1 - share) * self.codes[low] + share * self.codes[low + 1]


def blend(styles: Sequence[Style], weights: Sequence[float], name: str = "") -> Style:
    """The weighted mean of styles, with its recipe. Weights need not sum to one."""
    if len(styles) == 1:
        return styles[0]
    shares = np.asarray(weights, np.float32)
    shares = shares / shares.sum() if shares.sum() > 0 else np.full_like(shares, 1 / len(shares))
    codes = np.tensordot(shares, np.stack([s.codes for s in styles]), axes=1)
    parts = {s.identifier: round(float(w), 4) for s, w in zip(styles, shares, strict=True)}
    licenses = " / ".join(sorted({s.provenance.license for s in styles} - {""}))
    provenance = Provenance(title="Blend", license=licenses, recipe={"blend": parts})
    title = name or " + ".join(s.name for s in styles)
    return replace(
        styles[0],
        identifier="blend",
        name=title,
        codes=codes,
        read=lambda zoom: np.tensordot(shares, np.stack([s.code(zoom) for s in styles]), axes=1),
        provenance=provenance,
        thumbnail=None,
        adapters=tuple(
            (adapter, own * float(share))
            for style, share in zip(styles, shares, strict=True)
            for adapter, own in style.adapters
        ),
    )


def save_style(style: Style, path: Path) -> None:
    """Write a style atomically.

    Raises
    ------
    OutputUnwritable
        The folder is missing or read-only, or the disk is full.
    """
    from safetensors.numpy import save

    tensors = {"codes": style.codes.astype(np.float16)}
    if style.thumbnail is not None:
        tensors["thumbnail"] = np.ascontiguousarray(style.thumbnail)
    for index, (adapter, _) in enumerate(style.adapters):
        for name, value in adapter.items():
            tensors[f"{_ADAPTER}{index}.{name}"] = np.ascontiguousarray(value, np.float16)
    words = {
        "name": style.name,
        "family": style.family,
        "has_thumbnail": style.thumbnail is not None,
        "adapters": [weight for _, weight in style.adapters],
        **asdict(style.provenance),
    }
    content = save(tensors, metadata={"impasto_style": json.dumps(words)})
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputUnwritable(
            f'The style "{path}" cannot be written ({error.strerror}); choose another folder.'
        ) from error


def load_style_file(path: Path) -> Style:
    """Read a style that :func:`save_style` wrote.

    Raises
    ------
    StyleUnreadable
        The file is missing, damaged, or no Impasto style.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            words = json.loads((file.metadata() or {})["impasto_style"])
            codes = file.get_tensor("codes").astype(np.float32)
            thumbnail = file.get_tensor("thumbnail") if words.get("has_thumbnail") else None
            adapters = tuple(
                (_adapter(file, index), float(weight))
                for index, weight in enumerate(words.get("adapters", ()))
            )
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise StyleUnreadable(
            f'"{path}" is not an Impasto style; choose a picture or a {SUFFIX} file.'
        ) from error
    provenance = Provenance(*(words.get(k, d) for k, d in asdict(Provenance()).items()))
    return Style(
        path.stem, words["name"], codes, words.get("family", ""), provenance, thumbnail, adapters
    )


def _adapter(file, index: int) -> dict[str, np.ndarray]:
    prefix = f"{_ADAPTER}{index}."
    names = [name for name in file.keys() if name.startswith(prefix)]  # noqa: SIM118 (no dict)
    return {name.removeprefix(prefix): file.get_tensor(name) for name in names}
