"""The worker's loop: one job after the other, while a thread listens for what may interrupt it.

See ``protocol`` for the lines. Standard output belongs to the protocol alone; whatever libraries
print goes to standard error. When standard input ends, Blender is gone, and so is the worker.
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
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from operator import attrgetter
from pathlib import Path

from .. import allocator
from ..control import CancelToken, Control, Progress
from ..paint.device import choose
from ..tasks import registry
from . import protocol, threads
from .failures import explain
from .outbox import Outbox
from .protocol import Failed, Finished, Warnings

log = logging.getLogger(__name__)

_GRACE = 0.8
"""Seconds that a running job has to end by itself when Blender is gone."""

_NICENESS = 3
"""Added to the worker's: of a core that both want, Blender gets two thirds. With more, renders and
other number crunching would leave next to nothing to a job that somebody waits for."""

_LOOK = 3.0
"""Seconds between two looks at the share of the processor that a job gets."""
_KEPT_WAITING = "{step} (slow: other programs use the processor)"

_INTERVAL = 0.05
"""Seconds between two progress lines."""

_CACHES = {
    "paint.session": ("release",),
    "features.encoder": (
        "shared_describer.cache_clear",
        "shared_networks.cache_clear",
        "encoder_weights.cache_clear",
    ),
}
"""Modules that keep networks from job to job, and what makes them forget."""


class Server:
    """Reads requests, runs them, writes events.

    Parameters
    ----------
    wanted, spare : int
        Threads to compute with; see ``threads.room``.
    """

    def __init__(self, wanted: int, spare: int) -> None:
        self._threads = wanted, spare
        self._threads_set = False
        self._inbox: queue.SimpleQueue[dict] = queue.SimpleQueue()
        self._cancelled: set[int] = set()
        self._resumed = threading.Event()
        self._resumed.set()
        self._running: int | None = None
        self._out = Outbox(os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1))
        os.dup2(2, 1)  # prints of libraries must not break the protocol
        self._last_progress = 0.0
        self._shown = Progress(0.0)
        self._kept_waiting = False

    def listen(self) -> None:
        """Sort what comes in, in a thread; end the process when the other side is gone."""
        for raw in sys.stdin.buffer:
            try:
                self._receive(json.loads(raw.decode()))
            except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
                log.error("Not understood (%s): %.200r", error, raw)
        if self._running is not None:
            self._cancelled.add(self._running)
            self._resumed.set()
            time.sleep(_GRACE)
        os._exit(0)

    def run(self) -> None:
        """Run one request after the other."""
        while True:
            envelope = self._inbox.get()
            self._running, self._shown = envelope["job"], Progress(0.0)
            self.send(self._answer(envelope))
            self._cancelled.discard(self._running)
            self._running = None
            self._resumed.set()
            allocator.give_back()

    def _receive(self, envelope: dict) -> None:
        command = envelope.get("command")
        if command == "cancel":
            self._cancelled.add(envelope["job"])
            self._resumed.set()
        elif command == "resume":
            self._resumed.set()
        elif command == "pause":
            if envelope["job"] == self._running:  # else it has just ended
                self._resumed.clear()
        else:
            envelope["job"]  # a KeyError here is logged; in the loop it would end the worker
            self._inbox.put(envelope)

    def _answer(self, envelope: dict) -> Finished | Failed:
        try:
            request = protocol.decode(envelope)
            control = Control(self._progress, CancelToken(self._is_cancelled), self.send)
            return Finished(registry.run(request, control))  # type: ignore[arg-type]
        except Exception as error:  # whatever a job does, the next one finds a worker
            failed = explain(error)
        if failed.error == "ImageTooLarge":
            release_memory()
        return failed

    def _is_cancelled(self) -> bool:
        """Wait here while the job is paused; then return whether it was cancelled."""
        self._resumed.wait()
        return self._running in self._cancelled

    def _progress(self, event: Progress) -> None:
        # Tasks load torch when they need it, and report progress before they begin to compute.
        self._threads_set = self._threads_set or threads.limit(*self._threads)
        now, self._shown = time.monotonic(), event
        if now - self._last_progress >= _INTERVAL:
            self._last_progress = now
            self._show()

    def _show(self) -> None:
        event = self._shown
        if self._kept_waiting:
            event = replace(event, step=_KEPT_WAITING.format(step=event.step))
        self.send(event)

    def watch_share(self) -> None:
        """Say so, beside the step, while other programs keep a job from working; in a thread."""
        time.sleep(_LOOK)
        from .share import ProcessorShare  # late: the first job has begun by now

        share = ProcessorShare()
        while True:
            time.sleep(_LOOK)
            working = self._running is not None and self._resumed.is_set()
            kept_waiting = share.is_kept_from_working() and working
            if kept_waiting != self._kept_waiting:
                self._kept_waiting = kept_waiting
                if working:
                    self._show()

    def test(self, self_test: Callable[[], tuple[str, ...]]) -> None:
        """Say what a test finds, if it is anything.

        Parameters
        ----------
        self_test : callable
            Takes its time, and returns sentences.
        """
        if found := self_test():
            self.send(Warnings(found))

    def send(self, event: object) -> None:
        """Send an event; of the running job, if there is one.

        Parameters
        ----------
        event : Event
            What to say.
        """
        self._out.put(protocol.encode(event, self._running), passing=isinstance(event, Progress))


def release_memory() -> None:
    """Forget the networks, and give memory back to the system and the GPU."""
    core = __name__.rpartition(".worker.")[0]
    for place, names in _CACHES.items():
        module = sys.modules.get(f"{core}.{place}")
        if module is not None:
            for name in names:
                attrgetter(name)(module)()
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()
    if torch is not None and torch.backends.mps.is_available():
        torch.mps.empty_cache()
    allocator.give_back()


def lower_priority() -> None:
    """Give way to Blender: for the processor, in need of memory, and when Ctrl-C is pressed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Blender hears it, too, and cancels or ends
    if hasattr(os, "nice"):
        os.nice(_NICENESS)  # on Windows, the client sets the priority
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            # The kernel shall take the worker, not the Blender with an unsaved scene.
            Path("/proc/self/oom_score_adj").write_text("500")


def serve(
    device: str,
    wanted: int = 0,
    spare: int = 0,
    more_tasks: str = "",
    warnings: tuple[str, ...] = (),
    self_test: Callable[[], tuple[str, ...]] | None = None,
) -> None:
    """Serve on standard input and output until the input ends.

    Parameters
    ----------
    device : str
        ``AUTO``, ``CPU``, ``CUDA`` or ``MPS``.
    wanted, spare : int
        Threads to compute with; see ``threads.room``.
    more_tasks : str
        Name of a module that registers more tasks, for tests.
    warnings : tuple of str
        What is the matter with the packages; said at once.
    self_test : callable, optional
        Finds more of that, in a thread, if there are no such warnings.
    """
    lower_priority()
    allocator.keep_blocks()
    server = Server(wanted, spare)
    if more_tasks:
        import_module(more_tasks)
    choose(device)
    if warnings:
        server.send(Warnings(warnings))
    elif self_test is not None:
        threading.Thread(target=server.test, args=(self_test,), daemon=True).start()
    threading.Thread(target=server.listen, daemon=True).start()
    threading.Thread(target=server.watch_share, daemon=True).start()
    server.run()
