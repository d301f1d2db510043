"""Frames in Blender: the Vector pass of a known motion, the panel's buttons, the command line."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import bpy
import cv2
import numpy as np
import pytest

from impasto.core.image.files import read_picture
from impasto.core.image.metadata import read_metadata
from impasto.core.video.passes import read_passes
from impasto.scene import command_line, compat
from impasto.scene.frames import inputs, outputs
from impasto.scene.jobs import queue

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
    assert inputs.missing_passes(moving) == ["Vector", "Depth", "OpenEXR MultiLayer"]
    bpy.ops.impasto.enable_passes()
    assert inputs.missing_passes(moving) == []
    layer = moving.view_layers[0]
    layer.use_pass_normal = layer.use_pass_position = True
    bpy.ops.render.render(animation=True)
    passes = read_passes(Path(moving.render.frame_path(frame=2)), (SIZE, SIZE))
    middle = (slice(26, 31), slice(31, 37))  # of the card, whose corners are at (28, 22), (40, 34)
    assert np.allclose(passes.to_previous[middle], [-8, -4], atol=0.05)
    assert np.allclose(passes.to_next[middle], [16, 0], atol=0.05)
    assert np.allclose(passes.depth[middle], 100, atol=0.5)
    assert np.allclose(passes.normal[middle], [0, 0, 1], atol=0.01)
    # A unit is a pixel: the middle of row 28 is 3.5 above the axis, that of column 34 is 2.5 beside.
    assert np.allclose(passes.position[28, 34], [2.5, 3.5, 0], atol=0.6)
    half = read_passes(Path(moving.render.frame_path(frame=2)), (SIZE // 2, SIZE // 2))
    assert np.allclose(half.to_previous[13:15, 16:18], [-4, -2], atol=0.05)


EEVEE = """
import sys
import bpy
scene = bpy.context.scene
bpy.data.objects.remove(bpy.data.objects["Cube"])
camera = scene.camera
camera.matrix_world.identity()
camera.data.type, camera.data.ortho_scale, camera.location.z = "ORTHO", 64.0, 100
bpy.ops.mesh.primitive_plane_add(size=16)
for frame, place in enumerate([(-12, 2), (-4, -2), (12, -2)], start=1):
    bpy.context.object.location = (*place, 0)
    bpy.context.object.keyframe_insert("location", frame=frame)
scene.render.engine = "BLENDER_EEVEE" if bpy.app.version >= (5, 0, 0) else "BLENDER_EEVEE_NEXT"
scene.eevee.taa_render_samples = 1
scene.render.resolution_x = scene.render.resolution_y = 64
layer = scene.view_layers[0]
layer.use_pass_vector = layer.use_pass_z = True
if bpy.app.version >= (5, 0, 0):
    scene.render.image_settings.media_type = "MULTI_LAYER_IMAGE"
