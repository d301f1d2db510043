"""Make what a listing on Blender's extension platform needs: ``make listing``.

dist/listing/ then has the zips for everyone (variant ``standard``), previews of 1920 x 1080 from the
real window, the description and the licenses of all that is not code. What breaks a rule is said,
and the exit code is 1. ``docs/publishing.md`` has the rules.

    python tools/listing.py                  all zips; pictures from the last GUI tests
    python tools/listing.py --zips FOLDER    zips that are there
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import package
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "dist" / "listing"
SHOTS = ROOT / "dist" / "gui" / "sid" / "listing"
STYLES = ROOT / "core" / "styles" / "builtin" / "index.json"
DESCRIPTION = ROOT / "docs" / "publishing" / "description.md"

LARGEST = 200e6
"""Bytes of a zip from which on uploads are reported to fail."""
SIZE = (1920, 1080)
TAGS = frozenset(("Material", "Paint", "Render"))
"""Those of the platform's list that suit."""
ACCEPTED = ("RUF012", "BLE001", "I001")
"""Rules of ruff that are broken on purpose: Blender's options are plain sets, whatever a job raises
must reach the artist, and imports of the package itself are sorted by its own settings."""


def zip_problems(path: Path) -> Iterator[str]:
    """What is wrong with a zip, one sentence each."""
    size = path.stat().st_size
    if size > LARGEST:
        yield f"{path.name} has {size / 1e6:.0f} MB, more than {LARGEST / 1e6:.0f}"
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
        manifest = tomllib.loads(archive.read(package.MANIFEST).decode())
        yield from (f"{path.name}: {said}" for said in manifest_problems(manifest))
        archive.extractall(folder, [n for n in archive.namelist() if n.endswith(".py")])
        ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--output-format", "concise"]
        done = subprocess.run(
            [*ruff, "--ignore", ",".join(ACCEPTED), folder], capture_output=True, text=True
        )
        if done.returncode:
            yield f"{path.name}: ruff: {done.stdout.strip()}"


def manifest_problems(manifest: dict) -> Iterator[str]:
    """What the platform would refuse in a manifest."""
    tagline = manifest["tagline"]
    if len(tagline) > 64 or not tagline[-1].isalnum():
        yield f"the tagline {tagline!r} is too long, or ends with punctuation"
    if "blender" in manifest["name"].lower():
        yield "the name has Blender's in it"
    for permission, reason in manifest.get("permissions", {}).items():
        if permission != "files" or len(reason) > 64:
            yield f"the permission {permission!r} ({reason})"
    if unknown := set(manifest["tags"]) - TAGS:
        yield f"unknown tags: {', '.join(sorted(unknown))}"


def licenses() -> str:
    """What the zip brings besides code, with license and source, as a table."""
    rows = [("networks (core/models/weights)", "CC0-1.0", "trained by us: MODEL_CARD.md")]
    rows += [
        (
            f"style {style['name']}",
            style["license"],
            ", ".join(str(style[key]) for key in ("work", "artist", "year") if style.get(key)),
        )
        for style in json.loads(STYLES.read_text(encoding="utf-8"))
    ]
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows([("what", "license", "source"), *rows])
    return table.getvalue()


def main(arguments: list[str] | None = None) -> int:
    """The command line in this module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--zips", type=Path, help="folder with zips instead of building them")
    given = parser.parse_args(arguments)
    if given.zips is None:
        given.zips = package.OUT
        package.main(["--variant", "standard"])
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    problems = []
    zips = sorted(given.zips.glob("impasto-*-standard.zip"))
    if not zips:
        problems.append(f"there is no zip in {given.zips}")
    for path in zips:
        os.link(path, OUT / path.name)
        problems += zip_problems(path)
    shots = sorted(SHOTS.glob("preview-*.png"))
    if not shots:
        problems.append(
            "there are no previews; run bash tests/gui/run.sh tests/gui/listing.py first"
        )
    for shot in shots:
        with Image.open(shot) as picture:
            if picture.size != SIZE:
                problems.append(f"{shot.name} has {picture.size[0]} x {picture.size[1]} pixels")
            picture.convert("RGB").save(OUT / shot.name, optimize=True)
    (OUT / DESCRIPTION.name).write_text(DESCRIPTION.read_text(encoding="utf-8"), encoding="utf-8")
    (OUT / "licenses.csv").write_text(licenses(), encoding="utf-8")
    print(
        *(f"{path.stat().st_size / 1e6:8.1f} MB  {path.name}" for path in sorted(OUT.iterdir())),
        sep="\n",
    )
    print(*problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
