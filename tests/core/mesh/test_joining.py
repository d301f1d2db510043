"""What lies across a seam is looked up where it is, and seams are closed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.core.mesh.atlas import Atlas
from impasto.core.mesh.band import band
from impasto.core.mesh.islands import find_islands
from impasto.core.mesh.joining import (
    close_seams,
    fill_margin,
    meet,
    mix_over_seams,
    seam_points,
)
from impasto.core.mesh.sampling import sampled

from .meshes import flat, mesh, tube, two_halves

SIDE = 160


def atlas_of(solid, sizes=((SIDE, SIDE),), tiles=(1001,)) -> Atlas:
    return Atlas(find_islands(solid), list(sizes), tiles)


def drawn(solid, atlas: Atlas, tiles=(1001,)) -> list[np.ndarray]:
    """The coordinates x and y of the mesh as colors, inside of its islands; elsewhere -9."""
    images = [np.full((h, w, 2), -9.0, np.float32) for w, h in atlas.sizes]
    for corners, vertices in zip(solid.uv, solid.triangles, strict=True):
        tile = 1001 + np.floor(corners.mean(axis=0)).astype(int) @ (1, 10)
        image = images[tiles.index(tile)]
        high, wide = image.shape[:2]
        y, x = np.mgrid[:high, :wide]
        corner = ((tile - 1001) % 10, (tile - 1001) // 10)
        u, v = (x + 0.5) / wide + corner[0], 1 - (y + 0.5) / high + corner[1]
        frame = np.linalg.inv((corners[1:] - corners[0]).T)
        shares = (np.stack((u, v), 2) - corners[0]) @ frame.T
        inside = (shares >= -1e-9).all(2) & (shares.sum(2) <= 1 + 1e-9)
        place = solid.positions[vertices][:, :2]
        image[inside] = (place[0] + shares @ (place[1:] - place[0]))[inside]
    return images


def difference(images, atlas: Atlas) -> np.ndarray:
    points = seam_points(atlas)
    one, other = (sampled(images, *pair) for pair in zip(points.pages, points.places, strict=True))
    return np.abs(one - other)


@settings(deadline=None, max_examples=25)
@given(st.floats(-180, 180), st.floats(0.5, 1.1), st.booleans())
def test_across_a_seam_the_surface_goes_on(degrees, scale, mirrored):
    solid = two_halves(degrees, scale, mirrored=mirrored)
    atlas = atlas_of(solid)
    images = drawn(solid, atlas)
    links = atlas.links(0, 10)
    # The left island lies as the plane does, so that what is right of it is known.
    y, x = np.divmod(links.pixels, SIDE)
    plane = np.stack((((x + 0.5) / SIDE - 0.3) / 0.2, (1 - (y + 0.5) / SIDE - 0.5) / 0.2), 1)
    beside = (plane[:, 0] > 0) & (plane[:, 0] < 0.2) & (np.abs(plane[:, 1]) < 0.9)
    assert beside.sum() > 50
    near = links.place[beside]
    pixels = images[0][np.rint(near.imag).astype(int), np.rint(near.real).astype(int)]
    # To the nearest pixel of an island that may be half as large.
    assert np.abs(pixels - plane[beside]).max() < 2.0 / (0.2 * SIDE)


def test_islands_are_filled_as_they_are():
    solid = two_halves(30)
    atlas = atlas_of(solid)
    inside = drawn(solid, atlas)[0][..., 0] > -9
    page = atlas.pages[0]
    assert ((page.island > 0) != inside).mean() < 1e-3
    assert set(np.unique(page.island)) == {0, 1, 2}
    assert (page.region[page.island > 0] == page.island[page.island > 0]).all()


def test_islands_that_lie_over_each_other_are_told_apart():
    one = flat((0, 0), (1, 1), 0.4 * np.eye(2), (0.1, 0.1))
    other = flat((5, 0), (6, 1), 0.4 * np.eye(2), (0.33 - 2.0, 0.34))
    page = atlas_of(mesh(one, other)).pages[0]
    assert {-1, 1, 2} <= set(np.unique(page.island))


def test_margins_hold_what_is_across():
    solid = two_halves(120, 0.9)
    atlas = atlas_of(solid)
    images = drawn(solid, atlas)
    before = difference(images, atlas).mean()
    inside = images[0][..., 0] > -9
    kept = images[0][inside].copy()
    fill_margin(images, atlas, [atlas.links(0, 4)])
    assert (images[0][inside] == kept).all()
    # The ends of the seam are read from beyond borders that have nothing across, too.
    assert np.quantile(difference(images, atlas), 0.75) < 0.02 < before


@pytest.mark.parametrize("solid", [two_halves(77, 0.8), tube(), two_halves(10, mirrored=True)])
def test_noise_is_the_same_on_both_sides_after_closing(solid):
    atlas = atlas_of(solid)
    images = [np.random.default_rng(0).random((SIDE, SIDE, 3)).astype(np.float32)]
    before, old = difference(images, atlas).mean(), images[0].copy()
    points = seam_points(atlas)
    close_seams(images, atlas, points)
    assert difference(images, atlas).mean() < 0.05 * before
    changed = np.abs(images[0] - old).max(axis=2) > 0
    page = atlas.pages[0]
    assert changed.any() and page.distance[changed].max() < 2.5  # nothing but the seam


def test_texels_are_rounded_so_that_both_sides_stay_the_same():
    atlas = atlas_of(two_halves(77, 0.8))
    noise = np.random.default_rng(0).random((SIDE, SIDE, 3)).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), 2)
    points = seam_points(atlas)
    found = {}
    for levels in (0, 255):
        images = [noise.copy()]
        close_seams(images, atlas, points, levels)
        stored = [np.rint(images[0].clip(0, 1) * 255).astype(np.float32) / 255]
        found[levels] = difference(stored, atlas).mean()
        changed = np.abs(images[0] - noise).max(axis=2) > 0
    assert found[255] < 0.7 * found[0]
    whole = images[0][changed] * 255
    assert np.abs(whole - np.rint(whole)).max() < 1e-3


def test_colors_meet_at_their_mean_and_change_nothing_farther_away():
    atlas = atlas_of(two_halves())
    page = atlas.pages[0]
    images = [np.where(page.region[..., None] == 1, 0.2, 0.6).astype(np.float32)]
    old = images[0].copy()
    bands = [band(atlas, 0, 8)]
    meet(images, atlas, seam_points(atlas), bands, 8.0)
    beside = bands[0].pixels[bands[0].distance <= 1.0]
    assert np.abs(images[0].reshape(-1)[beside] - 0.4).max() < 0.08
    far = np.setdiff1d(np.arange(SIDE * SIDE), bands[0].pixels)
    assert (images[0].reshape(-1)[far] == old.reshape(-1)[far]).all()


def test_paintings_fade_into_each_other_only_where_both_are():
    atlas = atlas_of(two_halves())
    page = atlas.pages[0]
    images = [np.where(page.region[..., None] == 1, 0.2, 0.6).astype(np.float32)]
    bands = [band(atlas, 0, 8)]
    mix_over_seams(images, bands)
    mixed = images[0].reshape(-1)[bands[0].pixels]
    assert mixed.min() >= 0.2 - 1e-6 and mixed.max() <= 0.6 + 1e-6
    beside = bands[0].distance <= 1.0
    assert np.abs(mixed[beside] - 0.4).max() < 0.06
    assert bands[0].share.max() <= 0.5


def test_a_seam_between_two_tiles_of_different_sizes():
    tiles, sizes = (1001, 1002), ((SIDE, SIDE), (2 * SIDE, 2 * SIDE))
    solid = two_halves(200, tile=1)
    atlas = atlas_of(solid, sizes, tiles)
    images = drawn(solid, atlas, tiles)
    before = difference(images, atlas).mean()
    fill_margin(images, atlas, [atlas.links(i, 4) for i in range(2)])
    close_seams(images, atlas, seam_points(atlas))
    assert difference(images, atlas).mean() < 0.005 < before


def test_a_texture_that_the_mesh_does_not_touch_stays():
    atlas = atlas_of(two_halves(), ((SIDE, SIDE),), (1005,))
    assert not len(atlas.links(0, 10).pixels)
    images = [np.zeros((SIDE, SIDE, 3), np.float32)]
    close_seams(images, atlas, seam_points(atlas))
    assert not images[0].any()
