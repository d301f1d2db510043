"""Blender's Human Interface Guidelines, as far as a program can read them."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from types import SimpleNamespace

import bpy
import pytest
from bl_ext.user_default import impasto

from impasto.operators import CLASSES as OPERATORS
from impasto.panels import CLASSES as PANELS
from impasto.panels import create, frames, jobs, menus, style, stylize, textures
from impasto.preferences import ImpastoPreferences
from impasto.properties import _CLASSES as GROUPS
from impasto.scene import icons
from impasto.scene.jobs import worker
from impasto.scene.looks import gallery

MODULES = (create, frames, jobs, style, stylize, textures)
ROOT = Path(impasto.__file__).parent
SMALL_WORDS = {
    "a",
    "and",
    "as",
    "at",
    "by",
    "for",
    "from",
    "in",
    "into",
    "of",
    "on",
    "or",
    "the",
    "to",
    "with",
}
SHOWN = [p for p in PANELS if issubclass(p, bpy.types.Panel)]


def labels() -> set[str]:
    """Names of panels, operators, properties and their choices."""
    kinds = [kind for kind in OPERATORS if issubclass(kind, bpy.types.Operator)]
    found = {kind.bl_label for kind in (*kinds, *SHOWN)}
    for kind in (*kinds, *GROUPS, ImpastoPreferences):
        for name in getattr(kind, "__annotations__", {}):
            prop = kind.bl_rna.properties.get(name)
            if prop is not None and prop.description:
                found.add(prop.name)
                if prop.type == "ENUM":
                    found |= {item.name for item in prop.enum_items_static or ()}
    return found


def test_labels_are_in_title_case():
    words = {word for label in labels() for word in re.findall(r"[A-Za-z]+", label)}
    assert {word for word in words if word[0].islower()} - SMALL_WORDS == set()


def test_no_label_ends_with_a_dot():
    assert [label for label in labels() if label.endswith(".")] == []


@pytest.mark.parametrize("file", sorted((ROOT / "operators").glob("*.py")), ids=lambda f: f.stem)
def test_a_button_that_cannot_be_pressed_says_why(file):
    """In each poll, what returns False has set a message before."""
    polls = [
        node
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name == "poll"
    ]
    for poll in polls:
        for node in ast.walk(poll):
            if isinstance(node, ast.If):
                *before, last = node.body
                if isinstance(last, ast.Return) and getattr(last.value, "value", None) is False:
                    assert any("poll_message_set" in ast.dump(line) for line in before), file.name


@pytest.mark.parametrize("panel", SHOWN, ids=lambda panel: panel.__name__)
def test_panels_are_in_the_tab_of_both_editors(panel):
    if panel.bl_region_type == "UI":
        assert panel.bl_category == "Impasto"
    if panel.bl_region_type == "UI" and panel.bl_space_type != "NODE_EDITOR":
        other = {"VIEW_3D": "IMAGE_EDITOR", "IMAGE_EDITOR": "VIEW_3D"}[panel.bl_space_type]
        assert any(p.bl_label == panel.bl_label and p.bl_space_type == other for p in SHOWN)


@pytest.mark.parametrize("panel", SHOWN, ids=lambda panel: panel.__name__)
def test_properties_are_split_from_their_labels(panel):
    """Where a panel draws properties on its own layout."""
    source = inspect.getsource(panel.draw)
    if re.search(r"\blayout\.prop\(", source):
        assert "layout = split_layout(self)" in source


BODIES = [body for module in MODULES for body in module.PANELS]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
def test_every_panel_can_be_drawn(body, build, draw):
    """Also where there is nothing yet, unless it hides itself."""
    if getattr(body, "poll", lambda context: True)(bpy.context):
        draw(body)
    settings = bpy.context.scene.impasto
    group = build.group(build.textured("Brick").image, style="irises")
    group.palette.add()
    settings.plots.add().name = "map"
    settings.duplicates.add().name = "A, B"
    doubt = settings.doubts.add()
    doubt.first = doubt.second = group.members[0].image
    settings.links.add().first = group.members[0].image
    settings.score = 0.5
    settings.skipped.add().name = "C"
    settings.sentence, settings.automatic = "1 texture", False
    settings.create.generator, settings.create.how = "AUTOMATON", "BETWEEN"
    settings.create.model = settings.frames.result = "/made"
    settings.frames.use_range = True
    draw(body)


def test_what_is_amiss_with_the_worker_is_in_the_jobs_panel(read, monkeypatch):
    (panel,) = jobs.PANELS
    assert "no cv2" not in " ".join(read(panel))
    monkeypatch.setattr(worker, "warnings", lambda: ("The worker's Python has no cv2.",))
    assert "no cv2" in " ".join(read(panel))


def test_the_preferences_can_be_drawn(options):
    shown = []
    layout = SimpleNamespace(prop=lambda _data, name, **_: shown.append(name))
    layout.separator = layout.operator = layout.label = lambda *_, **__: None
    layout.row = layout.split = layout.column = lambda **_: layout
    owner = SimpleNamespace(layout=layout, results="FOLDER")
    owner._draw_check = lambda context: ImpastoPreferences._draw_check(owner, context)
    ImpastoPreferences.draw(owner, bpy.context)
    assert set(shown) == set(ImpastoPreferences.__annotations__)


def test_the_gallery_keeps_no_icons(monkeypatch):
    """They end when the extension is disabled, and have other numbers when it is enabled again."""
    for number in (7, 9):
        monkeypatch.setattr(icons, "icon", lambda path, number=number: number)
        assert {row[3] for row in gallery.items(None, None)[2:]} == {number}


def test_stylize_is_in_the_menus_of_what_can_be_pointed_at():
    """Where F3 searches, and in the context menus; and it goes when the extension does."""
    for name, draw in menus._PLACES.items():
        kind = getattr(bpy.types, name)
        assert draw in kind.draw._draw_funcs
    menus.unregister()
    assert not any(
        draw in getattr(bpy.types, name).draw._draw_funcs for name, draw in menus._PLACES.items()
    )
    menus.register()


def test_entries_of_menus_point_at_what_the_menu_is_about(build):
    drawn = []

    def operator(name, **_options):
        drawn.append(SimpleNamespace(name=name))
        return drawn[-1]

    layout = SimpleNamespace(separator=lambda: None, operator=operator)
    space = SimpleNamespace(image=build.image("Brick"), tree_type="ShaderNodeTree")
    for draw in dict.fromkeys(menus._PLACES.values()):
        draw(SimpleNamespace(layout=layout), SimpleNamespace(space_data=space))
    assert {row.name for row in drawn} == {"impasto.stylize"}
    assert [row.kind for row in drawn] == ["SELECTED", "COLLECTION", "MATERIAL", "IMAGE", "AUTO"]
