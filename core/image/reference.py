"""References to images by their files, as in requests. Light enough for Blender's process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

AlphaMode = Literal["", "STRAIGHT", "PREMUL", "CHANNEL_PACKED", "NONE"]
"""Blender's alpha modes: how a file relates its colors to alpha; empty: as the file says."""


@dataclass(frozen=True)
class ImageRef:
    """Name an image by its files.

    Attributes
    ----------
    key : str
        The caller's name for it, which comes back in the result.
    paths : tuple of str
        One file, or one per UDIM tile.
    color_space : str
        Blender's name of the color space (``sRGB``, ``Linear Rec.709``, ``Non-Color``, ...); empty:
        sRGB for integers, scene-linear for floats.
    alpha_mode : AlphaMode
        Blender's alpha mode of the image.
    is_copy : bool
        The files are copies of pixels in memory: what else they say is not the image's own.
    """

    key: str
    paths: tuple[str, ...]
    color_space: str = ""
    alpha_mode: AlphaMode = ""
    is_copy: bool = False
