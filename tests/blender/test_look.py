"""A look is declared once; Blender, the command line and the panels follow that declaration."""

from __future__ import annotations

import argparse
import ast
import re
from dataclasses import fields, replace
from pathlib import Path

import bpy
import pytest

from impasto.core.cli.options import add_look, look_from
from impasto.core.errors import BadRequest
from impasto.core.schema import from_plain, to_plain
from impasto.core.styles.look import (
    ENGINES,
    PARAMETERS,
    Look,
    StyleRef,
    check_use,
    with_engine,
)
from impasto.panels import frames as frames_panels
from impasto.panels import style as style_panels
from impasto.panels import stylize as stylize_panels
from impasto.scene.looks import look as mapping
from impasto.translations import CHINESE

VIEWS = {"gallery", "file", "second_gallery", "second_file"}
"""Properties that show and set ``style``."""

OTHER = {
    "engine": "NETWORK",
    "strength": 0.25,
    "brush_scale": 2.5,
    "grain": 0.75,
    "fineness": 0.75,
    "direction": "ANGLE",
    "angle": 1.0,
    "opacity": 0.75,
    "jitter": 0.25,
    "relief": 0.25,
    "keep_color": 0.75,
    "seamless": True,
    "max_side": 300,
    "seed": 7,
    "regions": 3,
    "across_seams": False,
    "paint_ramps": True,
}
"""A value of each setting that is not its default."""

STROKES = {
    name: value
    for name, value in OTHER.items()
    if "STROKES" in PARAMETERS[name].engines and name != "engine"
}
"""Those that strokes have."""


@pytest.fixture
def settings():
    """The look of a group."""
    return bpy.context.scene.impasto.groups.add().look


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser()
    add_look(made)
    return made


def test_every_field_is_declared_and_tried_here():
    assert {row.name for row in fields(Look)} == {"styles", *PARAMETERS}
    assert set(OTHER) == set(PARAMETERS)
    assert all(OTHER[name] != parameter.default for name, parameter in PARAMETERS.items())


def test_blender_has_these_properties_and_no_others(settings):
    names = {prop.identifier for prop in settings.bl_rna.properties} - {"rna_type", "name"}
    assert names == {*mapping.FIELDS, *VIEWS}
    assert set(mapping.FIELDS) == {"style", "second", "mix", *PARAMETERS}


@pytest.mark.parametrize("name", PARAMETERS)
def test_blenders_property_is_as_declared(settings, name):
    parameter, prop = PARAMETERS[name], settings.bl_rna.properties[name]
    kinds = {"BOOLEAN": bool, "INT": int, "FLOAT": float, "ENUM": str}
    assert kinds[prop.type] is parameter.kind
    assert prop.name == parameter.label
    assert prop.description == parameter.description
    if parameter.kind is float:
        assert prop.default == getattr(settings, name) == pytest.approx(parameter.default)
    else:
        assert prop.default == parameter.default == getattr(settings, name)
    if parameter.kind is str:
        rows = [(item.identifier, item.name, item.description) for item in prop.enum_items]
        assert rows == [(row.name, row.label, row.description) for row in parameter.choices]
    elif parameter.kind is not bool:
        largest = min(parameter.maximum, 2**31 - 1)
        assert prop.hard_min == pytest.approx(parameter.minimum)
        assert prop.hard_max == pytest.approx(largest)
        assert prop.soft_max == pytest.approx(min(largest, parameter.soft_maximum))


@pytest.mark.parametrize("name", PARAMETERS)
def test_words_are_good_labels_and_translated(name):
    parameter = PARAMETERS[name]
    for row in (parameter, *parameter.choices):
        assert row.label in CHINESE and row.description in CHINESE
        assert not row.description.endswith(".")


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_option_is_as_declared(name):
    parameter = PARAMETERS[name]
    (action,) = (a for a in parser()._actions if a.dest == name)
    assert tuple(action.option_strings) == parameter.options
    start = "--no-" if parameter.default is True else "--"
    assert parameter.options[0] == start + name.replace("_", "-")
    assert action.default == parameter.default
    assert action.help.startswith(parameter.description)
    if parameter.kind is bool:
        assert action.nargs == 0
        return
    assert action.metavar == parameter.metavar
    if parameter.kind is str:
        assert [action.type(name.lower()) for name in action.choices] == action.choices
        return
    assert action.type(f"{parameter.minimum:g}") == parameter.minimum
    refused = [parameter.minimum - 1]
    if parameter.maximum < float("inf"):
        assert action.type(f"{parameter.maximum:g}") == parameter.maximum
        refused.append(parameter.maximum + 1)
    for value in refused:
        with pytest.raises(argparse.ArgumentTypeError):
            action.type(f"{value:g}")


