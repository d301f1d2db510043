"""The whole way of an artist, by mouse and keyboard, from the zip to the uninstalled extension."""

from __future__ import annotations

import pytest
from artist import MODULE

pytestmark = pytest.mark.story

SHOWN = f"""{{
    m.name: sys.modules['{MODULE}.scene.textures.results'].shown_image(n).name
    for m in bpy.data.materials
    for n in (m.node_tree.nodes if m.node_tree else ())
    if n.type == "TEX_IMAGE" and n.image and n.image.colorspace_settings.name != "Non-Color"
    and "impasto_painting" not in n
}}"""
"""The pictures that are shown, by material; relief is none."""
GROUPS = "len(bpy.context.scene.impasto.groups)"


@pytest.fixture(scope="module")
def artist(open_window):
    """One Blender for the whole story."""
    return open_window("tour")


@pytest.fixture(scope="module")
def notes():
    """What later chapters want to know from earlier ones."""
    return {}


def test_install_from_disk(artist, package):
    artist.install(package)
    artist.open_tab()
    artist.find(r"impasto\.analyze_textures")
    artist.over_viewport()  # No tooltip in the picture.
    artist.shot("first-look", smooth=True)


def test_choose_the_worker_python(artist):
    artist.set_worker_python("/usr/bin/python3")
    assert artist.ask(f"bpy.context.preferences.addons['{MODULE}'].preferences.worker_python") == (
        "/usr/bin/python3"
    )


def test_nothing_to_do_is_said(artist):
    """An empty scene gets a sentence, and disabled buttons say why."""
    artist.press(r"impasto\.analyze_textures")
    artist.wait_idle()
    assert artist.ask(GROUPS) == 0
    assert "Analyze textures first" in artist.why_disabled("impasto.stylize_textures")
    artist.shot("nothing-to-do")


def test_analyze(artist, notes):
    artist.open("/w/scene/scene.blend")
    notes["originals"] = artist.ask(SHOWN)
    assert len(notes["originals"]) == 8
    artist.press(r"impasto\.analyze_textures")
    artist.wait_idle()
    assert 2 <= artist.ask(GROUPS) <= 8
    assert artist.ask(SHOWN) == notes["originals"]
    artist.shot("analyzed", smooth=True)


def test_pick_a_style_in_the_gallery(artist):
    for group in range(artist.ask(GROUPS)):
        artist.run(f"bpy.context.scene.impasto.active_group = {group}")
        artist.pick_style(group)
    styles = artist.ask("[g.look.style for g in bpy.context.scene.impasto.groups]")
    assert all(styles) and len(set(styles)) > 1
    artist.shot("styles")


def test_escape_cancels(artist, notes):
    artist.press(r"impasto\.stylize_textures")
    artist.until(f"{artist.JOB} and {artist.JOB}.progress > 0", "progress", 120)
    artist.key("Escape")
    artist.wait_idle()
    assert artist.ask(f"{artist.JOBS}.history[0].state") == "CANCELLED"
    artist.shot("cancelled")
    artist.until("bpy.context.workspace is not None", "the window", 5)


def test_stylize(artist, notes):
    artist.press(r"impasto\.stylize_textures")
    seen = artist.watch_progress(shot="stylizing")
    assert seen == sorted(seen) and len(set(seen)) > 2, seen
    shown = artist.ask(SHOWN)
    assert shown.keys() == notes["originals"].keys()
    changed = [name for name in shown if shown[name] != notes["originals"][name]]
    assert len(changed) == 8
    notes["stylized"] = shown
    files = sorted(path.name for path in (artist.work / "scene" / "impasto").iterdir())
    assert len(files) >= 8 and not [name for name in files if name.endswith(".part")]
    artist.shot("stylized", smooth=True)


def test_undo_and_redo(artist, notes):
    artist.undo()
    assert artist.ask(SHOWN) == notes["originals"] or artist.ask(SHOWN) != notes["stylized"]
    artist.undo(-1)
    assert artist.ask(SHOWN) == notes["stylized"]


def test_compare(artist, notes):
    artist.press(r"impasto\.compare_textures", columns=(0.3,))
    assert artist.ask(SHOWN) == notes["originals"]
    artist.shot("originals", smooth=True)
    artist.press(r"impasto\.compare_textures", columns=(0.3,))
    assert artist.ask(SHOWN) == notes["stylized"]


def test_save_and_reopen(artist, notes):
    artist.over_viewport()
    artist.key("ctrl+s")
    artist.until("not bpy.data.is_dirty", "the file to be saved", 20)
    artist.open("/w/scene/scene.blend")
    assert artist.ask(SHOWN) == notes["stylized"]
    assert artist.ask(GROUPS) >= 2
    artist.shot("reopened")


def test_revert(artist, notes):
    artist.revert_all()
    assert artist.ask(SHOWN) == notes["originals"]
    artist.shot("reverted")


def test_image_editor(artist):
    """The tab is in the Image Editor, too."""
    artist.run("area('VIEW_3D').type = 'IMAGE_EDITOR'")
    artist.open_tab("IMAGE_EDITOR")
    artist.find(r"impasto\.analyze_textures", editor="IMAGE_EDITOR")
    artist.shot("image-editor")
    artist.run("area('IMAGE_EDITOR').type = 'VIEW_3D'")


def test_disable_and_enable(artist):
    artist.switch(on=False)
    assert artist.workers() == []
    assert not artist.ask("hasattr(bpy.types.Scene, 'impasto')")
    artist.shot("disabled")
    artist.switch(on=True)
    artist.open_tab()
    artist.press(r"impasto\.analyze_textures")
    artist.wait_idle()
    assert artist.ask(GROUPS) >= 2


def test_uninstall(artist):
    artist.uninstall()
    assert artist.ask("[t for t in dir(bpy.types) if t.startswith('IMPASTO_')]") == []
    assert artist.workers() == []
    artist.shot("uninstalled")


def test_quit(artist):
    assert artist.quit() == 0
    assert artist.workers() == []
    assert artist.complaints() == []
