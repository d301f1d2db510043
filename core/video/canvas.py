"""Frames of which only a part is stored (OpenEXR's data window): they are painted on one canvas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from ..errors import ImpastoError
from ..image import exr
from ..image.alpha import full_alpha
from ..image.exr import Window
from ..image.files import open_image
from ..image.picture import Picture


@dataclass(frozen=True)
class Canvas:
    """The rectangle in which all frames lie.

    Attributes
    ----------
    whole : Window
        Of the canvas: the display window and all data windows.
    display : Window
        What is shown.
    windows : dict of Path to Window
        Data windows of the files.
    opaque : set of Path
        Files without alpha that were placed.
    """

    whole: Window
    display: Window
    windows: dict[Path, Window]
    opaque: set[Path] = field(default_factory=set)

    def place(self, path: Path, picture: Picture) -> Picture:
        """Put a picture into its place.

        Parameters
        ----------
        path : Path
            Its file.
        picture : Picture
            As large as its data window.

        Returns
        -------
        Picture
            As large as the canvas; where nothing is stored, alpha is 0.
        """
        window = self.windows.get(path)
        if window is None or picture.size != window.size:
            return picture
        alpha = picture.alpha
        if alpha is None:
            self.opaque.add(path)
            alpha = np.ones(picture.color.shape[:2], np.float32)
        cover = None if picture.cover is None else self._placed(picture.cover, window)
        return replace(
            picture,
            color=self._placed(picture.color, window),
            alpha=self._placed(alpha, window),
            cover=cover,
        )

    def cut(self, path: Path, picture: Picture, *, windows: bool) -> Picture:
        """Take the part of a result that is to be stored.

        Parameters
        ----------
        path : Path
            File of the source.
        picture : Picture
            As large as the canvas; one that is smaller is returned whole.
        windows : bool
            Whether the result's file has windows, too: then its data window is the source's, else it
            is what is shown, and black where nothing is stored.

        Returns
        -------
        Picture
            With alpha if the source has it.
        """
        if path not in self.windows:
            return picture
        if path in self.opaque:
            if not windows and picture.alpha is not None:
                full = full_alpha(picture.alpha.dtype)
                share = picture.alpha[..., None].astype(np.float32) / full
                picture = picture.with_color(picture.color * share)
            picture = replace(picture, alpha=None, cover=None)
        if picture.size != self.whole.size:
            return picture
        here = self._slices(self.windows[path] if windows else self.display)
        return replace(
            picture,
            color=np.ascontiguousarray(picture.color[here]),
            alpha=None if picture.alpha is None else np.ascontiguousarray(picture.alpha[here]),
            cover=None if picture.cover is None else np.ascontiguousarray(picture.cover[here]),
        )

    def _slices(self, window: Window) -> tuple[slice, slice]:
        top, left = window.top - self.whole.top, window.left - self.whole.left
        width, height = window.size
        return slice(top, top + height), slice(left, left + width)

    def _placed(self, values: np.ndarray, window: Window) -> np.ndarray:
        width, height = self.whole.size
        result = np.zeros((height, width, *values.shape[2:]), values.dtype)
        result[self._slices(window)] = values
        return result


def find_canvas(paths: Iterable[Path]) -> Canvas | None:
    """Find the canvas of frames by the headers of their files.

    Parameters
    ----------
    paths : iterable of Path
        Files of the frames.

    Returns
    -------
    Canvas or None
        None where all data windows are the same. Files with another display window than the first
        are not on it.
    """
    found: dict[Path, Window] = {}
    display: Window | None = None
    for path in paths:
        if path.suffix.lower() != ".exr":
            continue
        try:
            with open_image(path) as image:
                if not isinstance(image.input, exr.Input):
                    continue
                shown, stored = image.input.display_window, image.input.data_window
        except ImpastoError:  # it is told when it is read
            continue
        display = display or shown
        if shown == display:
            found[path] = stored
    if display is None or len(set(found.values())) < 2:
        return None
    corners = np.array([display, *found.values()])
    whole = Window(*map(int, (*corners[:, :2].min(0), *corners[:, 2:].max(0))))
    return Canvas(whole, display, found)
