"""Restyle a sequence: interval by interval, each frame written as soon as it is done.

Reading and motion run ahead in one thread and encoding behind in another, while the network paints.
What is finished is known by a content key beside each frame, so a run that was killed goes on where
it was, and writes the same pixels as one that was not.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from ..errors import BadRequest, ImpastoError, JobCancelled, OutputUnwritable
from ..generators import allocator, looks, memory
from ..generators.batch import StylizeBatch, shared
from ..imaging.convert import to_depth, with_depth
from ..imaging.files import read_picture, write_atomically, write_picture
from ..imaging.picture import Picture
from ..imaging.resize import resize
from ..jobs.frames_messages import FrameDone, FramesRequest, FramesResult
from ..jobs.messages import Failure, ItemDone, Progress
from ..styles.style import Style
from .coherence import Painted, PaintedShelf, between
from .motion import Seen, Tie, read_passes, shrunk, ties
from .movie import write_movie
from .prefetch import prefetched
from .prepare import measure_shots
from .sequence import Frame, find_sequence
from .shot_file import ShotFile, fingerprint, load_shot_file

_JOURNAL = ".impasto"
_SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "TIFF": ".tif", "OPEN_EXR": ".exr"}
_THUMBNAIL = 256


@dataclass(frozen=True)
class _Loaded:
    """A frame as it was read, at its own size and at that of the work, and what ties it to the frame
    that was read before it."""

    frame: Frame
    picture: Picture
    work: np.ndarray
    counted: np.ndarray | None
    ties: tuple[Tie, Tie] | None


def restyle_frames(
    request: FramesRequest,
    *,
    progress: Callable[[Progress], None],
    cancel: Callable[[], bool],
    item_done: Callable[[ItemDone], None],
) -> FramesResult:
    """Restyle all frames, or those that are asked for; one that fails is listed, the rest goes on.

    Raises
    ------
    NoImages, StyleUnreadable, ImageTooLarge, OutputUnwritable
    BadRequest
        The output folder is that of the frames, or the shot file was made for something else.
    JobCancelled
        ``cancel()`` became true; finished frames stay and are skipped the next time.
    """
    with _half_of_opencv():
        return _Run(request, progress, cancel, item_done).whole()


@contextmanager
def _half_of_opencv() -> Iterator[None]:
    """Halve OpenCV's threads: reading, painting and writing go on side by side, and threads of theirs
    that wait for one another cost more than they gain."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(max(1, threads // 2))
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


