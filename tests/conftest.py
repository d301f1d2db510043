"""Run the tests on the extension as Blender sees it, under the one name ``impasto``.

The repository is linked into a temporary resources folder, as a developer would link it into
Blender's, and enabled in the bpy module, where it is called ``bl_ext.user_default.impasto``. The name
``impasto`` then means these very modules. Without bpy, the tests of ``core`` run on the installed
package.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import os
import shutil
import sys
import tempfile
from pathlib import Path

import hypothesis
import pytest

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


class _ExtensionAsImpasto(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds ``impasto.x`` as the module ``bl_ext.user_default.impasto.x``: one copy of each module."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] != "impasto":
            return None
        return importlib.util.spec_from_loader(fullname, self)

    def create_module(self, spec):
        module = importlib.import_module(NAME + spec.name.removeprefix("impasto"))
        self._own_spec = module.__spec__
        return module

    def exec_module(self, module):
        module.__spec__ = self._own_spec  # the import system has put the other name's there


# Before NumPy is loaded, by bpy for instance: as in the worker and on the command line.
_threads = importlib.util.spec_from_file_location("threads", ROOT / "core/worker/threads.py")
_module = importlib.util.module_from_spec(_threads)
_threads.loader.exec_module(_module)
_module.wait_asleep()

if HAS_BPY:
    sys.meta_path.insert(0, _ExtensionAsImpasto())
    import bpy  # noqa: I001 (bpy must come first: it makes addon_utils importable)
    import addon_utils

    addon_utils.enable(NAME, default_set=True)


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


def pytest_sessionfinish(session, exitstatus):
    session.config.stash[EXIT_STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    # Objects that are still registered when the bpy module ends can crash or hang it.
    if HAS_BPY:
        addon_utils.disable(NAME)
    shutil.rmtree(RESOURCES, ignore_errors=True)
    if HAS_BPY and EXIT_STATUS in config.stash:
        # The module's own end hangs now and then, in a destructor that waits for a thread.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash[EXIT_STATUS])


EXIT_STATUS: pytest.StashKey[int] = pytest.StashKey()
