"""Bring the fine structure of a texture back into the guide that is painted from it."""

from __future__ import annotations

import cv2
import numpy as np

from ..control import SILENT, Control
from ..image.blur import gaussian_blur
from ..image.resize import resize

_SHORT = 512
"""Largest short side at which the blur is made, in pixels."""


def keep_structure(
    guide: np.ndarray,
    content: np.ndarray,
    *,
    share: float,
    size: float,
    wrap: bool,
    control: Control = SILENT,
) -> np.ndarray:
    """Return the guide with more of the content's fine structure, as light and dark.

    The structure is made as strong as the guide's own, and inverted where the guide inverts it.

    Parameters
    ----------
    guide, content : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The guide and what it was painted from.
    share : float in [0, 1]
        Share of the guide's fine structure that is replaced by the content's.
    size : float
        Standard deviation of the blur that fine structure is the rest of, as a share of the short side.
    wrap : bool
        They are tori.
    control : Control
        Cancels between steps.

    Returns
    -------
    (H, W, 3) float32
        In [0, 1].
    """
    own = _fine(guide, size, wrap)
    control.cancel.raise_if_set()
    wanted = _fine(content, size, wrap)
    control.cancel.raise_if_set()
    spread = float(wanted.std())
    if spread < 1 / 255:
        return guide
    gain = float(own.std()) / spread * float(np.sign(np.vdot(own, wanted)))
    wanted *= np.float32(share * gain)
    wanted -= np.float32(share) * own
    control.cancel.raise_if_set()
    kept = guide + wanted[..., None]
    return np.clip(kept, 0, 1, out=kept)


def _fine(picture: np.ndarray, extent: float, wrap: bool) -> np.ndarray:
    """Return the luma that a blur takes away; the blur of a large picture is made on a smaller one."""
    luma = cv2.cvtColor(np.ascontiguousarray(picture, np.float32), cv2.COLOR_RGB2GRAY)
    height, width = luma.shape
    scale = min(1.0, _SHORT / min(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    sigma = max(0.5, min(size) * extent)
    blurred = gaussian_blur(resize(luma, size, wrap=wrap), sigma, wrap=wrap)
    return luma - resize(blurred, (width, height), wrap=wrap)
