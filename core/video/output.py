"""The files of a run: what they are called, which of them are finished, and how they are written.

Beside each frame, in the folder ``.impasto``, lies a note with its content key. So a frame is finished
where its file is there and its note has the key; whatever moment a run was killed at, a file that is
there and a note that has its key belong together.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import OutputUnwritable
from ..image.convert import with_depth
from ..image.files import write_atomically, write_picture
from ..image.picture import Picture
from ..image.resize import resize
from .movie import FPS, write_movie
from .sequence import Frame, Sequence
from .settings import FramesJob

_NOTES = ".impasto"
_SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "TIFF": ".tif", "OPEN_EXR": ".exr"}
_JPEG = (".jpg", ".jpeg")
_THUMBNAIL = 256
_UNFINISHED = -2


class Results:
    """Where the frames of a sequence go.

    Raises
    ------
    OutputUnwritable
        The folder cannot be made.
    """

    def __init__(self, request: FramesJob, sequence: Sequence) -> None:
        self._request, self._sequence = request, sequence
        self.folder = Path(request.output_folder)
        try:
            (self.folder / _NOTES).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputUnwritable(
                f'Frames cannot be written to "{self.folder}" ({error.strerror});'
                " choose another folder."
            ) from error

    @property
    def pattern(self) -> str:
        """Path with ``#`` for the digits of the number."""
        return str(self.folder / Path(self._sequence.pattern).with_suffix(self._suffix()).name)

    @property
    def shot_file(self) -> Path:
        """The one that was asked for, or that of the folder."""
        return Path(self._request.shot_file or self.folder / _NOTES / "shots.json")

    def path(self, number: int) -> Path:
        """The file of a frame."""
        name = self._sequence.name(number, self._sequence.suffix)
        return self.folder / Path(name).with_suffix(self._suffix()).name

    def finished(self, number: int, key: str) -> bool:
        """Whether this very frame is there already.

        Raises
        ------
        OutputUnwritable
            Another file is where it goes.
        """
        path = self.path(number)
        if not path.exists():
            return False
        note = _note_at(self._note(number))
        if note.get("key") == key or self._request.overwrite:
            return note.get("key") == key
        if note.get("next") == key:  # it was being replaced by this very frame
            return False
        why = "was made with other settings or by another version" if note else "is in the way"
        raise OutputUnwritable(
            f'"{path}" {why}; choose another folder, or allow it to be overwritten.'
        )

    def write(self, frame: Frame, key: str, picture: Picture) -> Path:
        """Put a frame where it belongs, with what its source says of itself.

        Raises
        ------
        OutputUnwritable, UnsupportedImage
        """
        if self._request.depth != "SOURCE":
            picture = with_depth(picture, self._request.depth)
        path = self.path(frame.number)
        if path.suffix.lower() in _JPEG:
            picture = replace(picture, alpha=None)
        # The note comes first, so that a file without one is nobody's of ours; but where an older frame
        # is there, it must not get the new one's key.
        replaced = path.exists()
        self._put_note(frame, {"next": key} if replaced else {"key": key})
        metadata = self._sequence.metadata(frame)
        write_picture(picture, path, overwrite=True, metadata=metadata)
        if replaced:
            self._put_note(frame, {"key": key})
        return path

    def show(self, image: np.ndarray) -> None:
        """Replace the thumbnail, if one is wanted, by ``(H, W, 3)`` float32, sRGB-encoded."""
        if not self._request.thumbnail:
            return
        height, width = image.shape[:2]
        factor = min(1.0, _THUMBNAIL / max(height, width))
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        small = Picture(np.clip(resize(image, size), 0, 1))
        write_picture(small, self._request.thumbnail, overwrite=True)

    def write_movie(self, keys: dict[int, str]) -> str:
        """Make the movie that was asked for, of finished frames with these keys, and return its path;
        one that was made of the same frames is left as it is.

        Raises
        ------
        OutputUnwritable
            A file is in the way that is no movie of this folder's.
        NoImages
            There are no frames.
        """
        if not self._request.movie:
            return ""
        movie = Path(self._request.movie).resolve()
        fps = self._request.fps or self._sequence.fps or FPS
        words = [f"{number} {keys[number]}" for number in sorted(keys)]
        key = hashlib.sha256("\n".join([str(fps), *words]).encode()).hexdigest()
        place = self.folder / _NOTES / "movie.json"
        note = _note_at(place)
        there = movie.stat().st_size if movie.exists() else -1
        ours = note.get("movie") == str(movie) and note.get("bytes") in (there, _UNFINISHED)
        if ours and there >= 0 and note.get("key") == key:
            return self._request.movie
        overwrite = self._request.overwrite or ours
        if overwrite or there < 0:
            _put(place, {"movie": str(movie), "key": "", "bytes": _UNFINISHED})
        write_movie([self.path(n) for n in sorted(keys)], movie, fps, overwrite=overwrite)
        _put(place, {"movie": str(movie), "key": key, "bytes": movie.stat().st_size})
        return self._request.movie

    def _suffix(self) -> str:
        if self._request.format != "SOURCE":
            return _SUFFIXES[self._request.format]
        return Path(f"frame{self._sequence.suffix}").suffix.lower() or ".png"

    def _note(self, number: int) -> Path:
        return self.folder / _NOTES / f"{self.path(number).name}.json"

    def _put_note(self, frame: Frame, words: dict[str, str]) -> None:
        _put(self._note(frame.number), {**words, "source": frame.path.name})


def _put(path: Path, words: dict[str, Any]) -> None:
    write_atomically(path, json.dumps(words).encode(), overwrite=True)


def _note_at(path: Path) -> dict[str, Any]:
    """What a note says; empty where there is none."""
    try:
        words = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return words if isinstance(words, dict) else {}
