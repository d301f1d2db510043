"""The outcome of a run so far, frame by frame, and the reports of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterable
from pathlib import Path

from ..control import Control, Failure
from .settings import FrameDone


class Outcome:
    """Collects which frames are written, skipped or failed, and reports each. Threads may share it.

    Parameters
    ----------
    wanted : collection of int
        Numbers of the frames to write.
    failures : iterable of Failure
        Frames that have failed already.
    thumbnail : str
        File that shows the frame that was written last; empty: there is none.
    control : Control
        Gets the reports.
    started : float
        Time of ``time.monotonic`` at which the run began.
    """

    def __init__(
        self,
        wanted: Collection[int],
        failures: Iterable[Failure],
        thumbnail: str,
        control: Control,
        started: float,
    ) -> None:
        self._wanted, self._thumbnail, self._control = wanted, thumbnail, control
        self._started = started
        self._written: dict[int, str] = {}
        self._skipped: dict[int, str] = {}
        self._failures = {int(failure.key): failure for failure in failures}
        self._keys: dict[int, str] = {}
        self._reporting = threading.Lock()

    @property
    def written(self) -> tuple[str, ...]:
        """Files of this run, in the order of the frames."""
        return tuple(self._written[number] for number in sorted(self._written))

    @property
    def skipped(self) -> tuple[str, ...]:
        """Files of earlier runs, in the order of the frames."""
        return tuple(self._skipped[number] for number in sorted(self._skipped))

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Frames that could not be done, in their order."""
        return tuple(self._failures[number] for number in sorted(self._failures))

    @property
    def finished(self) -> dict[int, str]:
        """Content keys of the finished frames, of this run and earlier ones, by their numbers."""
        return dict(self._keys)

    def has_failed(self, number: int) -> bool:
        """Return whether a frame has failed.

        Parameters
        ----------
        number : int
            Of the frame.

        Returns
        -------
        bool
            True if it has.
        """
        return number in self._failures

    def add_failure(self, number: int, reason: str) -> None:
        """List a frame that cannot be done; the first reason stays.

        Parameters
        ----------
        number : int
            Of the frame.
        reason : str
            A sentence for the artist.
        """
        self._failures.setdefault(number, Failure(str(number), reason))

    def add_skipped(self, number: int, path: Path, key: str) -> None:
        """List and report a frame that an earlier run has finished.

        Parameters
        ----------
        number : int
            Of the frame.
        path : Path
            Its file.
        key : str
            Its content key.

        Raises
        ------
        JobCancelled
            The control was cancelled.
        """
        self._skipped[number], self._keys[number] = str(path), key
        self._report(number, path, skipped=True)

    def add_written(self, number: int, path: Path, key: str) -> None:
        """List and report a frame that was written.

        Parameters
        ----------
        number : int
            Of the frame.
        path : Path
            Its file.
        key : str
            Its content key.

        Raises
        ------
        JobCancelled
            The control was cancelled.
        """
        self._written[number], self._keys[number] = str(path), key
        self._report(number, path, skipped=False)

    def say(self, step: str) -> None:
        """Report what is being done for frames that are not finished yet.

        Parameters
        ----------
        step : str
            What is being done.

        Raises
        ------
        JobCancelled
            The control was cancelled.
        """
        with self._reporting:
            self._control.advance(self._done() / max(1, len(self._wanted)), step)

    def _done(self) -> int:
        """Return how many of the wanted frames are finished or have failed."""
        failed = sum(failure in self._wanted for failure in self._failures)
        return len(self._written) + len(self._skipped) + failed

    def _report(self, number: int, path: Path, *, skipped: bool) -> None:
        with self._reporting:
            written, total, done = len(self._written), len(self._wanted), self._done()
            pace = (time.monotonic() - self._started) / written if written else 0.0
            left = pace * (total - done) if written else -1.0
            thumbnail = "" if skipped else self._thumbnail
            self._control.item_done(
                FrameDone(str(number), (str(path),), number, pace, left, thumbnail, skipped)
            )
            self._control.advance(done / total, f"Frame {number} ({done} of {total})")
