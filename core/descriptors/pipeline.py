"""The two pipelines: an image to a raw description, and raw descriptions to points that compare."""

from __future__ import annotations

from sklearn.compose import ColumnTransformer
from sklearn.pipeline import FeatureUnion, Pipeline

from . import colour, encoder, fingerprint, structure
from .colour import ColourBlock
from .encoder import EncoderBlock
from .fingerprint import FingerprintBlock, SwatchBlock
from .reduction import Balance, Reduce, Standardize
from .sample import SIDE, Resize
from .structure import Greyscale, StructureBlock

VERSION = 1
"""Raise it whenever a raw description changes: it is part of every cache key."""

COLUMNS = {}
"""Where each block lies in a raw description, by name."""
_at = 0
for _name, _length in (
    ("colour", colour.LENGTH),
    ("structure", structure.LENGTH),
    ("encoder", encoder.LENGTH),
    ("fingerprint", fingerprint.LENGTH),
    ("swatches", 3 * fingerprint.SWATCHES),
):
    COLUMNS[_name] = slice(_at, _at + _length)
    _at += _length
LENGTH = _at

NOISE = {"colour": 0.015, "structure": 0.02, "encoder": 0.05}
"""Typical deviation of a column among copies of one image saved as middling JPEGs.

Columns that vary less are never stretched to the size of real differences.
"""

SHARES = {"colour": 1.0, "structure": 0.35, "encoder": 0.65}
"""How colour on one side, structure and encoder on the other, share in the distance."""


def describing_pipeline(side: int = SIDE) -> Pipeline:
    """Images (each a sequence of Pictures) -> raw descriptions ``(N, LENGTH)`` float32.

    Learns nothing. Steps: ``resize``, then ``blocks``: ``colour``, ``material`` (``greyscale``, then
    ``structure`` and ``encoder``), and two that no distance uses: ``fingerprint`` (for duplicates)
    and ``swatches`` (for palettes).
    """
    textures = FeatureUnion(
        [("structure", StructureBlock()), ("encoder", EncoderBlock())]
    )
    material = Pipeline([("greyscale", Greyscale()), ("textures", textures)])
    blocks = FeatureUnion(
        [
            ("colour", ColourBlock()),
            ("material", material),
            ("fingerprint", FingerprintBlock()),
            ("swatches", SwatchBlock()),
        ]
    )
    return Pipeline([("resize", Resize(side)), ("blocks", blocks)])


def comparing_pipeline(
    material_weight: float = 0.5, components: int = 24, seed: int = 0
) -> Pipeline:
    """Raw descriptions -> points whose Euclidean distance is how different two images look.

    ``material_weight`` in [0, 1]: 0 compares colours only, 1 material only. Each block has the steps
    ``standardize``, ``pca`` and ``balance``.
    """
    weights = {
        "colour": (1 - material_weight) * SHARES["colour"],
        "structure": material_weight * SHARES["structure"],
        "encoder": material_weight * SHARES["encoder"],
    }
    blocks = [
        (
            name,
            Pipeline(
                [
                    ("standardize", Standardize(NOISE[name])),
                    ("pca", Reduce(components, random_state=seed)),
                    (
                        "balance",
                        Balance(weight, COLUMNS[name].stop - COLUMNS[name].start),
                    ),
                ]
            ),
            COLUMNS[name],
        )
        for name, weight in weights.items()
        if weight > 0
    ]
    return Pipeline([("blocks", ColumnTransformer(blocks))])