scene.render.image_settings.file_format = "OPEN_EXR_MULTILAYER"
scene.render.filepath = sys.argv[-1]
scene.frame_set(2)
bpy.ops.render.render(write_still=True)
"""


def test_the_vector_pass_of_eevee_is_the_same(tmp_path):
    """In a process of its own: without a graphics driver, Blender may not survive it."""
    file = tmp_path / "eevee.exr"
    with suppress(subprocess.TimeoutExpired):  # a machine may draw every pixel itself, and slowly
        subprocess.run([sys.executable, "-c", EEVEE, str(file)], timeout=150, capture_output=True)
    if not file.exists():
        pytest.skip("EEVEE does not render on this machine.")
    passes = read_passes(file, (SIZE, SIZE))
    inside = (slice(28, 40), slice(22, 34))  # of the plane, whose middle is at (28, 34)
    assert np.allclose(passes.to_previous[inside], [-8, -4], atol=0.05)
    assert np.allclose(passes.to_next[inside], [16, 0], atol=0.05)
    assert np.allclose(passes.depth[inside], 100, atol=0.5)
    assert not passes.to_previous[:16].any(), "nothing else moves"


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
    files = outputs.result_files(moving)
    assert [f.name for f in files] == [f"f_{n:04d}.exr" for n in (1, 2, 3)]
    before, after = read_picture(moving.render.frame_path(frame=2)), read_picture(files[1])
    assert after.size == before.size and after.depth == before.depth
    assert np.array_equal(after.alpha, before.alpha)
    assert np.abs(after.color - before.color).mean() > 0.01
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
    arguments += ["--device", "cpu"]
    assert command_line.main([*arguments, "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    assert printed.count("Saved: ") == 2 and "Time: 00:" in printed
    assert command_line.main([*arguments, "--out", str(folder)]) == 2
    if sys.platform == "linux" and not Path("/dev/nvidiactl").exists():
        for device in ("cuda", "mps"):
            elsewhere = [*arguments, "--out", str(tmp_path / device), "--device", device]
            assert command_line.main(elsewhere) == 2
            said = capsys.readouterr().err
            assert f"finds no {device.upper()} device on this machine; set Device to CPU" in said


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
    queue.waiting.clear()


def test_a_queue_restyles_one_sequence_after_the_other(sequences):
    settings, folders = sequences
    assert not bpy.ops.impasto.run_queue.poll()
    for folder, style in zip(folders, ("irises", "mosaic", "scream"), strict=True):
        settings.source = str(folder / "0001.png")
        settings.look.style, settings.output = style, str(folder / "out")
        assert bpy.ops.impasto.queue_frames() == {"FINISHED"}
    assert len(queue.waiting) == 3
    (folders[1] / "0001.png").unlink()  # what fails does not hold up the rest
    assert bpy.ops.impasto.run_queue() == {"FINISHED"}
    assert not queue.waiting
    states = [job.state for job in list(queue.history)[:3]]
    assert states == ["FINISHED", "FAILED", "FINISHED"]
    results = [read_picture(folders[i] / "out" / "0001.png").color for i in (0, 2)]
    assert np.abs(results[0] - results[1]).mean() > 0.02, "each with its own style"


def test_the_queue_is_cleared_by_its_button_and_by_another_file(sequences):
    settings, folders = sequences
    settings.source, settings.output = str(folders[0] / "0001.png"), str(folders[0] / "out")
    bpy.ops.impasto.queue_frames()
    assert bpy.ops.impasto.clear_queue() == {"FINISHED"}
    assert not queue.waiting
    bpy.ops.impasto.queue_frames()
    bpy.ops.wm.read_homefile(use_empty=True)
    assert not queue.waiting


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
    files = outputs.result_files(moving)
    assert files[1].parent.name == "propagated"
    red = read_picture(files[1]).color
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


def test_a_movie_strip_gives_what_is_shown_of_it(moving, tmp_path):
    path = tmp_path / "m.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 24, (64, 48))
    for level in range(0, 200, 20):
        writer.write(np.full((48, 64, 3), level, np.uint8))
    writer.release()
    editor = moving.sequence_editor_create()
    strip = compat.strips(editor).new_movie("M", str(path), 1, 5)
    strip.frame_offset_start, strip.frame_offset_end = 2, 3
    editor.active_strip = strip
    assert bpy.ops.impasto.use_strip() == {"FINISHED"}
    settings = moving.impasto.frames
    assert Path(settings.source) == path
    assert (settings.use_range, settings.first, settings.last) == (True, 3, 7)


def test_a_strip_without_numbers_is_refused(moving, build):
    editor = moving.sequence_editor_create()
    strip = compat.strips(editor).new_image("S", str(build.png("cover")), 1, 1)
    editor.active_strip = strip
    with pytest.raises(RuntimeError, match="not numbered; put numbers into their names"):
        bpy.ops.impasto.use_strip()


@pytest.fixture
def restyled(build, tmp_path):
    """Restyled frames 5, 6 and 8, each of its own gray, of a scene with frames 5 to 9."""
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 5, 9
    for number in (5, 6, 8):
        gray = np.full((16, 16, 3), 20 * number, np.uint8)
        cv2.imwrite(str(tmp_path / f"r_{number:04d}.png"), gray)
    scene.impasto.frames.result = str(tmp_path / "r_0005.png")
    return scene


def composited(scene, frame: int) -> float:
    """The mean code of what the compositor's Image node shows at a frame."""
    tree = compat.compositor_tree(scene)
    node = next(node for node in tree.nodes if node.type == "IMAGE")
    output = next(n for n in tree.nodes if n.type in {"COMPOSITE", "GROUP_OUTPUT"})
    tree.links.new(node.outputs["Image"], output.inputs["Image"])
    scene.camera = scene.camera or bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.render.engine, scene.view_settings.view_transform = "CYCLES", "Standard"
    scene.cycles.device, scene.cycles.samples = "CPU", 1
    scene.render.resolution_x = scene.render.resolution_y = 16
    scene.render.image_settings.file_format = "PNG"
    scene.render.filepath = str(Path(bpy.app.tempdir) / f"composited_{frame}.png")
    scene.frame_set(frame)
    bpy.ops.render.render(write_still=True)
    return float(cv2.imread(scene.render.filepath).mean())


