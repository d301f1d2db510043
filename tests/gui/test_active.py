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


@pytest.fixture(scope="module")
def artist(open_window, profile):
    window = open_window("active", profile=profile)
    window.open("/w/scene/scene.blend")
    window.run(ACTIVATE.format(name="Bricks 1"))
    time.sleep(1.0)
    return window


def test_first_result_takes_three_clicks(artist):
    artist.shot("tab", smooth=True)
    artist.find(r"look\.gallery", columns=(0.7,))
    artist.clicks = 0
    artist.pick_style(1)
    artist.press(r"impasto\.stylize\(\)|impasto\.stylize$", columns=(0.4,))
    assert artist.clicks <= 3
    artist.wait_idle()
    assert artist.ask(RESTYLED) == ["Bricks 1"]
    artist.over_viewport()
    time.sleep(1.0)
    artist.shot("first-result", smooth=True)


def test_another_style_takes_two_clicks(artist):
    before = artist.ask("bpy.context.scene.impasto.look.style")
    artist.clicks = 0
    artist.press(r"IMPASTO_MT_styles", columns=(0.9,))
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
    artist.press(r"impasto\.stylize\(\)|impasto\.stylize$", columns=(0.4,))
    time.sleep(1.0)
    artist.shot("shared")
    assert artist.ask(f"{artist.JOB} is None") and artist.ask(RESTYLED) == ["Bricks 1"]


def test_quit(artist):
    assert artist.quit() == 0
    assert artist.complaints() == []
