"""What an adapter of the decoder may hold, known without the network: see ``models/adapter.py``."""

from __future__ import annotations

import numpy as np

from ..networks.layout import BLOCKS, RANK
from ..tensor_file import Array

_PIXELS = 12
_LARGEST = 1e3


def adapter_arrays() -> dict[str, Array]:
    """Return the arrays of an adapter by their names.

    Returns
    -------
    dict of str to Array
        ``<convolution>.up`` and ``.down``, and offsets by the name of their parameter.
    """
    shapes: dict[str, tuple[int, ...]] = {}

    def convolution(name: str, inputs: int, outputs: int) -> None:
        shapes[f"{name}.up"], shapes[f"{name}.down"] = (outputs, RANK), (RANK, 9 * inputs)
        shapes[f"{name}.bias"] = (outputs,)

    for number, (channels, inner, _) in enumerate(BLOCKS):
        block = f"blocks.{number}"
        shapes[f"{block}.modulation.bias"] = (2 * channels,)
        shapes[f"{block}.noise_gain.bias"] = (inner,)
        convolution(f"{block}.first", channels, inner)
        convolution(f"{block}.second", inner, channels)
    convolution("to_pixels", BLOCKS[-1][0], _PIXELS)
    return {name: Array(shape, np.floating, -_LARGEST, _LARGEST) for name, shape in shapes.items()}
