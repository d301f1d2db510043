"""Blender shows the pixels that were written, and what Blender saves is read as it shows it."""

from __future__ import annotations

import numpy as np
import pytest

from impasto.core.image.alpha import to_premultiplied
from impasto.core.image.color import srgb_to_linear
from impasto.core.image.convert import DTYPES
from impasto.core.image.files import read_picture, write_picture
from impasto.core.image.picture import Picture

bpy = pytest.importorskip("bpy")


def shown(image) -> tuple[np.ndarray, np.ndarray]:
    """Color ``(H, W, 3)`` and alpha ``(H, W)`` as Blender has them, rows top-down."""
    pixels = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(pixels)
    pixels = pixels.reshape(image.size[1], image.size[0], 4)[::-1]
    return pixels[..., :3], pixels[..., 3]


def picture_of(depth: str, encoding: str) -> Picture:
    rng = np.random.default_rng(3)
    color = rng.random((6, 7, 3), dtype=np.float32)
    dtype = np.dtype(DTYPES[depth])
    full = 1 if dtype.kind == "f" else np.iinfo(dtype).max
    alpha = (rng.integers(1, 5, (6, 7)) / 4 * full).astype(dtype)
    return Picture(color, alpha, depth, encoding)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".tga", ".webp"])
def test_eight_bits_are_shown_as_written(tmp_path, suffix):
    picture = picture_of("8", "srgb")
    path = tmp_path / f"a{suffix}"
    write_picture(picture, path)
    color, alpha = shown(bpy.data.images.load(str(path)))
    assert np.allclose(color, picture.color, atol=0.5 / 255 + 1e-6)
    assert np.allclose(alpha, picture.alpha / 255, atol=1e-6)


@pytest.mark.parametrize(
    ("suffix", "depth", "encoding"),
    [
        (".png", "16", "srgb"),
        (".tif", "16", "srgb"),
        (".exr", "half", "linear"),
        (".exr", "float", "linear"),
    ],
)
def test_deep_files_are_shown_as_written(tmp_path, suffix, depth, encoding):
    """Blender takes a 16-bit TIFF for premultiplied, so a result is written the same way."""
    picture = picture_of(depth, encoding)
    path = tmp_path / f"a{suffix}"
    mode = "PREMUL" if suffix == ".tif" else "STRAIGHT"
    write_picture(picture, path, alpha_mode=mode)
    image = bpy.data.images.load(str(path))
    assert image.alpha_mode == ("PREMUL" if suffix in (".tif", ".exr") else "STRAIGHT")
    color, alpha = shown(image)
    linear = srgb_to_linear(picture.color) if encoding == "srgb" else picture.color
    assert np.allclose(color, to_premultiplied(linear, picture.alpha), atol=1e-3)
    full = 1 if picture.alpha.dtype.kind == "f" else 65535
    assert np.allclose(alpha, picture.alpha.astype(np.float32) / full, atol=1e-4)


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [("PNG", ".png"), ("TIFF", ".tif"), ("TARGA", ".tga"), ("TARGA_RAW", ".tga"), ("BMP", ".bmp")],
)
def test_what_blender_saves_is_read(tmp_path, kind, suffix):
    picture = picture_of("8", "srgb")
    image = bpy.data.images.new("a", 7, 6, alpha=True)
    pixels = np.dstack((picture.color, picture.alpha / 255)).astype(np.float32)
    image.pixels.foreach_set(np.ascontiguousarray(pixels[::-1]).ravel())
    image.file_format = kind
    image.filepath_raw = str(tmp_path / f"a{suffix}")
    image.save()
    back = read_picture(image.filepath_raw)
    assert np.allclose(back.color, picture.color, atol=0.5 / 255 + 1e-6)
    if suffix != ".bmp":
        assert np.array_equal(back.alpha, picture.alpha)


@pytest.mark.parametrize("depth", ["16", "32"])
def test_render_in_exr_is_read_straight(tmp_path, depth):
    picture = picture_of("float", "linear")
    image = bpy.data.images.new("a", 7, 6, alpha=True, float_buffer=True)
    pixels = np.dstack((to_premultiplied(picture.color, picture.alpha), picture.alpha))
    image.pixels.foreach_set(np.ascontiguousarray(pixels[::-1], np.float32).ravel())
    settings = bpy.context.scene.render.image_settings
    settings.file_format, settings.color_mode, settings.color_depth = "OPEN_EXR", "RGBA", depth
    image.save_render(str(tmp_path / "a.exr"))
    back = read_picture(tmp_path / "a.exr")
    assert back.depth == {"16": "half", "32": "float"}[depth]
    assert np.allclose(back.alpha, picture.alpha)
    assert np.allclose(back.color, picture.color, rtol=2e-3, atol=1e-4)
