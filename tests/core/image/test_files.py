"""What is read is what was written: depth, alpha, range, encoding, size."""

from __future__ import annotations

import struct
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np
import OpenEXR
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from impasto.core.errors import UnsupportedImage
from impasto.core.image.color import linear_to_srgb
from impasto.core.image.convert import DTYPES
from impasto.core.image.files import image_size, open_image, read_picture, write_picture
from impasto.core.image.formats import FORMATS
from impasto.core.image.metadata import read_metadata
from impasto.core.image.picture import Picture

LOSSLESS = [s for s in FORMATS if s not in (".jpg", ".hdr")]
KEEPS_GRAY_WITH_ALPHA = {
    (".png", "8"),
    (".tif", "8"),
    (".tga", "8"),
    (".exr", "half"),
    (".exr", "float"),
}


def random_picture(size, depth, *, alpha=False, gray=False, seed=0) -> Picture:
    """Noise over all codes of a depth; floats go up to 20 and are multiples of what half holds."""
    rng = np.random.default_rng(seed)
    dtype, shape = np.dtype(DTYPES[depth]), (size[1], size[0], 3)
    if dtype.kind == "f":
        color = (rng.random(shape) * 20).astype(dtype).astype(np.float32)
        cover = rng.integers(0, 5, shape[:2]).astype(dtype) / dtype.type(4)
        encoding = "linear"
    else:
        full = np.iinfo(dtype).max
        color = rng.integers(0, full, shape, endpoint=True).astype(np.float32) / np.float32(full)
        cover = rng.integers(0, full, shape[:2], endpoint=True).astype(dtype)
        encoding = "srgb"
    if gray:
        color = np.repeat(color[..., :1], 3, axis=2)
    return Picture(color, cover if alpha else None, depth, encoding, gray)


@st.composite
def files(draw):
    suffix = draw(st.sampled_from(LOSSLESS))
    form = FORMATS[suffix]
    size = draw(st.tuples(st.integers(1, 40), st.integers(1, 40)))
    alpha, gray = draw(st.booleans()) and form.alpha, draw(st.booleans())
    seed = draw(st.integers(0, 1000))
    depth = draw(st.sampled_from(form.depths))
    return suffix, random_picture(size, depth, alpha=alpha, gray=gray, seed=seed)


@given(files())
def test_round_trip(file):
    suffix, picture = file
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"picture{suffix}")
        write_picture(picture, path, alpha_mode="STRAIGHT")
        back = read_picture(path, alpha_mode="STRAIGHT")
        assert image_size(path) == picture.size
        assert [p.name for p in path.parent.iterdir()] == [path.name]
    assert back.size == picture.size
    assert back.color.dtype == np.float32
    assert (back.depth, back.encoding) == (picture.depth, picture.encoding)
    seen = np.ones(back.color.shape[:2], bool)
    if picture.alpha is None:
        assert back.alpha is None
        assert back.gray == (picture.gray and suffix != ".webp")
    else:
        assert back.alpha.dtype == picture.alpha.dtype
        assert np.array_equal(back.alpha, picture.alpha)
        assert back.gray == (picture.gray and (suffix, picture.depth) in KEEPS_GRAY_WITH_ALPHA)
        if suffix == ".exr":
            seen = picture.alpha > 0
    limit = 2e-3 if picture.depth == "half" and picture.alpha is not None else 1e-6
    assert np.allclose(back.color[seen], picture.color[seen], rtol=limit, atol=0)


@pytest.mark.parametrize("gray", [False, True])
def test_jpeg_is_close_and_hdr_keeps_eight_bits_of_each_value(tmp_path, gray):
    ramp = np.linspace(0, 1, 64, dtype=np.float32)
    color = np.dstack(np.broadcast_arrays(ramp[:, None], ramp[None], np.float32(0.5)))
    if gray:
        color = np.repeat(color[..., :1], 3, axis=2)
    write_picture(Picture(color, gray=gray), tmp_path / "a.jpeg")
    back = read_picture(tmp_path / "a.jpeg")
    assert np.abs(back.color - color).max() < 0.05
    assert back.gray == gray
    bright = Picture(color * 3000 + 1, None, "float", "linear", gray)
    write_picture(bright, tmp_path / "a.hdr")
    back = read_picture(tmp_path / "a.hdr")
    assert (back.depth, back.encoding) == ("float", "linear")
    largest = bright.color.max(axis=-1, keepdims=True)
    assert (np.abs(back.color - bright.color) <= largest / 128).all()


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("sRGB", "srgb"),
        ("Linear Rec.709", "linear"),
        ("Linear", "linear"),
        ("scene_linear", "linear"),
        ("ACEScg", "linear"),
        ("Non-Color", "data"),
        ("Non-Color Data", "data"),
        ("Utility - Raw", "data"),
        ("AgX Base sRGB", "srgb"),
        ("Filmic Log", "srgb"),
    ],
)
def test_color_space_decides_the_encoding(tmp_path, name, meaning):
    for suffix, depth in ((".png", "8"), (".exr", "half")):
        write_picture(random_picture((4, 3), depth), tmp_path / f"a{suffix}", overwrite=True)
        assert read_picture(tmp_path / f"a{suffix}", color_space=name).encoding == meaning


