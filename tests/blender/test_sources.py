"""What the worker is given to read for images of every kind."""

from __future__ import annotations

import struct
from pathlib import Path

import bpy
import numpy as np
import pytest

from impasto.core.errors import ImageMissing, ImageUnreadable, UnsupportedImage
from impasto.core.image.files import read_picture
from impasto.scene import compat
from impasto.scene.jobs import queue
from impasto.scene.textures import find, unread
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


WORKING_SPACES = ["Linear Rec.709", "Linear Rec.2020", "ACEScg"]


@pytest.fixture(params=WORKING_SPACES)
def working_space(request):
    """Each working space that a file can have; before Blender 5.0 there is one."""
    if bpy.app.version >= (5, 0, 0):
        bpy.ops.wm.set_working_color_space(working_space=request.param)
        assert bpy.data.colorspace.working_space == request.param
    elif request.param != "Linear Rec.709":
        pytest.skip("Blender has had other working spaces since 5.0")
    return request.param


def deep_png(build, **options):
    """A 16-bit file that was painted on: Blender has it in floats."""
    image = build.image("Deep", dtype=np.uint16, **options)
    flat = pixels(image)
    flat[:400] *= 0.5
    image.pixels.foreach_set(flat)
    image.update()
    return image


def jpeg_2000(build):
    """A 16-bit file of a kind that only Blender reads."""
    scene = bpy.data.scenes.new("Saver")
    scene.render.image_settings.file_format = "JPEG2000"
    scene.render.image_settings.color_depth = "16"
    path = str(build.folder / "Deep.jp2")
    build.image("Eight").save_render(path, scene=scene)
    return bpy.data.images.load(path)


@pytest.mark.parametrize("kind", ["generated", "painted", "transparent", "jpeg 2000"])
def test_floats_of_every_working_space_look_the_same_when_they_come_back(
    build, tmp_path, working_space, kind
):
    if kind == "generated":
        image = generated("Light", is_float=True)
    elif kind == "jpeg 2000":
        image = jpeg_2000(build)
    else:
        image = deep_png(build, channels=4 if kind == "transparent" else 3)
    before = pixels(image)
    assert image.is_float and image.size[0] * image.size[1] > 0
    source = source_of(image, tmp_path)
    assert (source.suffix, source.ref.color_space) == (".exr", "Linear Rec.709")
    assert source.ref.is_copy
    copy = bpy.data.images.load(source.ref.paths[0])
    copy.colorspace_settings.name = source.ref.color_space
    copy.alpha_mode = source.ref.alpha_mode
    np.testing.assert_allclose(pixels(copy), before, atol=2e-5)


def test_float_data_is_not_a_color_of_any_working_space(tmp_path, working_space):
    image = bpy.data.images.new("Vectors", 6, 4, alpha=True, float_buffer=True)
    image.colorspace_settings.name = "Non-Color"
    image.pixels.foreach_set(np.random.default_rng(1).random(96, np.float32))
    source = source_of(image, tmp_path)
    copy = bpy.data.images.load(source.ref.paths[0])
    copy.colorspace_settings.name = source.ref.color_space
    assert source.ref.color_space == "Non-Color"
    np.testing.assert_array_equal(pixels(copy), pixels(image))


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


@pytest.mark.parametrize("gone", [1001, 1002, 1011])
def test_missing_tile_is_left_out_and_named(build, tmp_path, gone):
    image = build.tiled("Wall", (1001, 1002, 1011))
    (tmp_path / f"Wall.{gone}.png").unlink()
    source = source_of(image, tmp_path)
    assert source.tiles == tuple(sorted({1001, 1002, 1011} - {gone}))
    assert [Path(path).name for path in source.ref.paths] == [
        f"Wall.{tile}.png" for tile in source.tiles
    ]
    (said,) = source.without
    assert f'Tile {gone} of "Wall" is missing' in said and f"Wall.{gone}.png" in said


