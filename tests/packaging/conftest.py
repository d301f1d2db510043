"""What the tests of the packages share."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "wheels")]


@pytest.fixture(scope="session")
def offline() -> list[str]:
    """What to put before a command to cut it off from the network, where the system can."""
    command = ["unshare", "--net"]
    able = shutil.which(command[0]) and subprocess.run([*command, "true"], capture_output=True)
    return command if able and able.returncode == 0 else []


@pytest.fixture(scope="session")
def bare(tmp_path_factory) -> Path:
    """The zip without wheels."""
    import package

    return package.build(package.Package("", None, "bare"), tmp_path_factory.mktemp("bare"))
