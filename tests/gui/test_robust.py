"""Whatever an artist does while a job runs: Blender lives on, and no worker is left behind."""

from __future__ import annotations

import os
import signal
import time

import pytest
from artist import MODULE, Artist
from conftest import FAILED
from window import wait_for

FAST_CYCLES = """
import bpy
scene = bpy.context.scene
scene.cycles.samples = 4
scene.cycles.use_denoising = False  # Debian builds Blender 4.3 without it.
scene.render.resolution_x = scene.render.resolution_y = 64
"""


@pytest.fixture(scope="module")
def last() -> list[Artist]:
    """The window of the test before, which goes on if it is still open."""
    return []


@pytest.fixture
def artist(open_window, profile, last, request):
    """A Blender with the big scene, in the middle of a long job."""
    if not (last and last[0].alive()):
        last[:] = [open_window(f"robust-{request.node.originalname}", profile=profile)]
    window = last[0]
    window.expected = ()
    window.open("/w/scene/big.blend")
    window.start_long_job()
    yield window
    if FAILED in request.node.stash:
        window.kill()  # Who knows what it is in the middle of.
        return
    if not window.alive():
        wait_for(lambda: not window.workers(), "the workers to end", 30)
        assert window.process.returncode == 0
    assert window.complaints() == []


def test_click(artist):
    """Settings can be changed meanwhile."""
    before = artist.ask("bpy.context.scene.impasto.automatic")
    artist.click(*artist.find(r"impasto\.automatic$"))
    artist.until(f"bpy.context.scene.impasto.automatic != {before}", "the click", 20)
    assert artist.ask(f"{artist.JOB} is not None")


def test_open_another_file(artist):
    artist.open("/w/scene/scene.blend")
    assert artist.ask(f"{artist.JOB} is None")
    artist.press(r"impasto\.analyze_textures")
    artist.wait_idle()
    assert artist.ask("len(bpy.context.scene.impasto.groups)") >= 2


def test_new_file(artist):
    artist.run("bpy.ops.wm.read_homefile(app_template='')")
    time.sleep(1)
    assert artist.ask(f"{artist.JOB} is None")


def test_undo(artist):
    """Undo takes back what was before the job; the job goes on or ends, and nothing breaks."""
    artist.undo(2)
    artist.undo(-1)
    artist.key("Escape")
    artist.wait_idle()


def test_other_scene(artist):
    artist.run("bpy.ops.scene.new(type='EMPTY')")
    time.sleep(1)
    artist.run("window = place()[0]; window.scene = bpy.data.scenes[0]")
    artist.key("Escape")
    artist.wait_idle()


def test_second_window_is_closed(artist):
    artist.run("bpy.ops.wm.window_new()")
    time.sleep(1)
    artist.close_preferences()
    artist.key("Escape")
    artist.wait_idle()


def test_window_of_the_job_is_closed(artist):
    """The job ends with the window that it was started from; the other window goes on."""
    artist.key("Escape")
    artist.wait_idle()
    artist.run("bpy.ops.wm.window_new()")
    time.sleep(1)
    artist.run(
        "window = bpy.context.window_manager.windows[-1]\nwindow.screen.areas[0].type = 'VIEW_3D'"
    )
    artist.open_tab()
    artist.start_long_job()
    artist.shot("second-window")
    artist.close_preferences()
    artist.wait_idle()
    assert artist.ask(f"{artist.JOBS}.history[0].state") == "CANCELLED"
    artist.start_long_job()
    artist.key("Escape")
    artist.wait_idle()


def test_render(artist):
    artist.run(
        f"{FAST_CYCLES}\nscene.render.engine = 'CYCLES'\nbpy.ops.render.render('INVOKE_DEFAULT')"
    )
    artist.until("bpy.data.images.get('Render Result') is not None", "the render", 60)
    time.sleep(2)
    artist.close_preferences()
    artist.key("Escape")
    artist.wait_idle()


def test_background_render_beside(artist):
    """Another Blender renders the same file meanwhile."""
    artist.screen.sandbox.run(
        *("blender", "--background", "/w/scene/big.blend", "--engine", "CYCLES"),
        *("--python-expr", FAST_CYCLES),
        *("--render-output", "/w/beside-", "--render-frame", "1"),
        BLENDER_USER_RESOURCES="/w/profile-beside",
    )
    artist.key("Escape")
    artist.wait_idle()


def test_disabled_in_the_middle(artist):
    artist.switch(on=False)
    wait_for(lambda: not artist.workers(), "the worker to end", 30)
    artist.switch(on=True)
    assert artist.ask(f"'{MODULE}' in bpy.context.preferences.addons")


def test_worker_is_killed(artist):
    # Blender is told what the worker last said, too: joblib finds no lscpu in the sandbox.
    artist.expected = ("The worker was killed", "joblib", "physical cores", "LOKY", "warnings.warn")
    for worker in artist.workers():
        os.kill(worker, signal.SIGKILL)
    artist.wait_idle()
    state, message = artist.ask(
        f"[{artist.JOBS}.history[0].state, {artist.JOBS}.history[0].message]"
    )
    assert state == "FAILED" and message
    artist.shot("worker-killed")
    artist.key("Escape")  # The report pops up over the panel.
    artist.start_long_job()
    artist.key("Escape")
    artist.wait_idle()


def test_window_is_closed(artist):
    """Blender quits while the worker is busy."""
    assert artist.quit() == 0


def test_blender_dies(artist):
    """No chance to say goodbye: the worker notices by itself."""
    artist.kill()
    wait_for(lambda: not artist.workers(), "the worker to end", 30)
    artist.process.returncode = 0
