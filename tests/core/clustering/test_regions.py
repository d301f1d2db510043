"""Regions inside an image, and their matching with those of a style."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from impasto.core.clustering.regions import find_regions, match_regions
from impasto.core.errors import BadRequest
from impasto.core.plots import regions as plots
from impasto.core.plots import theme

from .conftest import texture

pytestmark = pytest.mark.filterwarnings("error")


def landscape(sky: str, ground: str, height: int = 256) -> tuple[np.ndarray, np.ndarray]:
    """One texture over another, ``(height, 256, 3)`` float32, and the true labels."""
    upper, lower = (np.tile(texture(kind, 3), (height // 128, 2, 1)) for kind in (sky, ground))
    truth = np.zeros((height, 256), int)
    truth[height // 2 :] = 1
    return np.where(truth[..., None] == 0, upper, lower).astype(np.float32) / 255, truth


def test_finds_the_parts() -> None:
    image, truth = landscape("noise", "planks")
    found = find_regions(image, 2)
    assert adjusted_rand_score(truth.ravel(), found.weights.argmax(2).ravel()) > 0.85


@pytest.mark.parametrize("size", [(64, 64), (300, 517), (17, 40), (1, 1)])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_weights_share_out_every_pixel(size: tuple[int, int], count: int) -> None:
    image = cv2.resize(landscape("dots", "planks")[0], size[::-1], interpolation=cv2.INTER_AREA)
    found = find_regions(image, count)
    assert found.weights.shape == (*size, found.count)
    assert found.weights.dtype == np.float32
    assert found.weights.min() >= 0
    np.testing.assert_allclose(found.weights.sum(2), 1, atol=1e-5)
    assert found.count <= (count or 6)


def test_plain_image_is_one_region() -> None:
    assert find_regions(np.full((80, 80, 3), 0.4, np.float32)).count == 1


def test_same_seed_same_regions() -> None:
    image, _ = landscape("stripes", "noise")
    first, second = find_regions(image, 3, seed=5), find_regions(image, 3, seed=5)
    np.testing.assert_array_equal(first.weights, second.weights)


def test_upside_down_style_still_matches_by_look() -> None:
    content, _ = landscape("noise", "planks")
    style, _ = landscape("planks", "noise")
    mine, theirs = find_regions(content, 2), find_regions(style, 2)
    match = match_regions(mine, theirs)
    assert sorted(match) == [0, 1]
    for region, chosen in enumerate(match):
        assert np.linalg.norm(mine.colors[region] - theirs.colors[chosen]) < 5


def test_more_regions_than_the_style_has() -> None:
    content = find_regions(landscape("noise", "planks")[0], 4)
    style = find_regions(landscape("dots", "planks")[0], 2)
    match = match_regions(content, style)
    assert len(match) == content.count
    assert set(match) == {0, 1}


def test_a_negative_number() -> None:
    image, _ = landscape("noise", "planks")
    with pytest.raises(BadRequest):
        find_regions(image, -1)


def test_plots(tmp_path: Path) -> None:
    image, _ = landscape("noise", "planks")
    regions = find_regions(image, 3)
    theme.save(plots.draw(image, regions), tmp_path / "regions.png")
    match = match_regions(regions, regions)
    drawn = plots.draw_match(image, regions, image, regions, match)
    theme.save(drawn, tmp_path / "match.png")
    for name in ("regions", "match"):
        assert cv2.imread(str(tmp_path / f"{name}.png")).std() > 10
