"""How a verb tells what it does: a progress bar for people, JSON lines for machines."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from typing import TextIO

from ..jobs.messages import Failure, ItemDone, Progress

_WIDTH = 28


class Report:
    """Prints events.

    The bar goes to standard error, and only if that is a terminal. With ``as_json``, every event is
    one JSON object per line on standard output, and nothing else is printed there.
    """

    def __init__(
        self,
        *,
        as_json: bool = False,
        quiet: bool = False,
        out: TextIO | None = None,
        err: TextIO | None = None,
    ) -> None:
        self._json, self._quiet = as_json, quiet
        self._out, self._err = out or sys.stdout, err or sys.stderr
        self._bar = not as_json and not quiet and self._err.isatty()
        self._started = time.monotonic()

    def progress(self, event: Progress) -> None:
        """Show how far the job is."""
        if self._json:
            self._line("progress", asdict(event))
        elif self._bar:
            filled = round(_WIDTH * event.done)
            eta = ""
            if event.done > 0.02:
                left = (time.monotonic() - self._started) * (1 - event.done) / event.done
                eta = f"{left:4.0f} s left"
            bar = "#" * filled + "." * (_WIDTH - filled)
            self._err.write(f"\r[{bar}] {event.done:4.0%} {eta:11} {event.step[:60]:60}")
            self._err.flush()

    def item(self, event: ItemDone) -> None:
        """Name files as soon as they are there."""
        if self._json:
            self._line("item", asdict(event))
        for path in () if self._json else event.outputs:
            self.say(f"Saved: '{path}'")

    def failure(self, failure: Failure) -> None:
        """Name an image that could not be done."""
        if self._json:
            self._line("failure", asdict(failure))
        else:
            self._clear()
            self._err.write(f"{failure.key}: {failure.message}\n")

    def error(self, name: str, message: str) -> None:
        """Say why nothing could be done."""
        if self._json:
            self._line("error", {"error": name, "message": message})
        else:
            self._clear()
            self._err.write(f"impasto: {message}\n")

    def result(self, **values: object) -> None:
        """The machine-readable outcome; people have read it already."""
        if self._json:
            self._line("result", values)

    def say(self, text: str) -> None:
        """A line for people."""
        if not self._json and not self._quiet:
            self._clear()
            self._out.write(f"{text}\n")
            self._out.flush()

    def end(self) -> None:
        """Leave the terminal clean."""
        self._clear()

    def _clear(self) -> None:
        if self._bar:
            self._err.write("\r" + " " * (_WIDTH + 85) + "\r")

    def _line(self, event: str, values: dict) -> None:
        self._out.write(json.dumps({"event": event, **values}, ensure_ascii=False) + "\n")
        self._out.flush()
