"""Frames in Blender: the Vector pass of a known motion, the panel's buttons, the command line."""

from __future__ import annotations

from pathlib import Path

import bpy
import cv2
import numpy as np
import pytest
from bl_ext.user_default.impasto.core.frames.motion import read_passes
from bl_ext.user_default.impasto.core.imaging.files import read_picture
from bl_ext.user_default.impasto.scene import command_line, compat, frames, jobs

SIZE = 64


@pytest.fixture
def moving(build, tmp_path):
    """A plane before an orthographic camera: 8 pixels right and 4 down, then 16 right."""
    scene = bpy.context.scene
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", float(SIZE)  # a unit is a pixel
    camera.location.z = 100
    scene.collection.objects.link(camera)
    scene.camera = camera
    plane = build.textured("Paint", 3).item
    plane.scale = (12, 12, 1)
    for frame, place in enumerate([(-12, 2), (-4, -2), (12, -2)], start=1):
        plane.location = (*place, 0)
        plane.keyframe_insert("location", frame=frame)
    scene.frame_start, scene.frame_end = 1, 3
    scene.render.engine = "CYCLES"
    scene.cycles.device, scene.cycles.samples = "CPU", 1
    scene.render.resolution_x = scene.render.resolution_y = SIZE
    scene.render.filepath = str(tmp_path / "render" / "f_")
    return scene


