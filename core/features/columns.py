"""Columns of the blocks of a raw description."""

from __future__ import annotations

from itertools import accumulate

from . import color, encoder, fingerprint, structure

VERSION = 4
"""To be raised when raw descriptions change, as caches and the metric depend on them."""

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
