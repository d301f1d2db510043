"""Stroke sets as values, blended, and in style files; those that ship."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from typing import get_args, get_type_hints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from impasto.core.errors import FileDamaged
from impasto.core.image.resize import resize
from impasto.core.networks.codes import CODE_LENGTH
from impasto.core.paint.strokes.place import Placing, place
from impasto.core.paint.strokes.render import draw
from impasto.core.paint.strokes.stamps import Stamps, draw_stamps
from impasto.core.styles.catalog import builtin_styles
from impasto.core.styles.media import MEDIA
from impasto.core.styles.stroke_set import (
    DIRECTIONS,
    StrokeSet,
    blend_strokes,
    from_tensors,
    to_tensors,
)
from impasto.core.styles.style import ZOOMS, Style, blend, load_style_file, save_style

LENGTHS = ("width", "finest", "aspect", "bristles", "flow")
"""Numbers that are averaged as logarithms."""
_share = st.floats(0, 1)
_positive = st.floats(0.01, 20)
_color = st.tuples(_share, _share, _share)


@st.composite
def stroke_sets(draw) -> StrokeSet:
    hints = get_type_hints(StrokeSet, include_extras=True)
    bounds = {
        row.name: get_args(hints[row.name])[1]
        for row in fields(StrokeSet)
        if isinstance(row.default, float)
    }
    numbers = {
        name: draw(st.floats(max(0.01, b.low), min(20, b.high))) for name, b in bounds.items()
    }
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    directions = rng.random(DIRECTIONS).astype(np.float32) + np.float32(0.01)
    stamps = rng.integers(0, 256, (2, 4, 6, 3), np.uint8) if draw(st.booleans()) else None
    return StrokeSet(
        **numbers,
        color_jitter=draw(st.tuples(_positive, _share, _share)),
        layers=draw(st.integers(1, 6)),
        ground=draw(st.none() | _color),
        ink=draw(st.booleans()),
        directions=directions / directions.sum(),
        stamps=stamps,
    )


def assert_same(first: StrokeSet, second: StrokeSet) -> None:
    for name, value in asdict(first).items():
        other = getattr(second, name)
        assert type(other) is type(value), name
        assert np.array_equal(other, value), name
        if isinstance(value, np.ndarray):
            assert other.dtype == value.dtype, name


def some_style(strokes: StrokeSet | None, name: str = "some") -> Style:
    codes = np.random.default_rng(1).random((len(ZOOMS), CODE_LENGTH)).astype(np.float16)
    return Style(
        identifier=name,
        name=name,
        codes=codes.astype(np.float32),
        strokes=None if strokes is None else lambda: strokes,
    )


# Blends


@settings(max_examples=50)
@given(stroke_sets(), stroke_sets(), st.floats(0, 1))
def test_a_blend_is_the_weighted_mean(first, second, share):
    mixed = blend_strokes([first, second], [share, 1 - share])
    for row in fields(StrokeSet):
        if not isinstance(row.default, float) and row.name != "color_jitter":
            continue
        one, other = (np.asarray(getattr(s, row.name)) for s in (first, second))
        if row.name in LENGTHS:
            wanted = one**share * other ** (1 - share)
        else:
            wanted = share * one + (1 - share) * other
        assert np.allclose(getattr(mixed, row.name), wanted, rtol=1e-6), row.name
    wanted = share * first.directions + (1 - share) * second.directions
    assert np.allclose(mixed.directions, wanted, atol=1e-6)
    assert mixed.directions.dtype == np.float32


@settings(max_examples=25)
@given(stroke_sets(), stroke_sets(), st.floats(0.51, 1))
def test_what_is_no_number_comes_from_the_largest_share(first, second, share):
    for mixed in (
        blend_strokes([first, second], [share, 1 - share]),
        blend_strokes([second, first], [1 - share, share]),
    ):
        assert (mixed.ink, mixed.layers, mixed.ground) == (first.ink, first.layers, first.ground)
        assert mixed.stamps is first.stamps


def test_a_blend_of_styles_blends_their_strokes():
    wide, narrow = StrokeSet(width=0.08, relief=1.0), StrokeSet(width=0.02, relief=0.2)
    styles = [some_style(wide, "wide"), some_style(narrow, "narrow"), some_style(None, "plain")]
    mixed = blend(styles[:2], [1, 1]).stroke_set()
    assert mixed.width == pytest.approx(0.04) and mixed.relief == pytest.approx(0.6)
    assert blend(styles[:2], [1, 0]).stroke_set().width == pytest.approx(0.08)
    with_plain = blend(styles[1:], [3, 1]).stroke_set()
    assert with_plain.relief == pytest.approx(0.75 * 0.2 + 0.25 * StrokeSet().relief)


# Files


@settings(max_examples=50)
@given(stroke_sets())
def test_a_set_is_read_as_it_was_written(strokes):
    tensors, text = to_tensors(strokes)
    assert_same(strokes, from_tensors(tensors, text))


def test_unknown_fields_are_left_and_missing_ones_have_their_default():
    """A set of another version of Impasto."""
    tensors, text = to_tensors(StrokeSet(width=0.03, relief=0.2, ground=(0.9, 0.9, 0.8)))
    plain = json.loads(text) | {"glitter": 0.5}
    del plain["relief"], plain["ink"]
    again = from_tensors({**tensors, "glitter": tensors["directions"]}, json.dumps(plain))
    assert_same(again, StrokeSet(width=0.03, ground=(0.9, 0.9, 0.8)))
    with pytest.raises(FileDamaged, match=r"\w"):
        from_tensors(tensors, text[:-5])


@settings(max_examples=10)
@given(stroke_sets(), st.booleans())
def test_strokes_are_saved_with_their_style(tmp_path_factory, strokes, own_color):
    path = tmp_path_factory.mktemp("styles") / "some.impasto"
    style = replace(some_style(strokes), own_color=own_color)
    save_style(style, path)
    again = load_style_file(path)
    assert_same(strokes, again.stroke_set())
    assert again.own_color is own_color
    assert np.array_equal(again.codes, style.codes)


def test_a_style_without_strokes_has_plain_ones(tmp_path):
    save_style(some_style(None), tmp_path / "some.impasto")
    style = load_style_file(tmp_path / "some.impasto")
    assert style.strokes is None
    assert_same(style.stroke_set(), StrokeSet())


def test_files_of_before_the_strokes_load(tmp_path):
    style = some_style(None)
    metadata = {"name": "Old", "family": "", "has_thumbnail": False, "licence": "CC0-1.0"}
    save_file(
        {"codes": style.codes.astype(np.float16)},
        tmp_path / "old.impasto",
        metadata={"impasto_style": json.dumps(metadata)},
    )
    old = load_style_file(tmp_path / "old.impasto")
    assert old.name == "Old" and old.provenance.license == "CC0-1.0"
    assert old.strokes is None and not old.own_color and old.adapters == ()
    assert_same(old.stroke_set(), StrokeSet())


# What ships


def test_media_are_listed_and_have_the_strokes_that_the_code_says():
    shipped = {style.identifier: style for style in builtin_styles() if style.medium}
    assert list(shipped) == [medium.identifier for medium in MEDIA]
    assert len(MEDIA) == 12
    for medium in MEDIA:
        assert shipped[medium.identifier].name == medium.name
        style = load_style_file(shipped[medium.identifier].file)
        assert style.own_color
        assert_same(style.stroke_set(), medium.strokes)


def mean_tones(tone: np.ndarray) -> np.ndarray:
    """The means of squares of 8 pixels, flat."""
    return tone.reshape(4, 8, 6, 8).mean((1, 3)).ravel()


@pytest.mark.parametrize("info", builtin_styles(), ids=lambda info: info.identifier)
def test_builtin_strokes_paint(info):
    """Every style has strokes of its own, in range, which cover a small picture."""
    style = load_style_file(info.file)
    assert style.strokes is not None and style.own_color == info.medium
    strokes = style.stroke_set()
    assert strokes.directions.sum() == pytest.approx(1, abs=1e-3) and strokes.directions.min() >= 0
    for name in ("softness", "roughness", "streak", "scatter", "retouch", "relief", "saturation"):
        assert 0 <= getattr(strokes, name) <= 1, name
    assert 0 < strokes.opacity <= 1 and 0 < strokes.finest <= 1 and 0.005 < strokes.width < 0.2
    placing = Placing(brush_scale=0.06 / strokes.width, fineness=0.0)
    y, x = np.mgrid[:32, :48].astype(np.float32)
    picture = np.stack((x / 47, 0.5 + 0.4 * np.sin(y / 5), 1 - y / 31), axis=2)
    work = np.clip(resize(picture, (144, 96)), 0, 1)
    listed = place(work, work, strokes, placing)
    below = picture if strokes.ground is None else np.broadcast_to(strokes.ground, picture.shape)
    stamps = Stamps(draw_stamps(strokes, count=2))
    painting = draw(listed, stamps, (48, 32), lambda rows, columns: below[rows, columns])
    assert painting.color.shape == (32, 48, 3) and np.isfinite(painting.color).all()
    assert len(listed) > 50
    assert np.abs(painting.color - below).mean() > 0.005
    assert (painting.height.max() > 0) == (strokes.relief > 0)
    if not strokes.ink:
        shown = np.abs(painting.color.mean((0, 1)) - picture.mean((0, 1)))
        assert shown.max() < (0.06 if strokes.ground is None else 0.35)
    else:
        tones = [c.mean(axis=2) for c in (painting.color, picture)]
        assert np.corrcoef(*(mean_tones(t) for t in tones))[0, 1] > 0.5
