"""What goes wrong gets one clear sentence, and nothing is lost."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import bpy
import numpy as np
import pytest
from bl_ext.user_default.impasto import preferences
from bl_ext.user_default.impasto.scene import images, jobs, stylizing, worker

ops = bpy.ops.impasto


@pytest.fixture
def style(build) -> str:
    return str(build.png("style", kind=3))


@pytest.fixture
def options():
    """The preferences, as they were again afterwards."""
    found = preferences.get(bpy.context)
    before = {name: getattr(found, name) for name in found.__annotations__}
    yield found
    for name, value in before.items():
        setattr(found, name, value)


@pytest.fixture
def busy(build, style):
    """A stylize job of many textures, of which at least one is done."""
    parts = [build.textured(f"Wall {number}", number, size=128) for number in range(16)]
    build.save()
    build.group(*(part.image for part in parts), style=style)
    job = stylizing.start(bpy.context, "ALL")
    wait_until(lambda: not job.poll() or job.done)
    assert job.running and job.done
    yield job
    if job.running:
        job.cancel()
        job.block()


def wait_until(true, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def shown() -> set[str]:
    """Names of the images that materials show."""
    return {use.node.image.name for use in images.uses_in(bpy.data.materials)}


def messages() -> list[str]:
    """Sentences about images of the last job."""
    return [failure.message for failure in jobs.history[0].failures]


# --- images --------------------------------------------------------------------------------------


def test_no_image_textures_in_the_scope(build):
    build.plane("Plain", build.material("Plain"))
    with pytest.raises(RuntimeError, match="No image textures in this scene"):
        ops.analyze_textures()


def test_only_data_textures_in_the_scope(build):
    build.plane("Rough", build.material("Rough", build.image("R"), "Roughness"))
    with pytest.raises(RuntimeError, match="No color textures in this scene"):
        ops.analyze_textures()


def test_missing_file_is_named_and_the_others_are_done(build, style):
    gone, there = build.textured("Gone"), build.textured("There", 1)
    build.save()
    Path(build.folder / "Gone.png").unlink()
    build.group(gone.image, there.image, style=style)
    ops.stylize_textures()
    assert shown() == {"Gone", "There (Impasto)"}
    assert (
        len(messages()) == 1 and "Gone" in messages()[0] and "Find Missing Files" in messages()[0]
    )


def test_all_files_missing(build):
    build.textured("Gone")
    (build.folder / "Gone.png").unlink()
    with pytest.raises(RuntimeError, match=r"Gone.*is missing"):
        ops.analyze_textures()


@pytest.mark.parametrize("content", ["half", "empty", "no pixels"])
def test_damaged_file_is_named_and_the_others_are_done(build, style, content):
    torn, whole = build.textured("Torn"), build.textured("Whole", 1)
    build.save()
    path = build.folder / "Torn.png"
    data = path.read_bytes()
    nothing = data.replace(struct.pack(">II", 64, 64), struct.pack(">II", 0, 0))
    path.write_bytes({"half": data[: len(data) // 2], "empty": b"", "no pixels": nothing}[content])
    torn.image.reload()
    ops.analyze_textures()
    assert "Torn.png" in messages()[0]
    bpy.context.scene.impasto.groups.clear()
    build.group(torn.image, whole.image, style=style)
    ops.stylize_textures()
    assert shown() == {"Torn", "Whole (Impasto)"}
    assert len(messages()) == 1 and "Torn.png" in messages()[0]


def test_image_of_one_pixel_is_no_trouble(build, style):
    dot = build.textured("Dot", size=1)
    build.save()
    ops.analyze_textures()
    bpy.context.scene.impasto.groups[0].look.style = style
    ops.stylize_textures()
    assert tuple(dot.node.image.size) == (1, 1)
    assert dot.node.image.name == "Dot (Impasto)"


def test_huge_image_with_too_little_memory(build, style, options):
    side = 16384
    packer = zlib.compressobj(1)
    row = bytes(side + 1)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n"
    for kind, part in ((b"IHDR", header), (b"IDAT", body), (b"IEND", b"")):
        data += (
            struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
        )
    (build.folder / "Huge.png").write_bytes(data)
    image = bpy.data.images.load(str(build.folder / "Huge.png"))
    image.name = "Huge"
    build.plane("Huge", build.material("Huge", image))
    build.save()
    build.group(image, style=style)
    options.memory_limit = 0.5
    with pytest.raises(RuntimeError, match=r"Huge.*memory"):
        ops.stylize_textures()
    assert shown() == {"Huge"}


# --- libraries and scenes ------------------------------------------------------------------------


@pytest.fixture
def library(build) -> str:
    """A file with an image and its material."""
    build.textured("Brick").material.use_fake_user = True
    path = str(build.save("library.blend"))
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    return path


def test_linked_image_in_a_local_material_is_restyled(build, library, style):
    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.images = ["Brick"]
    linked = bpy.data.images["Brick"]
    build.plane("P", build.material("Local", linked))
    build.save()
    build.group(linked, style=style)
    ops.stylize_textures()
    assert shown() == {"Brick (Impasto)"}
    assert bpy.data.images["Brick (Impasto)"].library is None
    assert linked.library is not None


def test_linked_material_is_named_and_left_as_it_is(build, library, style):
    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.materials = ["Brick Material"]
    build.plane("P", bpy.data.materials["Brick Material"])
    build.save()
    build.group(bpy.data.images["Brick"], style=style)
    ops.stylize_textures()
    assert shown() == {"Brick"}
    assert "make them local to restyle them: Brick Material" in jobs.history[0].message


def test_material_in_two_scenes_is_said_to_change_in_both(build, style):
    part = build.textured("Brick")
    other = bpy.data.scenes.new("Night")
    build.plane("Elsewhere", part.material, scene=other)
    build.save()
    build.group(part.image, style=style)
    ops.stylize_textures()
    assert "also used in: Night" in jobs.history[0].message


def test_image_in_another_scenes_material_stays_there(build, style):
    part = build.textured("Brick")
    other = bpy.data.scenes.new("Night")
    material = build.material("Night Wall", part.image)
    build.plane("Elsewhere", material, scene=other)
    build.save()
    ops.analyze_textures()
    bpy.context.scene.impasto.groups[0].look.style = style
    ops.stylize_textures()
    assert part.node.image.name == "Brick (Impasto)"
    assert [use.node.image.name for use in images.uses_in([material])] == ["Brick"]


# --- styles and outputs --------------------------------------------------------------------------


def test_style_that_is_no_image(build):
    part = build.textured("Brick")
    build.save()
    fake = build.folder / "fake.png"
    fake.write_text("no picture at all")
    build.group(part.image, style=str(fake))
    with pytest.raises(RuntimeError, match=r"fake\.png"):
        ops.stylize_textures()
    assert shown() == {"Brick"}


def test_style_that_is_gone(build):
    part = build.textured("Brick")
    build.group(part.image, style=str(build.folder / "gone.png"))
    with pytest.raises(RuntimeError, match=r"gone\.png.*choose another"):
        ops.stylize_textures()


def test_folder_that_cannot_be_written(build, style):
    part = build.textured("Brick")
    build.save()
    (build.folder / "impasto").write_text("a file where the folder should be")
    build.group(part.image, style=style)
    with pytest.raises(RuntimeError, match="choose another Results Folder"):
        ops.stylize_textures()
    assert shown() == {"Brick"}


@pytest.mark.skipif(sys.platform == "win32", reason="a file size limit stands in for the full disk")
def test_full_disk(build, style, options):
    part = build.textured("Brick", kind=2, size=256)
    build.save()
    script = build.folder / "python"
    script.write_text(f'#!/bin/sh\nulimit -f 20\nexec "{sys.executable}" "$@"\n')
    script.chmod(0o755)
    options.worker_python = str(script)
    build.group(part.image, style=style)
    with pytest.raises(RuntimeError, match=r"disk|full"):
        ops.stylize_textures()
    assert shown() == {"Brick"}
    assert list((build.folder / "impasto").iterdir()) == []


def test_file_that_was_never_saved_packs_its_results(build, style):
    part = build.textured("Brick")
    assert not bpy.data.filepath
    build.group(part.image, style=style)
    ops.stylize_textures()
    assert part.node.image.packed_file is not None
    assert "never saved" in jobs.history[0].message
    build.save()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    image = bpy.data.images["Brick (Impasto)"]
    assert tuple(image.size) == (64, 64) and image.has_data


# --- jobs ----------------------------------------------------------------------------------------


def test_cancel_keeps_what_is_finished(busy):
    busy.cancel()
    busy.block()
    assert busy.state == "CANCELLED" and busy.changed
    assert {f"{done.key} (Impasto)" for done in busy.done} <= shown()
    assert any("(Impasto)" not in name for name in shown())


def test_killed_worker_is_named_and_the_next_job_starts_a_new_one(busy):
    pid = worker.pid()
    os.kill(pid, signal.SIGKILL)
    busy.block()
    assert busy.state == "FAILED"
    assert "Stylizing" in busy.message
    assert {f"{done.key} (Impasto)" for done in busy.done} <= shown()
    assert jobs.history[0] is busy
    ops.stylize_textures()
    assert worker.pid() != pid
    assert all("(Impasto" in name for name in shown())


def test_two_jobs_at_once(busy):
    with pytest.raises(RuntimeError, match=r"is running|poll"):
        ops.stylize_textures()
    with pytest.raises(RuntimeError, match=r"is running|poll"):
        ops.analyze_textures()
    busy.block()
    assert busy.state == "FINISHED" and len(busy.done) == 16


def test_other_file_opened_mid_job(busy, build):
    pid = worker.pid()
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    assert busy.state == "CANCELLED" and jobs.current() is None
    part = build.textured("Next")
    build.group(part.image, style=str(build.folder / "style.png"))
    ops.stylize_textures()
    assert part.node.image.name == "Next (Impasto)"
    assert worker.pid() == pid


def test_release_memory_ends_the_worker(build, style):
    part = build.textured("Brick")
    build.group(part.image, style=style)
    ops.stylize_textures()
    pid = worker.pid()
    assert alive(pid)
    ops.release_memory()
    wait_until(lambda: not alive(pid))
    assert not ops.release_memory.poll()


def test_python_without_torch_says_what_to_do(build, style, options):
    part = build.textured("Brick")
    build.group(part.image, style=style)
    options.worker_python = str(build.folder / "no such python")
    with pytest.raises(RuntimeError, match="Worker Python"):
        ops.stylize_textures()


CLOSING = """
import os, sys, time
from pathlib import Path
root, folder = Path(sys.argv[1]), Path(sys.argv[2])
extensions = folder / "resources" / "extensions" / "user_default"
extensions.mkdir(parents=True)
(extensions / "impasto").symlink_to(root)
os.environ["BLENDER_USER_RESOURCES"] = str(folder / "resources")
import bpy, addon_utils
addon_utils.enable("bl_ext.user_default.impasto", default_set=True)
bpy.ops.wm.open_mainfile(filepath=str(folder / "scene.blend"))
from bl_ext.user_default.impasto.scene import stylizing, worker
job = stylizing.start(bpy.context, "ALL")
while job.poll() and not job.done:
    time.sleep(0.02)
