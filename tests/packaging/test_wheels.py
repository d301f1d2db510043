"""The lock: complete, free of what Blender ships, and only what is imported."""

from __future__ import annotations

import ast
import sys
import zipfile
from pathlib import Path

import lock
import pytest
import targets
from packaging.utils import canonicalize_name

import wheels

ROOT = Path(__file__).parents[2]
OWN_NAME = "impasto"
"""The name under which the worker imports this package."""

LOCKED = wheels.read_lock()
ORDINARY = sorted(
    (platform.name, generation.python)
    for generation in targets.GENERATIONS
    for platform in generation.platforms
)


def imported_by_core() -> set[str]:
    """Top-level modules that ``core`` imports from outside itself and the standard library."""
    found = set()
    for path in (ROOT / "core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {OWN_NAME}


def test_lock_is_sound():
    assert wheels.check(LOCKED) == []


def test_everything_imported_is_carried_or_shipped():
    carried = {*targets.STANDARD.values(), *targets.FULL.values()}
    assert imported_by_core() - carried <= {"numpy"}


def test_everything_carried_on_its_own_account_is_imported():
    assert {*targets.STANDARD.values(), *targets.FULL.values()} - imported_by_core() == set()


@pytest.mark.parametrize(("platform", "python"), ORDINARY)
def test_one_wheel_per_distribution(platform, python):
    names = [wheel.name for wheel in wheels.choose(LOCKED, platform=platform, python=python)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("platform", "python"), ORDINARY)
def test_standard_leaves_torch_out(platform, python):
    standard = wheels.choose(LOCKED, platform=platform, python=python, variant="standard")
    assert "torch" not in {wheel.name for wheel in standard}
    assert {canonicalize_name(name) for name in targets.STANDARD} <= {
        wheel.name for wheel in standard
    }


def test_a_damaged_file_is_refused(tmp_path, monkeypatch):
    wheel = next(wheel for wheel in LOCKED if wheel.name == "cycler")
    monkeypatch.setattr(lock, "HERE", tmp_path)
    (tmp_path / wheel.file).write_bytes(b"not the locked bytes")
    with pytest.raises(wheels.LockError, match="damaged"):
        wheels.fetch([wheel])


def test_a_missing_dependency_is_noticed(tmp_path, monkeypatch):
    wheel = next(wheel for wheel in LOCKED if wheel.name == "cycler")
    monkeypatch.setattr(lock, "HERE", tmp_path)
    needs = ["numpy>=1", "kiwisolver", 'colorama; sys_platform == "plan9"', "frobnicate>=2"]
    with zipfile.ZipFile(tmp_path / wheel.file, "w") as made:
        lines = "".join(f"Requires-Dist: {need}\n" for need in needs)
        made.writestr("cycler-1.dist-info/METADATA", f"Name: cycler\n{lines}\nOf no interest\n")
    problems = [line for line in wheels.check(LOCKED) if "needs" in line]
    assert len(problems) == len(ORDINARY)
    assert all(line.endswith("cycler needs frobnicate") for line in problems)


def test_a_wheel_for_another_machine_is_noticed():
    linux = next(w for w in LOCKED if w.name == "scipy" and w.platform == "linux-x64")
    wrong = wheels.Wheel(**{**vars(linux), "platform": "windows-x64"})
    assert wheels.fits(linux)
    assert not wheels.fits(wrong)
