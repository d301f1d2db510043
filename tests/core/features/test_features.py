"""Descriptions: invariances, bad values, the pipeline's named steps."""

from __future__ import annotations

import numpy as np
import pytest

from impasto.core.features import comparing_pipeline, describing_pipeline
from impasto.core.features.columns import LENGTH
from impasto.core.features.encoder import encoder_signature
from impasto.core.features.metric import calibration, load_metric
from impasto.core.features.sample import SIDE, Resize
from impasto.core.features.unused import used_texels
from impasto.core.image.picture import Picture

pytestmark = pytest.mark.filterwarnings("error")


def planks(size: int = 128, turned: bool = False) -> np.ndarray:
    """Wavy lines, ``(size, size, 3)`` float32."""
    ys, xs = np.mgrid[:size, :size] * (128 / size)
    value = 0.5 + 0.4 * np.sin(ys / 4 + np.sin(xs / 30))
    value = value.T if turned else value
    return (value[..., None] * [0.8, 0.5, 0.3]).astype(np.float32)


def speckle(seed: int = 0) -> np.ndarray:
    """White noise, ``(128, 128, 3)`` float32."""
    gray = np.random.default_rng(seed).uniform(0, 1, (128, 128, 1))
    return np.repeat(gray, 3, 2).astype(np.float32)


def describe(*pictures: Picture) -> np.ndarray:
    """Raw descriptions, one row a picture."""
    return describing_pipeline().transform([[picture] for picture in pictures])


def points(*pictures: Picture, material_weight: float = 1.0) -> np.ndarray:
    """Comparable points, one row a picture."""
    return comparing_pipeline(material_weight).fit_transform(describe(*pictures))


def gap(table: np.ndarray, first: int, second: int) -> float:
    """Euclidean distance of two rows."""
    return float(np.linalg.norm(table[first] - table[second]))


def test_shape_and_finiteness() -> None:
    rows = describe(Picture(planks()), Picture(speckle()), Picture(np.zeros((1, 1, 3), np.float32)))
    assert rows.shape == (3, LENGTH)
    assert rows.dtype == np.float32
    assert np.isfinite(rows).all()


def test_steps_are_named() -> None:
    pipeline = describing_pipeline()
    assert list(pipeline.named_steps) == ["resize", "blocks"]
    material = dict(pipeline.named_steps["blocks"].transformer_list)["material"]
    assert list(material.named_steps) == ["grayscale", "textures"]
    comparing = comparing_pipeline().fit(describe(Picture(planks()), Picture(speckle())))
    color = comparing.named_steps["blocks"].named_transformers_["color"]
    assert list(color.named_steps) == ["standardize", "embed", "pca", "balance"]


def test_turning_and_light_matter_little() -> None:
    lit = np.clip(planks() * np.linspace(0.6, 1.1, 128, dtype=np.float32)[:, None], 0, 1)
    table = points(*map(Picture, (planks(), planks(turned=True), lit, speckle())))
    for other in (1, 2):
        assert gap(table, 0, other) < 0.4 * gap(table, 0, 3)


def test_material_ignores_color_and_color_ignores_material() -> None:
    recolored = planks()[..., ::-1].copy()
    material = points(*map(Picture, (planks(), recolored, speckle())))
    assert gap(material, 0, 1) < 0.5 * gap(material, 0, 2)
    mean = np.broadcast_to(planks().mean((0, 1)), (64, 64, 3)).astype(np.float32)
    color = points(*map(Picture, (planks(), mean, recolored)), material_weight=0.0)
    assert gap(color, 0, 1) < gap(color, 0, 2)


def test_color_under_transparency_is_ignored() -> None:
    alpha = np.full((128, 128), 255, np.uint8)
    alpha[32:96, 32:96] = 0
    first, second = planks(), planks()
    first[32:96, 32:96], second[32:96, 32:96] = (1, 0, 1), (0, 1, 0)
    rows = describe(Picture(first, alpha), Picture(second, alpha))
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-3)


def test_light_without_bounds() -> None:
    light = planks() * np.float32(50)
    light[3, 3] = np.inf
    light[5, 5] = np.nan
    rows = describe(
        Picture(light, depth="float", encoding="linear"),
        Picture(np.full((8, 8, 3), -1, np.float32), depth="float", encoding="linear"),
    )
    assert np.isfinite(rows).all()
    sample = Resize().transform([[Picture(light, depth="float", encoding="linear")]])[0]
    assert sample.windows.min() >= 0
    assert sample.windows.max() <= 1
    # Bright tones stay apart instead of clipping to one white.
    assert sample.windows.std() > 0.05


