"""Bring the fine structure of a texture back into the guide that is painted from it."""

from __future__ import annotations

import cv2
import numpy as np

_SHARE = 0.5
"""Share of the guide's fine structure that is replaced by the content's."""

_FINE = 1 / 80
"""Standard deviation of the blur that fine structure is the rest of, as a share of the short side."""

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def keep_structure(guide: np.ndarray, content: np.ndarray, *, wrap: bool) -> np.ndarray:
    """Return the guide with more of the content's fine structure, as light and dark.

    The structure is made as strong as the guide's own, and inverted where the guide inverts it.

    Parameters
    ----------
    guide, content : (H, W, 3) float32, sRGB-encoded in [0, 1]
        The guide and what it was painted from.
    wrap : bool
        They are tori.

    Returns
    -------
    (H, W, 3) float32
        In [0, 1].
    """
    own, wanted = _fine(guide @ _LUMA, wrap), _fine(content @ _LUMA, wrap)
    spread = float(wanted.std())
    if spread < 1 / 255:
        return guide
    gain = float(own.std()) / spread * float(np.sign((own * wanted).mean()))
    change = np.float32(_SHARE) * (np.float32(gain) * wanted - own)
    return np.clip(guide + change[..., None], 0, 1)


def _fine(luma: np.ndarray, wrap: bool) -> np.ndarray:
    """Return what a blur takes away."""
    sigma = max(0.5, min(luma.shape) * _FINE)
    margin = int(np.ceil(3 * sigma))
    padded = np.pad(luma, margin, mode="wrap" if wrap else "symmetric")
    blurred = cv2.GaussianBlur(padded, (0, 0), sigma)
    return luma - blurred[margin : margin + luma.shape[0], margin : margin + luma.shape[1]]
