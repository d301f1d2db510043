"""Every panel of the tab, alone, as the manual shows it."""

from __future__ import annotations

import time

import pytest
from artist import LOOK

pytestmark = pytest.mark.story


CORNERS = """
shown = region('WINDOW', 'IMAGE_EDITOR')
view = shown.view2d
corners = [*view.view_to_region(0, 0, clip=False), *view.view_to_region(1, 1, clip=False)]
answer = [*corners, shown.width, shown.height]
"""
"""Where the lower left and the upper right corner of the picture are, and the editor's size."""


@pytest.fixture(scope="module")
def artist(open_window, profile):
    """A Blender with the small textures in groups."""
    window = open_window("panels", profile=profile)
    window.open("/w/scene/panels.blend")
    window.press(r"impasto\.analyze_textures")
    window.wait_idle()
    window.run(
        "bpy.context.scene.impasto.groups[0].look.style = 'starry-night'\n"
        "bpy.context.scene.impasto.active_group = 0\n"
        "for item in bpy.context.scene.objects: item.hide_set(True)\n"
        "area().spaces.active.overlay.show_overlays = False"  # Nothing but the panels.
    )
    return window


def test_each_panel_alone(artist):
    titles = artist.panels()
    assert {"Textures", "Style", "Stylize", "Animation", "Create", "Jobs"} <= set(titles)
    artist.fold_all()
    assert artist.drawn() == set()
    for title in titles:
        artist.toggle(title)
        assert artist.drawn() == {title}
        artist.shot(f"panel-{title.lower()}")
        artist.toggle(title)


def test_a_doubt_is_answered(artist):
    """*Different* parts two pictures of one group, and the next analysis obeys."""
    artist.toggle("Textures")
    artist.run(
        "settings = bpy.context.scene.impasto\n"
        "members = next(g for g in settings.groups if len(g.members) > 1).members\n"
        "row = settings.doubts.add()\n"
        "row.first, row.second = members[0].image, members[1].image\n"
        "row.probability, row.together = 0.52, True"
    )
    together = (
        "[sum(m.image in (pair.first, pair.second) for m in g.members)"
        " for g in bpy.context.scene.impasto.groups for pair in bpy.context.scene.impasto.links]"
    )
    artist.run("region().tag_redraw()")
    artist.find(r"impasto\.mark_different")
    time.sleep(1.0)  # The thumbnails are drawn.
    artist.shot("in-doubt")
    artist.press(r"impasto\.mark_different")
    artist.until("len(bpy.context.scene.impasto.doubts) == 0", "the answer", 10)
    assert max(artist.ask(together)) == 1
    artist.press(r"impasto\.analyze_textures")
    artist.wait_idle()
    assert max(artist.ask(together)) == 1
    artist.toggle("Textures")


def test_create_a_material(artist):
    artist.toggle("Create")
    artist.run(
        "create = bpy.context.scene.impasto.create\n"
        "create.seconds, create.detail, create.width, create.height = 12, '128', 256, 256"
    )
    before = artist.ask("len(bpy.data.materials)")
    artist.press(r"impasto\.create_material")
    artist.until(f"{artist.JOB} and {artist.JOB}.progress > 0.3", "the fit to begin", 60)
    time.sleep(7.0)  # By then there is a preview.
    artist.shot("creating")
    artist.wait_idle()
    assert artist.ask("len(bpy.data.materials)") == before + 1
    recipe = "next(i['impasto']['generator'] for i in bpy.data.images if 'Variation' in i.name)"
    assert artist.ask(recipe) == "GAN"
    artist.shot("created")
    artist.toggle("Create")


def test_draw_regions(artist):
    """The last one: after a second window was closed, Blender 4.3 can leave timers asleep."""
    artist.toggle("Style")
    artist.run(
        "for group in bpy.context.scene.impasto.groups:\n"
        "    group.look.engine = 'NETWORK'"  # Else the panel Strokes comes first.
    )
    artist.open_sub_panel("IMPASTO_PT_style_mix", below=r"impasto\.copy_look")
    artist.run(
        "settings = bpy.context.scene.impasto\n"
        "painted = [any('Paint' in m.name for m in g.members) for g in settings.groups]\n"
        "settings.active_group = painted.index(True)"
    )
    artist.run(f"{LOOK}.style = '/w/scene/Bricks 1.png'")
    assert "Set Regions" in artist.why_disabled("impasto.draw_regions")
    artist.run(f"{LOOK}.regions = 2")
    artist.press(r"impasto\.draw_regions")
    artist.wait_idle()
    artist.until("area('IMAGE_EDITOR').spaces.active.image is not None", "the picture", 20)
    assert artist.ask("area('IMAGE_EDITOR').spaces.active.image.name") == "Impasto Regions"
    time.sleep(2.0)
    artist.shot("regions")
    left, bottom, right, top, width, height = artist.run(CORNERS)
    assert left >= 0 and bottom >= 0 and right <= width and top <= height, "all of it is seen"
    artist.close_preferences()
    artist.over_viewport()
    artist.shot("panel-regions")


def test_quit(artist):
    assert artist.quit() == 0
    assert artist.complaints() == []
