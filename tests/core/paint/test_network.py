"""The stylizer with the shipped weights: tiles, torus, regions, statistics, any size."""

from __future__ import annotations

import numpy as np
import pytest

from impasto.benchmarks.seams import seam_strength
from impasto.core.control import CancelToken, Control
from impasto.core.errors import JobCancelled
from impasto.core.image.resize import resize
from impasto.core.models.networks import TorchNetworks
from impasto.core.networks.cpu import CpuNetworks
from impasto.core.paint.engine import PaintJob
from impasto.core.paint.network import Stylizer


@pytest.fixture(scope="module", params=["onnxruntime", "torch"])
def stylizer(request) -> Stylizer:
    return Stylizer(CpuNetworks() if request.param == "onnxruntime" else TorchNetworks("cpu"))


def smooth(height: int, width: int, seed: int, cells: int = 12) -> np.ndarray:
    """A soft random picture with a little grain, ``(H, W, 3)`` float32."""
    rng = np.random.default_rng(seed)
    coarse = rng.random((cells, cells, 3)).astype(np.float32)
    grain = rng.random((height, width, 3)).astype(np.float32)
    return np.clip(0.9 * resize(coarse, (width, height)) + 0.1 * grain, 0, 1)


@pytest.fixture(scope="module")
def code(stylizer) -> np.ndarray:
    return stylizer.encode_style(smooth(256, 256, 7, cells=30))


def largest_step(a: np.ndarray, b: np.ndarray) -> float:
    """The largest difference in 8-bit steps."""
    return float(np.abs(a - b).max() * 255)


@pytest.mark.parametrize(
    ("size", "seamless"), [((592, 880), False), ((592, 880), True), ((601, 445), False)]
)
def test_tiles_change_no_pixel(stylizer, code, size, seamless):
    picture = smooth(*size, 1)
    whole, tiled = (
        stylizer.paint(PaintJob(picture, code, seamless=seamless, tile=t)) for t in (2048, 128)
    )
    assert largest_step(whole, tiled) < 0.1
    assert largest_step(whole, picture) > 10


def test_seamless_moves_with_the_torus(stylizer, code, monkeypatch):
    """Rolling the input around rolls the output around: there is no border at all."""
    picture = smooth(288, 480, 2)  # whole cells of the palette's averaging, as the shift is
    quiet = stylizer._noise
    monkeypatch.setattr(stylizer, "_noise", lambda *key: [0 * n for n in quiet(*key)])
    plain = stylizer.paint(PaintJob(picture, code, seamless=True))
    rolled = stylizer.paint(PaintJob(np.roll(picture, (144, 48), (0, 1)), code, seamless=True))
    assert largest_step(np.roll(plain, (144, 48), (0, 1)), rolled) < 0.1


def test_seamless_texture_stays_seamless(stylizer, code):
    """A tileable texture has no seam after stylizing, while plain padding leaves one."""
    y, x = np.mgrid[0:256, 0:256] * (2 * np.pi / 256)
    waves = np.stack([np.sin(3 * x + 2 * y), np.cos(5 * x - y), np.sin(4 * y)], axis=2)
    texture = (0.5 + 0.4 * waves).astype(np.float32)
    torus, plain = (stylizer.paint(PaintJob(texture, code, seamless=s)) for s in (True, False))
    elsewhere = max(seam_strength(np.roll(torus, (k, k), (0, 1))).worst for k in range(7, 250, 9))
    assert seam_strength(torus).worst < 1.1 * elsewhere, "the border differs from other lines"
    assert seam_strength(torus).worst < seam_strength(plain).worst


def test_one_style_in_all_regions_is_that_style(stylizer, code):
    picture = smooth(192, 256, 3)
    regions = np.zeros((192, 256, 2), np.float32)
    regions[:, :128, 0] = regions[:, 128:, 1] = 1
    content_code = np.repeat(stylizer.measure([picture], code), 2, axis=0)
    plain = stylizer.paint(PaintJob(picture, code))
    parts = stylizer.paint(PaintJob(picture, np.stack([code, code]), content_code, regions))
    assert largest_step(plain, parts) < 0.1


def test_two_styles_stay_in_their_regions(stylizer, code):
    picture = smooth(256, 512, 4)
    other = stylizer.encode_style(1 - smooth(256, 256, 9, cells=4) * np.float32([1, 0.2, 0.2]))
    regions = np.zeros((256, 512, 2), np.float32)
    regions[:, :256, 0] = regions[:, 256:, 1] = 1
    codes = np.stack([code, other])
    content_codes = stylizer.measure([picture], codes)
    both = stylizer.paint(PaintJob(picture, codes, content_codes, regions))
    first, second = (
        stylizer.paint(PaintJob(picture, c, own[None]))
        for c, own in zip(codes, content_codes, strict=True)
    )
    far = 150  # beyond the receptive field of the border
    assert largest_step(both[:, : 256 - far], first[:, : 256 - far]) < 1
    assert largest_step(both[:, 256 + far :], second[:, 256 + far :]) < 1


