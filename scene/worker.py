"""The one worker process behind Blender: which Python it is, and when it ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from .. import preferences

if TYPE_CHECKING:
    from ..core.jobs.client import WorkerClient

_clients: dict[tuple, WorkerClient] = {}
"""The client in use, by the command that it was made for; never more than one."""


def client() -> WorkerClient:
    """The worker client; a new one if the preferences were changed since."""
    from ..core.jobs.client import WorkerClient  # late: it is slow to import

    options = preferences.get(bpy.context)
    python = bpy.path.abspath(options.worker_python)
    arguments = () if python else tuple(bpy.app.python_args)
    command = (python or sys.executable, arguments, options.device)
    if command not in _clients:
        release()
        _clients[command] = WorkerClient(
            command[0], python_args=arguments, device=options.device, site_packages=_wheels()
        )
    return _clients[command]


def pid() -> int | None:
    """Process ID of the worker that holds memory at the moment, if any."""
    return next((known.pid for known in _clients.values()), None)


def release() -> None:
    """End the worker and with it all of its memory; the next job starts a new one."""
    while _clients:
        _clients.popitem()[1].close()


def _wheels() -> str:
    """Where Blender unpacks an extension's wheels, which an isolated Python does not look into."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    folder = Path(bpy.utils.user_resource("EXTENSIONS"))
    return str(folder / ".local" / "lib" / version / "site-packages")
