"""Styles from pictures: their codes at any brush scale."""

import cv2
import numpy as np
import pytest

from impasto.core.paint.network import Stylizer
from impasto.core.paint.style_reader import StyleReader, at_zoom, read_style_picture
from impasto.core.styles.look import StyleRef
from impasto.core.styles.style import ZOOMS


@pytest.fixture(scope="module")
def book() -> StyleReader:
    return StyleReader(Stylizer())


@pytest.fixture
def pictures(tmp_path):
    random = np.random.default_rng(4)
    paths = [tmp_path / "dots.png", tmp_path / "clouds.png"]
    cv2.imwrite(str(paths[0]), random.integers(0, 256, (300, 420, 3), np.uint8))
    soft = cv2.resize(
        random.random((6, 8, 3), np.float32), (400, 300), interpolation=cv2.INTER_CUBIC
    )
    cv2.imwrite(str(paths[1]), (soft.clip(0, 1) * 255).astype(np.uint8))
    return paths


def test_a_picture_is_read_at_the_very_scale(book, pictures):
    style = book.resolve_source(str(pictures[0]))
    exact = book._stylizer.encode_style(at_zoom(read_style_picture(pictures[0]), 0.6))
    assert np.array_equal(style.code(0.6), exact)
    assert np.array_equal(style.code(ZOOMS[1]), style.codes[1])
    assert np.array_equal(style.code(9.0), style.codes[-1])


def test_a_blend_reads_its_pictures_too(book, pictures):
    mixed = book.resolve(
        [StyleRef(str(path), weight) for path, weight in zip(pictures, (3, 1), strict=True)]
    )
    one, two = (book.resolve_source(str(path)).code(1.2) for path in pictures)
    assert np.allclose(mixed.code(1.2), 0.75 * one + 0.25 * two, atol=1e-5)


def test_a_code_once_read_outlives_its_file(book, pictures):
    style = book.resolve_source(str(pictures[1]))
    first = style.code(1.7)
    pictures[1].unlink()
    assert np.array_equal(style.code(1.7), first)
