"""Every picture in the repository is our own: ``docs/images/SOURCES.csv`` says what made it."""

from __future__ import annotations

import csv
import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "docs" / "images" / "SOURCES.csv"
SUFFIXES = {
    ".avif", ".bmp", ".dds", ".exr", ".gif", ".hdr", ".ico", ".jp2", ".jpeg", ".jpg", ".mov", ".mp4",
    ".png", ".svg", ".tga", ".tif", ".tiff", ".webm", ".webp",
}  # fmt: skip


def committed() -> list[str]:
    """Pictures and movies that git tracks, relative to the root."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], check=True, capture_output=True, text=True
    ).stdout
    return [name for name in listed.split("\0") if Path(name).suffix.lower() in SUFFIXES]


def rows() -> list[dict[str, str]]:
    with SOURCES.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_every_picture_is_listed_with_what_made_it():
    patterns = [row["pictures"] for row in rows()]
    unlisted = [name for name in committed() if not any(fnmatch(name, p) for p in patterns)]
    assert unlisted == [], "add them to docs/images/SOURCES.csv if our own scripts made them"


def test_nothing_is_listed_that_is_not_there():
    names = committed()
    stale = [r["pictures"] for r in rows() if not any(fnmatch(n, r["pictures"]) for n in names)]
    assert stale == []


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["pictures"])
def test_what_made_a_picture_is_in_the_repository(row):
    assert (ROOT / row["made_by"]).is_file()
    assert row["shows"]


def test_thumbnails_are_those_of_the_built_in_styles():
    from impasto.core.styles.catalog import FOLDER, builtin_styles

    assert {info.thumbnail.name for info in builtin_styles()} == {
        file.name for file in FOLDER.glob("*.png")
    }
