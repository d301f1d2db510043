"""Handlers for the tests of the worker: it counts, sleeps, allocates, raises, prints, dies."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Trial:
    """What to do, and how often."""

    what: str
    count: int = 1


@dataclass(frozen=True)
class TrialResult:
    """What came of it."""

    text: str


_KEPT: list = []


def register(handlers, register_kinds) -> None:
    """Called by the worker that was started with ``--handlers``."""
    handlers[Trial] = "=trial_handlers:run"
    register_kinds(Trial, TrialResult)


def run(request: Trial, *, progress, cancel, item_done) -> TrialResult:
    """Do what is asked."""
    from impasto_core.errors import ImageMissing, JobCancelled
    from impasto_core.jobs.messages import ItemDone, Progress

    for i in range(request.count):
        progress(Progress(i / request.count, f"{request.what} {i}"))
        if cancel():
            raise JobCancelled("Cancelled.")
        if request.what == "print":
            print("noise on standard output")
        elif request.what == "sleep":
            time.sleep(0.02)
        elif request.what == "deaf":
            time.sleep(60)
        elif request.what == "raise":
            raise ImageMissing("It is not there; find it.")
        elif request.what == "bug":
            raise ZeroDivisionError("by zero")
        elif request.what == "memory":
            raise MemoryError
        elif request.what == "import":
            raise ModuleNotFoundError("no", name="torch")
        elif request.what == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        elif request.what == "exit":
            os._exit(3)
        elif request.what == "item":
            item_done(ItemDone(f"image {i}", (f"{i}.png",)))
    return TrialResult(f"{request.what} done by {os.getpid()}")
