"""Stylize what is active, with few clicks, in the editors where an artist points at things."""

from __future__ import annotations

import time

import pytest

pytestmark = pytest.mark.story

RESTYLED = """sorted({
    m.name
    for m in bpy.data.materials
    for n in (m.node_tree.nodes if m.node_tree else ())
    if n.get("impasto_result")
})"""

ACTIVATE = """
item = bpy.data.objects[{name!r}]
for other in bpy.context.view_layer.objects: other.select_set(other == item)
bpy.context.view_layer.objects.active = item
region().tag_redraw()
"""


STYLIZE = r"impasto\.stylize\(\)"


@pytest.fixture(scope="module")
def artist(open_window, profile):
    window = open_window("active", profile=profile)
    window.open("/w/scene/scene.blend")
    window.run(ACTIVATE.format(name="Bricks 1"))
    time.sleep(1.0)
    return window


def test_first_result_takes_three_clicks(artist):
    artist.shot("tab", smooth=True)
    artist.press(STYLIZE, columns=(0.4,))  # Without a style, it asks for one.
    time.sleep(1.0)
    artist.shot("which-style")
    artist.key("Escape")
    assert artist.ask(f"{artist.JOB} is None")
    artist.find(r"look\.gallery", columns=(0.7,))
    artist.clicks = 0
    artist.pick_style(1)
    artist.press(STYLIZE, columns=(0.4,))
    assert artist.clicks <= 3
    artist.wait_idle()
    assert artist.ask(RESTYLED) == ["Bricks 1"]
    artist.over_viewport()
    time.sleep(1.0)
    artist.shot("first-result", smooth=True)


def test_another_style_takes_two_clicks(artist):
    before = artist.ask("bpy.context.scene.impasto.look.style")
    artist.clicks = 0
    _, y = artist.find(STYLIZE, columns=(0.4,))
    left, _, width, _ = artist.ask("box()")
    artist.click(left + 0.825 * width, y)  # The arrow beside the button.
    time.sleep(1.0)
    artist.shot("styles-menu")
    artist.clicks += 1
    artist.key("Down", "Down", "Return")
    artist.until(f"{artist.JOB} is not None", "the job", 10)
    artist.wait_idle()
    assert artist.clicks <= 2
    assert artist.ask("bpy.context.scene.impasto.look.style") != before
    assert artist.ask(RESTYLED) == ["Bricks 1"]
    artist.shot("second-result")


def test_what_is_shared_is_asked_about(artist):
    artist.run(
        "bpy.data.objects['Boards 1'].material_slots[0].material = bpy.data.materials['Weave 1']"
    )
    artist.run(ACTIVATE.format(name="Weave 1"))
    time.sleep(1.0)
    artist.press(STYLIZE, columns=(0.4,))
    time.sleep(1.0)
    artist.shot("shared")
    assert artist.ask(f"{artist.JOB} is None") and artist.ask(RESTYLED) == ["Bricks 1"]


def test_all_users_is_one_more_click(artist):
    artist.key("Up", "Return")
    artist.until(f"{artist.JOB} is not None", "the job", 10)
    artist.wait_idle()
    assert artist.ask(RESTYLED) == ["Bricks 1", "Weave 1"]


def test_strength_is_turned_without_a_job(artist):
    artist.run("bpy.context.scene.impasto.look.strength = 0.25")  # That of the next result.
    artist.find(r"inputs\[.*default_value", columns=(0.7,))
    artist.screen.do("click --repeat 2 --delay 80 1")
    artist.key("ctrl+a")
    artist.type("0.5")
    artist.key("Return")
    strengths = (
        "[round(n.inputs['Strength'].default_value, 3)"
        " for n in bpy.data.materials['Weave 1'].node_tree.nodes if n.type == 'GROUP'"
        " and 'Strength' in n.inputs]"
    )
    artist.until(f"0.5 in {strengths}", "the strength to be turned", 5)
    assert artist.ask(f"{artist.JOB} is None")
    artist.shot("strength")


def test_search_finds_it(artist):
    artist.run(ACTIVATE.format(name="Paint 1"))
    artist.over_viewport()
    artist.run(
        "w, a = place()\n"
        "with bpy.context.temp_override(window=w, area=a, region=region('WINDOW')):\n"
        "    bpy.ops.wm.search_menu('INVOKE_DEFAULT')"
    )
    time.sleep(1.0)
    artist.type("stylize")
    time.sleep(1.0)
    artist.shot("search")
    artist.key("Return")
    artist.until(f"{artist.JOB} is not None", "the job", 10)
    artist.wait_idle()
    assert artist.ask(RESTYLED) == ["Bricks 1", "Paint 1", "Weave 1"]


@pytest.mark.parametrize("editor", ["NODE_EDITOR", "IMAGE_EDITOR"])
def test_other_editors_have_it_too(artist, editor):
    artist.run(f"area('VIEW_3D').type = {editor!r}")
    if editor == "NODE_EDITOR":
        artist.run("area('NODE_EDITOR').ui_type = 'ShaderNodeTree'")
    else:
        artist.run("area('IMAGE_EDITOR').spaces.active.image = bpy.data.images['Boards 2.png']")
    artist.open_tab(editor)
    artist.run(
        "w, a = place('NODE_EDITOR')\n"
        "with bpy.context.temp_override(window=w, area=a, region=region('WINDOW', 'NODE_EDITOR')):\n"
        "    bpy.ops.node.view_all()"
        if editor == "NODE_EDITOR"
        else ""
    )
    artist.move(200, 800)  # No tooltip in the picture.
    time.sleep(1.0)
    artist.shot(f"editor-{editor.lower()}")
    artist.find(STYLIZE, editor=editor, columns=(0.4,))
    artist.run(f"area({editor!r}).type = 'VIEW_3D'")
    time.sleep(1.0)


def test_quit(artist):
    assert artist.quit() == 0
    assert artist.complaints() == []
