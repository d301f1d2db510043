"""Sizes of the bundled networks, and how their convolutions are padded."""

from __future__ import annotations

from typing import Literal

WIDTHS = (32, 64, 128, 192)
"""Channels of the encoder's features at 1/2, 1/4, 1/8 and 1/16 resolution."""

SCALES = ("half", "quarter", "eighth", "sixteenth")
"""Names of these features."""

STRIDE = 16
"""Sides of what the networks take must be multiples of this."""

BLOCKS = ((192, 192, 24), (128, 96, 16), (128, 96, 16), (64, 48, 12), (32, 24, 8))
"""Channels, inner channels and rank of the decoder's blocks, coarsest first."""

RANK = 8
"""Of what an adapter adds to a convolution of the decoder."""

BLOCK_SCALES = (3, 2, 2, 1, 0)
"""Scale of the features at which each block paints; the finest is 0."""

PaddingMode = Literal["reflect", "circular"]

Border = tuple[PaddingMode, PaddingMode]
"""How convolutions pad rows and columns."""

REFLECT: Border = ("reflect", "reflect")
"""The padding that the networks are trained with."""

CIRCULAR: Border = ("circular", "circular")
"""The padding of a torus, which makes results seamless."""
