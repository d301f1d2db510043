"""``python -m core``, the former name of ``python -m impasto``; goes away after one release."""

from __future__ import annotations

import sys

from .cli.main import run

print("python -m core is deprecated; use python -m impasto.", file=sys.stderr)
sys.exit(run())
