"""Connect bpy and the library: find textures, run jobs, bring results back."""

from __future__ import annotations

import bpy

from . import icons, versioning
from .jobs import queue

_commands: list = []


def _command(arguments: list[str]) -> int:
    from .command_line import main  # late: a window never needs it

    return main(arguments)


def register() -> None:
    """Set up icons, jobs, handlers and ``blender --command impasto``."""
    icons.register()
    queue.register()
    versioning.register()
    _commands.append(bpy.utils.register_cli_command("impasto", _command))


def unregister() -> None:
    """Undo :func:`register`."""
    bpy.utils.unregister_cli_command(_commands.pop())
    versioning.unregister()
    queue.unregister()
    icons.unregister()
