"""Blender reads the movies that are written, and Impasto those that Blender writes."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from impasto.core.image.color import linear_to_srgb
from impasto.core.image.files import write_picture
from impasto.core.image.picture import Picture
from impasto.core.video.movie import SUFFIXES, write_movie
from impasto.core.video.movie_reader import MovieReader
from impasto.core.video.movie_timing import even_timing

COLOR = np.array([200, 100, 50]) / 255


def pixels_of(path) -> np.ndarray:
    """What Blender shows, ``(H, W, 4)`` sRGB-encoded, rows top-down."""
    image = bpy.data.images.load(str(path))
    values = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(values)
    values = values.reshape(image.size[1], image.size[0], 4)[::-1].copy()
    if image.is_float:
        values[..., :3] = linear_to_srgb(values[..., :3])
    assert image.frame_duration == 5
    bpy.data.images.remove(image)
    return values


@pytest.mark.parametrize("alpha", [False, True], ids=["opaque", "alpha"])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_blender_shows_the_colors_that_were_written(tmp_path, suffix, alpha):
    color = np.tile(COLOR, (48, 64, 1)).astype(np.float32)
    share = np.full((48, 64), 128, np.uint8) if alpha else None
    paths = [tmp_path / f"f_{number}.png" for number in range(5)]
    for path in paths:
        write_picture(Picture(color, share), path)
    written = write_movie(paths, tmp_path / f"m{suffix}", even_timing(5, 23.976))
    shown = pixels_of(tmp_path / f"m{suffix}")[24, 32]
    kept = alpha and suffix in (".mov", ".mkv")
    expected = COLOR if kept or not alpha else COLOR * 128 / 255
    assert np.abs(shown[:3] - expected).max() * 255 < 2.5
    assert shown[3] == pytest.approx(128 / 255 if kept else 1, abs=0.002)
    assert kept or not alpha or written.notes


BY_BLENDER = [
    ("QUICKTIME", "PNG", "8", True),
    ("QUICKTIME", "QTRLE", "8", True),
    ("QUICKTIME", "PRORES", "10", True),
    ("MKV", "FFV1", "16", True),
    ("WEBM", "WEBM", "8", True),
    ("MPEG4", "H264", "8", False),
    ("MPEG2", "MPEG2", "8", False),
    ("MPEG4", "MPEG4", "8", False),
    ("AVI", "HUFFYUV", "8", False),
]


@pytest.mark.parametrize(("container", "codec", "depth", "alpha"), BY_BLENDER)
def test_what_blender_renders_is_read_as_it_was_rendered(tmp_path, container, codec, depth, alpha):
    scene = bpy.context.scene
    scene.render.engine, scene.cycles.samples = "CYCLES", 1
    scene.render.resolution_x, scene.render.resolution_y = 64, 48
    scene.render.resolution_percentage = 100
    scene.view_settings.view_transform = "Standard"
    scene.render.film_transparent = alpha
    scene.frame_start, scene.frame_end = 1, 3
    world = scene.world or bpy.data.worlds.new("World")
    scene.world = world
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs[0].default_value = (0.578, 0.127, 0.0319, 1)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(camera)
    scene.camera = camera
    settings = scene.render.image_settings
    settings.file_format = "FFMPEG"
    scene.render.ffmpeg.format, scene.render.ffmpeg.codec = container, codec
    scene.render.ffmpeg.constant_rate_factor = "PERC_LOSSLESS" if codec == "H264" else "HIGH"
    if codec == "PRORES":
        scene.render.ffmpeg.ffmpeg_prores_profile = "4444"
    settings.color_mode = "RGBA" if alpha else "RGB"
    settings.color_depth = depth
    scene.render.filepath = str(tmp_path / "r_")
    bpy.ops.render.render(animation=True)
    reader = MovieReader.open(next(tmp_path.glob("r_*")))
    assert reader.count == 3 and reader.fps == 24
    picture = reader.read(2)
    assert picture.depth == ("8" if depth == "8" else "16")
    if alpha:  # an empty, transparent film
        assert picture.alpha is not None and picture.alpha.max() == 0
    else:
        assert np.abs(picture.color[24, 32] - COLOR).max() * 255 < 3
