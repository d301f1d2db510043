"""Shot files: what is decided once for a sequence, so that any machine paints the same pixels.

JSON: the frames and the settings it was made for, the cuts, the typical frames, the anchors at
which the recurrence starts, and for each shot the content's own code in the style's colors.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from ..errors import BadRequest
from ..image.files import write_atomically
from .sequence import Frame
from .settings import FramesSettings, ShotInfo

_VERSION = 1
_ALGORITHM = 4
"""Raised whenever the same frames and settings give other pixels than before."""

_CLOSED_FROM = 4
"""Frames after the first that a shot must have to end with an anchor."""


@dataclass(frozen=True)
class ShotFile:
    """See the module. ``own`` has one code ``(CODE_LENGTH,)`` float32 for each shot; ``sizes`` are
    (width, height); ``numbers`` those of the frames; ``files`` their :func:`state_of_files`, where
    the shots were found on the way and frames may have been rendered anew since."""

    settings: str
    numbers: tuple[int, ...]
    shots: tuple[ShotInfo, ...]
    own: tuple[np.ndarray, ...]
    files: str = ""

    def save(self, path: Path, *, overwrite: bool) -> None:
        """Write it atomically.

        Raises
        ------
        OutputUnwritable
        """
        words = {
            "impasto_shots": _VERSION,
            "settings": self.settings,
            "numbers": self.numbers,
            "shots": [asdict(shot) for shot in self.shots],
            "files": self.files,
            "own": [[float(v) for v in code] for code in self.own],
        }
        write_atomically(path, json.dumps(words).encode(), overwrite=overwrite)

    def intervals(self) -> list[tuple[int, int, int]]:
        """Positions ``(shot, first, last)`` from each anchor up to the next one of its shot, which
        is the first of the next interval, too; the last interval ends with its shot."""
        at = {number: position for position, number in enumerate(self.numbers)}
        found = []
        for index, shot in enumerate(self.shots):
            starts = [at[number] for number in shot.anchors]
            ends = [*starts[1:], at[shot.last]]
            found += [(index, a, b) for a, b in zip(starts, ends, strict=True)]
        return found


def load_shot_file(path: Path) -> ShotFile:
    """Read what :meth:`ShotFile.save` wrote.

    Raises
    ------
    BadRequest
        Missing, or no shot file.
    """
    try:
        words = json.loads(path.read_text(encoding="utf-8"))
        if words["impasto_shots"] != _VERSION:
            raise ValueError("another version")
        shots = tuple(
            ShotInfo(s["first"], s["last"], tuple(s["keyframes"]), tuple(s["anchors"]))
            for s in words["shots"]
        )
        own = tuple(np.array(code, np.float32) for code in words["own"])
        return ShotFile(
            words["settings"], tuple(words["numbers"]), shots, own, words.get("files", "")
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadRequest(f'"{path}" is no shot file; make one with: frames prepare.') from error


def fingerprint(settings: FramesSettings, style: np.ndarray) -> str:
    """Of everything that pixels depend on besides the frames: settings, style, weights, method."""
    from ..models.loading import FOLDER

    digest = hashlib.sha256(json.dumps(asdict(settings), sort_keys=True).encode())
    digest.update(b"%d" % _ALGORITHM)
    digest.update(np.ascontiguousarray(style, np.float32).tobytes())
    for name in ("encoder", "decoder"):
        digest.update((FOLDER / f"{name}.safetensors").read_bytes())
    return digest.hexdigest()


def state_of_files(frames: Iterable[Frame]) -> str:
    """Names, sizes and times of the frames' files, as a digest: another one where any has changed."""
    digest = hashlib.sha256()
    for path in dict.fromkeys(frame.path for frame in frames):
        with suppress(OSError):
            found = path.stat()
            digest.update(f"{path.name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def anchors_of(first: int, last: int, settings: FramesSettings, numbers: list[int]) -> list[int]:
    """The anchors of a shot: its first and last frame, those of the chunks, and between these as many
    as the interval asks for, evenly; where frames of it are painted, these in place of the others.

    A shot of few frames has no closing anchor: there is no room to fade from one into the other.
    """
    inside = [n for n in numbers if first <= n <= last]
    whole, end = numbers.index(first), len(inside) - 1
    chunks = set()
    if settings.chunk:
        chunks = {i for i in range(end + 1) if (whole + i) % settings.chunk == 0}
    painted = {inside.index(frame.number) for frame in settings.painted if frame.number in inside}
    if painted:
        return [inside[i] for i in sorted({0} | chunks | painted)]
    fixed = sorted({0} | chunks | ({end} if end >= _CLOSED_FROM else set()))
    anchors = set(fixed)
    for start, stop in pairwise(fixed):
        count = -(-(stop - start) // max(1, settings.anchor_interval))
        anchors |= {start + round(i * (stop - start) / count) for i in range(1, count)}
    return [inside[i] for i in sorted(anchors)]
