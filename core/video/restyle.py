"""Restyle a sequence: interval by interval, each frame written as soon as it is done.

Reading and motion run ahead in one thread, the frames of an interval are tied together in another
while the network paints the next one, and a third writes files.
What is finished is known by a content key beside each frame, so a run that was killed goes on where
it was, and writes the same pixels as one that was not.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from ..control import Control, Failure
from ..errors import BadRequest, ImpastoError, OutputUnwritable
from ..paint import memory
from ..paint.session import session
from ..styles.style import Style
from .blend import Painted, PaintedShelf, between
from .cache_keys import ContentKeys
from .output import Results
from .prefetch import prefetched
from .render import Loaded, Painter
from .reuse import Sparing
from .segments import measure_shots
from .sequence import find_sequence
from .settings import FrameDone, FramesJob, FramesResult
from .shot_file import ShotFile, fingerprint, load_shot_file, state_of_files
from .spill import Shelf

_SHELVES = 3
"""Intervals that are painted or wait to be tied together, which short ones do for long ones."""

_CARRIED = 0.5
"""Strength of coherence from which on a frame's own strokes weigh so little that every other frame may
be put together of its neighbors."""


def restyle_frames(request: FramesJob, control: Control) -> FramesResult:
    """Restyle all frames, or those that are asked for; one that fails is listed, the rest goes on.

    Raises
    ------
    NoImages, StyleUnreadable, ImageTooLarge, OutputUnwritable
    BadRequest
        The output folder is that of the frames, or the shot file was made for something else.
    JobCancelled
        Finished frames stay and are skipped the next time.
    """
    with _half_of_opencv():
        return _Run(request, control).whole()


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


@dataclass(frozen=True)
class _Interval:
    """Paintings that are to be tied together: those of ``numbers``, of which ``left`` are wanted."""

    numbers: list[int]
    left: set[int]
    frames: PaintedShelf
    closed: bool
    backwards: bool


class _Run:
    def __init__(self, request: FramesJob, control: Control) -> None:
        self.request, self.look = request, request.settings.look
        self.by_motion = request.settings.coherence == "MOTION"
        self.control = control
        self.sequence = find_sequence(request.sequence)
        folder = Path(request.output_folder)
        if folder.resolve() == self.sequence.frames[0].path.parent.resolve():
            raise BadRequest("The frames lie in that folder; choose another one for the results.")
        self.results = Results(request, self.sequence)
        self.batch = session(control)
        self.style: Style = self.batch.styles.resolve(self.look.styles)
        self.failures: dict[int, Failure] = {}
        self.written: dict[int, str] = {}
        self.skipped: dict[int, str] = {}
        self.keys: dict[int, str] = {}
        self.begun = time.monotonic()
        self.shots = self._shots()
        every = set(self.shots.numbers)
        self.wanted = every.intersection(request.only) if request.only else every
        self.painted = {p.number: Path(p.path) for p in request.settings.painted}
        self.frames = {frame.number: frame for frame in self.sequence.frames}
        self.content = ContentKeys(request, self.shots, self.frames, self.painted)
        first = self.sequence.read(self.frames[self.shots.numbers[0]])
        self.tile = memory.tile_for(
            [first.size], self.look, self.sequence.pattern, request.memory_limit
        )
        self.painter = Painter(
            request.settings,
            self.sequence,
            self.batch,
            self.style,
            self.shots.own,
            self.painted,
            self.tile,
            control.cancel,
        )
        self._pending: list[tuple[int, Future[Path]]] = []
        self._telling = threading.Lock()
        self._binding: deque[Future[None]] = deque()

    def whole(self) -> FramesResult:
        with ExitStack() as stack:
            self._writer = stack.enter_context(ThreadPoolExecutor(1, "impasto-write"))
            if self.by_motion:
                behind, *shelves = (
                    Shelf(stack.enter_context(tempfile.TemporaryFile(buffering=0)))
                    for _ in range(1 + _SHELVES)
                )
                binder = stack.enter_context(ThreadPoolExecutor(1, "impasto-bind"))
                self._all_by_motion(binder, shelves, behind)
            else:
                for index, shot in enumerate(self.shots.shots):
                    inside = (n for n in self.shots.numbers if shot.first <= n <= shot.last)
                    self._apart(index, inside)
            self._settle(0)
        finished = {n: self.keys[n] for n in (*self.written, *self.skipped)}
        movie = self.results.write_movie(finished)
        self.control.progress(1.0, "Done")
        return FramesResult(
            tuple(self.written[n] for n in sorted(self.written)),
            tuple(self.skipped[n] for n in sorted(self.skipped)),
            tuple(self.failures[n] for n in sorted(self.failures)),
            self.shots.shots,
            self.results.pattern,
            str(self.results.shot_file),
            movie,
            self.sequence.missing,
        )

    # --- what is to be done ---

    def _shots(self) -> ShotFile:
        """From the file that was given, from an earlier run, or found now."""
        made_for = fingerprint(self.request.settings, self.style.codes)
        numbers = {frame.number for frame in self.sequence.frames}
        path = self.results.shot_file
        if self.request.shot_file:
            shots = load_shot_file(path)
            if shots.settings != made_for:
                raise BadRequest(
                    f'"{path}" was made for other settings or another style;'
                    " make it again with: frames prepare."
                )
            if not numbers.issuperset(shots.numbers):
                raise BadRequest(
                    f'"{path}" was made for more frames than there are here;'
                    " give the same range, and see that all frames are there."
                )
            return shots
        files = state_of_files(self.sequence.frames)
        with suppress(BadRequest):
            shots = load_shot_file(path)
            if (shots.settings, shots.files) == (made_for, files) and set(shots.numbers) == numbers:
                return shots
        share = 0.1
        shots, failures = measure_shots(
            self.batch,
            self.sequence,
            self.request.settings,
            self.request.memory_limit,
            self.control.part(0.0, share),
        )
        self.failures |= {int(f.key): f for f in failures}
        shots = replace(shots, files=files)
        shots.save(path, overwrite=True)
        return shots

    def _all_by_motion(
        self, binder: ThreadPoolExecutor, shelves: list[Shelf], behind: Shelf
    ) -> None:
        """Interval by interval; while one is painted onto a shelf, those before it are tied together
        from the others."""
        for shot, first, last in self.shots.intervals():
            numbers = self.shots.numbers[first : last + 1]
            closed = last > first and numbers[-1] in self.shots.shots[shot].anchors
            interval = self._painted_interval(shot, numbers, closed, shelves[0])
            if interval is None:
                continue
            self._binding.append(binder.submit(self._bind, interval, behind))
            shelves = [*shelves[1:], shelves[0]]
            if len(self._binding) == len(shelves):
                self._binding.popleft().result()
        for binding in self._binding:
            binding.result()

    def _left(self, numbers: Iterable[int], keys: dict[int, str]) -> list[int]:
        """Those frames of them that have neither finished nor failed."""
        left = []
        for number in numbers:
            if number in self.failures:
                continue
            self.keys[number] = keys[number]
            try:
                finished = self.results.finished(number, keys[number])
            except ImpastoError as error:
                self.failures[number] = Failure(str(number), str(error))
                continue
            if finished:
                path = self.results.path(number)
                self.skipped[number] = str(path)
                self._tell(number, path, skipped=True)
            else:
                left.append(number)
        return left

    # --- frames that nothing ties together ---

    def _apart(self, shot: int, numbers: Iterable[int]) -> None:
        """The frames of a shot, each by itself."""
        wanted = [number for number in numbers if number in self.wanted]
        keys = {number: self.content.of([number])[number] for number in wanted}
        with closing(self._load(self._left(wanted, keys))) as loaded:
            for item in loaded:
                self.painter.remember(item)
                self._hand_over(item.frame.number, self.painter.paint(item, shot))

    # --- an interval ---

    def _painted_interval(
        self, shot: int, numbers: tuple[int, ...], closed: bool, shelf: Shelf
    ) -> _Interval | None:
        """From an anchor up to the next one (``closed``), or to the end of the shot; None if there is
        nothing to do."""
        # An anchor that closes an interval is written by the next one.
        wanted = [n for n in (numbers[:-1] if closed else numbers) if n in self.wanted]
        left = self._left(wanted, self.content.of(numbers)) if wanted else []
        if not left:
            return None
        frames = PaintedShelf(shelf)
        kept: list[int] = []
        with closing(self._load(numbers)) as loaded:
            for item, painting in self._paintings(loaded, shot, numbers[-1] if closed else None):
                kept.append(item.frame.number)
                if kept[-1] in left:
                    self.painter.remember(item)
                frames.append(Painted(painting, item.ties))
                for binding in self._binding:
                    if binding.done():
                        binding.result()  # what went wrong there ends the work here, too
        if not kept:
            return None
        backwards = closed and self._only_closing_is_painted(shot, numbers)
        return _Interval(kept, set(left), frames, closed, backwards)

    def _paintings(
        self, items: Iterable[Loaded], shot: int, closing: int | None
    ) -> Iterator[tuple[Loaded, np.ndarray]]:
        """Frames of an interval, and the painting of each alone."""
        paint = partial(self.painter.paint, shot=shot)
        if self.look.seamless:  # what is seen at one border changes what is painted at the other
            return ((item, paint(item)) for item in items)
        repaint = partial(self.painter.repaint, shot=shot)
        inbetweens = self.request.settings.strength >= _CARRIED
        sparing = Sparing(paint, repaint, self.tile, inbetweens)
        return sparing.paintings(items, closing, self.painted)

    def _bind(self, interval: _Interval, behind: Shelf) -> None:
        """Tie the paintings of an interval together, and hand over what is wanted of them."""
        results = between(
            interval.frames,
            self.request.settings.strength,
            interval.closed,
            behind,
            backwards=interval.backwards,
            cancel=self.control.cancel,
        )
        with closing(results):
            for number, result in zip(interval.numbers, results, strict=True):
                if number in interval.left:
                    self._hand_over(number, result)

    def _load(self, numbers: Iterable[int]) -> Generator[Loaded, None, None]:
        """Those frames of them that can be read, ahead of what is done with them."""

        def failed(number: int, why: str) -> None:
            self.failures.setdefault(number, Failure(str(number), why))

        return prefetched(self.painter.load([self.frames[n] for n in numbers], failed), ahead=2)

    def _only_closing_is_painted(self, shot: int, numbers: tuple[int, ...]) -> bool:
        """Whether an interval leads from the start of a shot up to its first painted frame."""
        first = self.shots.shots[shot].first
        return numbers[0] == first and first not in self.painted and numbers[-1] in self.painted

    # --- files ---

    def _hand_over(self, number: int, result: np.ndarray) -> None:
        """Let the other thread write a frame, when no more than two are still to be written."""
        self._settle(2)
        self._pending.append((number, self._writer.submit(self._write, number, result)))

    def _write(self, number: int, result: np.ndarray) -> Path:
        frame = self.frames[number]
        path = self.results.write(frame, self.keys[number], self.painter.finish(frame, result))
        self.results.show(result)
        return path

    def _settle(self, most: int) -> None:
        """Wait until no more than ``most`` frames are still to be written."""
        while len(self._pending) > most:
            number, future = self._pending.pop(0)
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
        with self._telling:
            spent = time.monotonic() - self.begun
            done = len(self.written) + len(self.skipped) + len(self.failures)
            count = len(self.written)
            pace = spent / count if count else 0.0
            left = pace * (len(self.wanted) - done) if count else -1.0
            thumbnail = "" if skipped else self.request.thumbnail
            event = FrameDone(str(number), (str(path),), number, pace, left, thumbnail, skipped)
            self.control.item_done(event)
            total = max(1, len(self.wanted))
            self.control.advance(0.1 + 0.9 * done / total, f"Frame {number} ({done} of {total})")
