"""Content keys: everything that the pixels of a restyled frame depend on, as one digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from ..networks.weights import shipped_steps
from .plan import Plan, Segment
from .settings import FramesJob
from .versions import DECODING_VERSION, FRAME_VERSION


class ContentKeys:
    """Computes the content keys of frames, reading each file that they depend on once.

    Parameters
    ----------
    request : FramesJob
        The run.
    plan : Plan
        Its plan.
    """

    def __init__(self, request: FramesJob, plan: Plan) -> None:
        self._request, self._plan = request, plan
        self._hashes: dict[Path, str] = {}

    def of(self, segment: Segment) -> dict[int, str]:
        """Return the content keys of the wanted frames of a segment.

        Parameters
        ----------
        segment : Segment
            Where motion carries the painting, each of its frames depends on all.

        Returns
        -------
        dict
            By frame numbers, in order. Without the end anchor, which belongs to the next segment.
        """
        wanted = [n for n in segment.numbers_to_write if n in self._plan.wanted]
        if not wanted:
            return {}
        if not self._plan.by_motion:
            return {number: self._key(self._digest([number]), number) for number in wanted}
        together = self._digest(segment.numbers)
        return {number: self._key(together, number) for number in wanted}

    @cached_property
    def _common(self) -> hashlib._Hash:
        """Digest of all that every frame of the run depends on."""
        shots, request = self._plan.shots, self._request
        digest = hashlib.sha256(shots.fingerprint.encode())
        versions = f"{FRAME_VERSION} {shipped_steps()}"
        digest.update(f"{request.format} {request.depth} {versions}".encode())
        sequence = self._plan.sequence
        if sequence.color_space or sequence.layer:
            digest.update(f"{sequence.color_space} {sequence.layer}".encode())
        if request.relief_maps:
            digest.update(b"relief")
        for code in shots.content_codes:
            digest.update(code.tobytes())
        return digest

    def _digest(self, numbers: Iterable[int]) -> str:
        """Digest what frames depend on that depend on one another."""
        digest = self._common.copy()
        for number in numbers:
            frame = self._plan.sequence.by_number[number]
            if number in self._plan.painted:
                digest.update(self._hash(self._plan.painted[number]).encode())
            decoded = f" {DECODING_VERSION}" if frame.index >= 0 else ""
            digest.update(f"{self._hash(frame.path)} {frame.index}{decoded}".encode())
        return digest.hexdigest()

    def _key(self, together: str, number: int) -> str:
        return hashlib.sha256(f"{together} {number}".encode()).hexdigest()

    def _hash(self, path: Path) -> str:
        if path not in self._hashes:
            try:
                with path.open("rb") as file:
                    self._hashes[path] = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError:
                return "missing"
        return self._hashes[path]
