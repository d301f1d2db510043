"""Frames in a window: rendered first where they are missing, queued by a script, composited."""

from __future__ import annotations

import time

import pytest

pytestmark = pytest.mark.story

FRAMES = "bpy.context.scene.impasto.frames"
OUT = "len([f for f in os.listdir('/w/film (Impasto)') if f.endswith('.png')])"


@pytest.fixture(scope="module")
def artist(open_window, profile):
    """One Blender for the whole story; the scene renders three small frames, of which one is there."""
    window = open_window("frames", profile=profile)
    window.open("/w/scene/scene.blend")
    window.press(r"impasto\.analyze_textures")  # only then do all panels fold
    window.wait_idle()
    window.run(
        "scene = bpy.context.scene\n"
        "scene.render.engine, scene.cycles.samples = 'CYCLES', 1\n"
        "scene.cycles.use_denoising = False\n"  # Debian's Blender 4.3 cannot
        "scene.render.resolution_x, scene.render.resolution_y = 192, 108\n"
        "scene.render.filepath = '/w/film/f_'\n"
        "scene.frame_start, scene.frame_end = 1, 1\n"
        "bpy.ops.render.render(animation=True)\n"
        "scene.frame_end = 3\n"
        f"{FRAMES}.look.style = '/w/scene/Weave 1.png'",
        timeout=120,
    )
    return window


def test_what_is_missing_is_rendered_and_then_all_is_restyled(artist):
    artist.fold_all()
    artist.toggle("Animation")
    artist.press(r"impasto\.use_render_output")
    artist.until(f"{FRAMES}.source.startswith('/w/film/f_')", "the source", 10)
    before = artist.ask("os.stat('/w/film/f_0001.png').st_mtime_ns")
    artist.press(r"impasto\.render_and_restyle")
    artist.until("os.path.exists('/w/film/f_0003.png')", "the render", 120)
    artist.until(f"{artist.JOB} is not None", "the job that follows it", 30)
    artist.wait_idle()
    assert artist.ask(OUT) == 3
    assert artist.ask("os.stat('/w/film/f_0001.png').st_mtime_ns") == before
    assert artist.ask(f"{artist.JOBS}.history[0].state") == "FINISHED"
    set_back = "(lambda s: [s.frame_start, s.frame_end, s.render.use_overwrite])"
    assert artist.ask(f"{set_back}(bpy.context.scene)") == [1, 3, True]
    artist.close_preferences()  # and the window of the render
    artist.shot("rendered-and-restyled")


def test_the_queue_goes_on_after_a_job_that_a_script_waits_for(artist):
    artist.run(f"{FRAMES}.output = '/w/film B'; bpy.ops.impasto.queue_frames()")
    artist.run(f"{FRAMES}.output = '/w/film A'; bpy.ops.impasto.restyle_frames()", timeout=120)
    artist.until(f"not {artist.JOBS}.waiting", "the turn of the one that waits", 30)
    artist.wait_idle()
    assert artist.ask("[os.path.exists(f'/w/film {n}/f_0003.png') for n in 'AB']") == [True, True]


def test_a_strip_of_the_result_gives_its_frames_again(artist):
    """The names of what is asked for have changed from one Blender to the next."""
    artist.run(
        "bpy.ops.impasto.load_frames(place='SEQUENCER')\n"
        "editor = bpy.context.scene.sequence_editor\n"
        "editor.active_strip = (editor.strips if hasattr(editor, 'strips') else editor.sequences)[0]\n"
        "bpy.ops.impasto.use_strip()"
    )
    found = artist.ask(f"[{FRAMES}.source, {FRAMES}.first, {FRAMES}.last]")
    assert found in (["/w/film A/f_0001.png", 1, 3], ["/w/film B/f_0001.png", 1, 3])


def test_the_compositor_gets_a_node_that_hides_no_other(artist):
    artist.run(
        "bpy.ops.impasto.load_frames(place='COMPOSITOR')\n"
        "area('VIEW_3D').ui_type = 'CompositorNodeTree'"
    )
    time.sleep(1.0)
    artist.run(
        "def show():\n"
        "    a, scene = area('NODE_EDITOR'), bpy.context.scene\n"
        "    space = a.spaces.active\n"
        "    tree = getattr(scene, 'compositing_node_group', None) or scene.node_tree\n"
        "    space.node_tree, space.show_region_ui = tree, False\n"
        "    if hasattr(space, 'show_region_asset_shelf'): space.show_region_asset_shelf = False\n"
        "    r = next(r for r in a.regions if r.type == 'WINDOW')\n"
        "    with bpy.context.temp_override(area=a, region=r): bpy.ops.node.view_all()\n"
        "show()"
    )
    time.sleep(1.5)
    artist.shot("compositor")
    assert artist.run(
        "def apart():\n"
        "    nodes = area('NODE_EDITOR').spaces.active.node_tree.nodes\n"
        "    new = nodes.active\n"
        "    others = [n for n in nodes if n != new and n.type != 'REROUTE']\n"
        "    bottom = min(n.location.y - n.dimensions.y for n in others)\n"
        "    return new.type == 'IMAGE' and len(others) > 1 and new.location.y < bottom\n"
        "answer = apart()"
    )
