"""The worker's loop: one job after the other, while a thread listens for what may interrupt it.

Lines in: a request with its ``job`` number, or a command: ``cancel``, ``pause``, ``resume`` with that
number, ``release`` without. Lines out: events with the ``job`` number. Standard output belongs to
the protocol alone; whatever libraries print goes to standard error. When standard input ends,
Blender is gone, and so is the worker.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import queue
import signal
import sys
import threading
import time
from importlib import import_module
from pathlib import Path

from ..errors import JobCancelled
from ..generators import allocator
from ..generators.device import choose
from . import handlers, threads, wire
from .failures import explain
from .messages import Failed, Finished, Progress

log = logging.getLogger(__name__)

_GRACE = 0.8
"""Seconds that a running job has to end by itself when Blender is gone."""

_NICENESS = 10
"""Added to the worker's: Blender gets about nine tenths of a core that both want."""

_INTERVAL = 0.05
"""Seconds between two progress lines."""


class Server:
    """Reads requests, runs them, writes events."""

    def __init__(self, wanted: int, spare: int) -> None:
        self._threads = wanted, spare
        self._limited = False
        self._inbox: queue.SimpleQueue[tuple[int, str] | None] = queue.SimpleQueue()
        self._cancelled: set[int] = set()
        self._going = threading.Event()
        self._going.set()
        self._running: int | None = None
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
        os.dup2(2, 1)  # prints of libraries must not break the protocol
        self._last_progress = 0.0

    def listen(self) -> None:
        """In a thread: sort what comes in; end the process when the other side is gone."""
        for raw in sys.stdin.buffer:
            try:
                line = raw.decode()
                self._sort(line, json.loads(line))
            except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
                log.error("Not understood (%s): %.200r", error, raw)
        if self._running is not None:
            self._cancelled.add(self._running)
            self._going.set()
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
            self._cancelled.discard(self._running)
            self._running = None
            self._going.set()

    def _sort(self, line: str, content: dict) -> None:
        command = content.get("command")
        if command == "cancel":
            self._cancelled.add(content["job"])
            self._going.set()
        elif command == "resume":
            self._going.set()
        elif command == "pause":
            if content["job"] == self._running:  # else it has just ended
                self._going.clear()
        elif command == "release":
            self._inbox.put(None)
        else:
            self._inbox.put((content["job"], line))

    def _answer(self, line: str) -> Finished | Failed:
        try:
            request, _ = wire.decode(line)
            result = handlers.run(
                request, progress=self._progress, cancel=self._is_cancelled, item_done=self._send
            )
            return Finished(result)
        except Exception as error:  # whatever a job does, the next one finds a worker
            failed = explain(error)
        if failed.error == "ImageTooLarge":
            release_memory()
        return failed

    def _is_cancelled(self) -> bool:
        """Where a job stands still, too, as long as it is paused."""
        self._going.wait()
        return self._running in self._cancelled

    def _progress(self, event: Progress) -> None:
        if self._is_cancelled():
            raise JobCancelled("Cancelled.")
        # Handlers load torch when they need it, and report progress before they begin to compute.
        self._limited = self._limited or threads.limit(*self._threads)
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
    """Forget the networks, and give memory back to the system and the GPU."""
    handlers.release()
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()
    if torch is not None and torch.backends.mps.is_available():
        torch.mps.empty_cache()
    allocator.give_back()


def step_back() -> None:
    """Give way to Blender: for the processor, in need of memory, and when Ctrl-C is pressed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Blender hears it, too, and cancels or ends
    if hasattr(os, "nice"):
        os.nice(_NICENESS)  # on Windows, the client sets the priority
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            # The kernel shall take the worker, not the Blender with an unsaved scene.
            Path("/proc/self/oom_score_adj").write_text("500")


def serve(device: str, wanted: int = 0, spare: int = 0, more_handlers: str = "") -> None:
    """Serve on standard input and output until the input ends."""
    step_back()
    server = Server(wanted, spare)
    if more_handlers:
        import_module(more_handlers).register(handlers.HANDLERS, wire.register)
    choose(device)
    threading.Thread(target=server.listen, daemon=True).start()
    server.run()
