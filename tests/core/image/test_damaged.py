"""Files that are missing, cut off, empty or no images end in one clear sentence."""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from impasto.core.errors import (
    ImageMissing,
    ImageTooLarge,
    ImageUnreadable,
    ImpastoError,
    UnsupportedImage,
)
from impasto.core.image import files
from impasto.core.image.files import image_size, read_picture, write_picture
from impasto.core.image.formats import FORMATS
from impasto.core.image.picture import Picture


@pytest.fixture
def noise() -> np.ndarray:
    return np.random.default_rng(0).random((64, 48, 3), dtype=np.float32)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.95])
@pytest.mark.parametrize("suffix", FORMATS)
def test_cut_off(tmp_path, noise, suffix, share):
    path = tmp_path / f"half{suffix}"
    write_picture(Picture(noise, depth=FORMATS[suffix].depths[0]), path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ImageUnreadable, match=f"half{suffix}"):
        read_picture(path)


def test_cut_off_photograph_with_a_whole_thumbnail(tmp_path):
    thumbnail, buffer = io.BytesIO(), io.BytesIO()
    Image.effect_noise((40, 30), 90).save(thumbnail, "JPEG")
    Image.effect_noise((400, 300), 90).save(
        buffer, "JPEG", progressive=True, exif=thumbnail.getvalue()
    )
    path = tmp_path / "photo.jpg"
    path.write_bytes(buffer.getvalue())
    assert read_picture(path).size == (400, 300)
    path.write_bytes(buffer.getvalue()[:-2000])
    with pytest.raises(ImageUnreadable):
        read_picture(path)


@pytest.mark.parametrize("suffix", FORMATS)
def test_any_damage_is_named_or_harmless(tmp_path, suffix):
    rng = np.random.default_rng(7)
    small = rng.random((20, 24, 3), dtype=np.float32)
    path = tmp_path / f"a{suffix}"
    write_picture(Picture(small, depth=FORMATS[suffix].depths[-1]), path)
    whole = path.read_bytes()
    for _ in range(40):
        damaged = bytearray(whole)
        for place in rng.integers(min(len(whole), rng.choice([60, 200, 5000])), size=3):
            damaged[place] = rng.integers(256)
        path.write_bytes(damaged)
        with suppress(ImpastoError):
            picture = read_picture(path)
            assert picture.size == image_size(path)
            assert np.isfinite(picture.color).all()


def test_flipped_bit_in_png(tmp_path, noise):
    path = tmp_path / "flipped.png"
    write_picture(Picture(noise), path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ImageUnreadable):
        read_picture(path)


@pytest.mark.parametrize(
    "content", [b"", b"no image at all", b"\x89PNG\r\n\x1a\n", b"II*\0\xff\xff\xff\x7f"]
)
@pytest.mark.parametrize("suffix", [".png", ".exr", ".tga", ".txt"])
def test_no_image(tmp_path, suffix, content):
    path = tmp_path / f"file{suffix}"
    path.write_bytes(content)
    for function in (read_picture, image_size):
        with pytest.raises(ImageUnreadable):
            function(path)


def png_of_size(data: bytes, side: int) -> bytes:
    """The same PNG, said to be of another size."""
    header = data[12:16] + struct.pack(">II", side, side) + data[24:29]
    return data[:12] + header + struct.pack(">I", zlib.crc32(header)) + data[33:]


def test_no_pixels(tmp_path, noise):
    path = tmp_path / "zero.png"
    write_picture(Picture(noise), path)
    data = bytearray(path.read_bytes())
    path.write_bytes(png_of_size(data, 0))
    with pytest.raises(ImageUnreadable):
        read_picture(path)


def test_too_many_pixels(tmp_path, noise, monkeypatch):
    path = tmp_path / "large.png"
    write_picture(Picture(noise), path)
    monkeypatch.setattr(files, "_MOST_PIXELS", 48 * 64 - 1)
    for function in (read_picture, image_size):
        with pytest.raises(ImageTooLarge, match="48 x 64"):
            function(path)


def test_missing_and_folders(tmp_path):
    for function in (read_picture, image_size):
        with pytest.raises(ImageMissing, match=r"gone\.png"):
            function(tmp_path / "gone.png")
        with pytest.raises(ImageUnreadable):
            function(tmp_path)


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"\0\0\0\x1cftypavif\0\0\0\0mif1", "AVIF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1", "HEIC"),
        (b"qoif\0\0\0\4\0\0\0\4\4\0", "QOI"),
        (b"gimp xcf v011\0", "GIMP"),
    ],
)
def test_formats_that_are_not_ours_are_named(tmp_path, start, name):
    path = tmp_path / "picture.png"
    path.write_bytes(start + bytes(200))
    with pytest.raises(UnsupportedImage, match=f"{name} files"):
        read_picture(path)


def test_integers_in_exr(tmp_path):
    OpenEXR = pytest.importorskip("OpenEXR")
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    plane = np.ones((3, 3), np.uint32)
    OpenEXR.File(header, dict.fromkeys("RGB", plane)).write(str(tmp_path / "ids.exr"))
    with pytest.raises(UnsupportedImage, match="kind"):
        read_picture(tmp_path / "ids.exr")
