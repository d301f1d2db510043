"""Content keys: everything that the pixels of a restyled frame depend on, as one digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..models.loading import shipped_steps
from .sequence import Frame
from .settings import FramesJob
from .shot_file import ShotFile

_MANNER = 3
"""Counts the ways in which frames have been tied together: a shot that was begun by another version
of Impasto is not gone on with in another look."""


class ContentKeys:
    """Keys of the frames of a run; files that they are made from are read once.

    Parameters
    ----------
    painted : mapping
        Files of the frames that the artist painted.
    """

    def __init__(
        self,
        request: FramesJob,
        shots: ShotFile,
        frames: Mapping[int, Frame],
        painted: Mapping[int, Path],
    ) -> None:
        common = hashlib.sha256(shots.settings.encode())
        common.update(f"{request.format} {request.depth} {_MANNER} {shipped_steps()}".encode())
        for code in shots.own:
            common.update(code.tobytes())
        self._common, self._frames, self._painted = common, frames, painted
        self._hashes: dict[Path, str] = {}

    def of(self, numbers: Iterable[int]) -> dict[int, str]:
        """Of frames of which each depends on all."""
        numbers = tuple(numbers)
        digest = self._common.copy()
        for number in numbers:
            frame = self._frames[number]
            if number in self._painted:
                digest.update(self._hash(self._painted[number]).encode())
            digest.update(f"{self._hash(frame.path)} {frame.index}".encode())
        together = digest.hexdigest()
        return {n: hashlib.sha256(f"{together} {n}".encode()).hexdigest() for n in numbers}

    def _hash(self, path: Path) -> str:
        if path not in self._hashes:
            try:
                with path.open("rb") as file:
                    self._hashes[path] = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError:
                return "missing"
        return self._hashes[path]
