"""Two extensions that bring one package: Blender keeps the newer one, the worker uses Impasto's."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import lock
import package as packaging
import pytest

import wheels

NAME = "impasto_trial_shared"

MANIFEST = f"""
schema_version = "1.0.0"
id = "meshes"
version = "1.0.0"
name = "Fine Meshes"
tagline = "Brings a newer wheel"
maintainer = "Somebody"
type = "add-on"
blender_version_min = "4.2.0"
license = ["SPDX:GPL-3.0-or-later"]
wheels = ["./wheels/{NAME}-2.0-py3-none-any.whl"]
"""

ASK = """
import importlib, json, sys, bpy, addon_utils
for path in sys.argv[1:3]:
    bpy.ops.extensions.package_install_files(
        filepath=path, repo="user_default", enable_on_install=True
    )
sys.path.append(sys.argv[3])  # the tests' folder, for the task
import impasto_trial_shared
from bl_ext.user_default.impasto.scene.jobs import worker
from bl_ext.user_default.impasto.scene.options import WorkerSettings
from bl_ext.user_default.impasto.core.worker import client
settings = WorkerSettings(sys.executable)
checked = worker.check(settings).result()
running = worker.client(settings)
running._command += ["--site", sys.argv[3], "--tasks", "shared_task"]
sys.modules["impasto"] = sys.modules["bl_ext.user_default.impasto"]
for name, module in list(sys.modules.items()):
    if name.startswith("bl_ext.user_default.impasto."):
        sys.modules[name.removeprefix("bl_ext.user_default.")] = module
import shared_task
end = running.submit(shared_task.Ask()).wait(60)[-1]
print("ANSWER", json.dumps([
    impasto_trial_shared.version, getattr(getattr(end, "result", end), "text", str(end)),
    checked, list(worker.warnings()),
]))
worker.release()
addon_utils.disable("bl_ext.user_default.impasto")
"""

TASK = """
from dataclasses import dataclass
from impasto.core.tasks.registry import Request, task

@dataclass(frozen=True)
class Ask(Request["Answer"]):
    pass

@dataclass(frozen=True)
class Answer:
    text: str

@task
def run(request: Ask, control) -> Answer:
    import impasto_trial_shared
    return Answer(impasto_trial_shared.version)
"""


def write_wheel(folder: Path, version: str) -> Path:
    """A wheel with one module."""
    file = folder / f"{NAME}-{version}-py3-none-any.whl"
    info = f"{NAME}-{version}.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{NAME}.py", f"version = '{version}'\n")
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version}\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n")
        archive.writestr(f"{info}/RECORD", f"{NAME}.py,,\n{info}/METADATA,,\n{info}/RECORD,,\n")
    return file


@pytest.fixture
def ours(tmp_path, monkeypatch) -> Path:
    """A zip of Impasto that brings version 1.0."""
    wheel = write_wheel(tmp_path, "1.0")
    generation = packaging.GENERATIONS[0]
    row = lock.Wheel(
        NAME, "1.0", "linux-x64", generation.python, "standard", wheels.sha256(wheel), wheel.name
    )
    monkeypatch.setattr(lock, "HERE", tmp_path)
    monkeypatch.setattr(wheels, "read_lock", lambda: [row])
    chosen = packaging.Package("linux-x64", generation, "standard")
    return packaging.build(chosen, tmp_path / "dist")


@pytest.fixture
def theirs(tmp_path) -> Path:
    """Another extension, that brings version 2.0."""
    file = tmp_path / "meshes.zip"
    wheel = write_wheel(tmp_path, "2.0")
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("blender_manifest.toml", MANIFEST)
        archive.writestr("__init__.py", "def register(): pass\ndef unregister(): pass\n")
        archive.write(wheel, f"wheels/{wheel.name}")
    return file


def test_the_zip_says_what_it_brings(ours):
    with zipfile.ZipFile(ours) as archive:
        table = json.loads(archive.read("core/worker/carried.json"))
    assert table == {"impasto-trial-shared": {"version": "1.0", "modules": [NAME]}}


@pytest.mark.skipif(sys.platform != "linux", reason="builds the zip for Linux")
@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="builds the zip for Python 3.11")
@pytest.mark.parametrize("order", [1, -1], ids=["ours first", "theirs first"])
def test_the_worker_has_our_version_whatever_others_bring(ours, theirs, tmp_path, offline, order):
    tasks = tmp_path / "tasks"
    tasks.mkdir()
    (tasks / "shared_task.py").write_text(TASK)
    resources = tmp_path / "resources"
    done = subprocess.run(
        [*offline, sys.executable, "-c", ASK, *map(str, (ours, theirs)[::order]), str(tasks)],
        env={
            "BLENDER_USER_RESOURCES": str(resources),
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=300,
    )
    answers = [line for line in done.stdout.splitlines() if line.startswith("ANSWER ")]
    assert answers, done.stdout[-3000:] + done.stderr[-3000:]
    in_blender, in_worker, checked, warnings = json.loads(answers[0].removeprefix("ANSWER "))
    assert in_blender == "2.0", "what this is about"
    assert in_worker == "1.0"
    assert 'impasto-trial-shared 2.0 of the extension "Fine Meshes"' in checked
    assert warnings == []
