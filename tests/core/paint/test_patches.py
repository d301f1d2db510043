"""The patches engine: any size, tiles, torus, threads, guides, sharpness, use of the exemplar."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from impasto.benchmarks.seams import seam_strength
from impasto.core.control import CancelToken, Control
from impasto.core.errors import JobCancelled, StyleUnreadable
from impasto.core.image.resize import resize
from impasto.core.paint.patches import painting
from impasto.core.paint.patches.exemplar import Exemplar, build_exemplar
from impasto.core.paint.patches.features import fit_space, patch_weights
from impasto.core.paint.patches.flats import fill_flat_areas
from impasto.core.paint.patches.guided import Guide
from impasto.core.paint.patches.index import build_index
from impasto.core.paint.patches.matching import Matches, Weights
from impasto.core.paint.patches.painting import paint_patches
from impasto.core.paint.patches.voting import vote
from impasto.core.paint.structure import keep_structure

LUMA = np.float32([0.299, 0.587, 0.114])


def clouds(height: int, width: int, seed: int, cells: int = 5) -> np.ndarray:
    """Soft spots of many colors, ``(H, W, 3)`` float32."""
    coarse = np.random.default_rng(seed).random((cells, cells, 3), np.float32)
    return np.clip(resize(coarse, (width, height)), 0, 1)


def strokes(height: int, width: int, seed: int) -> np.ndarray:
    """A picture of a style: short slanted strokes all over, ``(H, W, 3)`` float32."""
    random = np.random.default_rng(seed)
    canvas = random.random((height, width, 3), np.float32) * 0.1 + 0.3
    for x, y, dx, dy in random.random((height * width // 60, 4)):
        start = int(x * width), int(y * height)
        stop = start[0] + int(6 + 8 * dx), start[1] + int(8 * dy)
        color = random.random(3) * (0.3 + 0.7 * start[0] / width)
        cv2.line(canvas, start, stop, color.tolist(), 2, cv2.LINE_AA)
    return np.clip(canvas, 0, 1)


def sharpness(picture: np.ndarray) -> float:
    return float(cv2.Laplacian(picture @ LUMA, cv2.CV_32F).std())


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return strokes(96, 128, 1)


@pytest.fixture(scope="module")
def exemplar(picture) -> Exemplar:
    return build_exemplar(picture)


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 70), st.integers(1, 70), st.booleans(), st.sampled_from([0.1, 1.0, 3.0]))
def test_any_size(height, width, seamless, brush_scale):
    exemplar = build_exemplar(strokes(30, 24, 2))
    guide = clouds(height, width, 3)
    painted = paint_patches(guide, exemplar, seamless=seamless, brush_scale=brush_scale)
    assert painted.shape == guide.shape and painted.dtype == np.float32
    assert painted.min() >= 0 and painted.max() <= 1


@pytest.mark.parametrize("size", [(1, 1), (2, 5), (40, 3), (64, 64)])
def test_exemplar_of_one_color_paints_with_that_color(size):
    color = np.float32([51, 102, 204]) / 255
    exemplar = build_exemplar(np.broadcast_to(color, (*size, 3)))
    painted = paint_patches(clouds(50, 60, 1), exemplar)
    assert np.abs(painted - color).max() < 1e-6


@pytest.mark.parametrize("shape", [(0, 4, 3), (4, 4), (4, 4, 4)])
def test_exemplar_without_colors_is_an_error(shape):
    with pytest.raises(StyleUnreadable):
        build_exemplar(np.zeros(shape, np.float32))


def test_long_and_narrow(exemplar):
    assert paint_patches(clouds(3, 900, 1), exemplar).shape == (3, 900, 3)


@pytest.mark.parametrize("seamless", [False, True])
def test_tiles_change_no_pixel(exemplar, seamless):
    guide = clouds(99, 143, 4)
    whole, tiled = (
        paint_patches(guide, exemplar, seamless=seamless, tile=tile) for tile in (512, 50)
    )
    assert np.array_equal(whole, tiled)


def test_threads_and_a_new_index_change_no_pixel(picture, exemplar):
    guide = clouds(80, 80, 5)
    many = paint_patches(guide, exemplar)
    with threadpool_limits(limits=1):
        one = paint_patches(guide, build_exemplar(picture))
    assert np.array_equal(one, many)


def test_seed_is_what_chance_depends_on(exemplar):
    guide = clouds(60, 60, 6)
    one, again, other = (paint_patches(guide, exemplar, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_seamless_moves_with_the_torus(exemplar):
    """Rolling the guide around rolls the painting around: there is no border at all."""
    guide = clouds(128, 96, 7)
    plain = paint_patches(guide, exemplar, seamless=True, grain=0.0)
    rolled = paint_patches(np.roll(guide, (34, -18), (0, 1)), exemplar, seamless=True, grain=0.0)
    assert np.array_equal(np.roll(plain, (34, -18), (0, 1)), rolled)


def test_seamless_texture_stays_seamless(exemplar):
    y, x = np.mgrid[0:96, 0:96] * (2 * np.pi / 96)
    waves = np.stack([np.sin(3 * x + 2 * y), np.cos(2 * x - y), np.sin(2 * y)], axis=2)
    guide = (0.4 + 0.3 * waves).astype(np.float32)
    torus, plain = (paint_patches(guide, exemplar, seamless=s) for s in (True, False))
    elsewhere = max(seam_strength(np.roll(torus, (k, k), (0, 1))).worst for k in range(7, 94, 9))
    assert seam_strength(torus).worst < 1.1 * elsewhere
    assert seam_strength(torus).worst < seam_strength(plain).worst


def test_painting_is_as_sharp_as_the_exemplar(picture, exemplar):
    painted = paint_patches(clouds(96, 128, 8), exemplar)
    assert sharpness(painted) > 0.9 * sharpness(picture)
    large = paint_patches(clouds(144, 192, 8), exemplar)
    assert sharpness(large) > 0.9 * sharpness(resize(picture, (192, 144)))


def test_larger_brush_scale_paints_larger_strokes(exemplar):
    guide = clouds(96, 96, 9)
    small, large = (sharpness(paint_patches(guide, exemplar, brush_scale=b)) for b in (1, 2))
    assert large < 0.75 * small


def test_painting_follows_the_guide(exemplar):
    guide = clouds(96, 128, 10) * 0.6 + 0.1
    painted = paint_patches(guide, exemplar)
    coarse, wanted = (resize(one @ LUMA, (24, 24)) for one in (painted, guide))
    assert np.corrcoef(coarse.ravel(), wanted.ravel())[0, 1] > 0.8


def test_guide_channels_choose_where_patches_come_from(picture):
    """The left half of the exemplar is red, its right half blue; only the channels tell them apart."""
    gray = np.repeat((picture @ LUMA)[..., None], 3, axis=2)
    tinted = gray * np.where(np.arange(128)[:, None] < 64, [1, 0.3, 0.3], [0.3, 0.3, 1])
    source = np.broadcast_to(np.arange(128)[:, None] >= 64, (96, 128, 1)).astype(np.float32)
    target = np.broadcast_to(np.arange(96)[:, None, None] >= 48, (96, 96, 1)).astype(np.float32)
    guide = np.full((96, 96, 3), 0.2, np.float32)
    exemplar = build_exemplar(tinted)
    painted = paint_patches(guide, exemplar, guides=[Guide(source, target, 4.0)])
    red, blue = painted[:44].mean((0, 1)), painted[52:].mean((0, 1))
    assert red[0] > 2 * red[2] and blue[2] > 2 * blue[0]
    assert not exemplar.levels  # an index with channels is not kept


def share_used(guide: np.ndarray, exemplar: Exemplar, monkeypatch, **options) -> float:
    """The share of the exemplar that a painting uses, by the entropy of its use of 8 px cells."""
    last: list[Matches] = []

    def vote_and_keep(matches, *others):
        last[:] = [matches]
        return vote(matches, *others)

    monkeypatch.setattr(painting, "vote", vote_and_keep)
    paint_patches(guide, exemplar, **options)
    used = np.zeros([length // 8 + 1 for length in last[0].level.size])
    np.add.at(used, tuple(last[0].corners // 8), 1)
    share = used[used > 0] / used.sum()
    return float(np.exp(-(share * np.log(share)).sum()) / used.size)


def test_uniformity_uses_more_of_the_exemplar(exemplar, monkeypatch):
    few, many = (
        share_used(clouds(72, 96, 12), exemplar, monkeypatch, weights=Weights(uniformity=rate))
        for rate in (0.0, Weights().uniformity)
    )
    assert many > 1.5 * few


def test_grain_fills_flat_areas(picture, exemplar, monkeypatch):
    flat = np.full((72, 96, 3), picture.mean((0, 1)), np.float32)
    few, many = (share_used(flat, exemplar, monkeypatch, grain=grain) for grain in (0.0, 0.5))
    assert many > 1.5 * few
    painted = paint_patches(flat, exemplar, grain=0.8)
    assert sharpness(painted) > 0.7 * sharpness(resize(picture, (96, 72)))


def test_grain_leaves_detail_alone(picture):
    filled = fill_flat_areas(picture, picture, grain=1.0, brush_scale=1.0, seed=0, wrap=False)
    assert np.abs(filled - picture).mean() < 0.02


def likeness(picture: np.ndarray, content: np.ndarray) -> float:
    """Correlation of the fine structure of two pictures."""
    one, other = (p @ LUMA - cv2.GaussianBlur(p @ LUMA, (0, 0), 3) for p in (picture, content))
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_content_keeps_its_fine_structure(picture):
    """Thin lines that the guide has nearly lost are seen again."""
    content = np.full((96, 96, 3), 0.6, np.float32)
    for width in range(3):
        content[width::16] = content[:, width::32] = 0.1
    guide = 0.5 * strokes(96, 96, 13) + 0.2 + 0.15 * (content - 0.6)
    kept = keep_structure(guide, content, share=0.5, size=1 / 80, wrap=False)
    assert likeness(kept, content) > likeness(guide, content) + 0.15
    exemplar = build_exemplar(np.repeat((picture @ LUMA)[..., None], 3, axis=2))
    painted, without = (
        paint_patches(guide, exemplar, content=one, grain=0.0) for one in (content, None)
    )
    assert likeness(painted, content) > likeness(without, content) + 0.1


def test_structure_that_the_guide_inverts_stays_inverted():
    content = np.full((64, 64, 3), 0.5, np.float32)
    content[::8] = 0.9
    guide = 1 - content
    kept = keep_structure(guide, content, share=0.5, size=1 / 80, wrap=True)
    assert np.abs(kept - guide).max() < 0.02


def test_content_of_another_size_is_an_error(exemplar):
    with pytest.raises(ValueError, match="as large as"):
        paint_patches(clouds(9, 9, 1), exemplar, content=clouds(9, 8, 1))


def test_progress_and_cancel(exemplar):
    reported: list[float] = []
    control = Control(lambda event: reported.append(event.done))
    paint_patches(clouds(110, 110, 11), exemplar, control=control)
    assert reported == sorted(reported) and reported[-1] == pytest.approx(1.0)
    asked = []

    def cancelled() -> bool:
        asked.append(time.monotonic())
        return len(asked) > 30

    with pytest.raises(JobCancelled):
        paint_patches(
            clouds(110, 110, 11), exemplar, control=Control(cancel=CancelToken(cancelled))
        )
    assert np.diff(asked).max() < 0.5


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 900), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_search_of_all_clusters_is_exhaustive(count, features, seed):
    random = np.random.default_rng(seed)
    keys, queries = (
        random.integers(-40, 40, (n, features)).astype(np.float32) for n in (count, 50)
    )
    penalty = 5 * np.abs(keys).sum(axis=1)  # the same for equal keys, of which one is kept
    number, cost = build_index(keys, seed).search(queries, 99, penalty)
    every = np.square(queries[:, None] - keys[None]).sum(axis=2) + penalty
    assert np.array_equal(cost, every.min(axis=1))
    assert np.array_equal(every[np.arange(50), number], cost)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 8), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_features_are_integers_whose_sums_are_exact(side, channels, seed):
    random = np.random.default_rng(seed)
    values = side * side * channels
    sample = random.choice(np.array([0, 3, 255], np.uint8), (60, values))
    weights = patch_weights(side, random.random(channels).astype(np.float32) + 0.1)
    space = fit_space(sample, side, weights, 24)
    features = space.project(sample)
    assert np.array_equal(features, np.rint(features))
    assert 3 * np.square(features).sum(axis=1).max() < 2**24
    assert np.array_equal(features[::-1], space.project(sample[::-1]))