def test_the_compositor_shows_the_frames_at_their_own_time(restyled):
    assert bpy.ops.impasto.load_frames(place="COMPOSITOR") == {"FINISHED"}
    tree = compat.compositor_tree(restyled)
    (node,) = (node for node in tree.nodes if node.type == "IMAGE")
    assert tree.nodes.active == node
    assert not node.outputs["Image"].is_linked, "what the scene renders is left as it is"
    assert any(node.type == "R_LAYERS" for node in tree.nodes)
    assert any(link.from_node.type in {"R_LAYERS", "REROUTE"} for link in tree.links)
    for frame in (5, 6, 8):
        assert composited(restyled, frame) == pytest.approx(20 * frame, abs=2)
    bpy.ops.impasto.load_frames(place="COMPOSITOR")
    assert sum(node.type == "IMAGE" for node in tree.nodes) == 1, "the node is used again"


def test_nodes_that_composite_already_are_left_as_they_are(restyled):
    tree = compat.compositor_tree(restyled)
    before = {node.name for node in tree.nodes}
    links = len(tree.links)
    bpy.ops.impasto.load_frames(place="COMPOSITOR")
    assert compat.compositor_tree(restyled) == tree
    assert before < {node.name for node in tree.nodes} and len(tree.links) == links


def test_a_strip_holds_the_frame_before_a_gap(restyled):
    bpy.ops.impasto.load_frames(place="SEQUENCER")
    (strip,) = compat.strips(restyled.sequence_editor)
    assert strip.frame_start == 5
    names = [element.filename for element in strip.elements]
    assert names == [f"r_{n:04d}.png" for n in (5, 6, 6, 8)]


def test_a_material_shows_the_frames_at_their_own_time(restyled, build):
    textured = build.textured("Screen")
    textured.material.node_tree.nodes.active = textured.node
    bpy.context.view_layer.objects.active = textured.item
    bpy.ops.impasto.load_frames(place="IMAGE")
    user = textured.node.image_user
    assert textured.node.image.source == "SEQUENCE"
    assert (user.frame_start, user.frame_offset, user.frame_duration) == (5, 4, 4)
    restyled.frame_start = 100  # they lie outside of the scene now: they are shown from its start
    bpy.ops.impasto.load_frames(place="IMAGE")
    assert (user.frame_start, user.frame_offset) == (100, 4)


def test_what_is_not_rendered_is_rendered_first(moving, build):
    settings, render = moving.impasto.frames, moving.render
    settings.look.style, settings.look.brush_scale = "irises", 4.0
    render.image_settings.file_format = "PNG"
    settings.source = str(build.png("other_0001"))
    assert not bpy.ops.impasto.render_and_restyle.poll(), "these are not what the scene renders"
    bpy.ops.impasto.use_render_output()
    with pytest.raises(RuntimeError, match="None of the frames is rendered yet"):
        bpy.ops.impasto.restyle_frames()
    moving.frame_end = 1
    bpy.ops.render.render(animation=True)
    moving.frame_end = 3
    first = Path(render.frame_path(frame=1))
    before = first.stat().st_mtime_ns
    assert inputs.missing_frames(moving) == [2, 3]
    assert bpy.ops.impasto.restyle_frames() == {"FINISHED"}
    assert "Not rendered yet: frames 2-3" in queue.history[0].message
    render.use_overwrite = True
    assert bpy.ops.impasto.render_and_restyle() == {"FINISHED"}
    assert first.stat().st_mtime_ns == before, "what was there is not rendered again"
    assert [f.name for f in outputs.result_files(moving)] == [f"f_{n:04d}.png" for n in (1, 2, 3)]
    assert (moving.frame_start, moving.frame_end, render.use_overwrite) == (1, 3, True)
    assert not inputs.missing_frames(moving)


def test_only_what_the_range_wants_is_rendered(moving):
    bpy.ops.impasto.use_render_output()
    settings = moving.impasto.frames
    settings.use_range, settings.first, settings.last = True, 2, 2
    assert inputs.missing_frames(moving) == [2]
    moving.camera = None
    settings.look.style = "irises"
    with pytest.raises(RuntimeError, match="amera"):
        bpy.ops.impasto.render_and_restyle()
    assert (moving.frame_start, moving.frame_end) == (1, 3), "the scene is as it was"


