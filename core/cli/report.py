"""Reports of a command: a progress bar for people, JSON lines for machines."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict
from typing import TextIO

from ..control import Control, Failure, ItemDone, Progress

_BAR = 24
_INTERVAL = 0.1
"""Seconds between two drawings of the bar."""


class Report:
    """Print events.

    The bar goes to standard error, and only if that is a terminal. With ``as_json``, every event is
    one JSON object per line on standard output, and nothing else is printed there.

    Parameters
    ----------
    as_json : bool
        Print for machines.
    quiet : bool
        Print only errors.
    openjd : bool
        Print progress in the lines that Open Job Description listens for, too.
    out, err : TextIO, optional
        Instead of standard output and standard error.
    """

    def __init__(
        self,
        *,
        as_json: bool = False,
        quiet: bool = False,
        openjd: bool = False,
        out: TextIO | None = None,
        err: TextIO | None = None,
    ) -> None:
        self._json, self._quiet = as_json, quiet
        self._out, self._err = out or sys.stdout, err or sys.stderr
        self._bar = not (as_json or quiet or openjd) and self._err.isatty()
        self._openjd, self._told = openjd, (-1, "")
        self._started = time.monotonic()
        self._drawn = 0.0

    def control(self) -> Control:
        """Return a control that reports here; Ctrl-C cancels by itself.

        Returns
        -------
        Control
            To run a task with.
        """
        return Control(self.progress, on_item=self.item)

    def progress(self, event: Progress) -> None:
        """Show how far the job is.

        Parameters
        ----------
        event : Progress
            What the task reports.
        """
        if self._json:
            self._line("progress", asdict(event))
            return
        if self._openjd:
            self._tell_openjd(event)
        now = time.monotonic()
        if self._bar and (event.done >= 1 or now - self._drawn > _INTERVAL):
            self._drawn = now
            self._draw(bar(event, now - self._started))

    def _tell_openjd(self, event: Progress) -> None:
        """Print each per cent, and each step that begins; both must begin a line."""
        percent, step = int(100 * min(1.0, max(0.0, event.done))), event.step
        if percent != self._told[0]:
            self.say(f"openjd_progress: {percent}")
        if step and step != self._told[1]:
            self.say(f"openjd_status: {step}")
        self._told = percent, step

    def item(self, event: ItemDone) -> None:
        """Name files as soon as they are written.

        Parameters
        ----------
        event : ItemDone
            What the task reports.
        """
        if self._json:
            self._line("item", asdict(event))
        for path in event.outputs:
            self.say(f"Saved: '{path}'")

    def failure(self, failure: Failure) -> None:
        """Name an image that could not be done.

        Parameters
        ----------
        failure : Failure
            The image, and why.
        """
        if self._json:
            self._line("failure", asdict(failure))
        else:
            self._complain(f"{failure.key}: {failure.message}")

    def error(self, name: str, message: str, detail: str = "") -> None:
        """Say why nothing could be done.

        Parameters
        ----------
        name : str
            Name of the error's class.
        message : str
            The sentence for people.
        detail : str
            A traceback, where there is one.
        """
        if self._json:
            self._line("error", {"error": name, "message": message, "detail": detail})
        else:
            self._complain(f"{detail}impasto: {message}")

    def result(self, **values: object) -> None:
        """Print the machine-readable outcome; people have read it already.

        Parameters
        ----------
        **values : object
            Plain values.
        """
        if self._json:
            self._line("result", values)

    def say(self, text: str) -> None:
        """Print a line for people.

        Parameters
        ----------
        text : str
            Without its end.
        """
        if not self._json and not self._quiet:
            self.end()
            # A file's name may hold what the terminal cannot show.
            coding = self._out.encoding or "utf-8"
            self._out.write(text.encode(coding, "backslashreplace").decode(coding) + "\n")
            self._out.flush()

    def end(self) -> None:
        """Leave the terminal clean."""
        if self._drawn:
            self._draw("")
            self._drawn = 0.0

    def _complain(self, text: str) -> None:
        self.end()
        self._err.write(f"{text}\n")

    def _draw(self, text: str) -> None:
        try:
            columns = os.get_terminal_size(self._err.fileno()).columns or 80
        except OSError:
            columns = 80
        # A line as wide as the terminal would wrap, and the next one could not replace it.
        self._err.write(f"\r{text[: columns - 1]:{columns - 1}}\r")
        self._err.flush()

    def _line(self, event: str, values: dict) -> None:
        self._out.write(json.dumps({"event": event, **values}) + "\n")
        self._out.flush()


def bar(event: Progress, seconds: float) -> str:
    """Draw the progress bar: ``[######..................]  25%   0:12 left  Step``.

    Parameters
    ----------
    event : Progress
        How far the job is.
    seconds : float
        Time since it began.

    Returns
    -------
    str
        The line.
    """
    filled = round(_BAR * event.done)
    left = round(seconds * (1 - event.done) / event.done) if event.done > 0.02 else None
    clock = "" if left is None else f"{left // 60}:{left % 60:02} left"
    return f"[{'#' * filled}{'.' * (_BAR - filled)}] {event.done:4.0%} {clock:>11}  {event.step}"
