"""Stylize of a folder goes on where it was killed, and takes nobody's place."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from impasto.core.cli.main import main
from impasto.core.image.reference import ImageRef
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks._resume import StylizeNotes
from impasto.core.tasks.stylize import GuideFiles, StylizeItem

ROOT = Path(__file__).parents[3]
COUNT = 6


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(COUNT):
        pixels = np.random.default_rng(number).integers(0, 255, (64, 64, 3), np.uint8)
        cv2.imwrite(str(folder / f"{number}.png"), cv2.blur(pixels, (5, 5)))
    return folder


def words(source: Path, out: Path, *more: str, style: str = "scream") -> list[str]:
    return [
        "stylize",
        str(source),
        "--style",
        style,
        "--brush-scale",
        "4",
        "--out",
        str(out),
        *more,
    ]


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}


@pytest.mark.parametrize("saved", [1, 3])
def test_killed_it_goes_on_to_the_same_bytes(source, tmp_path, capsys, saved):
    out, whole = tmp_path / "out", tmp_path / "whole"
    assert main(words(source, whole)) == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "impasto", *words(source, out)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    for _ in range(saved):
        assert process.stdout.readline().startswith("Saved: ")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert saved <= len([n for n in contents(out) if n.endswith(".png")]) < COUNT
    capsys.readouterr()
    assert main(words(source, out)) == 0
    said = capsys.readouterr().out
    assert said.count("skipping existing picture") >= saved
    assert said.count("skipping") + said.count("Saved: ") == COUNT
    assert contents(out) == contents(whole)


def test_what_was_changed_since_is_made_anew_or_named(source, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(words(source, out)) == 0
    whole = contents(out)
    (out / "1.png").write_bytes(whole["1.png"][:200])
    (out / "2.png").write_bytes(whole["3.png"])  # a sound picture, perhaps somebody's work
    (out / ".impasto" / "4.png.json").write_bytes(b"{")
    (out / "5.png").unlink()
    cv2.imwrite(str(source / "0.png"), np.full((64, 64, 3), 40, np.uint8))
    capsys.readouterr()
    assert main(words(source, out)) == 1
    told = capsys.readouterr()
    assert "0.png" in told.err and "made with other settings" in told.err
    assert "2.png" in told.err and "was changed since it was finished" in told.err
    assert told.err.count("\n") == 2
    assert contents(out) == {**whole, "2.png": whole["3.png"]}
    assert main(words(source, out, "--overwrite")) == 0
    now = contents(out)
    assert now["0.png"] != whole["0.png"] and now["2.png"] == whole["2.png"]


def test_other_settings_replace_nothing(source, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(words(source, out)) == 0
    whole = contents(out)
    assert main(words(source, out, style="irises")) == 2
    assert capsys.readouterr().err.count("made with other settings") == COUNT
    assert contents(out) == whole


def test_files_of_others_are_refused_before_the_work(source, tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    (out / "3.png").write_bytes(b"a picture of mine")
    assert main(words(source, out)) == 2
    assert "exists already" in capsys.readouterr().err
    assert contents(out) == {"3.png": b"a picture of mine"}


def test_relief_goes_with_its_picture(source, tmp_path, capsys):
    out = tmp_path / "out"
    more = ("--engine", "strokes", "--relief-maps")
    assert main(words(source / "0.png", out, *more)) == 0
    whole = contents(out)
    assert sorted(whole) == ["0.png", "0.strokes", "0_height.png", "0_normal.png"]
    (out / "0_height.png").unlink()
    capsys.readouterr()
    assert main(words(source / "0.png", out, *more)) == 0
    assert "Saved" in capsys.readouterr().out
    assert contents(out) == whole
    assert main(words(source / "0.png", out, *more)) == 0
    assert "skipping" in capsys.readouterr().out


def test_two_runs_at_once_share_the_work(source, tmp_path):
    """Of other styles they take no place of each other; each file belongs to its note."""
    out = tmp_path / "out"
    alone = {}
    for style in ("scream", "irises"):
        assert main(words(source, tmp_path / style, style=style)) == 0
        alone[style] = contents(tmp_path / style)
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "impasto", *words(source, out, style=style)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for style in alone
    ]
    said = [run.communicate() for run in runs]
    assert sum(out.count("Saved: ") for out, _ in said) == COUNT
    assert not any("Traceback" in err or "does not exist" in err for _, err in said)
    for name, content in contents(out).items():
        owner = next(style for style in alone if alone[style][name] == content)
        notes = [(folder / ".impasto" / f"{name}.json") for folder in (out, tmp_path / owner)]
        assert notes[0].read_bytes() == notes[1].read_bytes()


def test_all_that_pixels_depend_on_is_in_the_key(source, tmp_path):
    """Every field of an item, and the content of every file that it names."""
    notes = StylizeNotes(tmp_path / "out")
    mesh, guide = tmp_path / "mesh", tmp_path / "guide"
    mesh.write_bytes(b"a mesh")
    guide.write_bytes(b"a guide")
    look = Look((StyleRef("scream"),))
    item = StylizeItem(ImageRef("a", (str(source / "0.png"),)), look, (str(tmp_path / "0.png"),))
    changed = [
        item,
        replace(item, look=replace(look, seed=1)),
        replace(item, look=Look((StyleRef("irises"),))),
        replace(item, image=ImageRef("a", (str(source / "1.png"),))),
        replace(item, image=replace(item.image, color_space="Non-Color")),
        replace(item, mesh=str(mesh)),
        replace(item, mesh=str(guide)),
        replace(item, tiles=(1001,)),
        replace(item, guides=(GuideFiles(str(mesh), str(guide)),)),
        replace(item, guides=(GuideFiles(str(guide), str(guide)),)),
        replace(item, heights=(str(tmp_path / "h.png"),)),
    ]
    keys = []
    for number, one in enumerate(changed):
        name = f"{number}.png"
        other = replace(one, outputs=(str(tmp_path / "x" / "0.png"),))
        assert notes._key(replace(one, image=replace(one.image, key="b"))) == notes._key(one), name
        keys.append(StylizeNotes(tmp_path / "out")._key(other))
    assert len(set(keys)) == len(changed)
