"""``python -m core``: Impasto on plain image files, without Blender."""

from __future__ import annotations

import sys

from .cli.main import main

sys.exit(main())