def test_exr_alpha_is_premultiplied_on_disk(tmp_path):
    path = tmp_path / "a.exr"
    color = np.full((2, 2, 3), 8, np.float32)
    cover = np.float32([[1, 0.5], [0.25, 0]])
    write_picture(Picture(color, cover, "float", "linear"), path)
    stored = OpenEXR.File(str(path), separate_channels=True).parts[0].channels
    assert np.array_equal(stored["R"].pixels, 8 * cover)
    assert np.array_equal(stored["A"].pixels, cover)
    assert np.array_equal(read_picture(path).color[cover > 0], color[cover > 0])
    packed = read_picture(path, alpha_mode="CHANNEL_PACKED")
    assert np.array_equal(packed.color[..., 0], 8 * cover)
    write_picture(packed, tmp_path / "packed.exr", alpha_mode="CHANNEL_PACKED")
    again = read_picture(tmp_path / "packed.exr", alpha_mode="CHANNEL_PACKED")
    assert np.array_equal(again.color, packed.color)


def test_exr_without_numbers_is_read_with_numbers(tmp_path):
    path = tmp_path / "a.exr"
    bad = np.float32([[np.nan, np.inf], [-np.inf, 3]])
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, dict.fromkeys("RGBA", bad)).write(str(path))
    picture = read_picture(path)
    assert np.isfinite(picture.color).all()
    assert np.array_equal(picture.alpha, bad, equal_nan=True)


def test_exr_layers(tmp_path):
    path = tmp_path / "layers.exr"
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    plane = np.ones((3, 5), np.float32)
    channels = {f"View.Normal.{c}": plane for c in "XYZ"}
    OpenEXR.File(header, channels).write(str(path))
    with pytest.raises(UnsupportedImage, match="no color layer"):
        read_picture(path)
    channels |= {f"View.Diffuse.{c}": plane for c in "RGB"}
    channels |= {f"View.Combined.{c}": plane * 2 for c in "RGBA"}
    OpenEXR.File(header, channels).write(str(path))
    assert image_size(path) == (5, 3)
    assert (read_picture(path, alpha_mode="CHANNEL_PACKED").color == 2).all()


@pytest.mark.parametrize(("suffix", "depth"), [(".png", "8"), (".png", "16"), (".tif", "16")])
def test_premultiplied_integers_come_back_code_for_code(tmp_path, suffix, depth):
    straight = random_picture((30, 20), depth, alpha=True)
    write_picture(straight, tmp_path / f"a{suffix}", alpha_mode="PREMUL")
    stored = read_picture(tmp_path / f"a{suffix}")
    divided = read_picture(tmp_path / f"a{suffix}", alpha_mode="PREMUL")
    write_picture(divided, tmp_path / f"b{suffix}", alpha_mode="PREMUL")
    assert np.array_equal(read_picture(tmp_path / f"b{suffix}").color, stored.color)
    assert np.array_equal(divided.alpha, straight.alpha)
    opaque = straight.alpha > straight.alpha.max() // 2
    assert np.allclose(divided.color[opaque], straight.color[opaque], atol=0.005)


def test_alpha_can_be_dropped(tmp_path):
    write_picture(random_picture((3, 3), "8", alpha=True), tmp_path / "a.png")
    assert read_picture(tmp_path / "a.png", alpha_mode="NONE").alpha is None


def test_depth_that_the_format_lacks(tmp_path):
    bright = random_picture((6, 5), "float", alpha=True)
    write_picture(bright, tmp_path / "a.png")
    back = read_picture(tmp_path / "a.png")
    assert back.depth == "16"
    assert np.allclose(back.color, linear_to_srgb(bright.color).clip(0, 1), atol=1e-4)
    assert np.array_equal(back.alpha, np.rint(bright.alpha * 65535))
    flat = random_picture((6, 5), "8", alpha=True)
    write_picture(flat, tmp_path / "a.exr")
    back = read_picture(tmp_path / "a.exr")
    assert back.depth == "float"
    seen = flat.alpha > 0
    assert np.allclose(linear_to_srgb(back.color)[seen], flat.color[seen], atol=1e-4)


