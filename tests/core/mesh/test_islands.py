"""Islands and seams of UV layouts: joined, mirrored, stacked, touching, split and repeated ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.core.mesh.islands import find_islands, on_tiles
from impasto.core.mesh.uv_mesh import UVMesh, joined

from .meshes import flat, mesh, tube, turned, two_halves


def length_of_seams(layout) -> float:
    ends = layout.borders.ends[layout.seams[:, 0]]
    return float(np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1).sum())


def test_a_cut_makes_two_islands_and_one_seam():
    layout = find_islands(two_halves())
    assert layout.count == 2
    assert len(layout.seams) == 4  # cells along the cut
    assert length_of_seams(layout) == pytest.approx(0.4)
    islands = layout.borders.island[layout.seams]
    assert (np.sort(islands, axis=1) == (1, 2)).all()


def test_a_tube_has_a_seam_with_itself():
    layout = find_islands(tube())
    assert layout.count == 1
    assert length_of_seams(layout) == pytest.approx(0.4)


def test_a_plane_in_one_piece_has_no_seam():
    layout = find_islands(mesh(flat((0, 0), (1, 1), np.eye(2), (0, 0))))
    assert (layout.count, len(layout.seams)) == (1, 0)


def test_islands_that_only_touch_in_the_texture_stay_apart():
    one = flat((0, 0), (1, 1), 0.3 * np.eye(2), (0.1, 0.1))
    other = flat((5, 0), (6, 1), 0.3 * np.eye(2), (0.4 - 1.5, 0.1))
    layout = find_islands(mesh(one, other))
    assert (layout.count, len(layout.seams)) == (2, 0)


def test_mirrored_halves_are_painted_once():
    points, uv = flat((0, -1), (1, 1), 0.3 * np.eye(2), (0.1, 0.5))
    layout = find_islands(mesh((points, uv), (points * (-1, 1, 1), uv)))
    assert layout.count == 1
    assert (layout.seams[:, 0] == layout.seams[:, 1]).all()  # the mirror line goes on into itself
    assert length_of_seams(layout) == pytest.approx(0.6)


def test_stacked_islands_count_once():
    one = flat((0, 0), (1, 1), 0.3 * np.eye(2), (0.1, 0.1))
    apart = (one[0] + (7, 0, 0), one[1])
    assert find_islands(mesh(one, apart)).count == 1


def test_an_edge_of_three_faces_is_no_seam():
    third = flat((0, -1), (1, 1), 0.2 * np.eye(2), (0.1, 0.5))
    points = third[0][..., [2, 1, 0]]  # stands up on the cut
    solid = two_halves()
    both = mesh(
        (solid.positions[solid.triangles], solid.uv),
        (points, third[1]),
    )
    assert len(find_islands(both).seams) == 0


def test_objects_at_the_same_place_stay_apart():
    layout = find_islands(joined([tube(), tube()]))
    assert layout.count == 1  # the same part of the texture
    single = find_islands(tube())
    assert len(layout.seams) == len(single.seams)


def test_triangles_without_area_are_left_out():
    solid = two_halves()
    flat_one = UVMesh(
        solid.positions,
        np.concatenate([solid.triangles, solid.triangles[:3]]),
        np.concatenate([solid.uv, np.full((3, 3, 2), 0.9)]),
    )
    assert find_islands(flat_one).count == 2


@given(st.floats(-180, 180), st.floats(0.2, 1.1), st.booleans())
def test_the_seam_is_found_however_an_island_lies(degrees, scale, mirrored):
    layout = find_islands(two_halves(degrees, scale, mirrored=mirrored))
    assert (layout.count, len(layout.seams)) == (2, 4)


def test_a_repeated_texture_has_no_islands():
    wide = mesh(flat((0, 0), (1, 1), turned(0, 4.0), (0, 0)))
    assert on_tiles(wide, (1001,)) is None
    assert on_tiles(two_halves(tile=1), (1001,)) is None  # half of it is not there
    assert on_tiles(two_halves(tile=1), (1001, 1002)) is not None


def test_tiles_are_numbered_as_udims():
    layout = find_islands(two_halves(tile=1))
    assert set(layout.borders.tile.tolist()) == {1001, 1002}
