"""Restyle a sequence, each frame written as soon as it is done.

A plan says what is to be done (:mod:`.plan`). Then, segment by segment, frames are painted by
themselves (:mod:`.render`), the paintings are carried along the motion (:mod:`.blend`), and results are
written (:mod:`.write`), each in a thread of its own. A content key beside each frame tells what is
finished, so a run that was killed continues where it was, and writes the same pixels as one that was
not.
"""

from __future__ import annotations

import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import cv2

from ..control import CancelToken, Control
from ..errors import BadRequest, ImpastoError
from ..paint.network import Stylizer
from ..paint.session import session
from .blend import blend_segment
from .cache_keys import ContentKeys
from .movement.frames import StrokeFrames
from .outcome import Outcome
from .output import Results
from .plan import Plan, Segment, make_plan
from .render import SegmentPainter
from .sequence import find_sequence
from .settings import FramesJob, FramesResult, check_settings
from .spill import PaintedSource, SpilledFrames, SpillFile
from .write import FrameWriter

_PLANNING, _MOVIE = 0.1, 0.03
"""Shares of the progress."""

_SPILL_FILES = 3
"""Segments that are being painted or wait to be blended, which short ones do for long ones."""


def restyle_frames(request: FramesJob, control: Control) -> FramesResult:
    """Restyle all frames, or those that are asked for; those that fail are listed, the rest goes on.

    Parameters
    ----------
    request : FramesJob
        What to restyle, and how.
    control : Control
        Gets the progress, and a :class:`~.settings.FrameDone` for each frame.

    Returns
    -------
    FramesResult
        What became of the frames.

    Raises
    ------
    BadRequest
        The output folder is that of the frames, the shot file was made for something else, or the
        look cannot be used on frames.
    NoImages
        There are no frames, or none can be read.
    StyleUnreadable
        A style is missing or damaged.
    ImageTooLarge
        A frame does not fit into memory.
    OutputUnwritable
        The folder, a frame or the movie cannot be written.
    JobCancelled
        Finished frames stay, and are skipped the next time.
    """
    started = time.monotonic()
    check_settings(request.settings, relief_maps=request.relief_maps)
    with _half_the_opencv_threads():
        sequence = find_sequence(request.sequence)
        if Path(request.output_folder).resolve() == sequence.frames[0].path.parent.resolve():
            raise BadRequest("The frames lie in that folder; choose another one for the results.")
        results = Results(request, sequence)
        results.make_folder()
        results.check_movie()
        networks = session(control)
        style = networks.styles.resolve(request.settings.look.styles)
        painted = 1 - _MOVIE if request.movie else 1.0
        planning, working = control.part(0.0, _PLANNING), control.part(_PLANNING, painted)
        plan, failures = make_plan(
            request, sequence, results.shot_file, networks.stylizer, style, planning
        )
        outcome = Outcome(plan.wanted, failures, request.thumbnail, working, started)
        resume = _Resume(ContentKeys(request, plan), results, outcome)
        painter = SegmentPainter(plan, networks.stylizer, control.cancel)
        with ThreadPoolExecutor(1, "impasto-write") as thread:
            writer = FrameWriter(plan, results, outcome, thread)
            if request.settings.look.engine == "STROKES":
                _restyle_with_strokes(
                    plan, resume, networks.stylizer, writer, outcome, control.cancel
                )
            elif plan.by_motion:
                _restyle_by_motion(plan, resume, painter, writer, outcome, control.cancel)
            else:
                _restyle_apart(plan, resume, painter, writer, outcome)
            writer.drain()
        movie, notes, left_out = results.write_movie(
            outcome.finished, control.part(painted, 1.0, "Writing the movie")
        )
    control.progress(1.0, "Done")
    return FramesResult(
        outcome.written,
        outcome.skipped,
        (*outcome.failures, *left_out),
        plan.shots.shots,
        results.pattern,
        str(results.shot_file),
        movie,
        sequence.missing,
        notes,
        sequence.others,
    )


