"""Where bpy meets pixels: finding images, writing results back, and the worker's life."""

from __future__ import annotations

import bpy

from . import icons
from .jobs import queue

_commands: list = []


def _command(arguments: list[str]) -> int:
    from .command_line import main  # late: a window never needs it

    return main(arguments)


def register() -> None:
    icons.register()
    queue.register()
    _commands.append(bpy.utils.register_cli_command("impasto", _command))


def unregister() -> None:
    bpy.utils.unregister_cli_command(_commands.pop())
    queue.unregister()
    icons.unregister()
