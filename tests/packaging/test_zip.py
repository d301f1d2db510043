"""The zip: the same from the same input, complete, and installable without a network."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import package as packaging
import pytest

import wheels

BARE = packaging.Package("", None, "bare")
LINUX = packaging.Package("linux-x64", packaging.GENERATIONS[0], "standard")

INSTALL = """
import json, sys, bpy, addon_utils
done = bpy.ops.extensions.package_install_files(
    filepath=sys.argv[1], repo="user_default", enable_on_install=True
)
module = "bl_ext.user_default.impasto"
loaded = sorted({"torch", "sklearn", "cv2"} & sys.modules.keys())
site = [path for path in sys.path if ".local" in path]
print("ANSWER", json.dumps([sorted(done), hasattr(bpy.types.Scene, "impasto"), loaded, site]))
addon_utils.disable(module)
"""


def test_same_input_same_hash(bare, tmp_path):
    again = packaging.build(BARE, tmp_path)
    assert wheels.sha256(again) == wheels.sha256(bare)


def test_contents(bare):
    with zipfile.ZipFile(bare) as archive:
        names = archive.namelist()
        manifest = tomllib.loads(archive.read("blender_manifest.toml").decode())
    assert manifest["permissions"].keys() == {"files"}
    assert "__init__.py" in names and "LICENSE" in names
    assert any(name.startswith("core/models/weights/") for name in names)
    strangers = (
        "findings/",
        "tests/",
        "training/",
        "docs/",
        "tools/",
        "benchmarks/",
        "demo/",
        ".",
        "wheels/",
    )
    assert [name for name in names if name.startswith(strangers)] == []


def install(package: Path, resources: Path, offline: list[str]) -> list:
    """Install and enable in a fresh Blender; without a network where the system can cut it off."""
    done = subprocess.run(
        [*offline, sys.executable, "-c", INSTALL, str(package)],
        env={"BLENDER_USER_RESOURCES": str(resources), "PATH": "/usr/bin:/bin", "HOME": "/"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    answers = [line for line in done.stdout.splitlines() if line.startswith("ANSWER ")]
    assert answers, done.stdout + done.stderr
    return json.loads(answers[0].removeprefix("ANSWER "))


def test_bare_zip_installs_offline(bare, tmp_path, offline):
    done, enabled, loaded, _ = install(bare, tmp_path, offline)
    assert (done, enabled, loaded) == (["FINISHED"], True, [])


@pytest.mark.skipif(
    not all(wheel.path.exists() for wheel in LINUX.wheels()),
    reason="its wheels are not fetched: python wheels/wheels.py fetch --variant standard",
)
def test_standard_zip_installs_offline(tmp_path, offline):
    built = packaging.build(LINUX, tmp_path)
    assert built.stat().st_size < 200e6  # what the platform takes
    done, enabled, loaded, site = install(built, tmp_path / "resources", offline)
    assert (done, enabled, loaded) == (["FINISHED"], True, [])
    installed = {path.name for path in Path(site[0]).iterdir()}
    assert {"sklearn", "scipy", "cv2", "safetensors"} <= installed
    assert not {"numpy", "torch", "requests"} & installed