def test_the_command_line_sets_every_field():
    plain = Look((StyleRef("irises"),), engine="STROKES")
    assert look_from(parser().parse_args(["--style", "irises"])) == plain
    given = ["--style", "irises=3", "--style", "scream=1"]
    for name, value in STROKES.items():
        flag = PARAMETERS[name].options[-1]  # the oldest spelling
        given += [flag] if PARAMETERS[name].kind is bool else [flag, str(value)]
    styles = (StyleRef("irises", 3.0), StyleRef("scream", 1.0))
    assert look_from(parser().parse_args(given)) == Look(styles, engine="STROKES", **STROKES)


def test_a_look_becomes_properties_and_comes_back(settings):
    """Also through JSON, as it travels to the worker."""
    styles = (StyleRef("irises", 0.75), StyleRef("scream", 0.25))
    look = Look(styles, **{**OTHER, "regions": 0})
    mapping.set_look(settings, look)
    assert mapping.look_of(settings) == look
    assert from_plain(Look, to_plain(look)) == look
    alone = Look((StyleRef("irises"),), **OTHER)
    mapping.set_look(settings, alone)
    assert mapping.look_of(settings) == alone
    with pytest.raises(BadRequest, match="one style or two"):
        mapping.set_look(settings, Look(tuple(StyleRef(s) for s in ("kiss", "irises", "scream"))))


def test_two_styles_in_regions_take_turns(settings):
    settings.style, settings.second, settings.mix = "irises", "scream", 0.0
    assert mapping.look_of(settings).styles == (StyleRef("irises"),)
    settings.regions = 2
    assert mapping.look_of(settings).styles == (StyleRef("irises"), StyleRef("scream"))


def test_properties_are_copied_as_they_are(settings):
    other = bpy.context.scene.impasto.groups.add().look
    mapping.set_values(settings, {"style": "//a.png", "second": "kiss", "mix": 0.25, **OTHER})
    mapping.set_values(other, mapping.values_of(settings))
    assert mapping.values_of(other) == mapping.values_of(settings)
    assert other.style == "//a.png"


def test_paths_beside_the_file_are_found(settings, build):
    build.save()
    settings.style, settings.second = "//one.png", "//two.png"
    sources = [style.source for style in mapping.look_of(settings).styles]
    assert sources == [str(build.folder / name) for name in ("one.png", "two.png")]


@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize("use", ["TEXTURES", "FRAMES"])
def test_what_a_use_does_not_support_is_refused(name, use):
    look = replace(Look((StyleRef("irises"),), engine="NETWORK"), **{name: OTHER[name]})
    if use in PARAMETERS[name].uses or name == "engine":
        check_use(look, use)
    else:
        with pytest.raises(BadRequest, match=PARAMETERS[name].label):
            check_use(look, use)


def test_the_command_line_refuses_what_the_engine_does_not_have():
    given = ["--style", "irises", "--relief", "1"]
    assert look_from(parser().parse_args(given)).engine == "STROKES"
    with pytest.raises(BadRequest, match="--relief has no effect with --engine network"):
        look_from(parser().parse_args([*given, "--engine", "network"]))
    given = ["--style", "irises", "--engine", "Network", "--grain", "1"]
    assert look_from(parser().parse_args(given)).grain == 1


IMAGE, BUILT_IN = StyleRef("/pictures/linocut.JPG", 2.0), StyleRef("kiss", 1.0)


@pytest.mark.parametrize(
    ("styles", "settings", "engine"),
    [
        ((BUILT_IN,), {}, "STROKES"),
        ((IMAGE,), {}, "PATCHES"),
        ((BUILT_IN, IMAGE), {}, "PATCHES"),
        ((StyleRef("kiss", 3.0), IMAGE), {}, "STROKES"),
        ((StyleRef("/styles/mine.impasto"),), {}, "STROKES"),
        ((IMAGE, BUILT_IN), {"regions": 2}, "STROKES"),
        ((IMAGE,), {"engine": "NETWORK"}, "NETWORK"),
        ((), {}, "STROKES"),
    ],
)
def test_the_engine_suits_the_style(styles, settings, engine):
    look = Look(styles, **settings)
    assert with_engine(look) == replace(look, engine=engine)


