"""The cache: hits, misses, damage, bounds."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from impasto.core.control import Control
from impasto.core.errors import BadRequest
from impasto.core.features import DescriptorCache, Thumbnails, describe
from impasto.core.features.cache import content_key
from impasto.core.features.columns import LENGTH
from impasto.core.image.reference import ImageRef


@pytest.fixture
def image(tmp_path: Path) -> ImageRef:
    path = tmp_path / "image.png"
    cv2.imwrite(str(path), np.random.default_rng(0).integers(0, 255, (40, 40, 3), np.uint8))
    return ImageRef("image", (str(path),))


def row(value: float = 1.0) -> np.ndarray:
    """A row that could be a description."""
    return np.full(LENGTH, value, np.float32)


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    cache = DescriptorCache(tmp_path / "cache")
    assert cache.get("ab12") is None
    cache.put("ab12", row(3))
    np.testing.assert_array_equal(DescriptorCache(tmp_path / "cache").get("ab12"), row(3))
    assert not list((tmp_path / "cache").rglob("*.part"))


def test_the_key_follows_content_and_reading(image: ImageRef, tmp_path: Path) -> None:
    path = Path(image.paths[0])
    key = content_key(image)
    copy = tmp_path / "copy.png"
    copy.write_bytes(path.read_bytes())
    assert content_key(ImageRef("other", (str(copy),))) == key
    assert content_key(ImageRef("image", image.paths, "Non-Color")) != key
    assert content_key(ImageRef("image", image.paths, alpha_mode="PREMUL")) != key
    assert content_key(ImageRef("image", image.paths * 2)) != key
    cv2.imwrite(str(path), np.zeros((40, 40, 3), np.uint8))
    assert content_key(image) != key
    with pytest.raises(BadRequest):
        content_key(ImageRef("none", ()))


@pytest.mark.parametrize("damage", [b"", b"\x93NUMPY", b"nonsense" * 40])
def test_a_damaged_file_is_a_miss(tmp_path: Path, damage: bytes) -> None:
    cache = DescriptorCache(tmp_path)
    cache.put("ab12", row())
    next(tmp_path.rglob("*.npy")).write_bytes(damage)
    assert cache.get("ab12") is None
    cache.put("ab12", row(2))
    np.testing.assert_array_equal(cache.get("ab12"), row(2))


def test_pickles_and_foreign_rows_are_misses(tmp_path: Path) -> None:
    cache = DescriptorCache(tmp_path)
    cache.put("ab12", row())
    file = next(tmp_path.rglob("*.npy"))
    for content in (np.zeros(3, np.float32), row(np.nan), np.array([{"a": 1}], object)):
        np.save(file, content, allow_pickle=True)
        assert cache.get("ab12") is None


def test_the_oldest_go_first(tmp_path: Path) -> None:
    cache = DescriptorCache(tmp_path, bytes_at_most=3 * (4 * LENGTH + 128))
    for age, key in enumerate(("aa1", "bb2", "cc3", "dd4", "ee5")):
        cache.put(key, row())
        os.utime(tmp_path / key[:2] / f"{key}.npy", (1000 + age, 1000 + age))
    assert cache.get("aa1") is not None
    assert cache.prune() == 2
    assert [key for key in ("aa1", "bb2", "cc3", "dd4", "ee5") if cache.get(key) is not None] == [
        "aa1",
        "dd4",
        "ee5",
    ]


def test_a_folder_that_cannot_be_made_costs_only_the_cache(image: ImageRef, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    found = describe([image], cache=DescriptorCache(blocked / "cache"))
    assert found.rows.shape == (1, LENGTH)


def test_a_described_image_is_not_opened_again(image: ImageRef, tmp_path: Path) -> None:
    cache, thumbnails = DescriptorCache(tmp_path / "cache"), Thumbnails(tmp_path / "thumbnails", 32)
    first = describe([image], cache=cache, thumbnails=thumbnails)
    steps: list[str] = []
    again = describe(
        [image], cache=cache, thumbnails=thumbnails, control=Control(lambda p: steps.append(p.step))
    )
    np.testing.assert_array_equal(first.rows, again.rows)
    assert not any("Describing" in step for step in steps)
    assert thumbnails.read(first.contents[0]).shape == (32, 32, 4)
    thumbnails.path(first.contents[0]).unlink()
    describe([image], cache=cache, thumbnails=thumbnails)
    assert thumbnails.has(first.contents[0])
