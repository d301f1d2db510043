"""Paint across seams: with every engine, with alpha, other sizes, UDIM tiles, and files."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from impasto.core.control import Control
from impasto.core.image.color import srgb_to_lab
from impasto.core.image.files import read_picture, write_picture
from impasto.core.image.picture import Picture
from impasto.core.image.reference import ImageRef
from impasto.core.mesh.joining import seam_points
from impasto.core.mesh.sampling import sampled
from impasto.core.mesh.uv_mesh import save_mesh
from impasto.core.paint import guides
from impasto.core.paint.islands import islands_of
from impasto.core.paint.strokes.across import continue_across
from impasto.core.paint.strokes.stroke_file import load_strokes
from impasto.core.paint.strokes.stroke_list import StrokeList
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks.stylize import StylizeItem, StylizeRequest, run
from tests.core.mesh.meshes import tube, two_halves

SIDE = 160
LOOK = Look((StyleRef("gouache"),), brush_scale=1.5, fineness=0.0)


@pytest.fixture(autouse=True)
def small_guide(monkeypatch):
    """Guides that take a tenth of the time."""
    monkeypatch.setattr(guides, "GUIDE_SIDE", 192)


def surface(mesh, tiles=(1001,), side: int = SIDE) -> list[Picture]:
    """Waves on the plane of a mesh as they are seen in its texture; magenta elsewhere."""
    pictures = []
    for tile in tiles:
        color = np.empty((side, side, 3), np.float32)
        color[...] = 1, 0, 1
        y, x = np.mgrid[:side, :side]
        uv = np.stack((x + 0.5, side - y - 0.5), axis=2) / side + ((tile - 1001) % 10, 0)
        for corners, vertices in zip(mesh.uv, mesh.triangles, strict=True):
            shares = (uv - corners[0]) @ np.linalg.inv((corners[1:] - corners[0]).T).T
            inside = (shares >= -1e-9).all(2) & (shares.sum(2) <= 1 + 1e-9)
            place = mesh.positions[vertices].astype(float)
            a, b, c = (place[0] + shares[inside] @ (place[1:] - place[0])).T
            wave = 0.5 + 0.4 * np.sin(5 * (a + c) + 3 * np.sin(4 * b))
            color[inside] = np.stack((wave, 0.4 + 0.3 * np.sin(6 * b), 1 - wave), axis=1)
        pictures.append(Picture(np.rint(color * 255).astype(np.float32) / 255))
    return pictures


def seam_error(pictures, mesh, tiles=(1001,)) -> float:
    """Mean distance in Lab between the two sides of the seams."""
    atlas = islands_of(mesh, tiles).atlas(pictures)
    points = seam_points(atlas)
    colors = [picture.color[..., :3] for picture in pictures]
    sides = [sampled(colors, *pair) for pair in zip(points.pages, points.places, strict=True)]
    apart = [srgb_to_lab(np.ascontiguousarray(side[None]))[0] for side in sides]
    return float(np.linalg.norm(apart[0] - apart[1], axis=1).mean())


def painted(folder, mesh, pictures, look, tiles=(), mesh_file=True, **more):
    """What the task writes."""
    names = [folder / f"in.{index}.png" for index in range(len(pictures))]
    outs = [folder / f"out.{mesh_file}.{index}.png" for index in range(len(pictures))]
    for picture, name in zip(pictures, names, strict=True):
        write_picture(picture, name, overwrite=True)
    save_mesh(mesh, folder / "mesh.npz")
    item = StylizeItem(
        ImageRef("Skin", tuple(map(str, names)), "sRGB"),
        look,
        tuple(map(str, outs)),
        mesh=str(folder / "mesh.npz") if mesh_file else "",
        tiles=tiles,
        **more,
    )
    result = run(StylizeRequest((item,), overwrite=True), Control())
    assert not result.failures
    return [read_picture(out) for out in outs]


@pytest.mark.parametrize("engine", ["NETWORK", "STROKES", "PATCHES"])
@pytest.mark.parametrize("mesh", [two_halves(70, 0.9), tube()], ids=["two islands", "tube"])
def test_no_engine_leaves_a_seam(tmp_path, mesh, engine):
    look = replace(LOOK, engine=engine)
    pictures = surface(mesh)
    without = painted(tmp_path, mesh, pictures, look, mesh_file=False)
    across = painted(tmp_path, mesh, pictures, look)
    assert seam_error(across, mesh) < 0.3 * seam_error(without, mesh)
    assert seam_error(across, mesh) < 1.0


def test_the_relief_has_no_seam_either(tmp_path):
    mesh = two_halves(70)
    look = replace(LOOK, engine="STROKES")
    heights = {}
    for across in (False, True):
        file = tmp_path / f"height.{across}.png"
        painted(tmp_path, mesh, surface(mesh), look, mesh_file=across, heights=(str(file),))
        heights[across] = read_picture(file).color[..., :1].copy()
    atlas = islands_of(mesh, (1001,)).atlas(surface(mesh))
    points = seam_points(atlas)
    steps = {}
    for across, height in heights.items():
        sides = [sampled([height], *pair) for pair in zip(points.pages, points.places, strict=True)]
        steps[across] = float(np.abs(sides[0] - sides[1]).mean())
    assert steps[True] < 0.3 * steps[False]


def test_tiles_of_a_udim_meet(tmp_path):
    mesh, tiles = two_halves(160, tile=1), (1001, 1002)
    look = replace(LOOK, engine="STROKES")
    pictures = surface(mesh, tiles)
    without = painted(tmp_path, mesh, pictures, look, tiles, mesh_file=False)
    across = painted(tmp_path, mesh, pictures, look, tiles)
    assert seam_error(across, mesh, tiles) < 0.3 * seam_error(without, mesh, tiles)


def test_alpha_is_kept_bit_for_bit_and_hides_nothing(tmp_path):
    mesh = two_halves(40)
    (picture,) = surface(mesh)
    background = (picture.color == (1, 0, 1)).all(axis=2)
    alpha = np.where(background, 0, 255).astype(np.uint8)
    clear = replace(picture, alpha=alpha)
    (result,) = painted(tmp_path, mesh, [clear], replace(LOOK, engine="STROKES"))
    assert (result.alpha == alpha).all()
    assert seam_error([result], mesh) < 1.0


def test_another_size_of_the_result(tmp_path):
    mesh = two_halves(40)
    look = replace(LOOK, engine="NETWORK", max_side=96)
    (result,) = painted(tmp_path, mesh, surface(mesh), look)
    assert result.size == (96, 96)
    assert seam_error([result], mesh) < 1.5


@pytest.mark.parametrize("off", [{"across_seams": False}, {"strength": 0.0}, {"seamless": True}])
def test_without_it_nothing_changes(tmp_path, off):
    mesh = two_halves(40)
    look = replace(LOOK, engine="NETWORK", **off)
    with_mesh = painted(tmp_path, mesh, surface(mesh), look)
    without = painted(tmp_path, mesh, surface(mesh), look, mesh_file=False)
    assert (with_mesh[0].color == without[0].color).all()


def test_far_from_the_islands_the_picture_is_as_before():
    mesh = two_halves(40)
    pictures = surface(mesh)
    islands = islands_of(mesh, (1001,))
    extended = islands.extended(pictures)
    changed = (extended[0].color != pictures[0].color).any(axis=2)
    page = islands.atlas(pictures).pages[0]
    assert changed.any()
    assert not changed[page.island > 0].any()
    assert page.distance[changed].max() <= SIDE / 32
    # Nothing of the background comes in.
    magenta = (np.abs(extended[0].color - np.float32((1, 0, 1))) < 0.02).all(axis=2)
    assert not magenta[changed].any()


def test_a_mesh_whose_texture_repeats_has_no_islands():
    mesh = two_halves()
    wide = replace(mesh, uv=mesh.uv * 5)
    assert islands_of(wide, (1001,)) is None


def test_the_written_strokes_are_those_that_were_placed(tmp_path):
    mesh = two_halves(90)
    look = replace(LOOK, engine="STROKES")
    file = tmp_path / "skin.strokes"
    painted(tmp_path, mesh, surface(mesh), look, strokes=(str(file),))
    strokes = load_strokes(file).strokes
    islands = islands_of(mesh, (1001,))
    pictures = surface(mesh)
    (drawn,) = continue_across([strokes], [(SIDE, SIDE)], islands.atlas(pictures))
    assert len(drawn.strokes) != len(strokes)


def one_stroke(x: float, y: float, angle: float) -> StrokeList:
    values = {"x": x, "y": y, "length": 0.1, "width": 0.02, "angle": angle, "bend": 0.05}
    rest = {"opacity": 1.0, "load": 0.5}
    return StrokeList(
        **{name: np.float32([value]) for name, value in {**values, **rest}.items()},
        color=np.float32([[1, 0, 0]]),
        stamp=np.int32([0]),
    )


@pytest.mark.parametrize(("degrees", "scale", "mirrored"), [(90, 0.8, False), (30, 1.0, True)])
def test_a_stroke_goes_on_turned_and_scaled(degrees, scale, mirrored):
    mesh = two_halves(degrees, scale, mirrored=mirrored)
    pictures = surface(mesh)
    atlas = islands_of(mesh, (1001,)).atlas(pictures)
    # The seam is at u = 0.3 of the left island; the stroke lies across it.
    (drawn,) = continue_across([one_stroke(0.29, 0.5, 0.2)], [(SIDE, SIDE)], atlas)
    assert drawn.clip.owner.tolist() == [1, 2]
    own, copy = drawn.strokes.angle
    sign = -1 if mirrored else 1
    assert np.isclose(np.cos(copy - (sign * own - np.radians(degrees))), 1, atol=1e-4)
    assert drawn.strokes.length[1] == pytest.approx(0.1 * scale, rel=1e-4)
    assert drawn.strokes.bend.tolist() == pytest.approx([0.05, sign * 0.05])


def test_a_stroke_far_from_seams_stays_as_it_is():
    atlas = islands_of(two_halves(), (1001,)).atlas(surface(two_halves()))
    (drawn,) = continue_across([one_stroke(0.2, 0.5, 0.2)], [(SIDE, SIDE)], atlas)
    assert (len(drawn.strokes), drawn.clip.owner.tolist()) == (1, [0])
