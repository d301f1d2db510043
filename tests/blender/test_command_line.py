"""The verbs on the open .blend, as ``blender -b FILE --command impasto`` runs them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import bpy
import pytest

from impasto.scene import command_line
from impasto.scene.textures import find, results


@pytest.fixture
def run(capsys):
    """Run a verb; its exit code, and what it printed."""

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = command_line.main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def blend(build) -> Path:
    """A saved file with two textures."""
    build.textured("Brick")
    build.textured("Moss", 1)
    return build.save()


def restyled() -> set[str]:
    return {
        use.image.name
        for use in find.uses_in(bpy.data.materials)
        if results.RECIPE in use.node.image
    }


def test_stylize_saves_a_new_file_and_leaves_the_old_one(run, blend, build):
    before = blend.read_bytes()
    style = build.png("style", kind=3)
    new = build.folder / "new" / "styled.blend"
    new.parent.mkdir()
    code, out, err = run("stylize", "--style", style, "--strength", 0.5, "--output", new)
    assert (code, err) == (0, "")
    assert blend.read_bytes() == before
    assert out.count("Saved: ") == 3
    bpy.ops.wm.open_mainfile(filepath=str(new))
    assert restyled() == {"Brick", "Moss"}
    image = bpy.data.images["Brick (Impasto)"]
    assert image.filepath == os.path.join("//impasto", "Brick (Impasto).png")
    assert image["impasto"]["strength"] == 0.5 and image.has_data is not None
    assert (new.parent / "impasto" / "Moss (Impasto).png").is_file()


def test_analyze_tells_and_saves_the_groups(run, blend, build):
    new = build.folder / "grouped.blend"
    code, out, _ = run("analyze", "--groups", 2, "--json", "--output", new)
    assert code == 0
    result = json.loads(out.splitlines()[-1])
    assert result["doubts"] == []
    members = sorted(member for group in result["groups"] for member in group["members"])
    assert result["event"] == "result" and members == ["Brick", "Moss"]
    bpy.ops.wm.open_mainfile(filepath=str(new))
    assert len(bpy.context.scene.impasto.groups) == 2


def test_analyze_tells_what_is_unsure(run, build):
    """Textures from one kind to another in small steps."""
    one, other = (build.pixels(kind).astype(float) for kind in (0, 3))
    for step, name in enumerate("ABCDEFGHI"):
        build.textured(name)
        pixels = (one * (1 - step / 8) + other * step / 8).astype("uint8")
        build.write(build.folder / f"{name}.png", pixels)
        bpy.data.images[name].reload()
    build.save()
    code, out, _ = run("analyze", "--json")
    assert code == 0
    doubts = json.loads(out.splitlines()[-1])["doubts"]
    assert doubts and all(0.35 <= doubt["probability"] <= 0.65 for doubt in doubts)
    assert {doubt["together"] for doubt in doubts} <= {True, False}
    _, out, _ = run("analyze")
    assert out.count("In doubt: '") == len(doubts)
    assert f"In doubt: '{doubts[0]['first']}' and '{doubts[0]['second']}' (" in out
    assert len(bpy.context.scene.impasto.doubts) == len(doubts)


def test_stylize_of_one_group_packed(run, blend, build):
    build.group(bpy.data.images["Brick"], name="Walls")
    build.group(bpy.data.images["Moss"], name="Plants")
    new = build.folder / "new.blend"
    style = build.png("style", kind=3)
    code, _, _ = run("stylize", "--group", "Plants", "--style", style, "--pack", "--output", new)
    assert code == 0
    assert restyled() == {"Moss"}
    assert bpy.data.images["Moss (Impasto)"].packed_file is not None


def test_revert_into_the_file_itself(run, blend, build):
    run("stylize", "--style", build.png("style", kind=3), "--overwrite")
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    assert restyled() == {"Brick", "Moss"}
    assert run("revert", "--overwrite")[0] == 0
    bpy.ops.wm.open_mainfile(filepath=str(blend))
    assert restyled() == set()
    assert run("revert", "--overwrite")[0] == 3


def test_without_output_nothing_is_done(run, blend, build):
    code, _, err = run("stylize", "--style", build.png("style", kind=3))
    assert code == 2 and "--output" in err
    assert restyled() == set()


def test_existing_output_is_refused(run, blend, build):
    (build.folder / "there.blend").touch()
    code, _, err = run("stylize", "--style", "x", "--output", build.folder / "there.blend")
    assert code == 2 and "exists already" in err


def test_unknown_group_names_those_there_are(run, blend, build):
    build.group(bpy.data.images["Brick"], name="Walls")
    code, _, err = run(
        *("stylize", "--group", "Floors", "--style", "x"),
        *("--output", build.folder / "new.blend"),
    )
    assert code == 2 and "Floors" in err and "Walls" in err


def test_some_that_fail_have_a_code_of_their_own(run, blend, build):
    (build.folder / "Moss.png").unlink()
    style = build.png("style", kind=3)
    code, _, err = run("stylize", "--style", style, "--output", build.folder / "new.blend")
    assert code == 1 and "Moss" in err
    assert restyled() == {"Brick"}


def test_file_without_textures_has_nothing_to_do(run, build):
    code, _, err = run("analyze")
    assert code == 3 and "No image textures in this file" in err


def test_help_and_bad_verbs_return_instead_of_leaving(run):
    assert run("--help")[0] == 0
    assert run("stylise")[0] == 2
    code, out, _ = run("styles")
    assert code == 0 and "starry-night" in out


def test_options_without_effect_are_errors(run, blend, build):
    new = build.folder / "new.blend"
    code, _, err = run("stylize", "--strength", 0.5, "--output", new)
    assert code == 2 and "--strength has no effect without --style" in err
    code, _, err = run("stylize", "--style", "scream", "--pack", "--folder", "x", "--output", new)
    assert code == 2 and "not allowed with argument" in err
    code, _, err = run("analyze", "--algorithm", "dbscan", "--groups", 2, "--output", new)
    assert code == 2 and "--groups has no effect" in err
    build.group(bpy.data.images["Brick"], style="scream")
    code, _, err = run("stylize", "--scope", "scene", "--output", new)
    assert code == 2 and "--scope has no effect on a file with groups" in err
    assert not new.exists()
