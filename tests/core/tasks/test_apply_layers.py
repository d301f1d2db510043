"""One image of an original and its painting: strength, color, masks, depth, alpha, sizes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.core.control import Control
from impasto.core.image.color import keep_luminance_only, lay_over, linear_to_srgb, srgb_to_linear
from impasto.core.image.files import read_picture, write_picture
from impasto.core.image.picture import Picture
from impasto.core.image.reference import ImageRef
from impasto.core.tasks.apply_layers import ApplyLayersRequest, LayerItem, run


def noise(seed: int, size: int = 24) -> np.ndarray:
    return np.random.default_rng(seed).random((size, size, 3), np.float32)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1 << 16), amount=st.floats(0, 1))
def test_strength_goes_from_the_original_to_the_painting(seed, amount):
    old, new = noise(seed), noise(seed + 1)
    for strength, wanted in ((0.0, old), (1.0, new)):
        share = np.full(old.shape, strength, np.float32)
        np.testing.assert_allclose(lay_over(old, new, share, 0.0), wanted, atol=2e-4)
    kept = linear_to_srgb(lay_over(old, new, np.ones_like(old), amount))
    engine = keep_luminance_only(linear_to_srgb(new), linear_to_srgb(old), amount)
    inside = (kept < 1) & (kept > 0.03)
    assert np.median(np.abs(kept - engine)[inside]) < 1e-3


def applied(tmp_path: Path, below: Picture, above: Picture, suffix: str, **more) -> Picture:
    paths = [tmp_path / f"{name}{suffix}" for name in ("old", "new", "out")]
    for picture, path in zip((below, above), paths, strict=False):
        write_picture(picture, path)
    old, new, out = map(str, paths)
    item = LayerItem(ImageRef("Wall", (old,)), ImageRef("Painting", (new,)), (out,), **more)
    result = run(ApplyLayersRequest((item,)), Control())
    assert not result.failures and result.written == {"Wall": (out,)}
    return read_picture(out)


@pytest.mark.parametrize(("suffix", "depth"), [(".png", "8"), (".png", "16"), (".exr", "half")])
def test_depth_and_alpha_are_those_of_the_original(tmp_path, suffix, depth):
    encoding = "linear" if suffix == ".exr" else "srgb"
    dtype = {"8": np.uint8, "16": np.uint16, "half": np.float16}[depth]
    alpha = np.arange(24 * 24).reshape(24, 24) % 200
    alpha = (alpha / 200).astype(dtype) if depth == "half" else alpha.astype(dtype) + 1
    below = Picture(noise(1) * 3 if depth == "half" else noise(1), alpha, depth, encoding)
    above = Picture(noise(2), alpha, depth, encoding)
    got = applied(tmp_path, below, above, suffix, strength=0.0)
    assert (got.depth, got.encoding) == (depth, encoding)
    np.testing.assert_array_equal(got.alpha, alpha)
    shown = np.broadcast_to((alpha > 0)[..., None], below.color.shape)
    np.testing.assert_allclose(got.color[shown], below.color[shown], rtol=0.02, atol=0.01)


def test_a_smaller_painting_is_enlarged_and_a_larger_one_kept(tmp_path):
    small, large = Picture(noise(1, 16)), Picture(noise(2, 32))
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert applied(tmp_path / "a", large, small, ".png").size == (32, 32)
    assert applied(tmp_path / "b", small, large, ".png").size == (32, 32)


def test_a_mask_says_where_the_painting_is_seen(tmp_path):
    mask = np.zeros((24, 24, 3), np.float32)
    mask[:, 12:] = 1
    write_picture(Picture(mask), tmp_path / "mask.png")
    below, above = Picture(noise(1)), Picture(noise(2))
    got = applied(tmp_path, below, above, ".png", mask=str(tmp_path / "mask.png"))
    np.testing.assert_allclose(got.color[:, :12], below.color[:, :12], atol=0.01)
    np.testing.assert_allclose(got.color[:, 12:], above.color[:, 12:], atol=0.01)


def test_half_is_in_between_in_light(tmp_path):
    below, above = Picture(noise(1)), Picture(noise(2))
    got = applied(tmp_path, below, above, ".png", strength=0.5)
    wanted = (srgb_to_linear(below.color) + srgb_to_linear(above.color)) / 2
    np.testing.assert_allclose(srgb_to_linear(got.color), wanted, atol=0.01)


def test_what_cannot_be_read_is_reported(tmp_path):
    write_picture(Picture(noise(1)), tmp_path / "old.png")
    ref = ImageRef("Wall", (str(tmp_path / "old.png"),))
    item = LayerItem(ref, ImageRef("P", (str(tmp_path / "no.png"),)), (str(tmp_path / "o.png"),))
    (failure,) = run(ApplyLayersRequest((item,)), Control()).failures
    assert failure.key == "Wall" and "no.png" in failure.message
