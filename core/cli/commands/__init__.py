"""The commands for plain image files, one per module.

Each has ``add(commands)``, which adds its options to the parser and leaves a function
``(options, report) -> exit code`` in ``options.run``. Blender builds these parsers, too: nothing heavy
is imported before a command runs.
"""

from __future__ import annotations

from . import analyze, create, frames, redraw, refine, styles, stylize

COMMANDS = (stylize, redraw, analyze, create, frames, refine, styles)
