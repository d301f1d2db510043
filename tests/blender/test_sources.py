"""What the worker is given to read for images of every kind."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest

from impasto.core.errors import ImageMissing, ImageUnreadable, UnsupportedImage
from impasto.scene.textures.sources import source_of


def pixels(image) -> np.ndarray:
    flat = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(flat)
    return flat


def generated(name: str, *, is_float: bool):
    image = bpy.data.images.new(name, 6, 4, alpha=True, float_buffer=is_float)
    image.pixels.foreach_set(np.random.default_rng(1).random(96, np.float32))
    return image


def test_file_on_disk_is_named_as_it_is(build, tmp_path):
    image = build.image("Brick")
    source = source_of(image, tmp_path)
    assert source.ref.paths == (str(tmp_path / "Brick.png"),)
    assert (source.ref.key, source.ref.color_space, source.suffix) == ("Brick", "sRGB", ".png")


def test_packed_image_is_unpacked_byte_for_byte(build, tmp_path):
    image = build.image("Brick", channels=4, dtype=np.uint16)
    content = (tmp_path / "Brick.png").read_bytes()
    image.pack()
    (tmp_path / "Brick.png").unlink()
    (path,) = source_of(image, tmp_path).ref.paths
    assert Path(path).read_bytes() == content
    assert image.packed_file is not None


def test_byte_pixels_in_memory_are_saved_unchanged(tmp_path):
    image = generated("Paint", is_float=False)
    before, count = pixels(image), len(bpy.data.images)
    (path,) = source_of(image, tmp_path).ref.paths
    assert image.is_dirty and not image.filepath and len(bpy.data.images) == count
    np.testing.assert_array_equal(pixels(bpy.data.images.load(path)), before)


def test_float_pixels_in_memory_are_saved_unchanged(tmp_path):
    image = generated("Light", is_float=True)
    before = pixels(image)
    source = source_of(image, tmp_path)
    assert (source.suffix, source.ref.color_space) == (".exr", "Linear Rec.709")
    copy = bpy.data.images.load(source.ref.paths[0])
    copy.colorspace_settings.name = "Non-Color"
    np.testing.assert_array_equal(pixels(copy), before)
    assert image.colorspace_settings.name == "Linear Rec.709"


def test_painted_file_is_read_from_memory_not_from_disk(build, tmp_path):
    image = build.image("Brick")
    painted = pixels(image)
    painted[:400] = 1.0
    image.pixels.foreach_set(painted)
    image.update()
    (path,) = source_of(image, tmp_path).ref.paths
    assert path != str(tmp_path / "Brick.png")
    np.testing.assert_array_equal(pixels(bpy.data.images.load(path)), painted)


@pytest.mark.parametrize("packed", [False, True])
def test_tiles_are_named_in_order(build, tmp_path, packed):
    image = build.tiled("Wall", (1001, 1002, 1011))
    if packed:
        image.pack()
    source = source_of(image, tmp_path)
    assert source.tiles == (1001, 1002, 1011)
    expected = [(tmp_path / f"Wall.{tile}.png").read_bytes() for tile in source.tiles]
    assert [Path(path).read_bytes() for path in source.ref.paths] == expected


def test_missing_file_is_named(build, tmp_path):
    image = build.image("Brick")
    (tmp_path / "Brick.png").unlink()
    with pytest.raises(ImageMissing, match=r"Brick.*Find Missing Files"):
        source_of(image, tmp_path)


def test_missing_tile_is_named(build, tmp_path):
    image = build.tiled("Wall")
    (tmp_path / "Wall.1002.png").unlink()
    with pytest.raises(ImageMissing, match=r"Wall\.1002\.png"):
        source_of(image, tmp_path)


def test_painted_tiles_ask_to_be_saved(build, tmp_path):
    image = build.tiled("Wall")
    image.pixels.foreach_set(np.ones_like(pixels(image)))
    with pytest.raises(UnsupportedImage, match="save them"):
        source_of(image, tmp_path)


def test_image_without_pixels_is_refused(build, tmp_path):
    broken = tmp_path / "broken.psd"
    broken.write_bytes(b"8BPS nothing more")
    image = bpy.data.images.load(str(broken))
    with pytest.raises(ImageUnreadable, match="no pixels"):
        source_of(image, tmp_path)
