"""``python -m impasto``: Impasto on plain image files, without Blender."""

from __future__ import annotations

import sys

from .core.cli.main import run

sys.exit(run())
