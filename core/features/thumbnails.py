"""Small PNGs of images, by content, for lists and pictures."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import cv2
import numpy as np

from .sample import Sample

_log = logging.getLogger(__name__)


class Thumbnails:
    """A folder of square PNGs, ``size`` pixels a side; each is made once per content."""

    def __init__(self, folder: Path, size: int = 128) -> None:
        self.folder = folder
        self.size = size

    def path(self, content: str) -> Path:
        """Where the thumbnail of a content key is, or will be."""
        return self.folder / f"{content}_{self.size}.png"

    def has(self, content: str) -> bool:
        """Whether it is there."""
        return self.path(content).is_file()

    def put(self, content: str, sample: Sample) -> None:
        """Write a sample's middle window; RGBA where something is transparent."""
        middle = len(sample.windows) // 2
        image, seen = sample.windows[middle], sample.visible[middle]
        square = (self.size, self.size)
        small = cv2.resize(image, square, interpolation=cv2.INTER_AREA)[..., ::-1]
        if seen.min() < 1:
            opacity = cv2.resize(seen, square, interpolation=cv2.INTER_AREA)
            small = np.dstack([small, opacity])
        path = self.path(content)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(
                cv2.imencode(".png", np.rint(small * 255).astype(np.uint8))[1].tobytes()
            )
            part.replace(path)
        except OSError as error:
            # A missing thumbnail spoils a list, not a job.
            _log.warning("The thumbnail %s cannot be written: %s", path, error)

    def read(self, content: str) -> np.ndarray | None:
        """``(size, size, 4)`` uint8 RGBA, or None where there is none."""
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
