"""The one worker process behind Blender: which Python it is, and when it ends."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from ... import preferences

if TYPE_CHECKING:
    from concurrent.futures import Future

    from ...core.worker.client import WorkerClient

_clients: dict[tuple, WorkerClient] = {}
"""The client in use, by the settings that it was made for; never more than one."""

_checks: dict[tuple, Future[str]] = {}
"""What the Pythons that were asked said, by their command."""


def client() -> WorkerClient:
    """The worker client; a new one if the preferences were changed since."""
    from ...core.worker.client import WorkerClient  # late: it is slow to import

    options = preferences.get(bpy.context)
    python, arguments = _python()
    spare = 0 if bpy.app.background else 1  # a window wants a core, too
    settings = (python, arguments, options.device, options.threads, spare)
    if settings not in _clients:
        release()
        _clients[settings] = WorkerClient(
            python,
            python_args=arguments,
            device=options.device,
            threads=options.threads,
            spare=spare,
            site_packages=_wheels(),
        )
    return _clients[settings]


def check() -> Future[str]:
    """Ask the worker's Python, beside Blender, for the versions of what it needs.

    The future holds them, or a WorkerUnavailable that says what is missing.
    """
    from concurrent.futures import Future

    from ...core.errors import ImpastoError
    from ...core.worker.client import check_python

    answer: Future[str] = Future()
    command, site = _python(), _wheels()

    def ask() -> None:
        try:
            answer.set_result(check_python(*command, site))
        except ImpastoError as error:
            answer.set_exception(error)

    threading.Thread(target=ask, daemon=True).start()
    _checks[command] = answer
    return answer


def checked() -> Future[str] | None:
    """The last check of the worker's Python, if it was checked."""
    return _checks.get(_python())


def pid() -> int | None:
    """Process ID of the worker that holds memory at the moment, if any."""
    return next((known.pid for known in _clients.values()), None)


def release() -> None:
    """End the worker and with it all of its memory; the next job starts a new one."""
    while _clients:
        _clients.popitem()[1].close()


def _python() -> tuple[str, tuple[str, ...]]:
    """The worker's Python and its arguments."""
    chosen = bpy.path.abspath(preferences.get(bpy.context).worker_python)
    return (chosen, ()) if chosen else (sys.executable, tuple(bpy.app.python_args))


def _wheels() -> str:
    """Where Blender unpacks an extension's wheels, which an isolated Python does not look into."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    folder = Path(bpy.utils.user_resource("EXTENSIONS"))
    return str(folder / ".local" / "lib" / version / "site-packages")
