"""Read the preferences as plain values.

``preferences.py`` declares and draws them; it imports this package, not the other way around.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import bpy

_ADDON = __package__.rpartition(".")[0]


@dataclass(frozen=True)
class WorkerSettings:
    """Which Python computes, and with what.

    Attributes
    ----------
    python : str
        Path of the interpreter.
    arguments : tuple of str
        Its arguments, before those that start the worker.
    device : str
        ``"AUTO"``, ``"CPU"``, ``"CUDA"`` or ``"MPS"``.
    threads : int
        Threads on the CPU; 0 takes all cores but ``spare``.
    spare : int
        Cores that are left to Blender when ``threads`` is 0.
    """

    python: str
    arguments: tuple[str, ...] = ()
    device: str = "AUTO"
    threads: int = 0
    spare: int = 0


def preferences(context: bpy.types.Context) -> bpy.types.AddonPreferences:
    """Return the preferences of this extension."""
    return context.preferences.addons[_ADDON].preferences


def worker_settings(context: bpy.types.Context) -> WorkerSettings:
    """Return the settings of the worker: Blender's own Python unless another one is chosen."""
    chosen = preferences(context)
    python = bpy.path.abspath(chosen.worker_python)
    return WorkerSettings(
        python=python or sys.executable,
        arguments=() if python else tuple(bpy.app.python_args),
        device=chosen.device,
        threads=chosen.threads,
        spare=0 if bpy.app.background else 1,  # a window needs a core, too
    )


def memory_limit(context: bpy.types.Context) -> int:
    """Return how many bytes the worker may use; 0: what is free when a job starts."""
    return int(preferences(context).memory_limit * 2**30)
