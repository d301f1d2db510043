"""Previews for the extension platform, 1920 x 1080, of the real window: ``make listing`` collects them.

bash tests/gui/run.sh tests/gui/listing.py      the scene of ``make demo``, if it was made
"""

from __future__ import annotations

import shutil

import pytest
from artist import Artist
from conftest import ARTIFACTS, ROOT
from window import Screen

SIZE = (1920, 1080)
DEMO = ROOT / "demo" / "out" / "demo.blend"
RENDERED = """
area('VIEW_3D').spaces.active.shading.type = 'MATERIAL'
area('VIEW_3D').spaces.active.overlay.show_overlays = False
area('VIEW_3D').spaces.active.region_3d.view_perspective = 'CAMERA'
"""
STYLES = ("starry-night", "kiss", "water-lilies", "scream", "irises", "red-horse")


@pytest.fixture(scope="module")
def artist(sandbox, suite, profile):
    """A large window with the demo's scene."""
    shutil.copytree(DEMO.parent, sandbox.work / "demo")
    screen = Screen(sandbox, 97, SIZE)
    window = Artist(screen, ARTIFACTS / suite / "listing" / "blender.log", profile=profile)
    yield window
    window.kill()
    screen.close()


@pytest.mark.skipif(not DEMO.exists(), reason="the demo's scene is not there: make demo")
def test_pictures(artist):
    artist.open("/w/demo/demo.blend")
    artist.open_tab()
    artist.run(RENDERED)
    artist.press(r"impasto\.analyze_textures")
    artist.wait_idle()
    artist.shot("preview-1-groups", smooth=True)
    groups = artist.ask("len(bpy.context.scene.impasto.groups)")
    assert groups > 2
    artist.run(
        f"for i, g in enumerate(bpy.context.scene.impasto.groups):\n"
        f"    g.look.style = {STYLES!r}[i % {len(STYLES)}]\n"
        "    g.look.engine = 'STROKES'"
    )
    artist.press(r"impasto\.stylize_textures")
    artist.wait_idle()
    artist.over_viewport()
    artist.shot("preview-2-strokes", smooth=True)
