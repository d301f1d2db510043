"""Near-duplicates: every kind of copy is found, and what only looks alike is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.core.clustering.duplicates import DuplicateSet, duplicates
from impasto.core.features import DescriptorCache, Thumbnails, describe
from impasto.core.features.columns import COLUMNS
from impasto.core.features.fingerprint import LENGTH, unpack_fingerprints
from impasto.core.image.picture import Picture
from impasto.core.image.reference import ImageRef
from impasto.core.tasks._search_cache import SearchCache

SIDE = 200


def scrap(seed: int) -> np.ndarray:
    """Scraps of colored paper on clouds, ``(SIDE, SIDE, 3)`` uint8 sRGB."""
    random = np.random.default_rng(seed)
    image = np.zeros((SIDE, SIDE, 3), np.float32)
    for width in (3, 12, 40):
        grain = random.uniform(-9 * width, 9 * width, image.shape).astype(np.float32)
        image += cv2.GaussianBlur(grain, (0, 0), width)
    image = image + 110 + random.uniform(-40, 40, 3)
    for _ in range(24):
        center, radius = random.integers(0, SIDE, 2), random.uniform(5, 24)
        corners = random.normal(center, radius, (5, 2)).astype(np.int32)
        cv2.fillConvexPoly(image, cv2.convexHull(corners), random.uniform(20, 235, 3).tolist())
    return cv2.GaussianBlur(image, (0, 0), 0.8).clip(0, 255).astype(np.uint8)


def shift_hue(image: np.ndarray, degrees: float) -> np.ndarray:
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV_FULL)
    hsv[..., 0] = (hsv[..., 0].astype(float) + degrees * 256 / 360) % 256
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB_FULL)


def toned(image: np.ndarray, gain: float, shift: float) -> np.ndarray:
    return np.clip(image * gain + shift, 0, 255).astype(np.uint8)


def jpeg(image: np.ndarray, quality: int) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1)


def search(folder: Path, pictures: Sequence[np.ndarray]) -> list[DuplicateSet]:
    """Write pictures, describe them and look for duplicates."""
    images = []
    for number, picture in enumerate(pictures):
        path = folder / f"{number}.png"
        cv2.imwrite(str(path), picture[..., ::-1])
        images.append(ImageRef(str(number), (str(path),)))
    thumbnails = Thumbnails(folder / "thumbnails")
    described = describe(images, cache=DescriptorCache(None), thumbnails=thumbnails)
    assert len(described.rows) == len(pictures)
    found = duplicates(
        described.rows[:, COLUMNS["fingerprint"]],
        lambda row: thumbnails.read(described.contents[row]),
    )
    return list(found.sets)


COPIES: dict[str, tuple[str, Callable[[np.ndarray], np.ndarray]]] = {
    "smaller": ("smaller", lambda i: cv2.resize(i, (64, 64), interpolation=cv2.INTER_AREA)),
    "larger": ("smaller", lambda i: cv2.resize(i, (800, 800), interpolation=cv2.INTER_CUBIC)),
    "compressed": ("same", lambda i: jpeg(i, 40)),
    "brighter": ("same", lambda i: toned(i, 1.12, 6)),
    "less contrast": ("same", lambda i: toned(i, 0.8, 25)),
    "slight hue": ("same", lambda i: shift_hue(i, 7)),
    "mirrored sideways": ("mirrored", lambda i: i[:, ::-1]),
    "mirrored upside down": ("mirrored", lambda i: i[::-1]),
    "turned": ("turned", lambda i: np.rot90(i)),
    "turned around": ("turned", lambda i: i[::-1, ::-1]),
    "cropped": ("crop", lambda i: i[30:160, 50:180]),
    "cropped in a corner": ("crop", lambda i: i[:140, 60:]),
    "cropped and compressed": ("crop", lambda i: jpeg(np.ascontiguousarray(i[9:159, 2:152]), 60)),
}


def test_every_kind_of_copy_is_found(tmp_path: Path) -> None:
    """And nothing else, with the kind."""
    originals = [scrap(seed) for seed in range(30)]
    copies = [change(originals[n]) for n, (_, change) in enumerate(COPIES.values())]
    found = search(tmp_path, [*originals, *copies])
    expected = {}
    for number, (name, (kind, _)) in enumerate(COPIES.items()):
        both = [number, len(originals) + number]
        expected[tuple(both[::-1] if name == "larger" else both)] = ("", kind)
    assert {tuple(one.rows.tolist()): one.kinds for one in found} == expected


def test_copies_of_one_picture_are_one_set(tmp_path: Path) -> None:
    original = scrap(3)
    copies = {name: copy for name, copy in COPIES.items() if name != "larger"}
    changed = [change(original) for _, change in copies.values()]
    found = search(tmp_path, [original, *changed, scrap(4)])
    assert [one.rows.tolist() for one in found] == [list(range(len(copies) + 1))]
    assert found[0].kinds == ("", *(kind for kind, _ in copies.values()))


def test_oblong_copies(tmp_path: Path) -> None:
    wide = np.concatenate([scrap(5), scrap(6)[:, :110]], axis=1)
    others = [np.concatenate([scrap(s), scrap(s + 1)[:, :110]], axis=1) for s in range(10, 30, 2)]
    copies = [wide[:, ::-1], np.rot90(wide), wide[20:170, 40:270]]
    found = search(tmp_path, [wide, *others, *copies])
    assert [one.rows.tolist() for one in found] == [[0, 11, 12, 13]]
    assert found[0].kinds == ("", "mirrored", "turned", "crop")


def test_many_equal_pictures_are_one_set(tmp_path: Path) -> None:
    """More than the neighbors that are looked at of each."""
    found = search(tmp_path, [scrap(1)] * 40 + [scrap(2)] * 3)
    assert [one.rows.tolist() for one in found] == [list(range(40)), [40, 41, 42]]


def test_what_only_looks_alike_is_not_the_same(tmp_path: Path) -> None:
    ys, xs = np.mgrid[:SIDE, :SIDE]
    paper = scrap(8)
    heights = [cv2.cvtColor(scrap(seed), cv2.COLOR_RGB2GRAY).astype(np.float32) for seed in (1, 2)]
    bricks = [
        ((ys % size < 3) | ((xs + ys // size % 2 * size) % (2 * size) < 3)) for size in (20, 24, 28)
    ]
    noise = np.random.default_rng(0).normal(0, 22, (2 * SIDE, 2 * SIDE))
    grass = np.clip(cv2.GaussianBlur(noise, (0, 0), 1.2) * 3 + 100, 0, 255)
    grass = (grass[..., None] * [0.5, 0.8, 0.3]).astype(np.uint8)
    walls = [np.where(wall[..., None], (180, 175, 170), (150, 70, 50)) for wall in bricks]
    boards = [np.where((xs // size + ys // size) % 2, 200, 60) for size in (20, 25)]
    dots = [ys // 2 + 40 + 30 * (np.hypot(ys - y, xs - 90) < 30) for y in (60, 130)]
    pictures = [
        *(shift_hue(paper, degrees) for degrees in (0, 60, 180)),
        *(np.full((SIDE, SIDE, 3), color) for color in ((90, 40, 30), (90, 60, 30))),
        *(normals(height) for height in heights),
        *walls,
        *(np.dstack([light] * 3) for light in (*boards, *dots)),
        *(grass[y : y + SIDE, x : x + SIDE] for y in (0, SIDE) for x in (0, SIDE)),
    ]
    pictures = [picture.astype(np.uint8) for picture in pictures]
    assert search(tmp_path, pictures) == []


def normals(height: np.ndarray) -> np.ndarray:
    slopes = [cv2.Sobel(height / 60, cv2.CV_32F, *axis) for axis in ((1, 0), (0, 1))]
    normal = np.dstack([*slopes, np.ones_like(height)])
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    return np.rint(normal * 127 + 128).astype(np.uint8)


def test_nothing_and_one_have_no_duplicates(tmp_path: Path) -> None:
    assert duplicates(np.zeros((0, LENGTH), np.float32)).sets == ()
    assert search(tmp_path, [scrap(1)]) == []


def test_without_thumbnails_whole_copies_are_found() -> None:
    from impasto.core.features import describing_pipeline

    pictures = [Picture(scrap(seed).astype(np.float32) / 255) for seed in (1, 2, 3, 2)]
    rows = describing_pipeline().transform([[picture] for picture in pictures])
    found = duplicates(rows[:, COLUMNS["fingerprint"]])
    assert [one.rows.tolist() for one in found.sets] == [[1, 3]]


def test_a_search_goes_on_where_an_earlier_one_ended(tmp_path: Path) -> None:
    """What is new is compared with everything; the rest comes from the cache of searches."""
    changes = [change for _, change in COPIES.values()]
    known = [scrap(seed) for seed in range(16)] + [changes[0](scrap(0)), changes[7](scrap(1))]
    new = [changes[4](scrap(0)), changes[8](scrap(2)), changes[10](scrap(3)), scrap(40)]
    images = []
    for number, picture in enumerate([*known, *new]):
        path = tmp_path / f"{number}.png"
        cv2.imwrite(str(path), picture[..., ::-1])
        images.append(ImageRef(str(number), (str(path),)))
    thumbnails = Thumbnails(tmp_path / "thumbnails")
    described = describe(images, cache=DescriptorCache(None), thumbnails=thumbnails)
    rows = described.rows[:, COLUMNS["fingerprint"]]
    asked: list[int] = []

    def thumbnail(row: int) -> np.ndarray | None:
        asked.append(row)
        return thumbnails.read(described.contents[row])

    first = duplicates(rows[: len(known)], thumbnail)
    cache = SearchCache(tmp_path / "searches")
    cache.put(described.contents[: len(known)], first.links)
    searched, links = SearchCache(tmp_path / "searches").get(described.contents)
    assert searched.sum() == len(known)
    asked.clear()
    second = duplicates(rows, thumbnail, searched=searched, links=links)
    assert 17 not in asked  # a known copy
    whole = duplicates(rows, thumbnail)
    assert [s.rows.tolist() for s in second.sets] == [s.rows.tolist() for s in whole.sets]
    assert [s.kinds for s in second.sets] == [s.kinds for s in whole.sets]
    assert len(whole.sets) == 4
    next((tmp_path / "searches").glob("*.json")).write_text("[damaged")
    assert not cache.get(described.contents)[0].any()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 9999), st.integers(2, 40))
def test_any_numbers_are_taken(seed: int, count: int) -> None:
    """Rows of a damaged cache are no reason to fail; each row is in one set at most."""
    random = np.random.default_rng(seed)
    rows = random.integers(0, 1 << 24, (count, LENGTH)).astype(np.float32)
    rows[count // 2] = rows[0]
    members = [row for one in duplicates(rows).sets for row in one.rows.tolist()]
    assert len(members) == len(set(members))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 9999))
def test_fingerprints_keep_their_numbers(seed: int) -> None:
    from impasto.core.features.fingerprint import FingerprintBlock
    from impasto.core.features.keypoints import find_keypoints, unpack
    from impasto.core.features.sample import Resize

    color = np.random.default_rng(seed).uniform(0.3, 0.7, (5, 4, 3)).astype(np.float32)
    color = cv2.resize(color, (250, 190))
    sample = Resize().transform([[Picture(color)]])[0]
    prints = unpack_fingerprints(FingerprintBlock().transform([sample]))
    lab = cv2.cvtColor(sample.squares[0], cv2.COLOR_RGB2Lab)
    thumb = cv2.resize(lab, prints.thumbs.shape[1:3], interpolation=cv2.INTER_AREA)
    assert np.abs(prints.thumbs[0] - thumb).max() < 0.8
    keypoints = unpack(find_keypoints(sample.center_lightness)[None])
    for kept, made in zip(prints.keypoints, keypoints, strict=True):
        np.testing.assert_array_equal(kept, made)
    assert prints.sizes.tolist() == [[250, 190]]


@pytest.mark.parametrize("share", [0.6, 0.7, 0.85])
def test_keypoints_of_a_crop_are_those_of_the_whole(share: float) -> None:
    from impasto.core.features.keypoints import find_keypoints, unpack

    image = cv2.resize(cv2.cvtColor(scrap(2), cv2.COLOR_RGB2GRAY), (384, 384)).astype(np.float32)
    side = int(384 * share)
    crop = cv2.resize(image[20 : 20 + side, 30 : 30 + side], (192, 192))
    whole = cv2.resize(image, (192, 192), interpolation=cv2.INTER_AREA)
    found = unpack(np.stack([find_keypoints(light / 2.55) for light in (whole, crop)]))
    there = found.levels >= 0
    expected = found.places[1][there[1]] * share + np.array([30, 20]) / 384
    gaps = np.linalg.norm(found.places[0][there[0]][:, None] - expected[None], axis=2)
    assert (gaps.min(0) < 0.02).sum() >= 9
