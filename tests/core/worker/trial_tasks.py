"""A task for the tests of the worker: it counts, sleeps, allocates, raises, prints, dies."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from impasto.core.control import Control, ItemDone
from impasto.core.errors import ImageMissing
from impasto.core.tasks.registry import Request, task


@dataclass(frozen=True)
class Trial(Request["TrialResult"]):
    """What to do, and how often."""

    what: str
    count: int = 1


@dataclass(frozen=True)
class TrialResult:
    """What came of it."""

    text: str


@task
def run(request: Trial, control: Control) -> TrialResult:
    """Do what is asked."""
    said = f"{request.what} done by {os.getpid()}"
    for i in range(request.count):
        # First: a cancel that answers the progress must find a deaf worker deaf.
        control.cancel.raise_if_set()
        control.progress(i / request.count, f"{request.what} {i}")
        if request.what == "item" or request.what.startswith("mark "):
            control.item_done(ItemDone(f"image {i}", (f"{i}.png",)))
        else:
            said = DEEDS[request.what]() or said
    if request.what.startswith("mark "):
        Path(request.what.removeprefix("mark ")).touch()
    return TrialResult(said)


def _refuse() -> None:
    raise ImageMissing("It is not there; find it.")


def _take_all_memory() -> None:
    import torch

    torch.empty(1 << 60, dtype=torch.uint8)


def _threads() -> str:
    import cv2
    import torch

    return f"torch {torch.get_num_threads()}, OpenCV {cv2.getNumThreads()}"


def _chatter() -> None:
    print("chatter " * 100_000, "the last words", file=sys.stderr, flush=True)
    os._exit(3)


def _fail(error: Exception) -> None:
    raise error


DEEDS = {
    "sleep": lambda: time.sleep(0.02),
    "crunch": lambda: sum(range(10**6)),
    "deaf": lambda: time.sleep(60),
    "print": lambda: print("noise on standard output"),
    "raise": _refuse,
    "bug": lambda: _fail(ZeroDivisionError("by zero")),
    "key": lambda: _fail(KeyError("of a handler's own")),
    "memory": lambda: _fail(MemoryError()),
    "torch memory": _take_all_memory,
    "import": lambda: __import__("no_such_package"),
    "import of a broken one": lambda: _fail(ImportError("its library is missing")),
    "threads": _threads,
    "die": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "exit": lambda: os._exit(3),
    "chatter": _chatter,
}
