"""Write maps, which hold data and not color, as 16-bit PNG files."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from ..atomic import check_output, write_atomically


def write_map(
    pixels: np.ndarray, path: str | Path, *, overwrite: bool = False, spend: bool = False
) -> None:
    """Write a map as a 16-bit PNG: whole, or not at all.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) uint16
        Gray, or red, green and blue.
    path : str or Path
        The file.
    overwrite : bool, optional
        Replace a file that exists; else it is refused.
    spend : bool, optional
        The pixels are not needed any more and may be changed, which saves a copy.

    Raises
    ------
    OutputUnwritable
        The file exists, its folder is missing or read-only, or the disk is full.

    Examples
    --------
    >>> write_map(np.full((4, 6), 65535, np.uint16), "heights.png")
    >>> cv2.imread("heights.png", cv2.IMREAD_UNCHANGED).dtype
    dtype('uint16')
    """
    path = Path(path)
    check_output(path, overwrite=overwrite)
    write_atomically(path, encoded_map(pixels, spend=spend), overwrite=overwrite)


def encoded_map(pixels: np.ndarray, *, spend: bool = False) -> memoryview:
    """Return the content of a map's file.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) uint16
        As in :func:`write_map`.
    spend : bool, optional
        As there.

    Returns
    -------
    memoryview
        A 16-bit PNG.
    """
    if pixels.ndim == 3:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR, dst=pixels if spend else None)
    # Relief is noise to a packer: the lowest level is several times faster and hardly larger.
    _, data = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return data.data
