"""Results that cannot be written leave nothing behind and never touch what was there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from impasto.core.errors import OutputUnwritable, UnsupportedImage
from impasto.core.image.files import read_picture, write_picture
from impasto.core.image.formats import FORMATS
from impasto.core.image.picture import Picture


@pytest.fixture
def picture() -> Picture:
    return Picture(np.random.default_rng(0).random((64, 64, 3), dtype=np.float32))


@pytest.mark.parametrize("suffix", FORMATS)
def test_existing_files_are_refused_unless_asked(tmp_path, picture, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"an original")
    with pytest.raises(OutputUnwritable, match="exists already"):
        write_picture(picture, path)
    assert path.read_bytes() == b"an original"
    write_picture(picture, path, overwrite=True)
    assert read_picture(path).size == (64, 64)
    assert os.listdir(tmp_path) == [path.name]


def test_missing_folder(tmp_path, picture):
    for folder in (tmp_path / "none", Path(__file__)):
        with pytest.raises(OutputUnwritable, match="does not exist"):
            write_picture(picture, folder / "a.png")


def test_read_only_folder(tmp_path, picture):
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o500)
    if os.access(folder, os.W_OK):  # root may write anywhere but into the kernel
        folder = Path("/proc/self/task")
    with pytest.raises(OutputUnwritable):
        write_picture(picture, folder / "a.png")


@pytest.mark.parametrize("suffix", [".png", ".exr"])
def test_full_disk_leaves_nothing(tmp_path, picture, suffix):
    """The kernel refuses the bytes half way, as it does on a full disk."""
    resource = pytest.importorskip("resource", reason="limits of file sizes need Unix")
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"an original")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(OutputUnwritable, match="disk is full"):
            write_picture(picture, path, overwrite=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert os.listdir(tmp_path) == [path.name]
    assert path.read_bytes() == b"an original"


def test_full_file_system(tmp_path, picture):
    """The same on a real one of 8 kB, where the machine lets us mount it."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", str(tmp_path)]
    if (
        sys.platform != "linux"
        or subprocess.run(mount, capture_output=True, check=False).returncode
    ):
        pytest.skip("mounting needs root on Linux")
    try:
        with pytest.raises(OutputUnwritable, match="disk is full"):
            write_picture(picture, tmp_path / "a.hdr")
        assert os.listdir(tmp_path) == []
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_kinds_that_cannot_be_written(tmp_path, picture):
    with pytest.raises(UnsupportedImage, match=r"\.gif"):
        write_picture(picture, tmp_path / "a.gif")
    transparent = Picture(picture.color, np.zeros((64, 64), np.uint8))
    for suffix in (".jpg", ".bmp", ".hdr"):
        with pytest.raises(UnsupportedImage, match="transparency"):
            write_picture(transparent, tmp_path / f"a{suffix}")
    for suffix, side in ((".webp", 16384), (".jpg", 65501), (".tga", 65536)):
        with pytest.raises(UnsupportedImage, match="at most"):
            write_picture(Picture(np.zeros((1, side, 3), np.float32)), tmp_path / f"a{suffix}")
    assert os.listdir(tmp_path) == []
