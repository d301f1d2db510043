"""The worker's loop: one job after the other, while a thread listens for what may interrupt it.

Lines in: a request with its ``job`` number, or ``{"command": "cancel" | "release"}``. Lines out:
events with the ``job`` number. Standard output belongs to the protocol alone; whatever libraries
print goes to standard error. When standard input ends, Blender is gone, and so is the worker.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import queue
import sys
import threading
import time
import traceback
from importlib import import_module

from ..errors import ImpastoError, JobCancelled, WorkerUnavailable
from ..generators.device import choose
from . import handlers, wire
from .messages import Failed, Finished, Progress

_GRACE = 0.8
"""Seconds that a running job has to end by itself when Blender is gone."""

_INTERVAL = 0.05
"""Seconds between two progress lines."""


class Server:
    """Reads requests, runs them, writes events."""

    def __init__(self) -> None:
        self._inbox: queue.SimpleQueue = queue.SimpleQueue()
        self._cancelled: set[int] = set()
        self._running: int | None = None
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
        os.dup2(2, 1)  # prints of libraries must not break the protocol
        self._last_progress = 0.0

    def listen(self) -> None:
        """In a thread: sort what comes in; end the process when the other side is gone."""
        for line in sys.stdin:
            with contextlib.suppress(ValueError):
                content = json.loads(line)
                command = content.get("command")
                if command == "cancel":
                    self._cancelled.add(content["job"])
                elif command == "release":
                    self._inbox.put(None)
                else:
                    self._inbox.put((content.get("job"), line))
        if self._running is not None:
            self._cancelled.add(self._running)
            time.sleep(_GRACE)
        os._exit(0)

    def run(self) -> None:
        """Answer one request after the other."""
        while True:
            entry = self._inbox.get()
            if entry is None:
                release_memory()
                continue
            self._running, line = entry
            self._send(self._answer(line))
            self._running = None

    def _answer(self, line: str) -> Finished | Failed:
        try:
            request, _ = wire.decode(line)
            result = handlers.run(
                request, progress=self._progress, cancel=self._is_cancelled, item_done=self._send
            )
            return Finished(result)  # type: ignore[arg-type]
        except ImpastoError as error:
            return Failed(type(error).__name__, str(error))
        except KeyError as error:
            return Failed("BadRequest", f"Nobody answers {error}.", traceback.format_exc())
        except ModuleNotFoundError as error:
            return Failed(
                WorkerUnavailable.__name__,
                f"The worker's Python has no {error.name}; choose another Worker Python in the "
                "preferences, or install the package of Impasto that contains it.",
                traceback.format_exc(),
            )
        except MemoryError:
            release_memory()
            return Failed(
                "ImageTooLarge",
                "There was not enough memory; choose a smaller output size or close "
                "other programs.",
                traceback.format_exc(),
            )
        except Exception as error:
            detail = traceback.format_exc()
            if "out of memory" in str(error).lower():
                release_memory()
                return Failed(
                    "ImageTooLarge",
                    "The device ran out of memory; choose a smaller output size, or CPU in "
                    "the preferences.",
                    detail,
                )
            return Failed(type(error).__name__, f"Something unexpected happened ({error}).", detail)

    def _is_cancelled(self) -> bool:
        return self._running in self._cancelled

    def _progress(self, event: Progress) -> None:
        if self._is_cancelled():
            raise JobCancelled("Cancelled.")
        now = time.monotonic()
        if now - self._last_progress >= _INTERVAL:
            self._last_progress = now
            self._send(event)

    def _send(self, event: object) -> None:
        try:
            self._out.write(wire.encode(event, job=self._running) + "\n")
        except BrokenPipeError:
            os._exit(0)


def release_memory() -> None:
    """Forget the networks, and give the heap back to the system."""
    handlers.release()
    gc.collect()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").malloc_trim(0)


def serve(device: str, more_handlers: str = "") -> None:
    """Serve on standard input and output until the input ends."""
    if hasattr(os, "nice"):
        os.nice(5)  # the window stays in front
    if more_handlers:
        import_module(more_handlers).register(handlers.HANDLERS, wire.register)
    choose(device)
    server = Server()
    threading.Thread(target=server.listen, daemon=True).start()
    server.run()