print("WORKER", worker.pid(), flush=True)
if sys.argv[3] == "quit":
    addon_utils.disable("bl_ext.user_default.impasto")
    sys.exit()
time.sleep(600)
"""


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for the process in /proc")
@pytest.mark.parametrize("how", ["killed", "quit"])
def test_blender_closed_mid_job_leaves_no_worker(build, style, how):
    parts = [build.textured(f"Wall {number}", number, size=128) for number in range(16)]
    build.group(*(part.image for part in parts), style=style)
    build.save()
    root = Path(preferences.__file__).resolve().parent
    blender = subprocess.Popen(
        [sys.executable, "-c", CLOSING, root, build.folder, how], stdout=subprocess.PIPE, text=True
    )
    try:
        line = next(line for line in blender.stdout if line.startswith("WORKER"))
        pid = int(line.split()[1])
        if how == "killed":
            assert alive(pid)
            blender.kill()
        blender.wait(timeout=60)
        wait_until(lambda: not alive(pid), 30)
    finally:
        blender.kill()
        blender.stdout.close()
    leftovers = [p.name for p in (build.folder / "impasto").iterdir() if p.suffix == ".part"]
    assert leftovers == []


# --- again ---------------------------------------------------------------------------------------


def test_undo_after_stylize_and_redo(build, style):
    part = build.textured("Brick")
    build.save()
    build.group(part.image, style=style)
    bpy.ops.ed.undo_push(message="Before")
    ops.stylize_textures("EXEC_DEFAULT", True)  # True: with an undo step, as for a click
    assert shown() == {"Brick (Impasto)"}
    bpy.ops.ed.undo()
    assert shown() == {"Brick"}
    bpy.ops.ed.redo()
    assert shown() == {"Brick (Impasto)"}
    assert np.ptp(bpy.data.images["Brick (Impasto)"].pixels[:400]) > 0


def test_second_stylize_starts_from_the_original(build, style):
    part = build.textured("Brick")
    build.save()
    build.group(part.image, style=style)
    ops.stylize_textures()
    ops.stylize_textures()
    first, second = (build.folder / "impasto" / f"Brick (Impasto{n}).png" for n in ("", " 2"))
    assert first.read_bytes() == second.read_bytes()
    assert part.node.image["impasto"]["source"] == "Brick"
    ops.revert_textures()
    assert shown() == {"Brick"}
