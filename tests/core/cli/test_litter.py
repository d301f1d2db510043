"""Commands leave no folders of other libraries, and what decoders print stays away with --quiet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in (1, 2, 3):
        pixels = np.random.default_rng(number).integers(0, 255, (64, 64, 3), np.uint8)
        cv2.imwrite(str(folder / f"s_{number}.png"), cv2.blur(pixels, (5, 5)))
    return folder


def impasto(tmp_path: Path, *words: object) -> subprocess.CompletedProcess:
    for name in ("home", "temp"):
        (tmp_path / name).mkdir(exist_ok=True)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "MPL", "TORCHIND"))}
    env = {**kept, "HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "temp")}
    command = [sys.executable, "-m", "impasto", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="where libraries put their folders differs")
def test_no_folder_of_another_library_is_left_empty(source, tmp_path):
    first, second = source / "s_1.png", source / "s_2.png"
    fit = ("--steps", 1, "--quiet")
    made = [
        impasto(tmp_path, "analyze", source, "--quiet", "--out", tmp_path / "a"),
        impasto(tmp_path, "refine", first, "--style", second, *fit, "--out", tmp_path / "r"),
    ]
    assert not any(done.returncode for done in made), [done.stderr for done in made]
    for name in ("home", "temp"):
        folders = [p for p in (tmp_path / name).rglob("*") if p.is_dir()]
        assert not [folder for folder in folders if not any(folder.iterdir())]
    assert not list((tmp_path / "temp").iterdir())


def test_quiet_decoders_are_quiet(source, tmp_path):
    broken = source / "s_2.png"
    content = bytearray(broken.read_bytes())
    content[len(content) // 2 :] = b""
    broken.write_bytes(content)
    done = impasto(
        *(tmp_path, "stylize", source, "--style", "scream", "--brush-scale", 4, "--quiet"),
        *("--out", tmp_path / "out"),
    )
    assert done.returncode == 1 and not done.stdout
    (line,) = done.stderr.splitlines()
    assert "damaged or cut off" in line
