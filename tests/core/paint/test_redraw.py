"""A painting is its strokes: they are kept in files, and drawn again at any size."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from impasto.core.cli.main import main
from impasto.core.control import Control
from impasto.core.errors import StyleUnreadable
from impasto.core.image.files import write_picture
from impasto.core.image.picture import Picture
from impasto.core.image.reference import ImageRef
from impasto.core.paint.strokes.stroke_file import StrokeFile, load_strokes, save_strokes
from impasto.core.paint.strokes.stroke_list import ARRAYS, StrokeList
from impasto.core.styles.look import Look, StyleRef
from impasto.core.styles.media import MEDIA
from impasto.core.styles.stroke_set import StrokeSet
from impasto.core.tasks.stylize import StylizeItem, StylizeRequest, run
from tests.golden.scenes import bricks


def listed(count: int, seed: int, *, seamless: bool = False, down: float = 0.7) -> StrokeList:
    rng = np.random.default_rng(seed)
    rows = {name: rng.uniform(0.1, 0.9, count).astype(np.float32) for name in ARRAYS}
    rows["color"] = rng.uniform(0, 1, (count, 3)).astype(np.float32)
    rows["stamp"] = rng.integers(0, 99, count).astype(np.int32)
    return StrokeList(**rows, aspect=(1.0, down), seamless=seamless)


def kept(strokes: StrokeList, stroke_set: StrokeSet | None = None) -> StrokeFile:
    under = np.random.default_rng(1).uniform(0, 1, (4, 6, 3)).astype(np.float16)
    return StrokeFile(
        strokes, stroke_set or StrokeSet(), under.astype(np.float32), (640, 448), 0.25
    )


@settings(max_examples=10)
@given(count=st.integers(0, 20), seed=st.integers(0, 99), seamless=st.booleans())
def test_a_painting_is_read_as_it_was_saved(tmp_path_factory, count, seed, seamless):
    path = tmp_path_factory.mktemp("strokes") / "some.strokes"
    medium = MEDIA[seed % len(MEDIA)].strokes
    first = kept(listed(count, seed, seamless=seamless, down=0.3 + seed / 199), medium)
    save_strokes(first, path)
    again = load_strokes(path)
    for name in ARRAYS:
        one, other = (getattr(painting.strokes, name) for painting in (first, again))
        assert np.array_equal(one, other) and one.dtype == other.dtype
    assert (again.strokes.aspect, again.strokes.seamless) == (first.strokes.aspect, seamless)
    assert np.array_equal(again.underpainting, first.underpainting)
    assert (again.size, again.relief) == ((640, 448), 0.25)
    for row in fields(StrokeSet):
        assert np.array_equal(getattr(again.stroke_set, row.name), getattr(medium, row.name))


def _changed(path: Path, change) -> None:
    """Write the file anew with a changed header or other arrays."""
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        header = json.loads(file.metadata()["impasto_strokes"])
    tensors = load_file(path)
    change(header, tensors)
    save_file(tensors, path, metadata={"impasto_strokes": json.dumps(header)})


DAMAGES = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("no strokes"),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:-40]),
    "no header": lambda path: save_file(load_file(path), path),
    "no aspect": lambda path: _changed(path, lambda header, _: header.pop("aspect")),
    "one side": lambda path: _changed(path, lambda header, _: header.update(aspect=[1.0])),
    "no set": lambda path: _changed(path, lambda header, _: header.update(set="{")),
    "no size": lambda path: _changed(path, lambda header, _: header.pop("size")),
    "missing rows": lambda path: _changed(path, lambda _, tensors: tensors.pop("bend")),
    "few rows": lambda path: _changed(
        path, lambda _, tensors: tensors.update(bend=np.zeros(1, np.float32))
    ),
    "missing": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_files_are_refused(tmp_path, damage, capsys):
    path = tmp_path / "some.strokes"
    save_strokes(kept(listed(3, 0)), path)
    damage(path)
    with pytest.raises(StyleUnreadable, match=r"some\.strokes"):
        load_strokes(path)
    assert main(["redraw", str(path), "--out", str(tmp_path / "out.png")]) == 2
    assert "some.strokes" in capsys.readouterr().err
    assert not (tmp_path / "out.png").exists()


@pytest.fixture(scope="module")
def painted(tmp_path_factory) -> Path:
    """A folder with a painting, its relief and its strokes."""
    folder = tmp_path_factory.mktemp("painted")
    write_picture(Picture(bricks(96, 128, 3).astype(np.float32)), folder / "wall.png")
    look = Look((StyleRef("oil-impasto"),), engine="STROKES", relief=0.8)
    names = {"heights": "out_height.png", "normals": "out_normal.png", "strokes": "out.strokes"}
    item = StylizeItem(
        ImageRef("wall", (str(folder / "wall.png"),)),
        look,
        (str(folder / "out.png"),),
        **{key: (str(folder / name),) for key, name in names.items()},
    )
    assert not run(StylizeRequest((item,)), Control()).failures
    return folder


def redraw(folder: Path, out: Path, *options: str) -> np.ndarray:
    given = ["redraw", str(folder / "out.strokes"), "--out", str(out), *options]
    assert main([*given, "--relief-maps", "--quiet"]) == 0
    return cv2.imread(str(out)).astype(np.float32)


def test_strokes_that_are_drawn_again_give_the_same_files(painted, tmp_path):
    redraw(painted, tmp_path / "out.png")
    for name in ("out.png", "out_height.png", "out_normal.png"):
        pictures = [cv2.imread(str(p / name), cv2.IMREAD_UNCHANGED) for p in (painted, tmp_path)]
        assert np.array_equal(*pictures), name


def test_a_larger_picture_has_the_same_strokes(painted, tmp_path):
    large = redraw(painted, tmp_path / "large.png", "--max-side", "512")
    assert large.shape == (384, 512, 3)
    small = cv2.imread(str(painted / "out.png")).astype(np.float32)
    shrunk = cv2.resize(large, (128, 96), interpolation=cv2.INTER_AREA)
    assert np.abs(shrunk - small).mean() < 6
    assert large.std() > small.std()


def test_strokes_are_changed_without_painting_anew(painted, tmp_path):
    plain = cv2.imread(str(painted / "out.png")).astype(np.float32)
    faint = redraw(painted, tmp_path / "faint.png", "--opacity", "0.1")
    thin = redraw(painted, tmp_path / "thin.png", "--width", "0.4", "--length", "0.5")
    flat = redraw(painted, tmp_path / "flat.png", "--relief", "0")
    assert faint.std() < plain.std() and np.abs(thin - plain).mean() > 2
    assert np.array_equal(flat, plain), "relief is no color"
    assert not cv2.imread(str(tmp_path / "flat_height.png"), cv2.IMREAD_UNCHANGED).any()


def test_nothing_is_overwritten(painted, capsys):
    before = {path: path.read_bytes() for path in painted.iterdir()}
    given = ["redraw", str(painted / "out.strokes"), "--out", str(painted / "out.png")]
    assert main(given) == 2 and "exists already" in capsys.readouterr().err
    assert main([*given[:-1], str(painted / "out.gif")]) == 2
    assert {path: path.read_bytes() for path in painted.iterdir()} == before
