"""Color conversions against published values and each other; the tone curve; keep-color."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage import color as skcolor

from impasto.core.image.color import (
    _KNEE,
    _shoulder,
    compress_range,
    keep_luminance_only,
    lab_to_srgb,
    linear_to_srgb,
    peak_of,
    srgb_to_lab,
    srgb_to_linear,
)


def expanded(display: np.ndarray, peak: float) -> np.ndarray:
    """The inverse of ``compress_range``: the shoulder undone, then the sRGB curve."""
    bend, encoded = _shoulder(peak), np.abs(display)
    over = np.maximum(encoded - _KNEE, 0)
    shoulder = _KNEE + np.expm1(bend * over) / bend if bend else encoded
    return np.copysign(srgb_to_linear(np.where(over > 0, shoulder, encoded)), display)


HALF = 65504.0
"""The largest half float."""

unit = st.floats(0, 1, width=32)
images = hnp.arrays(
    np.float32, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)), elements=unit
)


def test_srgb_values_of_the_standard():
    encoded = np.float32([0, 0.04045, 0.5, 1, -0.5])
    expected = [0, 0.0031308, 0.21404114, 1, -0.21404114]
    assert np.allclose(srgb_to_linear(encoded), expected, atol=1e-6)


def test_all_codes_of_16_bits_survive_linear_light():
    codes = np.arange(65536, dtype=np.float32) / 65535
    assert np.array_equal(np.rint(linear_to_srgb(srgb_to_linear(codes)) * 65535), np.arange(65536))


@given(hnp.arrays(np.float32, 40, elements=st.floats(-100, 70000, width=32)))
def test_linear_round_trip_beyond_the_unit_range(linear):
    back = srgb_to_linear(linear_to_srgb(linear))
    assert back.dtype == np.float32
    assert np.allclose(back, linear, rtol=1e-5, atol=1e-7)


def test_bands_do_not_change_the_result():
    image = np.random.default_rng(0).random((700, 300, 3), dtype=np.float32)
    assert np.array_equal(srgb_to_lab(image)[250:300], srgb_to_lab(image[250:300]))


def test_lab_agrees_with_scikit_image():
    image = np.random.default_rng(1).random((40, 50, 3), dtype=np.float32)
    assert np.allclose(srgb_to_lab(image), skcolor.rgb2lab(image), atol=0.02)


@given(images)
def test_lab_round_trip(image):
    lab = srgb_to_lab(image)
    assert lab.dtype == np.float32
    assert np.allclose(lab_to_srgb(lab), image, atol=1e-4)


@pytest.mark.parametrize("peak", [HALF, 1000.0, 12.0, 1.01, 1.0])
def test_tone_curve_is_monotone_bounded_and_invertible(peak):
    linear = np.concatenate((np.linspace(0, 1, 5000), np.geomspace(1, peak, 5000))).astype(
        np.float32
    )
    display = compress_range(linear, peak)
    assert display.dtype == np.float32
    assert display.min() == 0
    assert display.max() <= 1
    assert (np.diff(display) >= 0).all()
    assert np.allclose(expanded(display, peak), linear, rtol=1e-4, atol=1e-7)


def test_tone_curve_is_srgb_below_the_knee_and_bends_smoothly():
    encoded = np.linspace(0, 0.8, 1000, dtype=np.float32)
    assert np.allclose(compress_range(srgb_to_linear(encoded), HALF), encoded, atol=1e-6)
    around = srgb_to_linear(np.float32([0.798, 0.8, 0.802]))
    below, above = np.diff(compress_range(around, HALF).astype(np.float64))
    assert above == pytest.approx(below, rel=0.06)


@given(hnp.arrays(np.float32, 30, elements=st.floats(-1000, 1000, width=32)))
def test_tone_curve_keeps_negative_and_bright_values(linear):
    assert np.allclose(expanded(compress_range(linear, HALF), HALF), linear, rtol=1e-3, atol=1e-6)


def test_tone_curve_of_an_image_within_display_range_is_plain_srgb():
    image = np.random.default_rng(2).random((5, 6, 3), dtype=np.float32)
    assert peak_of(image) == 1
    assert np.allclose(compress_range(image, peak_of(image)), linear_to_srgb(image), atol=1e-6)
    assert peak_of(image, image * 40) == pytest.approx(40 * image.max())


@given(images, st.floats(0, 1))
def test_keep_luminance_stays_in_gamut(stylized, amount):
    original = np.ascontiguousarray(stylized[::-1, ::-1, ::-1])
    mixed = keep_luminance_only(stylized, original, amount)
    assert mixed.dtype == np.float32
    assert mixed.min() >= 0
    assert mixed.max() <= 1
    assert (
        np.abs(srgb_to_lab(mixed)[..., 0] - srgb_to_lab(stylized)[..., 0]).max() < 14
    )  # OK-L is not L*


@given(images)
def test_keep_luminance_of_itself_changes_nothing(image):
    assert np.allclose(keep_luminance_only(image, image, 1.0), image, atol=2e-3)
    assert keep_luminance_only(image, image, 0.0) is image


def test_keep_luminance_takes_hue_from_the_original_and_lightness_from_the_stylized():
    blue = np.full((4, 4, 3), [0.2, 0.3, 0.7], np.float32)
    gray = np.full((4, 4, 3), 0.5, np.float32)
    mixed = keep_luminance_only(gray, blue, 1.0)[0, 0]
    assert mixed[2] > mixed[1] > mixed[0]
    assert np.ptp(keep_luminance_only(blue, gray, 1.0)[0, 0]) < 1e-3
    half = keep_luminance_only(gray, blue, 0.5)[0, 0]
    assert 0.3 < np.ptp(half) / np.ptp(mixed) < 0.7