def test_vector_pass_becomes_flows_with_y_down(moving):
    assert frames.missing_passes(moving) == ["Vector", "Depth", "OpenEXR MultiLayer"]
    bpy.ops.impasto.enable_passes()
    assert frames.missing_passes(moving) == []
    bpy.ops.render.render(animation=True)
    passes = read_passes(Path(moving.render.frame_path(frame=2)), (SIZE, SIZE))
    middle = (slice(26, 31), slice(31, 37))  # of the card, whose corners are at (28, 22), (40, 34)
    assert np.allclose(passes.to_previous[middle], [-8, -4], atol=0.05)
    assert np.allclose(passes.to_next[middle], [16, 0], atol=0.05)
    assert np.allclose(passes.depth[middle], 100, atol=0.5)
    half = read_passes(Path(moving.render.frame_path(frame=2)), (SIZE // 2, SIZE // 2))
    assert np.allclose(half.to_previous[13:15, 16:18], [-4, -2], atol=0.05)


def test_render_restyle_and_load(moving, build, tmp_path):
    bpy.ops.impasto.enable_passes()
    bpy.ops.render.render(animation=True)
    bpy.ops.impasto.use_render_output()
    settings = moving.impasto.frames
    assert (settings.first, settings.last) == (1, 3)
    assert not bpy.ops.impasto.restyle_frames.poll(), "there is no style yet"
    settings.look.style = str(build.png("style", kind=2))
    settings.look.brush_scale = 4.0
    assert bpy.ops.impasto.restyle_frames() == {"FINISHED"}
    files = frames.result_files(moving)
    assert [f.name for f in files] == [f"f_{n:04d}.exr" for n in (1, 2, 3)]
    before, after = read_picture(moving.render.frame_path(frame=2)), read_picture(files[1])
    assert after.size == before.size and after.depth == before.depth
    assert np.array_equal(after.alpha, before.alpha)
    assert np.abs(after.colour - before.colour).mean() > 0.01
    bpy.ops.impasto.load_frames(place="SEQUENCER")
    bpy.ops.impasto.load_frames(place="IMAGE")
    assert any(image.source == "SEQUENCE" for image in bpy.data.images)


def test_the_verb_runs_in_the_worker(build, tmp_path, capsys):
    folder = tmp_path / "in"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in (1, 2):
        pixels = cv2.resize(rng.integers(0, 255, (6, 8, 3), np.uint8), (64, 48))
        cv2.imwrite(str(folder / f"{number:04d}.png"), pixels)
    arguments = ["frames", "run", str(folder), "--style", "irises", "--brush-scale", "4"]
    assert command_line.main([*arguments, "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    assert printed.count("Saved: ") == 2 and "Time: 00:" in printed
    assert command_line.main([*arguments, "--out", str(folder)]) == 2


@pytest.fixture
def sequences(build, tmp_path):
    """Settings of the panel, and three folders of a frame each."""
    rng = np.random.default_rng(0)
    folders = [tmp_path / name for name in ("first", "second", "third")]
    for folder in folders:
        folder.mkdir()
        pixels = cv2.resize(rng.integers(0, 255, (6, 8, 3), np.uint8), (64, 48))
        cv2.imwrite(str(folder / "0001.png"), pixels)
    settings = bpy.context.scene.impasto.frames
    settings.use_range, settings.output = False, ""
    settings.look.style, settings.look.brush_scale = "irises", 4.0
    yield settings, folders
    jobs.waiting.clear()


def test_a_queue_restyles_one_sequence_after_the_other(sequences):
    settings, folders = sequences
    assert not bpy.ops.impasto.run_queue.poll()
    for folder, style in zip(folders, ("irises", "mosaic", "scream"), strict=True):
        settings.source = str(folder / "0001.png")
        settings.look.style, settings.output = style, str(folder / "out")
        assert bpy.ops.impasto.queue_frames() == {"FINISHED"}
    assert len(jobs.waiting) == 3
    (folders[1] / "0001.png").unlink()  # what fails does not hold up the rest
    assert bpy.ops.impasto.run_queue() == {"FINISHED"}
    assert not jobs.waiting
    states = [job.state for job in list(jobs.history)[:3]]
    assert states == ["FINISHED", "FAILED", "FINISHED"]
    results = [read_picture(folders[i] / "out" / "0001.png").colour for i in (0, 2)]
    assert np.abs(results[0] - results[1]).mean() > 0.02, "each with its own style"


def test_the_queue_is_cleared_by_its_button_and_by_another_file(sequences):
    settings, folders = sequences
    settings.source, settings.output = str(folders[0] / "0001.png"), str(folders[0] / "out")
    bpy.ops.impasto.queue_frames()
    assert bpy.ops.impasto.clear_queue() == {"FINISHED"}
    assert not jobs.waiting
    bpy.ops.impasto.queue_frames()
    bpy.ops.wm.read_homefile(use_empty=True)
    assert not jobs.waiting


def test_a_painted_frame_is_propagated(moving, build, tmp_path):
    bpy.ops.impasto.enable_passes()
    bpy.ops.render.render(animation=True)
    bpy.ops.impasto.use_render_output()
    settings = moving.impasto.frames
    settings.look.style, settings.look.brush_scale = "irises", 4.0
    settings.format, settings.learn_seconds = "PNG", 2
    with pytest.raises(RuntimeError, match="No frame is painted yet"):
        bpy.ops.impasto.propagate_frames()
    bpy.ops.impasto.restyle_frames()
    moving.frame_set(2)
    assert bpy.ops.impasto.paint_frame() == {"FINISHED"}
    image = bpy.data.images["Painted Frame 2"]
    pixels = np.tile(np.array([1, 0, 0, 1], np.float32), SIZE * SIZE)
    image.pixels.foreach_set(pixels)  # all red
    image.update()
    assert bpy.ops.impasto.propagate_frames() == {"FINISHED"}
    files = frames.result_files(moving)
    assert files[1].parent.name == "propagated"
    red = read_picture(files[1]).colour
    assert red[..., 0].min() > 0.99 and red[..., 1:].max() < 0.01
    moving.frame_set(7)
    with pytest.raises(RuntimeError, match="Frame 7 is not restyled yet"):
        bpy.ops.impasto.paint_frame()


def test_a_strip_gives_its_frames(moving, build, tmp_path):
    assert not bpy.ops.impasto.use_strip.poll(), "there is no strip"
    folder = tmp_path / "strip"
    folder.mkdir()
    for number in range(3, 9):
        build.png(f"s_{number:03d}", size=16).rename(folder / f"s_{number:03d}.png")
    editor = moving.sequence_editor_create()
    strip = compat.strips(editor).new_image("S", str(folder / "s_003.png"), 1, 10)
    for number in range(4, 9):
        strip.elements.append(f"s_{number:03d}.png")
    strip.frame_offset_start, strip.frame_offset_end = 1, 2
    editor.active_strip = strip
    assert bpy.ops.impasto.use_strip() == {"FINISHED"}
    settings = moving.impasto.frames
    assert Path(settings.source) == folder / "s_004.png"
    assert (settings.use_range, settings.first, settings.last) == (True, 4, 6)
