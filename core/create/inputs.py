"""Images and weights as the generators take them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..errors import BadRequest

_STRIDE = 16  # sides must be multiples of it, for every network


def image_to_tensor(image: np.ndarray, min_side: int) -> Tensor:
    """Return an image as a batch of one, extended by reflection where it is too small.

    Parameters
    ----------
    image : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The image.
    min_side : int
        Smallest side of the result.

    Returns
    -------
    (1, 3, H', W') float32, sRGB-encoded in [0, 1]
        Cut to sides that are multiples of 16.
    """
    tensor = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None]
    for axis in (2, 3):
        if tensor.shape[axis] == 1:  # which has nothing to reflect
            tensor = torch.cat((tensor, tensor), axis)
    missing = [max(0, min_side - side) for side in tensor.shape[2:]]
    while any(missing):  # a single reflection adds less than the image's own size
        now = [min(m, side - 1) for m, side in zip(missing, tensor.shape[2:], strict=True)]
        tensor = F.pad(tensor, (0, now[1], 0, now[0]), mode="reflect")
        missing = [max(0, min_side - side) for side in tensor.shape[2:]]
    height, width = (side // _STRIDE * _STRIDE for side in tensor.shape[2:])
    return tensor[..., :height, :width].contiguous()


def normalize_mix(mix: Sequence[float], count: int) -> list[float]:
    """Return the weights of all images of a generator.

    Parameters
    ----------
    mix : sequence of float
        Weights of the first images; empty: the first image alone.
    count : int
        Number of images.

    Returns
    -------
    list of float
        One weight for each image; they sum to 1.

    Raises
    ------
    BadRequest
        There are more weights than images, or they are negative or all zero.
    """
    weights = [float(weight) for weight in mix] or [1.0]
    if len(weights) > count or min(weights) < 0 or sum(weights) <= 0:
        raise BadRequest(f"A mix has up to {count} weights, none negative and not all zero.")
    total = sum(weights)
    return [weight / total for weight in weights] + [0.0] * (count - len(weights))