class _Run:
    def __init__(
        self,
        request: FramesRequest,
        progress: Callable[[Progress], None],
        cancel: Callable[[], bool],
        item_done: Callable[[ItemDone], None],
    ) -> None:
        self.request, self.look = request, request.settings.look
        self.progress, self.cancel, self.item_done = progress, cancel, item_done
        self.folder = Path(request.output_folder)
        self.sequence = find_sequence(request.sequence)
        if self.folder.resolve() == self.sequence.frames[0].path.parent.resolve():
            raise BadRequest("The frames lie in that folder; choose another one for the results.")
        self._make_folder()
        self.batch: StylizeBatch = shared(progress)
        self.style: Style = self.batch.styles.resolve(self.look.styles)
        self.failures: dict[int, Failure] = {}
        self.written: dict[int, str] = {}
        self.skipped: dict[int, str] = {}
        self.begun = time.monotonic()
        self.shots = self._shots()
        every = self.shots.numbers
        self.wanted = [n for n in every if not request.only or n in set(request.only)]
        self.painted = {p.number: Path(p.path) for p in request.settings.painted}
        self.at = {number: position for position, number in enumerate(every)}
        self.frames = {frame.number: frame for frame in self.sequence.frames}
        self._hashes: dict[Path, str] = {}
        self._covered: dict[int, Picture] = {}
        """Frames of which the painting leaves nothing but alpha and depth, which are kept for it."""
        self._last: tuple[int, np.ndarray] | None = None

    def whole(self) -> FramesResult:
        first = self.sequence.read(self.frames[self.shots.numbers[0]])
        self.batch.stylizer.tile = memory.tile_for(
            [first.size], self.look, self.sequence.pattern, self.request.memory_limit
        )
        with (
            tempfile.TemporaryDirectory(
                prefix="impasto_frames_", ignore_cleanup_errors=True
            ) as name,
            ThreadPoolExecutor(1, "impasto-write") as writer,
        ):
            self._scratch = Path(name)
            pending: list[tuple[int, Future]] = []
            for shot, start, stop, closed in self._intervals():
                self._interval(shot, start, stop, closed, writer, pending)
            self._settle(pending, 0)
        allocator.give_back()
        movie = self._movie()
        self.progress(Progress(1.0, "Done"))
        suffix = self._suffix()
        return FramesResult(
            tuple(self.written[n] for n in sorted(self.written)),
            tuple(self.skipped[n] for n in sorted(self.skipped)),
            tuple(self.failures[n] for n in sorted(self.failures)),
            self.shots.shots,
            str(self.folder / Path(self.sequence.pattern).with_suffix(suffix).name),
            str(self._shot_path()),
            movie,
        )

    # --- what is to be done ---

    def _shots(self) -> ShotFile:
        """From the file that was given, from an earlier run, or found now."""
        made_for = fingerprint(self.request.settings, self.style.codes)
        path = self._shot_path()
        given = bool(self.request.shot_file)
        if given or path.exists():
            try:
                shots = load_shot_file(path)
                numbers = {frame.number for frame in self.sequence.frames}
                if shots.settings == made_for and (given or set(shots.numbers) == numbers):
                    return shots
            except BadRequest:
                if given:
                    raise
            if given:
                raise BadRequest(
                    f'"{path}" was made for other settings or another style;'
                    " make it again with: frames prepare."
                )
        share = 0.1
        shots, failures = measure_shots(
            self.batch,
            self.sequence,
            self.request.settings,
            self.request.memory_limit,
            lambda event: self.progress(Progress(share * event.done, event.step)),
            self.cancel,
        )
        self.failures |= {int(f.key): f for f in failures}
        shots.save(path, overwrite=True)
        return shots

    def _shot_path(self) -> Path:
        return Path(self.request.shot_file or self.folder / _JOURNAL / "shots.json")

    def _intervals(self) -> Iterator[tuple[int, int, int, bool]]:
        """Shot, first and last position, and whether the last is an anchor that comes next."""
        if self.request.settings.coherence != "MOTION":
            for index, shot in enumerate(self.shots.shots):
                for position in range(self.at[shot.first], self.at[shot.last] + 1):
                    yield index, position, position, False
            return
        for index, first, last in self.shots.intervals():
            anchors = self.shots.shots[index].anchors
            yield index, first, last, last > first and self.shots.numbers[last] in anchors

    # --- an interval ---

    def _interval(
        self,
        shot: int,
        first: int,
        last: int,
        closed: bool,
        writer: ThreadPoolExecutor,
        pending: list[tuple[int, Future]],
    ) -> None:
        numbers = self.shots.numbers[first : last + 1]
        # An anchor that closes an interval is written by the next one.
        mine = [n for n in (numbers[:-1] if closed else numbers) if n in set(self.wanted)]
        keys = self._keys(numbers)
        left = []
        for number in mine:
            if number in self.failures:
                continue
            try:
                finished = self._finished(number, keys[number])
            except ImpastoError as error:
                self.failures[number] = Failure(str(number), str(error))
                continue
            if finished:
                path = self._output(number)
                self.skipped[number] = str(path)
                self._tell(number, path, skipped=True)
            else:
                left.append(number)
        if not left:
            return
        shelf = PaintedShelf(self._scratch / "frames")
        kept: list[int] = []
        for item in prefetched(self._load(numbers)):
            shelf.append(Painted(self._painting(item, shot), item.ties))
            number = item.frame.number
            kept.append(number)
            if number in left and looks.replaces_all(item.picture, item.work, self.look):
                nothing = np.broadcast_to(np.float32(0), item.picture.colour.shape)
                self._covered[number] = item.picture.with_colour(nothing)
        if not kept:
            return
        strength = self.request.settings.strength
        backwards = closed and self._only_closing_is_painted(shot, numbers)
        results = between(
            shelf,
            strength,
            closed,
            self._scratch / "back",
            backwards=backwards,
            check=self._check,
        )
        for number, result in zip(kept, results, strict=True):
            if number in left:
                self._settle(pending, 2)
                future = writer.submit(self._write, number, keys[number], result)
                pending.append((number, future))

    def _load(self, numbers: tuple[int, ...]) -> Iterator[_Loaded]:
        """Those frames of them that can be read, and the motion between them."""
        last: Seen | None = None
        for number in numbers:
            try:
                item, last = self._read(self.frames[number], last)
            except ImpastoError as error:
                self.failures.setdefault(number, Failure(str(number), str(error)))
            else:
                yield item

    def _read(self, frame: Frame, last: Seen | None) -> tuple[_Loaded, Seen | None]:
        picture = self.sequence.read(frame)
        goal = looks.plan(picture.size, self.look)
        work, counted = looks.to_work(picture, goal, self.look.seamless, alpha_covers=True)
        if self.request.settings.coherence != "MOTION":
            return _Loaded(frame, picture, work, counted, None), None
        size = shrunk((work.shape[1], work.shape[0]))
        passes = read_passes(frame.path, size) if frame.index < 0 else None
        seen = Seen(to_depth(cv2.resize(work, size, interpolation=cv2.INTER_AREA), "8"), passes)
        tied = None if last is None else ties(last, seen)
        return _Loaded(frame, picture, work, counted, tied), seen

    def _painting(self, item: _Loaded, shot: int) -> np.ndarray:
        """Of a frame alone; an anchor that closes an interval and opens the next is painted once."""
        number = item.frame.number
        if self._last is None or self._last[0] != number:
            self._last = (number, self._paint(item, shot))
        return self._last[1]

    def _paint(self, item: _Loaded, shot: int) -> np.ndarray:
        self._check()
        if item.frame.number in self.painted:
            return self._painted(item)
        goal = looks.plan(item.picture.size, self.look)
        own = None
        if self.request.settings.coherence != "OFF":
            own = self.shots.own[shot][None]
        return self.batch.stylizer.paint(
            item.work,
            self.style.code(goal.zoom),
            own=own,
            strength=self.look.strength,
            seamless=self.look.seamless,
            seed=self.look.seed,
            counted=item.counted,
            adapters=self.style.adapters,
            cancel=self.cancel,
        )

    def _painted(self, item: _Loaded) -> np.ndarray:
        """The artist's picture in place of the network's, at the size of the work."""
        size = (item.work.shape[1], item.work.shape[0])
        painted = looks.display(read_picture(self.painted[item.frame.number]))
        return np.clip(resize(painted, size), 0, 1)

    def _only_closing_is_painted(self, shot: int, numbers: tuple[int, ...]) -> bool:
        """Whether an interval leads from the start of a shot up to its first painted frame."""
        first = self.shots.shots[shot].first
        return numbers[0] == first and first not in self.painted and numbers[-1] in self.painted

    def _check(self) -> None:
        if self.cancel():
            raise JobCancelled("Cancelled.")

    # --- files ---

    def _write(self, number: int, key: str, result: np.ndarray) -> Path:
        """Encode a frame and put it where it belongs, its key first."""
        frame = self.frames[number]
        covered = self._covered.pop(number, None)
        if covered is not None:
            final = covered.with_colour(result)
        else:
            picture = self.sequence.read(frame)
            goal = looks.plan(picture.size, self.look)
            work, _ = looks.to_work(picture, goal, self.look.seamless, alpha_covers=True)
            sized = looks.resized(picture, goal.size, self.look.seamless)
            final = looks.from_work(sized, work, result, self.look)
        if self.request.depth != "SOURCE":
            final = with_depth(final, self.request.depth)
        path = self._output(number)
        if path.suffix == ".jpg":
            final = replace(final, alpha=None)
        note = json.dumps({"key": key, "source": str(frame.path.name)}).encode()
        write_atomically(self._note(number), note, overwrite=True)
        write_picture(final, path, overwrite=True)
        if self.request.thumbnail:
            self._show(result)
        return path

    def _show(self, result: np.ndarray) -> None:
        height, width = result.shape[:2]
        factor = min(1.0, _THUMBNAIL / max(height, width))
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        small = Picture(np.clip(resize(result, size), 0, 1))
        write_picture(small, self.request.thumbnail, overwrite=True)

    def _settle(self, pending: list[tuple[int, Future]], most: int) -> None:
        """Wait until no more than ``most`` frames are still to be written."""
        while len(pending) > most:
            number, future = pending.pop(0)
            try:
                path = future.result()
            except OutputUnwritable:
                raise
            except ImpastoError as error:
                self.failures[number] = Failure(str(number), str(error))
                continue
            self.written[number] = str(path)
            self._tell(number, path)

    def _tell(self, number: int, path: Path, *, skipped: bool = False) -> None:
        spent = time.monotonic() - self.begun
        done = len(self.written) + len(self.skipped) + len(self.failures)
        count = len(self.written)
        pace = spent / count if count else 0.0
        left = pace * (len(self.wanted) - done) if count else -1.0
        thumbnail = "" if skipped else self.request.thumbnail
        event = FrameDone(str(number), (str(path),), number, pace, left, thumbnail, skipped)
        self.item_done(event)
        total = max(1, len(self.wanted))
        self.progress(Progress(0.1 + 0.9 * done / total, f"Frame {number} ({done} of {total})"))

    def _finished(self, number: int, key: str) -> bool:
        """Whether this very frame is there already.

        Raises
        ------
        OutputUnwritable
            Another file is where it goes.
        """
        path, note = self._output(number), self._note(number)
        if not path.exists():
            return False
        try:
            same = json.loads(note.read_text(encoding="utf-8"))["key"] == key
            ours = True
        except (OSError, ValueError, KeyError):
            same = ours = False
        if same or self.request.overwrite:
            return same
        why = "was made with other settings" if ours else "is in the way"
        raise OutputUnwritable(
            f'"{path}" {why}; choose another folder, or allow it to be overwritten.'
        )

    def _keys(self, numbers: tuple[int, ...]) -> dict[int, str]:
        """Of each frame of an interval: everything that its pixels depend on."""
        digest = hashlib.sha256(self.shots.settings.encode())
        digest.update(f"{self.request.format} {self.request.depth}".encode())
        for code in self.shots.own:
            digest.update(code.tobytes())
        for number in numbers:
            frame = self.frames[number]
            if number in self.painted:
                digest.update(self._hash(self.painted[number]).encode())
            digest.update(f"{self._hash(frame.path)} {frame.index}".encode())
        common = digest.hexdigest()
        return {n: hashlib.sha256(f"{common} {n}".encode()).hexdigest() for n in numbers}

    def _hash(self, path: Path) -> str:
        if path not in self._hashes:
            try:
                with path.open("rb") as file:
                    self._hashes[path] = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError:
                return "missing"
        return self._hashes[path]

    def _suffix(self) -> str:
        if self.request.format != "SOURCE":
            return _SUFFIXES[self.request.format]
        return Path(f"frame{self.sequence.suffix}").suffix.lower() or ".png"

    def _output(self, number: int) -> Path:
        name = self.sequence.name(number, self.sequence.suffix)
        return self.folder / Path(name).with_suffix(self._suffix()).name

    def _note(self, number: int) -> Path:
        return self.folder / _JOURNAL / f"{self._output(number).name}.json"

    def _make_folder(self) -> None:
        try:
            (self.folder / _JOURNAL).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputUnwritable(
                f'Frames cannot be written to "{self.folder}" ({error.strerror});'
                " choose another folder."
            ) from error

    def _movie(self) -> str:
        if not self.request.movie:
            return ""
        outputs = [p for n in self.wanted if (p := self._output(n)).exists()]
        write_movie(
            outputs, Path(self.request.movie), self.request.fps, overwrite=self.request.overwrite
        )
        return self.request.movie
