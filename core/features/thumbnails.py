"""Small PNGs of images, by content, for lists and plots."""

from __future__ import annotations

import logging
import os
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from ..atomic import write_atomically
from ..errors import OutputUnwritable
from .sample import Sample

_log = logging.getLogger(__name__)
_PNG = b"\x89PNG\r\n\x1a\n"


class Thumbnails:
    """A folder of square PNGs, one for each content.

    Parameters
    ----------
    folder : Path
        The folder; made when needed.
    size : int, optional
        Side of the thumbnails, in pixels.
    """

    def __init__(self, folder: Path, size: int = 128) -> None:
        self.folder = folder
        self.size = size

    def path(self, content: str) -> Path:
        """Return the path of a thumbnail, whether or not it exists.

        Parameters
        ----------
        content : str
            Content key of the image.

        Returns
        -------
        Path
            The PNG.
        """
        return self.folder / f"{content}_{self.size}.png"

    def contents(self) -> set[str]:
        """List the thumbnails that exist; much faster than asking for each.

        Returns
        -------
        set of str
            Their content keys. Whether it has one is told after a look at the file: a damaged one
            counts as missing.
        """
        ending = f"_{self.size}.png"
        try:
            names = os.listdir(self.folder)
        except OSError:
            return set()
        found = _Drawn(name.removesuffix(ending) for name in names if name.endswith(ending))
        found.is_whole = lambda content: _is_whole(self.path(content))
        return found

    def has(self, content: str) -> bool:
        """Return whether a thumbnail exists.

        Parameters
        ----------
        content : str
            Content key of the image.

        Returns
        -------
        bool
            True if it does, and is not damaged.
        """
        return _is_whole(self.path(content))

    def put(self, content: str, sample: Sample) -> None:
        """Write the center of a sample, with alpha if something is transparent.

        Parameters
        ----------
        content : str
            Content key of the image.
        sample : Sample
            The image.
        """
        image, seen = sample.center, sample.center_visible
        square = (self.size, self.size)
        small = cv2.resize(image, square, interpolation=cv2.INTER_AREA)
        pixels = cv2.cvtColor(cv2.convertScaleAbs(small, alpha=255), cv2.COLOR_RGB2BGR)
        if not sample.opaque:
            opacity = cv2.resize(seen, square, interpolation=cv2.INTER_AREA)
            pixels = np.dstack([pixels, cv2.convertScaleAbs(opacity, alpha=255)])
        path = self.path(content)
        png = cv2.imencode(".png", pixels)[1].tobytes()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(path, png, overwrite=True, cache=True)
        except (OSError, OutputUnwritable) as error:
            # The task goes on without a thumbnail.
            _log.warning("The thumbnail %s cannot be written: %s", path, error)

    def read(self, content: str) -> np.ndarray | None:
        """Read a thumbnail.

        Parameters
        ----------
        content : str
            Content key of the image.

        Returns
        -------
        (size, size, 4) uint8 or None
            RGBA; None if there is none.
        """
        try:
            stored = np.fromfile(self.path(content), np.uint8)
        except OSError:
            return None
        image = cv2.imdecode(stored, cv2.IMREAD_UNCHANGED) if len(stored) else None
        if image is None:
            return None
        return cv2.cvtColor(
            image, cv2.COLOR_BGRA2RGBA if image.shape[2] == 4 else cv2.COLOR_BGR2RGBA
        )


class _Drawn(set[str]):
    """Content keys of thumbnails, each of which is looked at when it is asked for."""

    is_whole: Callable[[str], bool]

    def __contains__(self, content: object) -> bool:
        return super().__contains__(content) and self.is_whole(str(content))


def _is_whole(path: Path) -> bool:
    """Return whether a PNG has all of its chunks, each as it was written."""
    try:
        data = path.read_bytes()
    except OSError:
        return False
    place, name = len(_PNG), b""
    if not data.startswith(_PNG):
        return False
    while place + 12 <= len(data) and name != b"IEND":
        length = int.from_bytes(data[place : place + 4], "big")
        name, end = data[place + 4 : place + 8], place + 8 + length
        if data[end : end + 4] != zlib.crc32(data[place + 4 : end]).to_bytes(4, "big"):
            return False
        place = end + 4
    return name == b"IEND" and place == len(data)
