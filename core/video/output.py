"""The files of a run: what they are called, which of them are finished, and how they are written.

Beside the frames, the folder ``.impasto`` has a note for each, with its content key. A frame is
finished where its file exists and its note has the key. Whatever moment a run was killed at, a file
that exists and a note that has its key belong together.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ..atomic import write_atomically
from ..control import SILENT, Control
from ..errors import OutputUnwritable
from ..image.convert import with_depth
from ..image.files import result_name, write_picture
from ..image.formats import usual_suffix
from ..image.maps import write_map
from ..image.picture import Picture
from ..image.resize import resize
from ..paint.strokes.painter import StrokePainting
from ..paint.strokes.relief import to_16_bit
from .movie import MOVIE_VERSION, write_movie
from .movie_timing import FPS, Timing, even_timing, timing_of_movie
from .sequence import Frame, Sequence
from .settings import FramesJob

_NOTES = ".impasto"
_SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "TIFF": ".tif", "OPEN_EXR": ".exr"}
_THUMBNAIL = 256
_SOURCE = "source.json"
"""Names the movie that the frames are made of, whose sound goes with them."""
_UNFINISHED = -2
"""In place of a movie's size while it is being written."""


class Results:
    """The files that a run writes.

    Parameters
    ----------
    request : FramesJob
        The run.
    sequence : Sequence
        Its frames.
    """

    def __init__(self, request: FramesJob, sequence: Sequence) -> None:
        self._request, self._sequence = request, sequence
        self.folder = Path(request.output_folder)

    def make_folder(self) -> None:
        """Make the folder for the results.

        Raises
        ------
        OutputUnwritable
            It cannot be made.
        """
        make_folder(self.folder / _NOTES)
        place = self.folder / _NOTES / _SOURCE
        if self._sequence.movie is not None:
            movie = str(self._sequence.frames[0].path.resolve())
            # Machines of a farm may write it at once, all of them the same.
            write_atomically(
                place, json.dumps({"movie": movie}).encode(), overwrite=True, cache=True
            )
        else:
            with suppress(OSError):
                place.unlink()

    @property
    def pattern(self) -> str:
        """Path of the frames with ``#`` for the digits of the number."""
        return str(self.folder / Path(self._sequence.pattern).with_suffix(self._suffix).name)

    @property
    def shot_file(self) -> Path:
        """The shot file that was asked for, or that of the folder."""
        return Path(self._request.shot_file or self.folder / _NOTES / "shots.json")

    def path(self, number: int) -> Path:
        """Return the file of a frame.

        Parameters
        ----------
        number : int
            Of the frame.

        Returns
        -------
        Path
            May not exist yet.
        """
        return self.folder / self._sequence.name(number, self._suffix)

    def relief_maps(self, number: int) -> dict[str, Path]:
        """Return the files of a frame's relief, as far as they are asked for.

        Parameters
        ----------
        number : int
            Of the frame.

        Returns
        -------
        dict of str to Path
            ``"height"`` and ``"normal"``; each is a sequence in a folder of its own.
        """
        if not self._request.relief_maps:
            return {}
        return {
            kind: self.folder / kind / self._sequence.name(number, ".png", kind)
            for kind in ("height", "normal")
        }

    def finished(self, number: int, key: str) -> bool:
        """Return whether a frame with this key is there already.

        Parameters
        ----------
        number : int
            Of the frame.
        key : str
            Its content key.

        Returns
        -------
        bool
            False if it is to be written.

        Raises
        ------
        OutputUnwritable
            Another file takes its place, and may not be overwritten.
        """
        path, maps = self.path(number), self.relief_maps(number).values()
        note = _read_note(self._note(number))
        if not path.exists():
            taken = [file for file in maps if file.exists()]
            if not taken or note or self._request.overwrite:
                return False
            path = taken[0]
        if note.get("key") == key or self._request.overwrite:
            return note.get("key") == key and all(file.exists() for file in maps)
        if note.get("next") == key:  # it was being replaced by this frame
            return False
        why = "was made with other settings or by another version" if note else "is in the way"
        raise OutputUnwritable(
            f'"{path}" {why}; choose another folder, or allow it to be overwritten.'
        )

    def write(
        self, frame: Frame, key: str, picture: Picture, strokes: StrokePainting | None = None
    ) -> Path:
        """Write a frame with the metadata of its source, its relief and its note.

        Parameters
        ----------
        frame : Frame
            Of the sequence.
        key : str
            Its content key.
        picture : Picture
            The result.
        strokes : StrokePainting, optional
            Has the relief.

        Returns
        -------
        Path
            Its file.

        Raises
        ------
        OutputUnwritable
            The file or its note cannot be written.
        UnsupportedImage
            The format cannot store the picture.
        """
        if self._request.depth != "SOURCE":
            picture = with_depth(picture, self._request.depth)
        path = self.path(frame.number)
        if usual_suffix(path.suffix) == ".jpg":
            picture = replace(picture, alpha=None)
        # The note comes first, so that every file of ours has one; but where an older frame is there,
        # it must not get the new one's key.
        replaced = path.exists()
        self._write_note_of(frame, {"next": key} if replaced else {"key": key})
        # The picture comes last: where one is found, all that belongs to it is there.
        self._write_relief(frame.number, strokes)
        metadata = self._sequence.metadata(frame)
        picture = self._sequence.original_window(frame, picture, usual_suffix(path.suffix))
        write_picture(picture, path, overwrite=True, metadata=metadata)
        if replaced:
            self._write_note_of(frame, {"key": key})
        return path

    def write_thumbnail(self, image: np.ndarray) -> None:
        """Replace the thumbnail, if one is wanted.

        Parameters
        ----------
        image : (H, W, 3) float32
            What it shows, sRGB-encoded in [0, 1].

        Raises
        ------
        OutputUnwritable
            It cannot be written.
        """
        if not self._request.thumbnail:
            return
        height, width = image.shape[:2]
        factor = min(1.0, _THUMBNAIL / max(height, width))
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        small = Picture(np.clip(resize(image, size), 0, 1))
        write_picture(small, self._request.thumbnail, overwrite=True)

    def write_movie(
        self, keys: dict[int, str], control: Control = SILENT
    ) -> tuple[str, tuple[str, ...]]:
        """Make the movie that was asked for; one that was made of the same frames is left as it is.

        Parameters
        ----------
        keys : dict
            Content keys of the finished frames by their numbers.
        control : Control
            Gets the progress.

        Returns
        -------
        movie : str
            Its path; empty if none was asked for.
        notes : tuple of str
            Sentences on what it lacks.

        Raises
        ------
        OutputUnwritable
            A file is in the way that is not the movie of this folder.
        NoImages
            There are no frames.
        JobCancelled
            There is no movie then.
        """
        if not self._request.movie:
            return "", ()
        movie, numbers = Path(self._request.movie).resolve(), sorted(keys)
        timing = self._timing(numbers)
        shown = f"{timing.rate} {timing.sound} {timing.pixel_aspect}"
        lines = [f"{MOVIE_VERSION} {shown} {'' if timing.even else timing.times}"]
        lines += [f"{number} {keys[number]}" for number in numbers]
        key = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        place = self.folder / _NOTES / "movie.json"
        note = _read_note(place)
        size = movie.stat().st_size if movie.exists() else -1
        ours = note.get("movie") == str(movie) and note.get("bytes") in (size, _UNFINISHED)
        if ours and size >= 0 and note.get("key") == key:
            return self._request.movie, tuple(note.get("notes", ()))
        overwrite = self._request.overwrite or ours
        if overwrite or size < 0:
            _write_note(place, {"movie": str(movie), "key": "", "bytes": _UNFINISHED})
        paths = [self.path(number) for number in numbers]
        written = write_movie(paths, movie, timing, overwrite=overwrite, control=control)
        entries = {"movie": str(movie), "key": key, "bytes": movie.stat().st_size}
        _write_note(place, {**entries, "notes": written.notes})
        return self._request.movie, written.notes

    def _timing(self, numbers: list[int]) -> Timing:
        """Return when the frames of the movie are shown."""
        source = self._sequence.movie
        if source is not None:
            path = self._sequence.frames[0].path
            return timing_of_movie(source, path, numbers, self._request.fps)
        return even_timing(len(numbers), self._request.fps or self._sequence.fps or FPS)

    def _write_relief(self, number: int, strokes: StrokePainting | None) -> None:
        maps = self.relief_maps(number)
        if strokes is None or not maps:
            return
        pixels = {
            "height": to_16_bit(strokes.height),
            "normal": strokes.normals(integers=True),
        }
        for kind, path in maps.items():
            make_folder(path.parent)
            write_map(pixels[kind], path, overwrite=True)

    @cached_property
    def _suffix(self) -> str:
        if self._request.format != "SOURCE":
            return _SUFFIXES[self._request.format]
        if self._sequence.is_movie:
            return ".png"
        return Path(result_name(self._sequence.frames[0].path)).suffix

    def _note(self, number: int) -> Path:
        return self.folder / _NOTES / f"{self.path(number).name}.json"

    def _write_note_of(self, frame: Frame, entries: dict[str, str]) -> None:
        _write_note(self._note(frame.number), {**entries, "source": frame.path.name})


def make_folder(path: Path) -> None:
    """Make a folder for results, unless it is there.

    Parameters
    ----------
    path : Path
        The folder.

    Raises
    ------
    OutputUnwritable
        It cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputUnwritable(
            f'Frames cannot be written to "{path}" ({error.strerror}); choose another folder.'
        ) from error


def source_movie(first: Path) -> Path | None:
    """Return the movie that a frame was made of.

    Parameters
    ----------
    first : Path
        A file of a run.

    Returns
    -------
    Path or None
        The movie, which may be gone; None if it was made of a file of its own, or by something else.
    """
    notes = first.parent / _NOTES
    movie = _read_note(notes / _SOURCE).get("movie")
    own = _read_note(notes / f"{first.name}.json").get("source")
    return Path(movie) if movie and own == Path(movie).name else None


def _write_note(path: Path, entries: dict[str, Any]) -> None:
    write_atomically(path, json.dumps(entries).encode(), overwrite=True)


def _read_note(path: Path) -> dict[str, Any]:
    """Read a note; empty where there is none."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return entries if isinstance(entries, dict) else {}
