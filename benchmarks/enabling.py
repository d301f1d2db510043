"""Time how long Blender takes to enable Impasto, in this process: prints seconds.

Counts the imports and ``register()``: what Impasto adds to Blender's start. Blender's own machinery
for extensions is warmed up before, by enabling an extension that does nothing.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

PACKAGE = "bl_ext.user_default"
ROOT = Path(__file__).parents[1]

_BLANK = "def register(): pass\ndef unregister(): pass\n"


def main() -> None:
    """Link the checkout into a new resources folder, enable it, time that, disable it."""
    with tempfile.TemporaryDirectory(prefix="impasto_bench_") as resources:
        repository = Path(resources) / "extensions" / "user_default"
        (repository / "blank").mkdir(parents=True)
        (repository / "blank" / "__init__.py").write_text(_BLANK, encoding="utf-8")
        manifest = (ROOT / "blender_manifest.toml").read_text(encoding="utf-8")
        (repository / "blank" / "blender_manifest.toml").write_text(
            manifest.replace('id = "impasto"', 'id = "blank"'), encoding="utf-8"
        )
        (repository / "impasto").symlink_to(ROOT)
        os.environ["BLENDER_USER_RESOURCES"] = resources
        import bpy  # noqa: F401, I001 (makes addon_utils importable)
        import addon_utils

        addon_utils.enable(f"{PACKAGE}.blank", default_set=True)
        begun = time.perf_counter()
        addon_utils.enable(f"{PACKAGE}.impasto", default_set=True)
        seconds = time.perf_counter() - begun
        heavy = sorted({"torch", "sklearn", "cv2", "scipy"} & set(sys.modules))
        for name in ("impasto", "blank"):
            addon_utils.disable(f"{PACKAGE}.{name}")
    if heavy:
        raise SystemExit(f"Enabling loads {', '.join(heavy)} into Blender.")
    print(seconds)


if __name__ == "__main__":
    main()
