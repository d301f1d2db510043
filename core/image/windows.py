"""Rectangles of pixels in a frame: files may hold a part of it, or more (OpenEXR's data window)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from .picture import Picture


class Window(NamedTuple):
    """A rectangle of pixels, both ends included, as the headers of OpenEXR have it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.right - self.left + 1, self.bottom - self.top + 1


def around(windows: Iterable[Window]) -> Window:
    """Return the smallest rectangle that holds others.

    Parameters
    ----------
    windows : iterable of Window
        At least one.

    Returns
    -------
    Window
        Around all of them.
    """
    lefts, tops, rights, bottoms = zip(*windows, strict=True)
    return Window(min(lefts), min(tops), max(rights), max(bottoms))


def placed(pixels: np.ndarray, window: Window, canvas: Window) -> np.ndarray:
    """Return pixels on a larger canvas, which is 0 around them.

    Parameters
    ----------
    pixels : (H, W) or (H, W, C) float32, float16, uint8 or uint16
        Of ``window``.
    window, canvas : Window
        The canvas holds the window.

    Returns
    -------
    (height, width) or (height, width, C) float32, float16, uint8 or uint16
        Of ``canvas``; ``pixels`` itself if the two are the same.
    """
    if window == canvas:
        return pixels
    width, height = canvas.size
    result = np.zeros((height, width, *pixels.shape[2:]), pixels.dtype)
    result[_part(window, canvas)] = pixels
    return result


def placed_picture(picture: Picture, window: Window, canvas: Window) -> Picture:
    """Return a picture on a larger canvas.

    Parameters
    ----------
    picture : Picture
        Of ``window``.
    window, canvas : Window
        As for :func:`placed`.

    Returns
    -------
    Picture
        Black, and transparent if it has alpha, around the old one.
    """
    color, alpha, cover = (
        band if band is None else placed(band, window, canvas)
        for band in (picture.color, picture.alpha, picture.cover)
    )
    assert color is not None  # for mypy
    return replace(picture, color=color, alpha=alpha, cover=cover)


def cropped_picture(picture: Picture, canvas: Window, window: Window) -> Picture:
    """Return a part of a picture.

    Parameters
    ----------
    picture : Picture
        Of ``canvas``.
    canvas, window : Window
        The canvas holds the window.

    Returns
    -------
    Picture
        Of ``window``.
    """
    if window == canvas:
        return picture
    part = _part(window, canvas)
    color, alpha, cover = (
        band if band is None else np.ascontiguousarray(band[part])
        for band in (picture.color, picture.alpha, picture.cover)
    )
    assert color is not None  # for mypy
    return replace(picture, color=color, alpha=alpha, cover=cover)


def _part(window: Window, canvas: Window) -> tuple[slice, slice]:
    rows = slice(window.top - canvas.top, window.bottom - canvas.top + 1)
    return rows, slice(window.left - canvas.left, window.right - canvas.left + 1)