def test_measured_statistics_are_those_of_the_whole(stylizer, code):
    picture = smooth(256, 384, 5)
    measured = stylizer.measure([picture], code)
    alone, given = (stylizer.paint(PaintJob(picture, code, own)) for own in (None, measured))
    assert largest_step(alone, given) < 0.1


def test_strength_zero_is_the_content_in_its_own_style(stylizer, code):
    """The networks' own reconstruction, before any short cut, is close to the picture."""
    picture = smooth(256, 256, 6)
    again = stylizer.paint(PaintJob(picture, code, strength=0.0))
    assert np.abs(again - picture).mean() < 0.08


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (7, 300), (16, 16), (17, 33)])
def test_any_size(stylizer, code, size):
    result = stylizer.paint(PaintJob(smooth(*size, 8), code))
    assert result.shape == (*size, 3)
    assert np.isfinite(result).all()
    assert result.min() >= 0
    assert result.max() <= 1


def test_same_seed_same_pixels(stylizer, code):
    picture = smooth(128, 128, 10)
    first, again, other = (stylizer.paint(PaintJob(picture, code, seed=s)) for s in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_flat_picture_gives_no_nan(stylizer, code):
    result = stylizer.paint(PaintJob(np.full((64, 64, 3), 0.5, np.float32), code))
    assert np.isfinite(result).all()


def test_pixels_that_do_not_count_hardly_change_the_statistics(stylizer, code):
    """Far from them, the picture stays; only features at their border still see them."""
    picture = smooth(512, 512, 11)
    left = np.ones((512, 512), np.float32)
    left[:, 256:] = 0
    other = picture.copy()
    other[:, 256:] = np.float32([0, 1, 0])

    def change(mask):
        first, second = (
            stylizer.paint(PaintJob(p, code, mask=mask))[:, :96] for p in (picture, other)
        )
        return np.abs(first - second).mean()

    assert change(left) < 0.25 * change(None)


def test_progress_and_cancel_between_the_networks(stylizer, code):
    reported: list[float] = []

    def control(cancel=lambda: False):
        return Control(lambda event: reported.append(event.done), CancelToken(cancel))

    job = PaintJob(smooth(64, 64, 12), code)
    stylizer.paint(job, control())
    assert reported == [0.25, 1.0]
    reported.clear()
    with pytest.raises(JobCancelled):
        stylizer.paint(job, control(lambda: bool(reported)))
    assert reported == [0.25]
    reported.clear()
    stylizer.paint(PaintJob(smooth(592, 592, 12), code, tile=128), control())
    assert len(reported) > 10
    assert reported == sorted(reported)
    assert reported[-1] == 1.0


def test_cancel_between_layers(stylizer, code):
    """A large picture is one tile for seconds; nobody waits for its end to cancel."""
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) > 1

    picture = smooth(1024, 1024, 12)
    with pytest.raises(JobCancelled):
        stylizer.networks.encode(picture, cancel=CancelToken(cancelled))
    assert len(asked) < 5
    stylizer.networks.encode(picture, cancel=CancelToken(lambda: False))


def test_cancel(stylizer, code):
    with pytest.raises(JobCancelled):
        stylizer.paint(
            PaintJob(smooth(64, 64, 12), code), Control(cancel=CancelToken(lambda: True))
        )


def test_no_call_leaves_state_behind(stylizer, code):
    """Not a torus, not a tile size, not a cancelled control."""
    job = PaintJob(smooth(160, 192, 14), code)
    first = stylizer.paint(job)
    style = stylizer.encode_style(job.color)
    stylizer.paint(PaintJob(job.color, code, seamless=True, tile=64, seed=5))
    with pytest.raises(JobCancelled):
        stylizer.paint(job, Control(cancel=CancelToken(lambda: True)))
    assert np.array_equal(stylizer.encode_style(job.color), style)
    assert np.array_equal(stylizer.paint(job), first)


def test_a_base_needs_the_code_of_the_content(code):
    with pytest.raises(ValueError, match="code of the content"):
        PaintJob(smooth(32, 32, 1), code, base=smooth(32, 32, 2))


def test_seamless_needs_whole_cells(stylizer, code):
    with pytest.raises(ValueError, match="multiples of 16"):
        stylizer.paint(PaintJob(smooth(40, 64, 13), code, seamless=True))
