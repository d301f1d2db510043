"""Impasto enabled from this checkout, in a Blender that leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

NAME = "bl_ext.user_default.impasto"
ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def impasto() -> Iterator[None]:
    """Link the checkout into a temporary resources folder, as ``tests/conftest.py`` does."""
    resources = Path(tempfile.mkdtemp(prefix="impasto_demo_"))
    repository = resources / "extensions" / "user_default"
    repository.mkdir(parents=True)
    (repository / "impasto").symlink_to(ROOT)
    os.environ["BLENDER_USER_RESOURCES"] = str(resources)
    import bpy  # noqa: F401, I001 (makes addon_utils importable)
    import addon_utils

    addon_utils.enable(NAME, default_set=True)
    try:
        yield
    finally:
        # What is still registered when the bpy module ends can hang it.
        addon_utils.disable(NAME)
        shutil.rmtree(resources, ignore_errors=True)


def extension_module(name: str) -> ModuleType:
    """Return a module of the enabled extension, such as ``scene.looks.gallery``."""
    return import_module(f"{NAME}.{name}")