def test_oblong_and_tiled_images_give_windows() -> None:
    wide = Picture(np.zeros((100, 350, 3), np.float32))
    assert Resize().transform([[wide]])[0].windows.shape == (4, SIDE, SIDE, 3)
    tiles = [Picture(planks()) for _ in range(3)]
    sample = Resize().transform([tiles])[0]
    assert sample.windows.shape == (3, SIDE, SIDE, 3)
    many = [Picture(planks(16)) for _ in range(40)]
    assert len(Resize().transform([many])[0].windows) <= 16


def test_the_bundled_metric_fits_the_bundled_encoder() -> None:
    metric = load_metric()
    assert metric is not None
    assert metric.encoder.shape == encoder_signature().shape


def atlas(ground: float, seed: int = 0) -> np.ndarray:
    """Three islands of wavy lines on a flat ground, ``(256, 256, 3)`` float32."""
    image = np.full((256, 256, 3), ground, np.float32)
    wood = planks(256)
    for top, left, height, width in ((10, 12, 150, 110), (20, 140, 90, 100), (180, 30, 60, 200)):
        image[top : top + height, left : left + width] = wood[:height, :width]
    return image


def test_texels_between_islands_do_not_count() -> None:
    black, gray, white = (used_texels(atlas(ground)) for ground in (0.0, 0.25, 1.0))
    for used in (black, gray, white):
        assert used is not None
        assert used.mean() == pytest.approx((150 * 110 + 90 * 100 + 60 * 200) / 256**2, abs=0.01)
    table = points(
        Picture(atlas(0.0)), Picture(atlas(1.0)), Picture(planks(256)), material_weight=0
    )
    assert gap(table, 0, 1) < calibration(0.0).distance(0.5)
    assert gap(table, 0, 2) < calibration(0.0).distance(0.5)


@pytest.mark.parametrize("name", ["dots", "text", "noise", "flat", "framed in red"])
def test_pictures_that_are_no_atlas_count_in_full(name: str) -> None:
    ys, xs = np.mgrid[:256, :256]
    picture = {
        "dots": np.where(np.hypot(ys % 32 - 16, xs % 32 - 16) < 10, 1.0, 0.0),
        "text": np.where((ys % 12 < 7) & (xs % 9 < 5) & (ys > 20) & (ys < 230), 0.0, 1.0),
        "noise": np.random.default_rng(0).uniform(0, 1, (256, 256)),
        "flat": np.full((256, 256), 0.5),
        "framed in red": np.zeros((256, 256)),
    }[name]
    color = np.repeat(picture[..., None], 3, 2).astype(np.float32)
    if name == "framed in red":
        color = np.broadcast_to(np.float32([0.8, 0.1, 0.1]), color.shape).copy()
        color[40:200, 40:200] = planks(160)
    assert used_texels(color) is None


def test_tiny_ramp_and_pixel_art() -> None:
    """They get finite points; the same ramp turned is near, another is far."""
    ramp = np.linspace([0.1, 0.1, 0.4], [1.0, 0.8, 0.3], 256).astype(np.float32)
    wide, tall = np.tile(ramp, (8, 1, 1)), np.tile(ramp[:, None], (1, 8, 1))
    other = np.tile(
        np.linspace([0.0, 0.3, 0.0], [0.6, 1.0, 0.6], 256).astype(np.float32), (8, 1, 1)
    )
    pixels = np.kron(
        np.random.default_rng(3).choice([0.1, 0.5, 0.9], (16, 16, 1)), np.ones((16, 16, 3))
    ).astype(np.float32)
    one = np.full((1, 1, 3), 0.4, np.float32)
    table = points(*map(Picture, (wide, tall, other, pixels, one)), material_weight=0.5)
    assert np.isfinite(table).all()
    assert gap(table, 0, 1) < 0.5 * gap(table, 0, 2)
    assert calibration().probability(gap(table, 0, 2)) < 0.5
    assert calibration().probability(gap(table, 0, 3)) < 0.35