def test_tile_that_is_not_packed_is_left_out_and_named(build, tmp_path):
    image = build.tiled("Wall")
    image.pack()
    image.tiles.new(1005)
    source = source_of(image, tmp_path)
    assert source.tiles == (1001, 1002)
    assert source.without == ('Tile 1005 of "Wall" is not packed; it is left out.',)


def test_texture_without_any_tile_is_missing(build, tmp_path):
    image = build.tiled("Wall")
    for tile in (1001, 1002):
        (tmp_path / f"Wall.{tile}.png").unlink()
    with pytest.raises(ImageMissing, match=r"Wall\.1001\.png"):
        source_of(image, tmp_path)


def test_new_tiles_ask_to_be_saved(tmp_path):
    image = bpy.data.images.new("Wall", 8, 8, tiled=True)
    with pytest.raises(UnsupportedImage, match="save them"):
        source_of(image, tmp_path)


def mudbox(build, name: str, tiles: tuple[str, ...]):
    """A UDIM image whose files are named by u and v."""
    for number, tile in enumerate(tiles):
        build.png(f"{name}.{tile}", kind=number % 4)
    image = bpy.data.images.load(str(build.folder / f"{name}.{tiles[0]}.png"))
    image.source = "TILED"
    image.filepath = str(build.folder / f"{name}.<UVTILE>.png")
    image.name = name
    return image


@pytest.mark.parametrize("packed", [False, True])
def test_tiles_by_u_and_v_are_those_that_blender_finds(build, tmp_path, packed):
    named = ("u1_v1", "u10_v1", "u1_v2", "u3_v11")
    image = mudbox(build, "Wall", named)
    if packed:
        image.pack()
    source = source_of(image, tmp_path)
    assert source.tiles == (1001, 1010, 1011, 1103) and not source.without
    expected = [(tmp_path / f"Wall.{tile}.png").read_bytes() for tile in named]
    assert [Path(path).read_bytes() for path in source.ref.paths] == expected


def test_missing_tile_is_said_once_and_the_rest_restyled(build, style):
    images = build.tiled("Wall", (1001, 1002, 1011)), mudbox(build, "Rock", ("u2_v1", "u1_v2"))
    for image in images:
        build.plane(image.name, build.material(image.name, image))
    (build.folder / "Wall.1001.png").unlink()
    build.save()
    bpy.ops.impasto.analyze_textures()
    said = [failure.message for failure in queue.history[0].failures]
    assert len(said) == 1 and 'Tile 1001 of "Wall" is missing' in said[0]
    for group in bpy.context.scene.impasto.groups:
        group.look.style, group.look.engine = style, "NETWORK"
    bpy.ops.impasto.stylize_textures()
    assert [failure.message for failure in queue.history[0].failures] == said
    shown = {use.image.name: use.node.image for use in find.uses_in(bpy.data.materials)}
    assert [tile.number for tile in shown["Wall"].tiles] == [1002, 1011]
    assert [tile.number for tile in shown["Rock"].tiles] == [1002, 1011]
    assert all("(Impasto)" in image.name for image in shown.values())
    assert "<UDIM>" in shown["Rock"].filepath_raw


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


# --- what this Blender cannot read ------------------------------------------------------------------


def blender() -> str:
    return f"Blender {bpy.app.version[0]}.{bpy.app.version[1]}"


def qoi(path: Path) -> Path:
    """A sound QOI file of one red pixel."""
    end = bytes(7) + b"\1"
    path.write_bytes(b"qoif" + struct.pack(">IIBB", 1, 1, 3, 0) + b"\xfe\xff\0\0" + end)
    return path


def test_format_that_no_blender_reads_is_named(tmp_path):
    image = bpy.data.images.load(str(qoi(tmp_path / "Red.qoi")))
    with pytest.raises(UnsupportedImage) as caught:
        source_of(image, tmp_path)
    said = f'{blender()} cannot read .qoi files ("Red.qoi"); save the image as PNG.'
    assert str(caught.value) == said


