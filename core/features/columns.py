"""Where each block of a raw description lies."""

from __future__ import annotations

from itertools import accumulate

from . import color, encoder, fingerprint, structure

VERSION = 2
"""Raise it whenever a raw description changes: caches and the metric depend on it."""

_LENGTHS = {
    "color": color.LENGTH,
    "structure": structure.LENGTH,
    "encoder": encoder.LENGTH,
    "fingerprint": fingerprint.LENGTH,
    "swatches": 3 * fingerprint.SWATCHES,
}
_ENDS = list(accumulate(_LENGTHS.values()))

COLUMNS = {
    name: slice(end - length, end)
    for (name, length), end in zip(_LENGTHS.items(), _ENDS, strict=True)
}
"""Columns of each block, by name; the order of ``pipeline.describing_pipeline``."""

LENGTH = _ENDS[-1]
"""Columns of a raw description."""
