"""The files of a run: what they are called, which of them are finished, and how they are written.

Which are finished is told by their notes, see :mod:`~.notes`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated

import numpy as np

from ..atomic import Part, check_output, new_part, write_atomically
from ..control import SILENT, Control, Failure
from ..errors import BadRequest, ImpastoError, OutputTaken
from ..image.convert import with_depth
from ..image.files import encoded_picture, is_damaged, result_name, write_picture
from ..image.formats import usual_suffix
from ..image.maps import encoded_map
from ..image.picture import Picture
from ..image.resize import resize
from ..notes import FOLDER, Notes, make_folder
from ..paint.strokes.painter import StrokePainting
from ..paint.strokes.relief import to_16_bit
from ..schema import from_plain, plain_text, read_json
from .movie import MOVIE_VERSION, WrittenMovie, write_movie
from .movie_reader import MovieReader
from .movie_timing import FPS, Timing, even_timing, timing_of_movie
from .sequence import Frame, Sequence
from .settings import FramesJob

_SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "TIFF": ".tif", "OPEN_EXR": ".exr"}
_THUMBNAIL = 256
_SOURCE = "source.json"
"""Names the movie that the frames are made of, whose sound goes with them."""


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
        self._notes = Notes(self.folder, is_damaged)

    def make_folder(self) -> None:
        """Make the folder for the results.

        Raises
        ------
        OutputUnwritable
            It cannot be made.
        """
        make_folder(self.folder / FOLDER)
        place = self.folder / FOLDER / _SOURCE
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
        return Path(self._request.shot_file or self.folder / FOLDER / "shots.json")

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
        OutputTaken
            Another file takes its place, and may not be overwritten.
        """
        name = self.path(number).name
        return self._notes.finished(
            name, key, self._files(number), overwrite=self._request.overwrite
        )

    def write(
        self, frame: Frame, key: str, picture: Picture, strokes: StrokePainting | None = None
    ) -> bool:
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
        bool
            False if another run has finished the same frame meanwhile.

        Raises
        ------
        OutputTaken
            Another file has taken its place, and may not be overwritten.
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
        metadata = self._sequence.metadata(frame)
        picture = self._sequence.original_window(frame, picture, usual_suffix(path.suffix))
        with ExitStack() as stack:

            def put(target: Path, content: bytes | memoryview) -> Part:
                part = stack.enter_context(new_part(target, overwrite=True))
                part.write(content)
                return part

            # The picture comes last: where one is found, all that belongs to it is there.
            parts = [put(place, content) for place, content in self._relief(frame.number, strokes)]
            parts.append(put(path, encoded_picture(picture, path, metadata=metadata)))
            return self._notes.keep(
                path.name,
                key,
                parts,
                overwrite=self._request.overwrite,
                source=frame.path.name,
            )

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

    def check_movie(self) -> None:
        """Refuse a movie that cannot be written, before any frame is painted.

        Raises
        ------
        OutputTaken
            A file is in the way that never was the movie of this folder.
        OutputUnwritable
            Its folder is missing or read-only.
        """
        if not self._request.movie:
            return
        movie = Path(self._request.movie).resolve()
        check_output(movie, overwrite=True)
        if not self._request.overwrite:
            try:
                Notes(self.folder, _is_no_movie).check_free(movie.name, [movie])
            except OutputTaken as error:
                raise OutputTaken(
                    f'"{movie}" exists; choose another name for the movie.'
                ) from error

    def write_movie(
        self, keys: dict[int, str], control: Control = SILENT
    ) -> tuple[str, tuple[str, ...], tuple[Failure, ...]]:
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
        failures : tuple of Failure
            Frames that it lacks, by their numbers: those that there are none of, and those that could
            not be read.

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
            return "", (), ()
        movie, numbers = Path(self._request.movie).resolve(), sorted(keys)
        absent = tuple(missing_from_movie(number) for number in self._sequence.missing)
        timing = self._timing(numbers)
        shown = f"{timing.rate} {timing.sound} {timing.pixel_aspect}"
        lines = [f"{MOVIE_VERSION} {shown} {'' if timing.even else timing.times}"]
        lines += [f"{number} {keys[number]}" for number in numbers]
        key = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        notes = Notes(self.folder, _is_no_movie)
        overwrite, former = self._request.overwrite, notes.former_key(movie.name, [movie])
        self.check_movie()
        if notes.finished(movie.name, key, [movie], overwrite=overwrite, former=former):
            return self._request.movie, notes.remarks(movie.name), absent

        def keep(part: Part, written: WrittenMovie) -> None:
            # One that lacks a frame that there is, is made anew the next time.
            noted = "" if written.failures else key
            notes.keep(
                *(movie.name, noted, [part]),
                overwrite=overwrite,
                former=former,
                remarks=written.notes,
            )

        written = write_movie(
            [self.path(number) for number in numbers],
            movie,
            timing,
            overwrite=True,
            keep=keep,
            control=control,
        )
        by_name = {self.path(number).name: str(number) for number in numbers}
        unread = (Failure(by_name[f.key], f.message) for f in written.failures)
        return self._request.movie, written.notes, (*absent, *unread)

    def _timing(self, numbers: list[int]) -> Timing:
        """Return when the frames of the movie are shown."""
        source = self._sequence.movie
        if source is not None:
            path = self._sequence.frames[0].path
            return timing_of_movie(source, path, numbers, self._request.fps)
        return even_timing(len(numbers), self._request.fps or self._sequence.fps or FPS)

    def _files(self, number: int) -> list[Path]:
        """Return all files of a frame, the picture last."""
        return [*self.relief_maps(number).values(), self.path(number)]

    def _relief(
        self, number: int, strokes: StrokePainting | None
    ) -> Iterator[tuple[Path, memoryview]]:
        """Yield the files of a frame's relief with their contents, and make their folders."""
        maps = self.relief_maps(number)
        if strokes is None or not maps:
            return
        for kind, path in maps.items():
            make_folder(path.parent)
            height = kind == "height"
            pixels = to_16_bit(strokes.height) if height else strokes.normals(integers=True)
            yield path, encoded_map(pixels)

    @cached_property
    def _suffix(self) -> str:
        if self._request.format != "SOURCE":
            return _SUFFIXES[self._request.format]
        if self._sequence.is_movie:
            return ".png"
        return Path(result_name(self._sequence.frames[0].path)).suffix


def missing_from_movie(number: int) -> Failure:
    """Return what is said of a number of which there is no frame.

    Parameters
    ----------
    number : int
        Between those of frames that there are.

    Returns
    -------
    Failure
        By the number.
    """
    return Failure(str(number), "There is no such frame, so the movie lacks it; render it first.")


@dataclass(frozen=True)
class _Source:
    """What the file says that names the movie that frames are made of."""

    movie: Annotated[str, plain_text]


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
    try:
        source = from_plain(_Source, read_json((first.parent / FOLDER / _SOURCE).read_bytes()))
    except (OSError, BadRequest):
        return None
    own = Notes(first.parent, is_damaged).source(first.name)
    return Path(source.movie) if source.movie and own == Path(source.movie).name else None


def _is_no_movie(path: Path) -> bool:
    """Return whether a file cannot be read to its end as a movie."""
    try:
        reader = MovieReader.open(path)
        reader.read(reader.count - 1)
    except ImpastoError:
        return True
    return False