def test_format_that_only_newer_blenders_read_is_named(tmp_path):
    pil = pytest.importorskip("PIL.Image")
    path = tmp_path / "Wall.avif"
    pil.new("RGB", (8, 6), (200, 100, 50)).save(path)
    image = bpy.data.images.load(str(path))
    if compat.READS_AVIF:
        assert source_of(image, tmp_path).ref.paths
        return
    with pytest.raises(UnsupportedImage, match=r"cannot read \.avif files \(.Wall\.avif.\)"):
        source_of(image, tmp_path)


def test_damaged_file_of_a_format_that_is_read_is_not_blamed_on_blender(tmp_path):
    path = tmp_path / ("Wall.avif" if compat.READS_AVIF else "Wall.jp2")
    path.write_bytes(b"nothing")
    image = bpy.data.images.load(str(path))
    with pytest.raises(ImageUnreadable, match="has no pixels"):
        source_of(image, tmp_path)


def test_a_compression_of_tiff_that_only_blender_decodes(tmp_path, monkeypatch):
    """Deflate stands for ZSTD and LERC, which nothing here can write."""
    tifffile = pytest.importorskip("tifffile")
    monkeypatch.setattr(unread, "COMPRESSIONS", frozenset((1,)))
    codes = np.random.default_rng(0).integers(0, 255, (6, 8, 3), np.uint8)
    for name, compression in (("Plain.tif", None), ("Packed.tif", "zlib")):
        path = tmp_path / name
        tifffile.imwrite(path, codes, photometric="rgb", compression=compression)
        image = bpy.data.images.load(str(path))
        source = source_of(image, tmp_path)
        if compression is None:
            assert source.ref.paths == (str(path),)
            continue
        (copy,) = source.ref.paths
        assert copy != str(path) and source.suffix == ".png"
        assert np.array_equal(np.rint(read_picture(copy).color * 255), codes)
        black = np.zeros_like(codes)
        tifffile.imwrite(path, black, photometric="rgb", compression=compression)
        image.reload()
        with pytest.raises(UnsupportedImage, match="shows only black"):
            source_of(image, tmp_path)


def test_kind_of_dds_that_is_not_read_is_named(tmp_path):
    header = struct.pack("<4sIIIIIII44xII4s20xI16x", b"DDS ", 124, 0x1007, 4, 4, 0, 0, 0, 32, 4,
                         b"BC5S", 0x1000)  # fmt: skip
    path = tmp_path / "Normal.dds"
    path.write_bytes(header + bytes(16))
    image = bpy.data.images.load(str(path))
    with pytest.raises(UnsupportedImage, match=r"cannot read this kind of \.dds file"):
        source_of(image, tmp_path)


@pytest.mark.parametrize("packed", [False, True])
def test_animated_webp_is_restyled_only_if_blender_shows_it(tmp_path, packed):
    pil = pytest.importorskip("PIL.Image")
    path = tmp_path / "Wave.webp"
    frames = [pil.new("RGB", (8, 6), color) for color in ((200, 100, 50), (0, 200, 0))]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)
    image = bpy.data.images.load(str(path))
    if packed:
        image.pack()
    shown = pixels(image).any()
    assert image.has_data  # which proves nothing
    if shown:
        assert source_of(image, tmp_path).ref.paths
        return
    with pytest.raises(UnsupportedImage, match=r"cannot read animated \.webp files"):
        source_of(image, tmp_path)


def test_still_webp_is_read_from_its_file(tmp_path):
    pil = pytest.importorskip("PIL.Image")
    path = tmp_path / "Black.webp"
    pil.new("RGBA", (8, 6), (0, 0, 0, 0)).save(path)
    image = bpy.data.images.load(str(path))
    assert source_of(image, tmp_path).ref.paths == (str(path),)


def test_analyze_says_that_blender_cannot_read_it_and_does_the_rest(build, tmp_path):
    image = bpy.data.images.load(str(qoi(tmp_path / "Red.qoi")))
    build.plane("Red", build.material("Red", image))
    build.textured("Brick")
    bpy.ops.impasto.analyze_textures()
    (failure,) = queue.history[0].failures
    assert f"{blender()} cannot read .qoi files" in failure.message
