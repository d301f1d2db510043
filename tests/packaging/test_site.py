"""The static repository: Blender installs from it and updates from it, without a network."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import package as packaging

NEWER = "9.9.9"

FOLLOW = """
import json, os, sys, tomllib
from pathlib import Path
import bpy
import addon_utils
site, newer = Path(sys.argv[1]), Path(sys.argv[2])
url = (site / "index.json").as_uri()
bpy.context.preferences.system.use_online_access = True  # allowed, though there is no network
bpy.ops.preferences.extension_repo_add(name="Studio", remote_url=url, type="REMOTE")
repos = bpy.context.preferences.extensions.repos
index = [repo.remote_url for repo in repos].index(url)
module = f"bl_ext.{repos[index].module}.impasto"

def version():
    manifest = Path(sys.modules[module].__file__).with_name("blender_manifest.toml")
    return tomllib.loads(manifest.read_text())["version"]

bpy.ops.extensions.repo_sync(repo_index=index)
bpy.ops.extensions.package_install(repo_index=index, pkg_id="impasto", enable_on_install=True)
versions = [version()]
for file in newer.iterdir():
    os.replace(file, site / file.name)
bpy.ops.extensions.repo_sync(repo_index=index)
bpy.ops.extensions.package_upgrade_all()
versions.append(version())
print("ANSWER", json.dumps([versions, hasattr(bpy.types.Scene, "impasto")]))
addon_utils.disable(module)
"""


def with_version(source: Path, target: Path, version: str) -> Path:
    """A copy of a zip whose manifest says another version."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == packaging.MANIFEST:
                lines = data.decode().splitlines()
                lines = [f'version = "{version}"' if s.startswith("version") else s for s in lines]
                data = "\n".join(lines).encode()
            new.writestr(entry, data)
    return target


def test_blender_installs_and_updates_from_it(bare, tmp_path, offline):
    site, newer = tmp_path / "site", tmp_path / "newer"
    packaging.make_site([bare], site)
    packaging.make_site([with_version(bare, tmp_path / f"impasto-{NEWER}-bare.zip", NEWER)], newer)
    done = subprocess.run(
        [*offline, sys.executable, "-c", FOLLOW, str(site), str(newer)],
        env={
            "BLENDER_USER_RESOURCES": str(tmp_path / "resources"),
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=300,
    )
    answers = [line for line in done.stdout.splitlines() if line.startswith("ANSWER ")]
    assert answers, done.stdout[-2000:] + done.stderr
    (first, second), enabled = json.loads(answers[0].removeprefix("ANSWER "))
    assert (first != NEWER, second, enabled) == (True, NEWER, True)


def test_it_lists_the_zip(bare, tmp_path):
    site = tmp_path / "site"
    shutil.copy(bare, tmp_path / bare.name)
    packaging.make_site([tmp_path / bare.name], site)
    listing = json.loads((site / "index.json").read_text())
    (entry,) = listing["data"]
    assert entry["id"] == "impasto"
    assert entry["archive_hash"] == "sha256:" + packaging.wheels.sha256(bare)
    assert (site / "index.html").exists()
