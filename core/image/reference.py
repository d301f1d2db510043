"""An image by its files: how requests name images. Light enough for Blender's process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

AlphaMode = Literal["STRAIGHT", "PREMUL", "CHANNEL_PACKED", "NONE"]


@dataclass(frozen=True)
class ImageRef:
    """An image by its files.

    Attributes
    ----------
    key : str
        The caller's own name for it, which comes back in the result.
    paths : tuple of str
        One file, or one per UDIM tile.
    color_space : str
        Blender's name of the color space (``sRGB``, ``Linear Rec.709``, ``Non-Color``, ...); empty:
        as the file says.
    alpha_mode : str
        Blender's alpha mode of the image.
    """

    key: str
    paths: tuple[str, ...]
    color_space: str = ""
    alpha_mode: AlphaMode = "STRAIGHT"
