"""From style codes to latents and back, with a :class:`~core.models.style_vae.StyleVae`."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ...models.style_vae import StyleVae
from ...styles.style import ZOOMS


def encode_codes(vae: StyleVae, codes: np.ndarray) -> Tensor:
    """Return the latent of a style.

    Parameters
    ----------
    vae : StyleVae
        The networks.
    codes : (len(ZOOMS), CODE_LENGTH) float32
        The style's codes.

    Returns
    -------
    (LATENT,) float32
        The mean over the brush scales.
    """
    return vae.encode(torch.from_numpy(codes), log_zooms())[0].mean(0)


def decode_latent(vae: StyleVae, latent: Tensor) -> np.ndarray:
    """Return the style codes of a latent.

    Parameters
    ----------
    vae : StyleVae
        The networks.
    latent : (LATENT,) float32
        What to decode.

    Returns
    -------
    (len(ZOOMS), CODE_LENGTH) float32
        One code for each brush scale.
    """
    return vae.decode(latent.expand(len(ZOOMS), -1), log_zooms()).numpy()


def log_zooms() -> Tensor:
    """Return the brush scales of a style's codes as the networks take them.

    Returns
    -------
    (len(ZOOMS),) float32
        Base-2 logarithms.
    """
    return torch.from_numpy(np.log2(np.array(ZOOMS, np.float32)))
