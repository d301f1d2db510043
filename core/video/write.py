"""Finish paintings and write them, in a thread of its own."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Executor, Future

import numpy as np

from ..errors import ImpastoError, OutputTaken, OutputUnwritable
from ..image.picture import Picture
from ..paint import working
from ..paint.strokes.painter import StrokePainting
from .load import LoadedFrame
from .outcome import Outcome
from .output import Results
from .plan import Plan

_MOST_PENDING = 2
"""Frames that may wait to be written, as each needs memory."""


class FrameWriter:
    """Writes results while others are painted.

    Parameters
    ----------
    plan : Plan
        The run.
    results : Results
        Its files.
    outcome : Outcome
        Told of each frame.
    executor : Executor
        With one thread.
    """

    def __init__(self, plan: Plan, results: Results, outcome: Outcome, executor: Executor) -> None:
        self._plan, self._look = plan, plan.settings.look
        self._results, self._outcome, self._executor = results, outcome, executor
        self._pending: deque[tuple[int, str, Future[bool]]] = deque()
        self._remembered: dict[int, Picture] = {}

    def remember(self, item: LoadedFrame) -> None:
        """Keep what is needed to finish a frame besides its painting, if that is little.

        Parameters
        ----------
        item : LoadedFrame
            Will be put; a frame that is not remembered is read once more then.
        """
        if working.discards_original(item.picture, item.work, self._look):
            nothing = np.broadcast_to(np.float32(0), item.picture.color.shape)
            self._remembered[item.frame.number] = item.picture.with_color(nothing)

    def put(
        self, number: int, key: str, painting: np.ndarray, strokes: StrokePainting | None = None
    ) -> None:
        """Have a frame written, once few others are still to be written.

        Parameters
        ----------
        number : int
            Of the frame.
        key : str
            Its content key.
        painting : (H, W, 3) float32
            At working resolution, sRGB-encoded in [0, 1]; that of strokes at the size of the result.
        strokes : StrokePainting, optional
            The same painting with its relief.

        Raises
        ------
        OutputUnwritable
            An earlier frame could not be written.
        JobCancelled
            The control was cancelled.
        """
        self._settle(_MOST_PENDING)
        future = self._executor.submit(self._write, number, key, painting, strokes)
        self._pending.append((number, key, future))

    def drain(self) -> None:
        """Wait until all frames are written.

        Raises
        ------
        OutputUnwritable
            One could not be written.
        JobCancelled
            The control was cancelled.
        """
        self._settle(0)

    def _settle(self, most: int) -> None:
        """Wait until no more than ``most`` frames are still to be written."""
        while len(self._pending) > most:
            number, key, future = self._pending.popleft()
            path = self._results.path(number)
            try:
                own = future.result()
            except ImpastoError as error:
                if isinstance(error, OutputUnwritable) and not isinstance(error, OutputTaken):
                    raise  # the disk is full: so it would be for the others
                self._outcome.add_failure(number, str(error))
                continue
            if own:
                self._outcome.add_written(number, path, key)
            else:
                self._outcome.add_skipped(number, path, key)

    def _write(
        self, number: int, key: str, painting: np.ndarray, strokes: StrokePainting | None
    ) -> bool:
        frame = self._plan.sequence.by_number[number]
        finished = self._finished(number, painting)
        own = self._results.write(frame, key, finished, strokes)
        self._results.write_thumbnail(painting)
        return own

    def _finished(self, number: int, painting: np.ndarray) -> Picture:
        """Bring a painting to the size, range and alpha of its frame."""
        remembered = self._remembered.pop(number, None)
        if remembered is not None:
            return remembered.with_color(painting)
        picture = self._plan.read(self._plan.sequence.by_number[number])
        goal = working.plan(picture.size, self._look)
        if self._look.engine == "STROKES":
            sized = working.resize_picture(picture, goal.size, self._look.seamless)
            return working.from_work(sized, painting, painting, self._look)
        work, _ = working.to_work(picture, goal, self._look.seamless, alpha_covers=True)
        sized = working.resize_picture(picture, goal.size, self._look.seamless)
        return working.from_work(sized, work, painting, self._look)
