"""``python -m core``: Impasto on plain image files, without Blender."""

from __future__ import annotations

import os
import sys

from .cli.main import main

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as in jobs/worker.py
sys.exit(main())