@contextmanager
def _half_the_opencv_threads() -> Iterator[None]:
    """Halve OpenCV's threads: reading, painting and writing run at the same time, and threads that wait
    for one another cost more than they gain."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(max(1, threads // 2))
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


class _Resume:
    """Decides which frames of a segment are still to be written."""

    def __init__(self, keys: ContentKeys, results: Results, outcome: Outcome) -> None:
        self._keys, self._results, self._outcome = keys, results, outcome

    def unfinished(self, segment: Segment) -> dict[int, str]:
        """Return the content keys of the wanted frames that have neither finished nor failed."""
        left = {}
        for number, key in self._keys.of(segment).items():
            if self._outcome.has_failed(number):
                continue
            try:
                finished = self._results.finished(number, key)
            except ImpastoError as error:
                self._outcome.add_failure(number, str(error))
                continue
            if finished:
                self._outcome.add_skipped(number, self._results.path(number), key)
            else:
                left[number] = key
        return left


def _restyle_apart(
    plan: Plan, resume: _Resume, painter: SegmentPainter, writer: FrameWriter, outcome: Outcome
) -> None:
    """Restyle each frame by itself."""
    for segment in plan.segments:
        keys = resume.unfinished(segment)
        left = replace(segment, numbers=tuple(keys))
        with closing(painter.paintings(left, outcome.add_failure)) as paintings:
            for item, painting in paintings:
                writer.remember(item)
                writer.put(item.frame.number, keys[item.frame.number], painting)


def _restyle_with_strokes(
    plan: Plan,
    resume: _Resume,
    stylizer: Stylizer,
    writer: FrameWriter,
    outcome: Outcome,
    cancel: CancelToken,
) -> None:
    """Paint segment by segment with strokes."""
    with tempfile.TemporaryFile(buffering=0) as file:
        painter = StrokeFrames(plan, stylizer, SpillFile(file), cancel)
        for segment in plan.segments:
            keys = resume.unfinished(segment)
            if not keys:
                continue
            for number, painting in painter.paintings(segment, keys, outcome):
                writer.put(number, keys[number], painting.color, painting)


def _restyle_by_motion(
    plan: Plan,
    resume: _Resume,
    painter: SegmentPainter,
    writer: FrameWriter,
    outcome: Outcome,
    cancel: CancelToken,
) -> None:
    """Paint segment by segment; while one is painted, those before it are blended and written."""
    with ExitStack() as stack:
        scratch, *files = (
            SpillFile(stack.enter_context(tempfile.TemporaryFile(buffering=0)))
            for _ in range(1 + _SPILL_FILES)
        )
        thread = stack.enter_context(ThreadPoolExecutor(1, "impasto-blend"))
        blend = partial(
            _blend, strength=plan.settings.strength, scratch=scratch, writer=writer, cancel=cancel
        )
        stage = _BlendStage(files, blend, thread)
        for segment in plan.segments:
            keys = resume.unfinished(segment)
            if not keys:
                continue
            frames, numbers = stage.next_frames(), []
            with closing(painter.paintings(segment, outcome.add_failure)) as paintings:
                for item, painting in paintings:
                    numbers.append(item.frame.number)
                    if item.frame.number in keys:
                        writer.remember(item)
                    frames.append(PaintedSource(painting, item.matches))
                    stage.raise_if_failed()
            if numbers:
                stage.put(_PaintedSegment(segment, tuple(numbers), keys, frames))
        stage.drain()


@dataclass(frozen=True)
class _PaintedSegment:
    """A segment whose paintings wait to be blended: of the frames ``numbers``, which could be read;
    ``keys`` are those of the frames to write."""

    segment: Segment
    numbers: tuple[int, ...]
    keys: dict[int, str]
    frames: SpilledFrames


class _BlendStage:
    """Blends painted segments in a thread, each from a spill file that is free again afterwards."""

    def __init__(
        self,
        files: Sequence[SpillFile],
        blend: Callable[[_PaintedSegment], None],
        executor: Executor,
    ) -> None:
        self._files, self._blend, self._executor = deque(files), blend, executor
        self._pending: deque[Future[None]] = deque()

    def next_frames(self) -> SpilledFrames:
        """Return where to put the paintings of the next segment."""
        self._files[0].clear()
        return SpilledFrames(self._files[0])

    def put(self, segment: _PaintedSegment) -> None:
        """Have a segment blended whose paintings lie in the next file; wait until another is free."""
        self._pending.append(self._executor.submit(self._blend, segment))
        self._files.rotate(-1)
        if len(self._pending) == len(self._files):
            self._pending.popleft().result()

    def raise_if_failed(self) -> None:
        """Raise what went wrong in the thread, so that it ends the painting, too."""
        for future in self._pending:
            if future.done():
                future.result()

    def drain(self) -> None:
        """Wait until all are blended."""
        for future in self._pending:
            future.result()


def _blend(
    painted: _PaintedSegment,
    strength: float,
    scratch: SpillFile,
    writer: FrameWriter,
    cancel: CancelToken,
) -> None:
    """Carry the paintings of a segment along the motion, and have the wanted results written."""
    results = blend_segment(
        painted.frames,
        strength,
        scratch,
        has_end_anchor=painted.segment.end_anchor is not None,
        backward=painted.segment.backward,
        cancel=cancel,
    )
    with closing(results):
        for number, result in zip(painted.numbers, results, strict=True):
            if number in painted.keys:
                writer.put(number, painted.keys[number], result)
