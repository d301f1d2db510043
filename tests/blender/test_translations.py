"""Every word that the interface shows has a translation."""

from __future__ import annotations

import re
from pathlib import Path

import bpy
from bl_ext.user_default import impasto

from impasto.core.styles.catalog import builtin_styles
from impasto.operators import CLASSES as OPERATORS
from impasto.panels import CLASSES as PANELS
from impasto.preferences import ImpastoPreferences
from impasto.properties import _CLASSES as GROUPS
from impasto.scene import plots
from impasto.scene.looks import gallery
from impasto.translations import CHINESE

PLAIN_TEXT = re.compile(r'(?:text|label)="([^"{]+)"')


def rna(kind: type):
    """The registered type; an operator's class alone does not have its properties."""
    if issubclass(kind, bpy.types.Operator):
        return getattr(bpy.ops.impasto, kind.bl_idname.partition(".")[2]).get_rna_type()
    return kind.bl_rna


def tooltip(kind: type) -> str:
    """As Blender shows it: from the docstring of the class."""
    return rna(kind).description


def words_of_properties(kind: type) -> set[str]:
    words = set()
    own = (base for base in kind.__mro__ if base.__module__.startswith(impasto.__name__))
    for base in own:
        for name in getattr(base, "__annotations__", {}):
            prop = rna(kind).properties.get(name)
            if prop is not None and prop.description:  # others are never shown
                words |= {prop.name, prop.description}
            if prop is not None and prop.type == "ENUM":
                for item in prop.enum_items_static or ():
                    words |= {item.name, item.description}
    return words


def test_labels_and_tooltips_of_everything_are_in_chinese():
    shown = (row for key in ("style", "second") for row in gallery.items(None, None, key)[:2])
    words = {text for *row, _, _ in shown for text in row[1:]}
    words |= {style.family for style in builtin_styles()} | set(plots.TITLES.values())
    for kind in OPERATORS:
        if issubclass(kind, bpy.types.Operator):
            words |= {kind.bl_label, tooltip(kind)} | words_of_properties(kind)
    for kind in (*GROUPS, ImpastoPreferences):
        words |= words_of_properties(kind)
    for kind in PANELS:
        words.add(getattr(kind, "bl_label", ""))
    root = Path(impasto.__file__).parent
    folders = (root / "panels", root / "operators")
    for file in (root / "preferences.py", *(f for folder in folders for f in folder.glob("*.py"))):
        words |= set(PLAIN_TEXT.findall(file.read_text(encoding="utf-8")))
    assert words - {""} - CHINESE.keys() == set()


def test_why_a_button_cannot_be_pressed_is_in_chinese():
    said = set()
    for file in (Path(impasto.__file__).parent / "operators").glob("*.py"):
        text = file.read_text(encoding="utf-8")
        found = re.findall(r'\btip\(\s*"([^"]+)"', text)
        assert len(found) == text.count("poll_message_set("), file.name
        said |= set(found)
    assert said - CHINESE.keys() == set()


def test_tooltips_of_built_in_styles_name_the_work():
    tips = {row[0]: row[2] for row in gallery.items(None, None)}
    assert tips["scream"] == "The Scream, Edvard Munch, 1893. Bold Paint. Public domain"


def test_every_property_and_operator_has_a_tooltip():
    for kind in OPERATORS:
        if issubclass(kind, bpy.types.Operator):
            assert tooltip(kind), kind
            assert not tooltip(kind).endswith("."), "Blender adds the dot itself"


def test_translations_keep_what_must_not_be_translated():
    for word, said in CHINESE.items():
        assert said.strip()
        assert (".blend" in word) == (".blend" in said)
        assert ("//" in word) == ("//" in said)
