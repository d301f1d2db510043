"""From style codes to latents and back."""

from __future__ import annotations

import numpy as np

from ...networks.style_vae import FrozenStyleVae
from ...styles.style import ZOOMS

LOG_ZOOMS = np.log2(np.array(ZOOMS, np.float32))
"""Base-2 logarithms of the brush scales of a style's codes, as the networks take them."""


def encode_codes(vae: FrozenStyleVae, codes: np.ndarray) -> np.ndarray:
    """Return the latent of a style.

    Parameters
    ----------
    vae : FrozenStyleVae
        The networks.
    codes : (len(ZOOMS), CODE_LENGTH) float32
        The style's codes.

    Returns
    -------
    (LATENT,) float32
        The mean over the brush scales.
    """
    return vae.encode(codes, LOG_ZOOMS).mean(0)


def decode_latent(vae: FrozenStyleVae, latent: np.ndarray) -> np.ndarray:
    """Return the style codes of a latent.

    Parameters
    ----------
    vae : FrozenStyleVae
        The networks.
    latent : (LATENT,) float32
        What to decode.

    Returns
    -------
    (len(ZOOMS), CODE_LENGTH) float32
        One code for each brush scale.
    """
    return vae.decode(np.tile(latent, (len(ZOOMS), 1)), LOG_ZOOMS)
