"""Packages that another extension has replaced, that are missing, or that do not import."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from impasto.core.worker import client as client_module
from impasto.core.worker import packages
from impasto.core.worker.client import WorkerClient

sys.path.insert(0, str(Path(__file__).parent))
from trial_tasks import Trial

NAME = "impasto-trial.package"
MODULE = "impasto_trial"


def write(folder: Path, version: str, code: str = "") -> None:
    """What an unpacked wheel leaves in a folder of packages."""
    info = folder / f"impasto_trial_package-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Name: {NAME}\nVersion: {version}\n")
    (folder / f"{MODULE}.py").write_text(code or f"version = '{version}'")


class Place:
    """Blender's folder of extensions, with Impasto, another extension, and what they share."""

    def __init__(self, root: Path, monkeypatch) -> None:
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        self.site = root / ".local" / "lib" / version / "site-packages"
        self.site.mkdir(parents=True)
        self.impasto = root / "user_default" / "impasto"
        (self.impasto / "wheels").mkdir(parents=True)
        self.own = root / ".user" / "user_default" / "impasto" / "wheels"
        self.carried = self.impasto / "carried.json"
        self.carry("1.0")
        monkeypatch.setattr(packages, "ROOT", self.impasto)
        monkeypatch.setattr(packages, "CARRIED", self.carried)
        monkeypatch.setattr(sys, "path", [*sys.path, str(self.site)])
        monkeypatch.delitem(sys.modules, MODULE, raising=False)

    def carry(self, version: str, wheel: bool = True) -> None:
        """Let Impasto bring a version of the package."""
        key = packages.normalized(NAME)
        self.carried.write_text(json.dumps({key: {"version": version, "modules": [MODULE]}}))
        if wheel:
            file = self.impasto / "wheels" / f"impasto_trial_package-{version}-py3-none-any.whl"
            with zipfile.ZipFile(file, "w") as archive:
                archive.writestr(f"{MODULE}.py", f"version = '{version}, ours'")

    def other(self, version: str) -> None:
        """Let another extension bring a version of the package."""
        folder = self.site.parents[3] / "blender_org" / "meshes"
        folder.mkdir(parents=True)
        (folder.parent / "broken").mkdir()
        (folder.parent / "broken" / "blender_manifest.toml").write_text("no TOML")
        file = f"./wheels/Impasto_Trial.Package-{version}-py3-none-any.whl"
        (folder / "blender_manifest.toml").write_text(
            f'name = "Fine Meshes"\nwheels = ["./wheels/a-1-py3-none-any.whl", "{file}"]\n'
        )

    def settle(self, own: bool = True) -> packages.Findings:
        return packages.settle([str(self.site)], str(self.own) if own else "")


@pytest.fixture
def place(tmp_path, monkeypatch):
    return Place(tmp_path / "extensions", monkeypatch)


def imported() -> str:
    importlib.invalidate_caches()
    return importlib.import_module(MODULE).version


def test_nothing_is_said_where_all_is_well(place):
    write(place.site, "1.0")
    assert place.settle() == packages.Findings()
    assert imported() == "1.0"
    assert not place.own.exists()


def test_a_checkout_brings_nothing(place):
    place.carried.unlink()
    write(place.site, "2.0")
    assert place.settle() == packages.Findings()


def test_a_replaced_package_is_taken_from_a_copy_of_ones_own(place):
    write(place.site, "2.0")
    place.other("2.0")
    findings = place.settle()
    assert findings.warnings == ()
    assert 'has impasto-trial-package 2.0 of the extension "Fine Meshes"' in findings.notes[0]
    assert imported() == "1.0, ours"


def test_the_copy_is_made_once_and_follows_the_version(place):
    write(place.site, "2.0")
    relative = place.own / "impasto-trial-package"
    neighbor = place.own / "impasto-trial-package-headless" / "4.0"
    neighbor.mkdir(parents=True)
    place.settle()
    (relative / "1.0" / f"{MODULE}.py").write_text("version = 'kept'")
    place.settle()
    assert imported() == "kept"
    place.carry("1.1")
    place.settle()
    assert [folder.name for folder in relative.iterdir()] == ["1.1"]
    assert neighbor.exists()
    assert {folder.name for folder in place.own.iterdir()} == {relative.name, neighbor.parent.name}


def test_a_package_that_blender_did_not_unpack_is_taken_from_the_wheel(place):
    assert place.settle().warnings == ()
    assert imported() == "1.0, ours"


