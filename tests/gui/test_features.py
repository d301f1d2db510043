"""What the tour leaves out: drag and drop, presets, assets, another language."""

from __future__ import annotations

import time

import pytest
from artist import LOOK, STYLE_OF_GROUP

pytestmark = pytest.mark.story

DROPPED = "/w/scene/Weave 1.png"
KEPT = "//Weave 1.png"
"""As the file keeps it."""


@pytest.fixture(scope="module")
def artist(open_window, profile):
    """One Blender for the whole story, with the small textures in groups."""
    window = open_window("features", profile=profile)
    window.open("/w/scene/features.blend")
    window.press(r"impasto\.analyze_textures")
    window.wait_idle()
    return window


def test_drop_a_style_image_on_the_tab(artist):
    left, top, width, height = artist.ask("box()")
    artist.drop(DROPPED, left + width * 0.5, top + height * 0.5)
    artist.shot("dropped")
    if not artist.ask(STYLE_OF_GROUP):  # Blender 5 asks what the picture shall be.
        artist.key("Return")
    artist.until(f"{STYLE_OF_GROUP} == {KEPT!r}", "the dropped style", 10)
    artist.undo()
    assert artist.ask(STYLE_OF_GROUP) == ""
    artist.undo(-1)
    assert artist.ask(STYLE_OF_GROUP) == KEPT


def test_a_drop_elsewhere_keeps_its_usual_meaning(artist):
    artist.run(f"{LOOK}.style = ''")
    before = artist.ask("len(bpy.data.objects)")
    left, top, width, height = artist.ask("box('WINDOW')")
    artist.drop(DROPPED, left + width * 0.2, top + height * 0.8)
    artist.until(f"len(bpy.data.objects) == {before + 1}", "the image as an object", 10)
    assert artist.ask(STYLE_OF_GROUP) == ""
    artist.undo()


def test_presets_are_saved_and_applied(artist):
    artist.run(f"{LOOK}.style = {DROPPED!r}; {LOOK}.strength = 0.25")
    artist.run("bpy.ops.impasto.add_look_preset(name='Faint Weave')")
    artist.run(f"{LOOK}.style = ''; {LOOK}.strength = 1.0")
    left, top, width, height = artist.ask("box()")
    artist.move(left + width * 0.5, top + height * 0.4)
    artist.run(
        "w, a = place()\n"
        "with bpy.context.temp_override(window=w, area=a, region=region()):\n"
        "    bpy.ops.wm.call_panel('INVOKE_DEFAULT', name='IMPASTO_PT_look_presets')"
    )
    time.sleep(1.0)
    artist.shot("presets")
    artist.key("Escape")
    artist.run(
        "folders = bpy.utils.preset_paths('impasto/looks')\n"
        "files = [os.path.join(d, name) for d in folders for name in os.listdir(d)]\n"
        "file = next(file for file in files if 'Faint' in file)\n"
        "bpy.ops.script.execute_preset(filepath=file, menu_idname='IMPASTO_PT_look_presets')"
    )
    assert artist.ask(f"[{LOOK}.style, round({LOOK}.strength, 2)]") == [DROPPED, 0.25]


def test_results_become_assets(artist):
    artist.run(
        f"for group in bpy.context.scene.impasto.groups: group.look.style = {DROPPED!r}\n"
        "bpy.ops.wm.save_mainfile()"
    )
    artist.press(r"impasto\.stylize_textures")
    artist.wait_idle()
    artist.run("bpy.context.scene.render.engine = 'CYCLES'")  # EEVEE's previews need a GPU.
    artist.run("bpy.ops.impasto.mark_assets()", timeout=300)
    assets = "[m for m in bpy.data.materials if m.asset_data]"
    assert artist.ask(f"len({assets})") == 8
    assert artist.ask(f"{assets}[0].asset_data.tags.keys()") == ["Impasto", "Weave 1"]
    artist.run("area('DOPESHEET_EDITOR').ui_type = 'ASSETS'")
    time.sleep(2.0)
    artist.shot("assets")


def test_a_second_sequence_waits_and_the_first_is_paused(artist):
    artist.run(
        "os.makedirs('/w/queue', exist_ok=True)\n"
        "for name in 'AB':\n"
        "    for number in range(1, 13):\n"
        "        image = bpy.data.images.new('Frame', 1024, 640)\n"
        "        image.generated_type = ('COLOR_GRID', 'UV_GRID')[number % 2]\n"  # no held frames
        "        image.filepath_raw = f'/w/queue/{name}_{number:04d}.png'\n"
        "        image.file_format = 'PNG'; image.save()\n"
        "        bpy.data.images.remove(image)"
    )
    frames = "bpy.context.scene.impasto.frames"
    artist.run(f"{frames}.look.style = {DROPPED!r}; {frames}.source = '/w/queue/A_0001.png'")
    artist.run(f"{frames}.output = '/w/queue/out A'")
    artist.fold_all()
    artist.toggle("Animation")
    artist.press(r"impasto\.restyle_frames")
    artist.until(f"{artist.JOB} is not None", "the first sequence", 30)
    artist.run(f"{frames}.source = '/w/queue/B_0001.png'; {frames}.output = '/w/queue/out B'")
    artist.press(r"impasto\.queue_frames")
    artist.until(f"len({artist.JOBS}.waiting) == 1", "the second one to wait", 10)
    time.sleep(0.5)
    artist.over_viewport()  # No tooltip in the picture.
    time.sleep(0.5)
    artist.shot("queue")
    artist.toggle_pause(True)
    reached = artist.ask(f"{artist.JOB}.progress")
    artist.over_viewport()
    time.sleep(2.0)
    artist.shot("paused")
    assert artist.ask(f"{artist.JOB}.progress") == reached
    artist.toggle_pause(False)
    going_on = f"{artist.JOB} is None or {artist.JOB}.progress != {reached}"  # None: done already
    artist.until(going_on, "the job to go on", 60)
    artist.until(f"not {artist.JOBS}.waiting", "the second one's turn", 200)
    artist.wait_idle()
    written = "[len(list(os.scandir(f'/w/queue/out {name}'))) for name in 'AB']"
    assert artist.ask(written) == [13, 13]  # the frames, and the folder of what is finished
    assert artist.ask(f"{artist.JOBS}.history[0].state") == "FINISHED"


def test_simplified_chinese(artist):
    """Looked at by a person; that every word has a translation is tested without a window."""
    artist.run(
        "view = bpy.context.preferences.view\n"
        "view.language = 'zh_HANS'; view.use_translate_interface = True"
    )
    assert artist.ask("bpy.app.translations.pgettext_iface('Stylize')") == "风格化"
    assert "队列是空的" in artist.why_disabled("impasto.clear_queue")
    artist.toggle("Animation")
    for title in ("Textures", "Style", "Stylize"):  # from below, as toggle() wants it
        artist.toggle(title)
    for page in range(3):
        artist.over_viewport()
        time.sleep(1.0)
        artist.shot(f"chinese-{page}")
        artist.scroll(8)
    artist.expand()
    artist.shot("chinese-preferences")
    artist.close_preferences()
    artist.run("bpy.context.preferences.view.language = 'en_US'")


def test_quit(artist):
    assert artist.quit() == 0
    assert artist.workers() == []
    assert artist.complaints() == []