def test_the_panel_follows_the_automatic_engine(build, draw):
    group = build.group(build.textured("Brick").image)
    group.look.engine = "AUTO"
    group.look.style = "kiss"
    assert "relief" in draw(*style_panels.PANELS)
    group.look.style = str(build.png("mine"))
    shown = draw(*style_panels.PANELS)
    assert "grain" in shown and not {"relief", "fineness"} & shown
    with pytest.raises(BadRequest, match="Automatic cannot be used on frames; set Engine to"):
        check_use(mapping.look_of(group.look), "FRAMES")


def test_frames_are_painted_by_the_network_or_with_strokes():
    frames = argparse.ArgumentParser()
    add_look(frames, use="FRAMES")
    look = look_from(frames.parse_args(["--style", "irises"]))
    assert look.engine == "NETWORK"
    check_use(look, "FRAMES")
    given = ["--style", "irises", "--engine", "strokes", "--fineness", "0.8"]
    check_use(look_from(frames.parse_args(given)), "FRAMES")
    with pytest.raises(SystemExit):
        frames.parse_args(["--style", "irises", "--engine", "patches"])
    with pytest.raises(BadRequest, match="Patches cannot be used on frames; set Engine to"):
        check_use(Look((StyleRef("irises"),), engine="PATCHES"), "FRAMES")


@pytest.mark.parametrize("engine", ENGINES)
def test_the_style_panel_shows_what_the_engine_has(build, draw, engine):
    group = build.group(build.textured("Brick").image)
    group.look.engine = engine
    shown = draw(*style_panels.PANELS, *stylize_panels.PANELS) & set(PARAMETERS)
    assert shown == {name for name, row in PARAMETERS.items() if engine in row.engines}


@pytest.mark.parametrize("engine", ["NETWORK", "STROKES"])
def test_the_animation_panel_shows_what_frames_have(build, draw, engine):
    frames = bpy.context.scene.impasto.frames
    assert frames.look.engine == "NETWORK"
    frames.look.engine = engine
    shown = draw(*frames_panels.PANELS) & set(PARAMETERS)
    rows = [PARAMETERS[name] for name in shown]
    assert all("FRAMES" in row.uses and engine in row.engines for row in rows)
    own = {n for n, row in PARAMETERS.items() if row.engines == ("STROKES",)}
    assert own <= shown if engine == "STROKES" else not own & shown


def test_strokes_follow_motion_as_a_whole_and_have_relief(build):
    from impasto.scene.frames import restyle

    frames = bpy.context.scene.impasto.frames
    frames.look.style, frames.coherence_strength, frames.relief_maps = "irises", 0.5, True
    source = build.png("f_0001")
    for engine, strength, maps in (("NETWORK", 0.5, False), ("STROKES", 1.0, True)):
        frames.look.engine = engine
        request = restyle._request(bpy.context, source, build.folder / "out", ())
        assert (request.settings.strength, request.relief_maps) == (pytest.approx(strength), maps)
    frames.source = str(source)
    assert bpy.ops.impasto.restyle_frames.poll() and not bpy.ops.impasto.propagate_frames.poll()
    with pytest.raises(TypeError):
        frames.look.engine = "PATCHES"


def test_frames_are_asked_for_with_all_settings(build):
    """What the panel does not show is not dropped, either: the job itself refuses it."""
    from impasto.scene.frames import restyle

    settings = bpy.context.scene.impasto.frames.look
    mapping.set_values(settings, {"style": "irises", **OTHER})
    source = build.png("f_0001")
    request = restyle._request(bpy.context, source, build.folder / "out", ())
    assert request.settings.look == Look((StyleRef("irises"),), **OTHER)


@pytest.mark.parametrize("name", ["Full_Style", "Hand-Painted", "Poster", "Relief"])
def test_presets_that_ship_are_found_and_set_what_they_say(name):
    look = bpy.context.scene.impasto.look
    look.style, look.jitter = "kiss", 0.25
    folders = [Path(folder) for folder in bpy.utils.preset_paths("impasto/looks")]
    (file,) = [folder / f"{name}.py" for folder in folders if (folder / f"{name}.py").is_file()]
    bpy.ops.script.execute_preset(filepath=str(file), menu_idname="IMPASTO_PT_look_presets")
    assert (look.style, look.jitter) == ("kiss", 1.0)
    for line in re.findall(r"look\.(\w+) = (.+)", file.read_text(encoding="utf-8")):
        assert getattr(look, line[0]) == pytest.approx(ast.literal_eval(line[1]))