def test_a_folder_in_which_some_numbers_are_missing_says_so(sequences):
    settings, folders = sequences
    for number in (2, 5):
        (folders[0] / f"{number:04d}.png").write_bytes((folders[0] / "0001.png").read_bytes())
    settings.source, settings.output = str(folders[0]), str(folders[0] / "out")
    bpy.ops.impasto.restyle_frames()
    assert "Missing: frames 3-4." in queue.history[0].message


def test_results_keep_blenders_stamps(moving):
    bpy.ops.impasto.enable_passes()
    moving.render.use_stamp_note, moving.render.stamp_note_text = True, "take two"
    moving.render.pixel_aspect_x = 1.5
    bpy.ops.render.render(animation=True)
    bpy.ops.impasto.use_render_output()
    settings = moving.impasto.frames
    settings.look.style, settings.look.brush_scale = "irises", 4.0
    bpy.ops.impasto.restyle_frames()
    for number, file in enumerate(outputs.result_files(moving), start=1):
        found = read_metadata(file)
        stamps = dict(found.texts)
        assert (int(stamps["Frame"]), stamps["Camera"]) == (number, "Camera")
        assert stamps["Note"] == "take two"
        assert found.density[1] / found.density[0] == pytest.approx(1.5)
        image = bpy.data.images.load(str(file))
        assert tuple(image.size) == (SIZE, SIZE) and image.type != "MULTILAYER"


@pytest.mark.parametrize(
    ("naming", "first"),
    [("shot_####_v002", "shot_0001_v002.png"), ("shot_v002", "shot_v0020001.png")],
)
def test_the_scene_knows_which_number_is_the_frame(moving, tmp_path, naming, first):
    """Also with one frame rendered, and with another version beside it."""
    moving.render.image_settings.file_format = "PNG"
    moving.render.filepath = str(tmp_path / "render" / naming)
    moving.frame_start = -1
    bpy.ops.impasto.use_render_output()
    settings = moving.impasto.frames
    settings.source = moving.render.frame_path(frame=1)
    assert inputs.is_render_output(moving)
    settings.look.style, settings.look.brush_scale = "irises", 4.0
    (tmp_path / "render").mkdir()
    for number in (-1, 1, 3):
        pixels = np.full((48, 64, 3), 60 + 20 * number, np.uint8)
        cv2.imwrite(moving.render.frame_path(frame=number), pixels)
    cv2.imwrite(str(tmp_path / "render" / first.replace("v002", "v001")), pixels)
    assert inputs.missing_frames(moving) == [0, 2]
    assert bpy.ops.impasto.restyle_frames() == {"FINISHED"}
    results = outputs.numbered_results(moving)
    names = [Path(moving.render.frame_path(frame=number)).name for number in (-1, 1, 3)]
    assert [(number, path.name) for number, path in results] == list(
        zip((-1, 1, 3), names, strict=True)
    )
    assert names[1] == first
    assert outputs.missing_results(moving) == [0, 2]
    moving.frame_set(3)
    assert bpy.ops.impasto.paint_frame() == {"FINISHED"}
    settings.source = str(tmp_path / "render" / "shot_####_v001.png")
    assert not inputs.is_render_output(moving)


def test_a_strip_of_versions_gives_its_frames(moving, build, tmp_path):
    folder = tmp_path / "strip"
    folder.mkdir()
    names = [f"s_{number:03d}_v002.png" for number in range(3, 6)]
    for name in names:
        build.png(Path(name).stem, size=16).rename(folder / name)
    editor = moving.sequence_editor_create()
    strip = compat.strips(editor).new_image("S", str(folder / names[0]), 1, 10)
    for name in names[1:]:
        strip.elements.append(name)
    editor.active_strip = strip
    assert bpy.ops.impasto.use_strip() == {"FINISHED"}
    assert (moving.impasto.frames.first, moving.impasto.frames.last) == (3, 5)


def test_several_sequences_in_a_folder_are_named(sequences):
    settings, folders = sequences
    for name in ("a_0001", "a_0002", "b_0001", "b_0002"):
        (folders[0] / f"{name}.png").write_bytes((folders[0] / "0001.png").read_bytes())
    settings.source, settings.output = str(folders[0]), str(folders[0] / "out")
    with pytest.raises(RuntimeError, match=r"a_####\.png \(frames 1-2\), b_####\.png"):
        bpy.ops.impasto.restyle_frames()
    settings.source = str(folders[0] / "b_####.png")
    assert bpy.ops.impasto.restyle_frames() == {"FINISHED"}
    assert sorted(p.name for p in (folders[0] / "out").glob("*.png")) == [
        "b_0001.png",
        "b_0002.png",
    ]
