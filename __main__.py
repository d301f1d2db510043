"""Impasto on plain image files: ``python -m impasto``, or ``python FOLDER``, which is this folder."""

from __future__ import annotations

import sys

if __package__:
    from .core.cli.main import run
else:  # a copy of the extension, whatever its folder is called
    from core.worker.main import load_impasto

    sys.path.pop(0)  # this folder, whose modules would hide others
    load_impasto()
    from impasto.core.cli.main import run

sys.exit(run())
