"""How much of the processor the worker gets, where other programs want it, too."""

from __future__ import annotations

import time

import psutil

_BUSY = 0.9
"""Share of the processor from which on there is nothing left to have."""
_LITTLE = 0.35
"""Share of it that the worker has when others keep it from working."""


class ProcessorShare:
    """Measures from look to look."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._cores = psutil.cpu_count() or 1
        psutil.cpu_percent()
        self._last = time.monotonic(), self._taken()

    def is_kept_from_working(self) -> bool:
        """Return whether, since the last look, others had most of a busy processor.

        Returns
        -------
        bool
            False, too, where this process itself did not want more.
        """
        (then, before), now = self._last, (time.monotonic(), self._taken())
        self._last = now
        spent = max(1e-3, now[0] - then) * self._cores
        return psutil.cpu_percent() / 100 >= _BUSY and (now[1] - before) / spent < _LITTLE

    def _taken(self) -> float:
        times = self._process.cpu_times()
        return times.user + times.system
