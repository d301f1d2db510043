"""Images as contents for fits and previews: small and sRGB-encoded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..control import Failure
from ..errors import ImpastoError
from ..memory import ask
from .color import linear_to_srgb
from .files import read_picture
from .reference import ImageRef
from .resize import resize


def read_contents(images: Sequence[ImageRef], side: int) -> tuple[list[np.ndarray], list[Failure]]:
    """Read images as contents no larger than ``side`` pixels.

    Parameters
    ----------
    images : sequence of ImageRef
        Only the first tile of a UDIM image is read.
    side : int
        Limit of the longer side, in pixels.

    Returns
    -------
    contents : list of (H, W, 3) float32
        sRGB-encoded, in [0, 1].
    failures : list of Failure
        The images that cannot be read.
    """
    contents, failures = [], []
    for image in images:
        try:
            ask(image.key, 12 * side**2)  # each stays in memory
            picture = read_picture(
                image.paths[0], color_space=image.color_space, alpha_mode=image.alpha_mode
            )
        except ImpastoError as error:
            failures.append(Failure(image.key, str(error)))
            continue
        color = picture.color
        if picture.encoding == "linear":
            color = linear_to_srgb(np.clip(color, 0, 1))
        contents.append(shrink(color, side))
    return contents, failures


def shrink(color: np.ndarray, side: int) -> np.ndarray:
    """Shrink an image so that neither side exceeds a limit.

    Parameters
    ----------
    color : (H, W, 3) float32
        Of any size.
    side : int
        The limit, in pixels.

    Returns
    -------
    (height, width, 3) float32
        Clipped to [0, 1].
    """
    height, width = color.shape[:2]
    factor = min(1.0, side / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.clip(resize(color, size), 0, 1)
