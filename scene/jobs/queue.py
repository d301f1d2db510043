"""The jobs of this session. Light, because panels ask here at every redraw: job.py has the work."""

from __future__ import annotations

import atexit
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import bpy

from . import scratch, worker

if TYPE_CHECKING:
    from .job import SceneJob

history: deque[SceneJob] = deque(maxlen=20)
"""Jobs of this session, the newest first."""


@dataclass(frozen=True)
class Waiting:
    """A job that is started when those before it are done."""

    title: str
    begin: Callable[[], SceneJob]


waiting: deque[Waiting] = deque()
"""The jobs that follow the running one, first come, first served."""


def current() -> SceneJob | None:
    """Return the job that is running, if any."""
    return history[0] if history and history[0].running else None


@bpy.app.handlers.persistent
def _before_load(*_) -> None:
    """Cancel all jobs before another file is opened: they belong to this one."""
    waiting.clear()
    running = current()
    if running is not None:
        running.abandon()


def register() -> None:
    """Watch for another file, and end the worker with Blender; remove what a killed Blender left."""
    bpy.app.handlers.load_pre.append(_before_load)
    atexit.register(worker.release)
    atexit.register(scratch.release)
    scratch.sweep()


def unregister() -> None:
    """Cancel what runs, and end the worker."""
    _before_load()
    worker.release()
    scratch.release()
    history.clear()
    atexit.unregister(worker.release)
    atexit.unregister(scratch.release)
    bpy.app.handlers.load_pre.remove(_before_load)