def png(color_type: int, bits: int, rows: bytes, size, *chunks) -> bytes:
    """A PNG by hand: kinds that no encoder here writes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", *size, bits, color_type, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def test_rare_kinds_of_png(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(png(4, 16, b"\0" + struct.pack(">4H", 1, 2, 65535, 40000), (2, 1)))
    picture = read_picture(path)
    assert picture.gray
    assert np.array_equal(picture.alpha, [[2, 40000]])
    assert np.allclose(picture.color[0, :, 0] * 65535, [1, 65535])
    key = (b"tRNS", struct.pack(">H", 2))
    path.write_bytes(png(0, 2, b"\0\x1b", (4, 1), key))  # codes 0 1 2 3, of which 2 is transparent
    picture = read_picture(path)
    assert np.array_equal(picture.alpha, [[255, 255, 0, 255]])
    assert np.allclose(picture.color[0, :, 0] * 3, [0, 1, 2, 3])
    palette = (b"PLTE", bytes(range(9)))
    path.write_bytes(png(3, 8, b"\0\2\0", (2, 1), palette, (b"tRNS", b"\7")))
    picture = read_picture(path)
    assert np.array_equal(picture.alpha, [[255, 7]])
    assert np.allclose(picture.color[0] * 255, [[6, 7, 8], [0, 1, 2]])
    path.write_bytes(png(2, 16, b"\0" + struct.pack(">6H", 1, 2, 3, 4, 5, 6), (2, 1)))
    assert np.allclose(read_picture(path).color.ravel() * 65535, range(1, 7))


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
@pytest.mark.parametrize("orientation", [1, 2, 3, 6])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_camera_rotation_is_ignored(tmp_path, suffix, orientation, mode):
    """As Blender does; OpenCV and Pillow would turn a TIFF."""
    mode = "RGB" if suffix == "jpg" else mode
    image = Image.new(mode, (8, 4), (0, 0, 0, 255)[: len(mode)])
    image.paste((255, 255, 255, 255)[: len(mode)], (0, 0, 4, 2))
    exif = image.getexif()
    exif[274] = orientation
    path = tmp_path / f"a.{suffix}"
    image.save(path, exif=exif)
    picture = read_picture(path)
    assert picture.size == image_size(path) == (8, 4)
    corners = picture.color[[0, 0, 3, 3], [0, 7, 0, 7], 0]
    assert np.allclose(corners, [1, 0, 0, 0], atol=0.05)


def test_premultiplied_tiff_is_told_by_its_tag(tmp_path):
    path = tmp_path / "a.tif"
    gray = Picture(np.full((1, 1, 3), 0.25, np.float32), np.uint16([[32768]]), "16")
    write_picture(gray, path, alpha_mode="STRAIGHT")
    assert read_picture(path).color[0, 0, 0] == pytest.approx(0.25, abs=1e-4)
    tag, other = struct.pack("<HHIHH", 338, 3, 1, 2, 0), struct.pack("<HHIHH", 338, 3, 1, 1, 0)
    data = path.read_bytes()
    assert data.count(tag) == 1
    path.write_bytes(data.replace(tag, other))
    for mode, value in (("", 0.5), ("PREMUL", 0.5), ("STRAIGHT", 0.25)):
        back = read_picture(path, alpha_mode=mode)
        assert back.color[0, 0, 0] == pytest.approx(value, abs=1e-4)


def test_names_beyond_ascii_and_capital_suffixes(tmp_path):
    path = tmp_path / "Ziegel \u00e9\u4e2d.PNG"
    write_picture(random_picture((5, 4), "16"), path)
    assert read_picture(path).size == image_size(str(path)) == (5, 4)
    exr = tmp_path / "\u4e2d.EXR"
    write_picture(random_picture((5, 4), "half"), exr)
    assert read_picture(exr).depth == "half"


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be deleted there")
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_file_is_opened_once_for_size_pixels_and_metadata(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    color = np.random.default_rng(5).random((6, 9, 3), dtype=np.float32)
    write_picture(Picture(color, depth=FORMATS[suffix].depths[0]), path)
    picture, metadata = read_picture(path), read_metadata(path)
    with open_image(path) as image:
        path.unlink()
        assert image.size == (9, 6)
        assert np.array_equal(image.read().color, picture.color)
        assert str(image.metadata()) == str(metadata)
