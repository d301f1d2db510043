"""Start, check and end the one worker process of this Blender."""

from __future__ import annotations

import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from ..options import WorkerSettings

if TYPE_CHECKING:
    from ...core.worker.client import WorkerClient
    from ...core.worker.python_check import PythonCheck

_clients: dict[WorkerSettings, WorkerClient] = {}
"""The client in use, by the settings that it was made for; never more than one."""

_checks: dict[tuple[str, tuple[str, ...]], PythonCheck] = {}
"""The last answer of each Python that was checked."""


def client(settings: WorkerSettings) -> WorkerClient:
    """Return the worker client; a new one if the settings changed since the last call."""
    from ...core.worker.client import WorkerClient  # late: it is slow to import

    if settings not in _clients:
        release()
        _clients[settings] = WorkerClient(
            settings.python,
            python_args=settings.arguments,
            device=settings.device,
            threads=settings.threads,
            spare=settings.spare,
            site_packages=_wheels(),
            own_packages=_own_wheels(),
        )
    return _clients[settings]


def check(settings: WorkerSettings) -> PythonCheck:
    """Ask the worker's Python, without blocking Blender, for the versions of what it needs.

    The answer holds them, or a WorkerUnavailable that names what is missing.
    """
    from ...core.worker.python_check import PythonCheck

    command = settings.python, settings.arguments
    _checks[command] = PythonCheck(*command, _wheels(), _own_wheels())
    return _checks[command]


def checked(settings: WorkerSettings) -> PythonCheck | None:
    """Return the last check of the worker's Python, or None if it was never checked."""
    return _checks.get((settings.python, settings.arguments))


def has_torch(settings: WorkerSettings) -> bool:
    """Return whether styles and generators can be fitted; without a check of the Python, perhaps."""
    answer = checked(settings)
    if answer is not None and answer.done() and answer.exception() is None:
        return answer.has("torch")
    return settings.python != sys.executable or _here("torch")


@cache
def _here(module: str) -> bool:
    """Whether Blender's own Python finds a module, which is not imported."""
    return find_spec(module) is not None


def pid() -> int | None:
    """Return the process ID of the worker that holds memory at the moment, if any."""
    return next((known.pid for known in _clients.values()), None)


def warnings() -> tuple[str, ...]:
    """Return what the worker found amiss with its packages when it started."""
    return next((known.warnings for known in _clients.values()), ())


def release() -> None:
    """End the worker and free all of its memory; the next job starts a new one."""
    while _clients:
        _clients.popitem()[1].close()


def _wheels() -> str:
    """Return the folder of the unpacked wheels, which an isolated Python does not search itself."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    folder = Path(bpy.utils.user_resource("EXTENSIONS"))
    return str(folder / ".local" / "lib" / version / "site-packages")


def _own_wheels() -> str:
    """Return the folder for copies of wheels that another extension has replaced; not made yet."""
    package = __package__.rpartition(".scene.")[0]
    try:
        return bpy.utils.extension_path_user(package, path="wheels")
    except ValueError:  # enabled as an add-on of the old kind, which brings no wheels
        return ""
