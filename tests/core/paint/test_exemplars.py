"""Patches of every kind of style: with a picture, built in, and a medium."""

from __future__ import annotations

import numpy as np
import pytest

from impasto.core.control import CancelToken, Control
from impasto.core.errors import JobCancelled
from impasto.core.image.files import write_picture
from impasto.core.image.picture import Picture
from impasto.core.paint import guides, native
from impasto.core.paint.network import Stylizer
from impasto.core.paint.style_reader import StyleReader
from impasto.core.styles.look import Look

SIZE = (72, 56)


@pytest.fixture(scope="module")
def stylizer() -> Stylizer:
    return Stylizer()


@pytest.fixture(scope="module")
def styles(stylizer, tmp_path_factory) -> dict:
    """A built-in style, a medium, and a picture of red and blue stripes."""
    stripes = np.zeros((96, 96, 3), np.float32)
    stripes[:] = (0.8, 0.1, 0.1)
    stripes[:, ::12] = stripes[:, 1::12] = stripes[:, 2::12] = (0.1, 0.1, 0.7)
    path = tmp_path_factory.mktemp("styles") / "stripes.png"
    write_picture(Picture(stripes), path)
    reader = StyleReader(stylizer)
    sources = {"scream": "scream", "gouache": "gouache", "stripes": str(path)}
    return {name: reader.resolve_source(source) for name, source in sources.items()}


@pytest.fixture(autouse=True)
def small_guide(monkeypatch):
    """Guides that take a tenth of the time."""
    monkeypatch.setattr(guides, "GUIDE_SIDE", 96)


@pytest.fixture(scope="module")
def picture() -> Picture:
    """A green disk on gray, half hidden."""
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    inside = np.hypot(x - 36, y - 28) < 18
    color = np.where(inside[..., None], (0.2, 0.7, 0.3), (0.5, 0.5, 0.5)).astype(np.float32)
    alpha = np.full((SIZE[1], SIZE[0]), 255, np.uint8)
    alpha[:, :20] = 0
    return Picture(color, alpha)


def paint(stylizer, picture, style, exemplars=None, control=None, **settings):
    look = Look((), engine="PATCHES", **settings)
    options = {"exemplars": exemplars, **({"control": control} if control else {})}
    return native.stylize(stylizer, [picture], look, style, **options)[0]


@pytest.mark.parametrize("name", ["scream", "gouache", "stripes"])
def test_every_style_has_an_exemplar(stylizer, styles, picture, name):
    result = paint(stylizer, picture, styles[name])
    assert result.picture.size == SIZE and result.strokes is None
    assert np.isfinite(result.picture.color).all()
    assert np.array_equal(result.picture.alpha, picture.alpha)
    assert np.abs(result.picture.color - picture.color).mean() > 0.01


def test_the_colors_are_those_of_the_exemplar(stylizer, styles, picture):
    """There is no green in it."""
    color = paint(stylizer, picture, styles["stripes"]).picture.color
    green = color[..., 1] - color[..., [0, 2]].max(axis=2)
    assert green.max() < 0.1


def test_a_medium_keeps_the_colors_of_the_texture(stylizer, styles, picture):
    color = paint(stylizer, picture, styles["gouache"]).picture.color
    assert color[28, 36, 1] > color[28, 36, [0, 2]].max() + 0.2


def test_strength_zero_is_the_picture_itself(stylizer, styles, picture):
    result = paint(stylizer, picture, styles["scream"], strength=0.0)
    assert np.array_equal(result.picture.color, picture.color)


def test_an_exemplar_is_prepared_once(stylizer, styles, picture):
    exemplars = native.Exemplars(stylizer)
    guide = np.zeros((32, 32, 3), np.float32)
    first = exemplars.of(styles["scream"], guide)
    assert exemplars.of(styles["scream"], guide) is first
    assert exemplars.of(styles["stripes"], guide) is not first
    prepared = paint(stylizer, picture, styles["stripes"], exemplars)
    anew = paint(stylizer, picture, styles["stripes"])
    assert np.array_equal(prepared.picture.color, anew.picture.color)


def test_seamless_results_tile(stylizer, styles):
    ramp = np.linspace(0.2, 0.8, 64, dtype=np.float32)
    wave = np.abs(2 * ramp - 1)[None, :, None] * np.ones((64, 1, 3), np.float32)
    color = paint(stylizer, Picture(wave), styles["scream"], seamless=True, grain=0.0).picture.color
    across = np.abs(color[:, 0] - color[:, -1]).mean()
    inside = np.abs(np.diff(color, axis=1)).mean(axis=(0, 2))
    assert across <= inside.max()


def test_cancel_stops(stylizer, styles, picture):
    with pytest.raises(JobCancelled):
        paint(
            stylizer, picture, styles["stripes"], control=Control(cancel=CancelToken(lambda: True))
        )
