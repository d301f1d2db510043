"""Images as contents for fits and previews: small, sRGB-encoded, one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ..control import Failure
from ..errors import ImpastoError
from .color import linear_to_srgb
from .files import read_picture
from .reference import ImageRef
from .resize import resize


def read_contents(images: Sequence[ImageRef], side: int) -> tuple[list[np.ndarray], list[Failure]]:
    """Read images as contents no larger than ``side`` pixels.

    Parameters
    ----------
    images : sequence of ImageRef
        Of a UDIM image, the first tile is read.
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
    """Shrink ``(H, W, 3)`` float32 so that neither side exceeds ``side``; clipped to [0, 1]."""
    height, width = color.shape[:2]
    factor = min(1.0, side / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.clip(resize(color, size), 0, 1)


class PreviewFile:
    """A PNG that shows how far a fit is, replaced every few seconds.

    Parameters
    ----------
    path : str
        The file; empty: none is written.
    seconds : float
        Time between two pictures.
    delay : float, optional
        Time before the first one.
    """

    def __init__(self, path: str, seconds: float, delay: float = 0.0) -> None:
        self._path = Path(path) if path else None
        self._seconds = seconds
        self._due_at = time.monotonic() + delay

    def update(self, write: Callable[[Path], None]) -> None:
        """Have ``write(path)`` replace the file, if it is due."""
        if self._path is None or time.monotonic() < self._due_at:
            return
        write(self._path)
        self._due_at = time.monotonic() + self._seconds
