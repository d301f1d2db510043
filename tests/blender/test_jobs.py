"""Jobs that are cancelled, killed, interrupted and undone: no result is lost, no worker left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import bpy
import numpy as np
import pytest

from impasto import preferences
from impasto.scene.jobs import job as scene_job
from impasto.scene.jobs import queue, worker
from impasto.scene.looks import stylize

ops = bpy.ops.impasto


@pytest.fixture
def busy(build, style):
    """A stylize job of many textures, of which at least one is done."""
    parts = [build.textured(f"Wall {number}", number, size=128) for number in range(16)]
    build.save()
    build.group(*(part.image for part in parts), style=style)
    job = stylize.start(bpy.context, "ALL")
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


def test_cancel_keeps_what_is_finished(busy, build):
    busy.cancel()
    busy.block()
    assert busy.state == "CANCELLED" and busy.changed
    assert {f"{done.key} (Impasto)" for done in busy.done} <= build.shown()
    assert any("(Impasto)" not in name for name in build.shown())


def test_pause_keeps_still_until_resumed(busy):
    assert ops.pause_job() == {"FINISHED"}
    time.sleep(0.5)
    busy.poll()
    assert busy.paused and busy.seconds_left is None
    done = len(busy.done)
    time.sleep(1.0)
    busy.poll()
    assert len(busy.done) == done < 16, "it went on while it was paused"
    assert ops.pause_job() == {"FINISHED"}
    busy.block()
    assert busy.state == "FINISHED" and len(busy.done) == 16


def test_results_are_taken_in_step_by_step(busy, build, monkeypatch):
    """One a poll, as each may be large; what an undo removes meanwhile is read again."""
    monkeypatch.setattr(scene_job, "_POLL_SECONDS", 0.0)
    steps = []
    while busy.poll():
        steps.append(busy.step)
        for image in [i for i in bpy.data.images if not i.users]:
            bpy.data.images.remove(image)
    assert [step for step in steps if "results (3 of 16)" in step]
    assert len(build.shown()) == 16 and all("(Impasto)" in name for name in build.shown())


def test_killed_worker_is_named_and_the_next_job_starts_a_new_one(busy, build):
    pid = worker.pid()
    os.kill(pid, signal.SIGKILL)
    busy.block()
    assert busy.state == "FAILED"
    assert "Stylizing" in busy.message
    assert {f"{done.key} (Impasto)" for done in busy.done} <= build.shown()
    assert queue.history[0] is busy
    ops.stylize_textures()
    assert worker.pid() != pid
    assert all("(Impasto" in name for name in build.shown())


def test_two_jobs_at_once(busy, build):
    with pytest.raises(RuntimeError, match=r"is running|poll"):
        ops.stylize_textures()
    with pytest.raises(RuntimeError, match=r"is running|poll"):
        ops.analyze_textures()
    busy.block()
    assert busy.state == "FINISHED" and len(busy.done) == 16


def test_other_file_opened_mid_job(busy, build):
    pid = worker.pid()
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    assert busy.state == "CANCELLED" and queue.current() is None
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
    with pytest.raises(RuntimeError, match="External Python"):
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
from bl_ext.user_default.impasto.scene.jobs import worker
from bl_ext.user_default.impasto.scene.looks import stylize
job = stylize.start(bpy.context, "ALL")
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


STARTING = CLOSING[: CLOSING.index("bpy.ops.wm")]


@pytest.mark.skipif(sys.platform == "win32", reason="kills as Unix does")
def test_temporary_folders_of_a_killed_blender_go_at_the_next_start(build, style, tmp_path):
    """Those of one that is alive stay, and so does what is not ours."""
    part = build.textured("Wall", 1, size=128)
    build.group(part.image, style=style)
    build.save()
    root = Path(preferences.__file__).resolve().parent
    temp = tmp_path / "temp"
    temp.mkdir()
    env = {**os.environ, "TMPDIR": str(temp)}

    def start(code: str, name: str, how: str) -> subprocess.Popen:
        place = tmp_path / name
        place.mkdir()
        for path in build.folder.iterdir():
            if path.is_file():
                shutil.copy(path, place)
        command = [sys.executable, "-c", code, str(root), str(place), how]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)

    both = [start(CLOSING, name, "stay") for name in ("killed", "living")]
    try:
        for blender in both:
            next(line for line in blender.stdout if line.startswith("WORKER"))
        other = temp / "impasto_jobs_of_somebody"
        other.mkdir()
        left = set(temp.rglob("impasto_jobs_*"))
        assert len(left) == 3
        both[0].kill()
        both[0].wait()
        third = start(STARTING, "third", "quit")
        third.communicate(timeout=60)
        kept = set(temp.rglob("impasto_jobs_*"))
        assert len(kept) == 2 and other in kept
    finally:
        for blender in both:
            blender.kill()
            blender.communicate()


# --- again ---------------------------------------------------------------------------------------


def test_undo_after_stylize_and_redo(build, style):
    part = build.textured("Brick")
    build.save()
    build.group(part.image, style=style)
    bpy.ops.ed.undo_push(message="Before")
    ops.stylize_textures("EXEC_DEFAULT", True)  # True: with an undo step, as for a click
    assert build.shown() == {"Brick (Impasto)"}
    bpy.ops.ed.undo()
    assert build.shown() == {"Brick"}
    bpy.ops.ed.redo()
    assert build.shown() == {"Brick (Impasto)"}
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
    assert build.shown() == {"Brick"}
