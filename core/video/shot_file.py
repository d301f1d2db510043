"""Shot files: what is decided once for a sequence, so that any machine paints the same pixels.

JSON: the frames and the settings it was made for, the cuts, the typical frames, the anchors, and the
content code of each shot.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np

from ..atomic import write_atomically
from ..errors import BadRequest
from ..networks.codes import CODE_LENGTH
from ..networks.weights import FOLDER
from ..paint.engine import TILE
from ..schema import Length, Range, from_plain, read_json, rising, to_plain
from .sequence import Frame
from .settings import FramesSettings, ShotInfo
from .versions import DECODING_VERSION, SHOT_FILE_VERSION, SHOTS_VERSION

_SHORT = 4
"""Frames after the first that a shot must have to end with an anchor."""


@dataclass(frozen=True)
class ShotFile:
    """Everything that is decided once for a sequence.

    Attributes
    ----------
    fingerprint : str
        :func:`settings_fingerprint` of the settings it was made for.
    numbers : tuple of int
        Of the frames, in order.
    size : (int, int)
        Width and height of the frames in pixels.
    shots : tuple of ShotInfo
        In order.
    content_codes : tuple of (CODE_LENGTH,) float32
        For each shot, that of its typical frames in the style's colors.
    files : str
        :func:`files_digest` of the frames, where the file was made on the way and frames may have been
        rendered anew since.
    tile : int
        Side in pixels of the tiles in which frames are painted.
    made_with : mapping
        As :func:`environment` returns it: what pixels depend on, too, but differs between machines.
    """

    fingerprint: str
    numbers: tuple[int, ...]
    size: tuple[int, int]
    shots: tuple[ShotInfo, ...]
    content_codes: tuple[np.ndarray, ...]
    files: str = ""
    tile: int = TILE
    made_with: Mapping[str, str] = field(default_factory=dict)

    def save(self, path: Path, *, overwrite: bool) -> None:
        """Write the file, whole or not at all.

        Parameters
        ----------
        path : Path
            Where it goes.
        overwrite : bool
            Replace a file that exists.

        Raises
        ------
        OutputUnwritable
            It exists, or cannot be written.
        """
        document = _Document(
            SHOT_FILE_VERSION,
            self.fingerprint,
            self.numbers,
            self.size,
            self.shots,
            tuple(tuple(map(float, code)) for code in self.content_codes),
            self.files,
            self.tile,
            dict(self.made_with),
        )
        document = replace(document, checksum=_checksum(document))
        write_atomically(path, json.dumps(to_plain(document)).encode(), overwrite=overwrite)


_Number = Annotated[int, Range(-(10**255), 10**255)]
_Ordered = Annotated[tuple[_Number, ...], rising]
_Codes = Annotated[tuple[float, ...], Length(CODE_LENGTH, CODE_LENGTH)]
_Side = Annotated[int, Range(1, 2**20)]


@dataclass(frozen=True)
class _Document:
    """The JSON of a shot file."""

    impasto_shots: Annotated[int, Range(SHOT_FILE_VERSION, SHOT_FILE_VERSION)]
    settings: str
    numbers: Annotated[_Ordered, Length(1)]
    size: tuple[_Side, _Side]
    shots: Annotated[tuple[ShotInfo, ...], Length(1)]
    own: tuple[_Codes, ...]
    files: str
    tile: Annotated[int, Range(1, TILE)]
    made_with: dict[str, str]
    checksum: str = ""


def _checksum(document: _Document) -> str:
    """Digest a document, but for its checksum and what is compared with the machine."""
    digested = replace(document, checksum="", made_with={}, tile=TILE)
    text = json.dumps(to_plain(digested), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def load_shot_file(path: Path) -> ShotFile:
    """Read what :meth:`ShotFile.save` wrote.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    ShotFile
        The same.

    Raises
    ------
    BadRequest
        It is missing, or not a shot file.
    """
    try:
        document = from_plain(_Document, read_json(path.read_bytes()))
    except (OSError, BadRequest) as error:
        raise BadRequest(f'"{path}" is no shot file; make one with: frames prepare.') from error
    if document.checksum != _checksum(document) or not _fits_together(document):
        raise BadRequest(f'"{path}" is damaged; make it again with: frames prepare.')
    return ShotFile(
        document.settings,
        document.numbers,
        document.size,
        document.shots,
        tuple(np.array(code, np.float32) for code in document.own),
        document.files,
        document.tile,
        document.made_with,
    )


def _fits_together(document: _Document) -> bool:
    """Return whether shots have all frames, in order, and each has its code and its anchors."""
    numbers, found = document.numbers, 0
    places = {number: place for place, number in enumerate(numbers)}
    for shot in document.shots:
        first, last = places.get(shot.first, -1), places.get(shot.last, -1)
        inside = set(numbers[first : last + 1])
        anchored = shot.anchors[:1] == (shot.first,) and rising(shot.anchors)
        if first != found or last < first or not anchored:
            return False
        if not inside.issuperset((*shot.anchors, *shot.keyframes)):
            return False
        found = last + 1
    return found == len(numbers) and len(document.own) == len(document.shots)


def environment(device: str) -> dict[str, str]:
    """Return what the pixels of frames depend on that may differ between machines.

    Parameters
    ----------
    device : str
        On which the networks run: ``cpu``, ``cuda`` or ``mps``.

    Returns
    -------
    dict of str to str
        ``device``, and the versions of OpenCV and of what runs the networks there, without how they
        were built.
    """
    runtime = "onnxruntime" if device == "cpu" else "torch"
    version = import_module(runtime).__version__.partition("+")[0]
    return {"device": device, runtime: version, "OpenCV": cv2.__version__}


def settings_fingerprint(settings: FramesSettings, codes: np.ndarray) -> str:
    """Digest what pixels depend on besides the frames: settings, style, weights, algorithm.

    Parameters
    ----------
    settings : FramesSettings
        Of the run.
    codes : (Z, CODE_LENGTH) float32
        Of the style.

    Returns
    -------
    str
        SHA-256, in hexadecimal.
    """
    settings = replace(settings, anchor_interval=settings.interval)
    digest = hashlib.sha256(json.dumps(asdict(settings), sort_keys=True).encode())
    digest.update(b"%d" % SHOTS_VERSION)
    digest.update(np.ascontiguousarray(codes, np.float32).tobytes())
    for name in ("encoder", "decoder"):
        digest.update((FOLDER / f"{name}.safetensors").read_bytes())
    return digest.hexdigest()


def files_digest(frames: Iterable[Frame]) -> str:
    """Digest names, sizes and times of the frames' files, which change where a file is replaced.

    Parameters
    ----------
    frames : iterable of Frame
        Of a sequence.

    Returns
    -------
    str
        SHA-256, in hexadecimal.
    """
    frames = list(frames)
    digest = hashlib.sha256()
    if any(frame.index >= 0 for frame in frames):
        digest.update(f"movie {DECODING_VERSION}\n".encode())
    for path in dict.fromkeys(frame.path for frame in frames):
        with suppress(OSError):
            found = path.stat()
            digest.update(f"{path.name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def choose_anchors(
    first: int, last: int, settings: FramesSettings, numbers: list[int]
) -> list[int]:
    """Choose the anchors of a shot.

    They are its first and last frame, those of the chunks, and between these as many as the anchor
    interval asks for, evenly; where the artist painted frames of it, these in place of the others. A
    short shot has no anchor at its end: it is too short to fade from one anchor into the other.

    Strokes need no anchor at the end of a shot, and none near its ends: see :func:`_stroke_anchors`.

    Parameters
    ----------
    first, last : int
        Of the shot.
    settings : FramesSettings
        Of the run.
    numbers : list of int
        Of all frames of the sequence, in order.

    Returns
    -------
    list of int
        Frame numbers, in order.
    """
    inside = [n for n in numbers if first <= n <= last]
    start_of_shot, end = numbers.index(first), len(inside) - 1
    if settings.look.engine == "STROKES":
        return [inside[i] for i in _stroke_anchors(start_of_shot, len(inside), settings)]
    chunks = set()
    if settings.chunk:
        chunks = {i for i in range(end + 1) if (start_of_shot + i) % settings.chunk == 0}
    painted = {inside.index(frame.number) for frame in settings.painted if frame.number in inside}
    if painted:
        return [inside[i] for i in sorted({0} | chunks | painted)]
    fixed = sorted({0} | chunks | ({end} if end >= _SHORT else set()))
    anchors = set(fixed)
    for start, stop in pairwise(fixed):
        count = -(-(stop - start) // max(1, settings.interval))
        anchors |= {start + round(i * (stop - start) / count) for i in range(1, count)}
    return [inside[i] for i in sorted(anchors)]


def _stroke_anchors(start_of_shot: int, count: int, settings: FramesSettings) -> list[int]:
    """Return the positions in a shot at which all strokes are as they were placed.

    From one to the next, all strokes are exchanged; too near to one another, they would flicker. Where
    machines take chunks, anchors lie where some chunks begin.
    """
    interval = max(1, settings.interval)
    if settings.chunk:
        step = settings.chunk * max(1, round(interval / settings.chunk))
        found = [i for i in range(1, count) if (start_of_shot + i) % step == 0]
    else:
        parts = max(1, round(count / interval))
        found = [round(i * count / parts) for i in range(1, parts)]
    return [0, *(i for i in found if interval / 2 <= i <= count - interval / 2)]
