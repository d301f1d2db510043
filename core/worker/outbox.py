"""What the worker says, while nobody may be listening.

Blender reads when it polls, and may be busy for minutes: with a render, or a script. The pipe holds
few lines (a second of progress on Windows); a job must not stop until the next one fits.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from typing import TextIO

_PATIENCE = 0.2
"""Seconds that a line is waited for: as a rule, it is in the pipe before the job goes on."""


class Outbox:
    """Lines on their way into a pipe, written by a thread.

    Parameters
    ----------
    pipe : text file
        Where they go; when nobody holds its other end, this process ends.
    """

    def __init__(self, pipe: TextIO) -> None:
        self._pipe = pipe
        self._lines: deque[tuple[str, bool]] = deque()
        self._changed = threading.Condition()
        threading.Thread(target=self._write, daemon=True).start()

    def put(self, line: str, *, passing: bool = False) -> None:
        """Send a line; return once it is in the pipe, or the pipe is full.

        Parameters
        ----------
        line : str
            Without its end.
        passing : bool
            Whether the line means nothing any more as soon as there is a newer one.
        """
        with self._changed:
            late = bool(self._lines)
            # The first is being written.
            if passing and len(self._lines) > 1 and self._lines[-1][1]:
                self._lines.pop()
            self._lines.append((line, passing))
            self._changed.notify_all()
            if not late:
                self._changed.wait_for(lambda: not self._lines, _PATIENCE)

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._lines)
                line, _ = self._lines[0]
            try:
                self._pipe.write(line + "\n")
            except OSError:
                os._exit(0)
            with self._changed:
                self._lines.popleft()
                self._changed.notify_all()
