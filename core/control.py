"""Progress, cancellation and budget: the messages between a running task and its caller.

Whatever takes time gets one :class:`Control`. Everything here is light enough for Blender's process.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import JobCancelled


@dataclass(frozen=True)
class Progress:
    """The share of a task that is done.

    Attributes
    ----------
    done : float
        Share of the whole task, in [0, 1].
    step : str
        In words, what is being done.
    """

    done: float
    step: str = ""


@dataclass(frozen=True)
class ItemDone:
    """One item of a task (an image, a frame) is on disk.

    Attributes
    ----------
    key : str
        The caller's name for the item.
    outputs : tuple of str
        The written files.
    """

    key: str
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Failure:
    """One item that could not be done.

    Attributes
    ----------
    key : str
        The caller's name for the item.
    message : str
        Why, and what to do about it, in one sentence.
    """

    key: str
    message: str


class CancelToken:
    """Tells whether a task was asked to stop.

    Parameters
    ----------
    is_set : callable, optional
        Returns True once the task is to stop. It may block while the task is paused.
    """

    def __init__(self, is_set: Callable[[], bool] = lambda: False) -> None:
        self._is_set = is_set

    def is_set(self) -> bool:
        """Return whether the task was asked to stop.

        Returns
        -------
        bool
            True once it was.
        """
        return self._is_set()

    def raise_if_set(self) -> None:
        """Stop the task here if it was asked to.

        Raises
        ------
        JobCancelled
            It was asked to stop.
        """
        if self._is_set():
            raise JobCancelled("Cancelled.")


NEVER = CancelToken()
"""Is never set: the default of whatever takes a cancel token alone."""


class Control:
    """Reports a task's progress and finished items, and passes on a cancel.

    Without arguments nothing is reported and nothing cancels.

    Parameters
    ----------
    on_progress : callable, optional
        Called with each :class:`Progress`.
    cancel : CancelToken, optional
        Whether to stop.
    on_item : callable, optional
        Called with each :class:`ItemDone`.

    Examples
    --------
    >>> reported = []
    >>> control = Control(reported.append)
    >>> control.part(0.5, 1.0, "Writing").progress(0.5)
    >>> reported
    [Progress(done=0.75, step='Writing')]
    """

    def __init__(
        self,
        on_progress: Callable[[Progress], None] = lambda event: None,
        cancel: CancelToken = NEVER,
        on_item: Callable[[ItemDone], None] = lambda event: None,
    ) -> None:
        self._on_progress, self._on_item = on_progress, on_item
        self.cancel = cancel

    def progress(self, done: float, step: str = "") -> None:
        """Report how far the task is.

        Parameters
        ----------
        done : float
            Share of the task; clipped to [0, 1].
        step : str
            What is being done.
        """
        self._on_progress(Progress(min(1.0, max(0.0, done)), step))

    def advance(self, done: float, step: str = "") -> None:
        """Stop if the task was cancelled; otherwise report as :meth:`progress` does.

        Parameters
        ----------
        done : float
            Share of the task; clipped to [0, 1].
        step : str
            What is being done.

        Raises
        ------
        JobCancelled
            It was asked to stop.
        """
        self.cancel.raise_if_set()
        self.progress(done, step)

    def item_done(self, event: ItemDone) -> None:
        """Report an item that is on disk.

        Parameters
        ----------
        event : ItemDone
            The item.
        """
        self._on_item(event)

    def part(self, start: float, stop: float, step: str = "") -> Control:
        """Return the control of a part of the task.

        Parameters
        ----------
        start, stop : float
            Shares of the whole task, in [0, 1], at which the part begins and ends.
        step : str
            What is being done, where the part itself does not say.

        Returns
        -------
        Control
            Shares the cancel token and the reports of items.
        """

        def scaled(event: Progress) -> None:
            self.progress(start + (stop - start) * event.done, event.step or step)

        return Control(scaled, self.cancel, self._on_item)


@dataclass(frozen=True)
class FitStep:
    """One step of a fit (Create, Refine, painted frames).

    Attributes
    ----------
    number : int
        Steps made so far.
    done : float
        Share of the budget, in [0, 1].
    losses : mapping
        Values of this step by name; ``texture`` is the one that the fit is judged by.
    result : callable
        Returns what the fit has so far, such as a sample or an adapter; takes a moment.
    """

    number: int
    done: float
    losses: Mapping[str, float]
    result: Callable[[], Any]


@dataclass(frozen=True)
class Budget:
    """The time or the number of steps that a fit may take.

    Only a budget in steps gives the same pixels again.

    Attributes
    ----------
    seconds : float
        Time that the fit may take.
    steps : int
        Where it is not 0, exactly this many steps, whatever the time.
    """

    seconds: float = 60.0
    steps: int = 0


class Clock:
    """Counts the steps of a fit and ends it when its budget is spent.

    A budget in seconds ends before the step that would overrun it. Set-up counts, from when the clock
    was made.

    Parameters
    ----------
    budget : Budget
        What may be spent.
    cancel : CancelToken
        Ends the fit early.
    """

    def __init__(self, budget: Budget, cancel: CancelToken) -> None:
        self._budget, self._cancel = budget, cancel
        self._started = self._last = time.monotonic()
        self._seconds_per_step = 0.0
        self.number = 0

    def more(self) -> bool:
        """Return whether to make another step.

        Returns
        -------
        bool
            False once the budget is spent, or the fit is cancelled.

        Raises
        ------
        JobCancelled
            Cancelled before the first step.
        """
        if self._cancel.is_set():
            if not self.number:
                raise JobCancelled("Cancelled.")
            return False
        if self._budget.steps:
            return self.number < self._budget.steps
        spent = time.monotonic() - self._started
        return not self.number or spent + self._seconds_per_step <= self._budget.seconds

    def count(self) -> None:
        """Count a step that was made."""
        now = time.monotonic()
        lasted, self._last = now - self._last, now
        # The first step has set-up in it.
        average = 0.7 * self._seconds_per_step + 0.3 * lasted
        self._seconds_per_step = lasted if self.number < 2 else average
        self.number += 1

    @property
    def done(self) -> float:
        """Share of the budget that is spent, in [0, 1]."""
        if self._budget.steps:
            return min(1.0, self.number / self._budget.steps)
        return min(1.0, (time.monotonic() - self._started) / max(1e-9, self._budget.seconds))


SILENT = Control()
"""Reports nothing and is never cancelled: the default of whatever takes a control."""
