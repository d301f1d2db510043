"""Memory is asked for before it is taken, and counts have bounds: one sentence, whatever is asked."""

from __future__ import annotations

import argparse
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from impasto.core import memory
from impasto.core.cli.commands.frames import _numbers, _rate
from impasto.core.cli.main import main
from impasto.core.cli.options import number
from impasto.core.create.drawing import check_settings
from impasto.core.create.settings import SampleSettings
from impasto.core.errors import BadRequest, ImageTooLarge, ImpastoError
from impasto.core.image.contents import read_contents
from impasto.core.image.files import read_picture
from impasto.core.image.reference import ImageRef
from impasto.core.paint.style_reader import read_style_picture


def empty_png(path: Path, width: int, height: int) -> Path:
    """A PNG that says how large it is, and holds hardly anything."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )
    return path


@pytest.fixture
def little(monkeypatch):
    """A machine with 100 MB."""
    monkeypatch.setattr(memory, "available", lambda limit=0: limit or 100_000_000)


def test_what_is_free_is_known_and_a_limit_holds(monkeypatch, tmp_path):
    assert 0 < memory.available() < 1 << 60
    assert memory.available(5) == 5
    (tmp_path / "memory.max").write_text("3000000\n")
    (tmp_path / "memory.current").write_text("1000000\n")
    monkeypatch.setattr(memory, "_GROUP", tmp_path)
    assert memory.available() == 1_800_000, "what the container may still have"
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.available() > 1_800_000


def test_pictures_are_refused_before_they_are_decoded(little, tmp_path):
    """Whoever reads them: textures, styles, guides, what a fit learns."""
    large = empty_png(tmp_path / "large.png", 4000, 3000)
    for read in (read_picture, read_style_picture):
        with pytest.raises(ImageTooLarge, match=r'"large.png" is too large.*needs 0\.3 GB'):
            read(large)
    contents, failures = read_contents([ImageRef("Wall", (str(large),))], 64)
    assert not contents and "too large for the memory" in failures[0].message


@pytest.mark.parametrize("kind", ["GAN", "VAE", "AUTOMATON"])
def test_textures_are_refused_before_they_are_drawn(little, kind):
    check_settings(SampleSettings((512, 512)), kind)
    with pytest.raises(ImageTooLarge, match="4000 x 4000"):
        check_settings(SampleSettings((4000, 4000)), kind)


@pytest.mark.parametrize(
    "changed", [{"size": (70_000, 1)}, {"size": (10**30, 1)}, {"morph": 10**9}, {"frames": 10**9}]
)
def test_counts_of_create_have_bounds(changed):
    with pytest.raises(ImpastoError, match=r"at most|too large") as told:
        check_settings(SampleSettings(**{"size": (64, 64), **changed}), "AUTOMATON")
    assert isinstance(told.value, BadRequest)


@pytest.mark.parametrize(
    "text",
    [
        "1-3000000000",
        "1-1000000,2000001-3000000",
        ",".join(["1-600000"] * 9),
        "5-1",
        "x",
        "1-9" * 99,
    ],
)
def test_frames_have_bounds(text):
    with pytest.raises(argparse.ArgumentTypeError, match="at most") as told:
        _numbers(text)
    assert len(str(told.value)) < 200


def test_frames_are_taken_once():
    assert _numbers("3,1-4") == (3, 1, 2, 4)


@pytest.mark.parametrize("text", ["1e300", "nan", "inf", "-1", "1e-9", "1/0", "x"])
def test_rates_have_bounds(text):
    with pytest.raises(argparse.ArgumentTypeError):
        _rate(text)


@pytest.mark.parametrize("text", ["9" * 5000, "1e400", "nan", "inf", "-1", "2147483648"])
def test_numbers_have_bounds(text):
    for kind in (int, float):
        with pytest.raises(argparse.ArgumentTypeError) as told:
            number(0, 2**31 - 1, kind)(text)
        assert len(str(told.value)) < 200


COUNTS = {
    "frames run in --style scream --out out": (
        "--only",
        "--chunk",
        "--anchors",
        "--step",
        "--seed",
    ),
    "create in/a.png --model m --out a.png": (
        *("--morph", "--frames", "--detail", "--steps", "--seed", "--threads", "--mix"),
    ),
    "create --model m --out b.png --size 64": ("--size",),
    "analyze in --out out": ("--groups", "--seed", "--threads"),
    "refine in --style scream --out s": ("--steps", "--seconds", "--seed"),
    "stylize in --style scream --out out": ("--max-side", "--regions", "--seed", "--threads"),
}


@pytest.mark.parametrize(
    ("command", "option"), [(words, option) for words, names in COUNTS.items() for option in names]
)
def test_no_option_takes_a_number_beyond_reason(tmp_path, monkeypatch, capsys, command, option):
    monkeypatch.chdir(tmp_path)
    value = "1-1000000000000" if option == "--only" else "1" + 30 * "0"
    with pytest.raises(SystemExit) as leave:
        main([*command.split(), option, value])
    assert leave.value.code == 2
    assert option in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_small_pictures_ask_nobody(little, tmp_path):
    from impasto.core.image.files import write_picture
    from impasto.core.image.picture import Picture

    write_picture(Picture(np.full((8, 8, 3), 0.5, np.float32)), tmp_path / "a.png")
    assert read_picture(tmp_path / "a.png").size == (8, 8)
