"""``python -m core``: Impasto on plain image files, without Blender."""

from __future__ import annotations

import sys

from .cli.main import main
from .jobs.threads import wait_asleep

wait_asleep()
sys.exit(main())
