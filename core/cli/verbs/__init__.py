"""The verbs for plain image files, one per module.

Each has ``add(verbs)``, which adds its options to the parser, and ``run(options, report)``, which
returns the exit code. Blender builds these parsers, too: nothing heavy is imported before ``run``.
"""

from __future__ import annotations

from . import analyze, create, frames, refine, styles, stylize

VERBS = (stylize, analyze, create, frames, refine, styles)
