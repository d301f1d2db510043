"""The jobs of this session. Light, as panels ask here at every drawing: see job.py for the work."""

from __future__ import annotations

import atexit
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import bpy

from . import worker

if TYPE_CHECKING:
    from .job import SceneJob

history: deque[SceneJob] = deque(maxlen=20)
"""Jobs of this session, the newest first."""


@dataclass(frozen=True)
class Waiting:
    """A job that is begun when those before it are done."""

    title: str
    begin: Callable[[], SceneJob]


waiting: deque[Waiting] = deque()
"""The queue: what follows the job that runs, first come, first served."""


def current() -> SceneJob | None:
    """The job that runs now, if any."""
    return history[0] if history and history[0].running else None


@bpy.app.handlers.persistent
def _before_load(*_) -> None:
    """Jobs belong to their file: opening another one cancels them."""
    waiting.clear()
    running = current()
    if running is not None:
        running.abandon()


def register() -> None:
    bpy.app.handlers.load_pre.append(_before_load)
    atexit.register(worker.release)


def unregister() -> None:
    _before_load()
    worker.release()
    history.clear()
    atexit.unregister(worker.release)
    bpy.app.handlers.load_pre.remove(_before_load)