def test_a_python_of_ones_own_may_have_any_version(place, tmp_path):
    write(place.site, "2.0")
    write(tmp_path / "environment", "3.0")
    sys.path.insert(0, str(tmp_path / "environment"))
    assert place.settle() == packages.Findings()
    assert imported() == "3.0"


def test_a_python_of_another_version_gets_no_copies(place):
    site = place.site.parents[1] / "python3.2" / place.site.name
    write(site, "2.0")
    sys.path[-1] = str(site)
    assert packages.settle([str(site)], str(place.own)) == packages.Findings()
    assert not place.own.exists()


@pytest.mark.parametrize("why", ["missing", "damaged", "no place", "unwritable"])
def test_without_a_copy_the_package_and_the_extension_are_named(place, why):
    write(place.site, "2.0")
    place.other("2.0")
    wheel = next((place.impasto / "wheels").iterdir())
    if why == "missing":
        wheel.unlink()
    elif why == "damaged":
        wheel.write_bytes(wheel.read_bytes()[:60])
    elif why == "unwritable":
        place.own.parent.mkdir(parents=True)
        place.own.write_text("a file in its place")
    (warning,) = place.settle(own=why != "no place").warnings
    for word in ("impasto-trial-package 2.0", '"Fine Meshes"', "1.0", "may differ"):
        assert word in warning
    assert "imported" not in warning
    assert imported() == "2.0"
    if place.own.is_dir():
        assert [path for path in place.own.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("code", ["raise RuntimeError('no such luck')", "import no_such_module"])
def test_a_replaced_package_that_does_not_import_is_named(place, code):
    write(place.site, "2.0", code)
    (warning,) = place.settle(own=False).warnings
    assert "another extension" in warning
    assert f"cannot even be imported: {MODULE} (" in warning
    assert "Disable that extension" in warning


def test_what_is_missing_is_named(place, monkeypatch):
    write(place.site, "1.0")
    monkeypatch.setattr(packages, "NEEDED", ("json", "no_such_a", "no_such_b"))
    (warning,) = place.settle().warnings
    assert "no_such_a and no no_such_b" in warning and "json" not in warning
    assert "External Python" in warning


def test_the_worker_says_so_once_and_works(tmp_path, caplog):
    """A Python that lacks a package that this job does not need."""
    hide = tmp_path / "python"
    hide.write_text(
        f"#!{sys.executable} -I\nimport runpy, sys\n"
        "from importlib.machinery import PathFinder\n"
        "find = PathFinder.find_spec\n"
        "PathFinder.find_spec = lambda name, *rest: None if name == 'sklearn' else find(name, *rest)\n"
        "sys.argv = sys.argv[1:]\nrunpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
    hide.chmod(0o755)
    client_module._said.clear()
    for _ in range(2):
        client = WorkerClient(hide, site_packages=str(Path(__file__).parent), tasks="trial_tasks")
        assert client.warnings == ()
        events = client.submit(Trial("sleep")).wait(30)
        client.close()
        assert events[-1].result.text.startswith("sleep done")
        (warning,) = client.warnings
        assert "no sklearn" in warning
    assert [record.message for record in caplog.records].count(warning) == 1


def test_all_is_imported_once_until_something_changes(place, monkeypatch):
    write(place.site, "1.0")
    started = []
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: started.append(a) or run(*a, **k))
    for count in (1, 1):
        assert packages.self_test([str(place.site)], str(place.own)) == ()
        assert len(started) == count
    write(place.site, "2.0")
    assert packages.self_test([str(place.site)], str(place.own)) == ()
    assert len(started) == 2


def test_the_worker_says_what_does_not_import(tmp_path):
    """Also while a job runs that does not need it; and again at the next start."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "safetensors.py").write_text("raise RuntimeError('no such luck')")
    sites = [str(broken), str(Path(__file__).parent), *sys.path]
    for _ in range(2):
        client = WorkerClient(
            sys.executable,
            python_args=("-I", "-S"),
            site_packages=sites,
            own_packages=tmp_path / "own",
            tasks="trial_tasks",
        )
        job = client.submit(Trial("sleep", 5000))
        until = time.monotonic() + 120
        while not client.warnings:
            assert time.monotonic() < until, "nothing was said"
            job.poll()
            time.sleep(0.01)
        client.close()
        assert "safetensors (no such luck)" in client.warnings[0]
