"""Run the tests on the extension as Blender sees it: ``bl_ext.user_default.impasto``.

The repository is linked into a temporary resources folder, as a developer would link it into
Blender's, and enabled in the bpy module. Without bpy, the tests of ``core`` still run, under the
same name.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
import types
from pathlib import Path

import hypothesis
import pytest

from core.jobs.threads import wait_asleep

ROOT = Path(__file__).parents[1]
NAME = "bl_ext.user_default.impasto"
SHARED = ROOT.parent / "shared"
RESOURCES = Path(tempfile.mkdtemp(prefix="impasto_tests_"))
HAS_BPY = importlib.util.find_spec("bpy") is not None

_repository = RESOURCES / "extensions" / "user_default"
_repository.mkdir(parents=True)
(_repository / "impasto").symlink_to(ROOT)
# A busy machine takes longer than Hypothesis allows an example, and that is no error.
hypothesis.settings.register_profile("busy", deadline=None)
hypothesis.settings.load_profile("busy")

os.environ["BLENDER_USER_RESOURCES"] = str(RESOURCES)
wait_asleep()

if HAS_BPY:
    import bpy  # noqa: I001 (bpy must come first: it makes addon_utils importable)
    import addon_utils

    addon_utils.enable(NAME, default_set=True)
else:
    for name, folder in (
        ("bl_ext", RESOURCES / "extensions"),
        ("bl_ext.user_default", _repository),
    ):
        module = types.ModuleType(name)
        module.__path__ = [str(folder)]
        sys.modules[name] = module


@pytest.fixture(autouse=True)
def _empty_file(request):
    """Tests of the Blender side start from an empty file, with the extension still enabled."""
    if HAS_BPY and "tests/blender" in request.path.as_posix():
        bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Images that are not part of the project; tests that want them skip without."""
    folder = SHARED / "data"
    if not folder.exists():
        pytest.skip("../shared/data is not here")
    return folder


def pytest_unconfigure():
    # Objects that are still registered when the bpy module ends can crash or hang it.
    if HAS_BPY:
        addon_utils.disable(NAME)
    shutil.rmtree(RESOURCES, ignore_errors=True)
