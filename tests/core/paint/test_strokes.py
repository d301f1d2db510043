"""The strokes: measured on pictures, placed along them, drawn at any size, with relief, and saved."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.benchmarks.seams import seam_strength
from impasto.core.control import CancelToken, Control
from impasto.core.errors import JobCancelled
from impasto.core.image.resize import resize
from impasto.core.paint.strokes.measure import measure_strokes
from impasto.core.paint.strokes.painter import (
    StrokePainting,
    paint_strokes,
    placing_of,
    replay,
    working_size,
)
from impasto.core.paint.strokes.place import layer_widths, place, working_side
from impasto.core.paint.strokes.relief import light, normal_map
from impasto.core.paint.strokes.render import draw
from impasto.core.paint.strokes.stamps import Stamps, draw_stamps, stamps_of
from impasto.core.paint.strokes.stroke_list import ARRAYS, StrokeList
from impasto.core.paint.strokes.windows import windows_of
from impasto.core.styles.look import Look
from impasto.core.styles.media import MEDIA
from impasto.core.styles.stroke_set import DIRECTIONS, StrokeSet

OIL = StrokeSet(finest=0.5, layers=3)
"""Takes little time, as it has no very small strokes."""
PLAIN = replace(OIL, contrast=0.0, softness=0.1, roughness=0.2, opacity=1.0)
"""Strokes without bristles: their pixels have the very color of the list."""
NARROW = StrokeSet(width=0.015, finest=1.0, layers=2)
"""Strokes that take little time to place on a torus."""
BLUE, ORANGE = np.float32([0.1, 0.2, 0.7]), np.float32([0.9, 0.5, 0.1])
MEDIUM = {medium.identifier: medium.strokes for medium in MEDIA}


def clouds(height: int, width: int, seed: int = 1) -> np.ndarray:
    """Soft spots of many colors that tile, ``(H, W, 3)`` float32."""
    coarse = np.random.default_rng(seed).random((5, 5, 3), np.float32)
    return np.clip(resize(coarse, (width, height), wrap=True), 0, 1)


def flat(height: int, width: int, color=(0.4, 0.5, 0.3)) -> np.ndarray:
    return np.full((height, width, 3), color, np.float32)


def look_of(**settings) -> Look:
    return Look((), engine="STROKES", **settings)


def at_work(picture: np.ndarray, strokes: StrokeSet, look: Look) -> np.ndarray:
    size = working_size(picture.shape[1::-1], strokes, look)
    return np.clip(resize(picture, size, wrap=look.seamless), 0, 1)


def paint(
    picture: np.ndarray, strokes: StrokeSet = OIL, size=None, control=None, **settings
) -> StrokePainting:
    """Paint a picture over itself, at its own size unless another is given."""
    look = look_of(**settings)
    content = at_work(picture, strokes, look)
    control = control or Control()
    size = size or picture.shape[1::-1]
    return paint_strokes(content, content, size, strokes, look, control=control)


def placed(picture: np.ndarray, strokes: StrokeSet = OIL, **settings) -> StrokeList:
    look = look_of(**settings)
    content = at_work(picture, strokes, look)
    return place(content, content, strokes, placing_of(look))


def same(first: StrokeList, second: StrokeList) -> bool:
    return len(first) == len(second) and all(
        np.array_equal(getattr(first, name), getattr(second, name)) for name in ARRAYS
    )


def scattered(count: int, seed: int, longest: float = 0.6, **fields) -> StrokeList:
    """Strokes anywhere, in any color and direction."""
    rng = np.random.default_rng(seed)
    some = {
        "x": rng.integers(0, 256, count) / 256,
        "y": rng.integers(0, 256, count) / 256,
        "length": rng.uniform(0.1, longest, count),
        "width": rng.uniform(0.02, 0.1, count),
        "angle": rng.uniform(-4, 4, count),
        "bend": rng.uniform(-0.3, 0.3, count),
        "color": rng.random((count, 3)),
        "opacity": rng.uniform(0.3, 1, count),
        "load": rng.random(count),
    }
    arrays = {name: value.astype(np.float32) for name, value in some.items()}
    arrays["stamp"] = rng.integers(0, 1 << 16, count).astype(np.int32)
    return StrokeList(**{**arrays, **fields})


def one_stroke(**fields) -> StrokeList:
    """A white stroke in the middle, along x."""
    numbers = {"x": 0.5, "y": 0.5, "length": 0.6, "width": 0.1, "angle": 0.0, "bend": 0.0}
    numbers |= {"opacity": 1.0, "load": 1.0} | fields
    arrays = {name: np.float32([value]) for name, value in numbers.items()}
    return StrokeList(**arrays, color=np.ones((1, 3), np.float32), stamp=np.zeros(1, np.int32))


def black(rows: slice, columns: slice) -> np.ndarray:
    return np.zeros((rows.stop - rows.start, columns.stop - columns.start, 3), np.float32)


def mean_direction(angles: np.ndarray) -> tuple[float, float]:
    """The mean of directions in degrees, in [-90, 90), and how well they agree, in [0, 1]."""
    mean = np.exp(2j * angles.astype(np.float64)).mean()
    return float(np.degrees(np.angle(mean) / 2)), float(abs(mean))


def apart(first: float, second: float) -> float:
    """Degrees between two directions."""
    return abs((first - second + 90) % 180 - 90)


# Drawing


@pytest.fixture(scope="module")
def plain_stamps() -> Stamps:
    return stamps_of(PLAIN)


@pytest.fixture(scope="module", params=[False, True], ids=["bordered", "seamless"])
def drawn_whole(request):
    """A function that draws many strokes over clouds, and its drawing as one tile."""
    listed = scattered(120, 2, seamless=request.param)
    drawing = partial(replay, listed, clouds(64, 96), (431, 287), OIL)
    return drawing, drawing(tile=1 << 20, threads=1)


@settings(max_examples=6)
@given(tile=st.integers(31, 300), threads=st.integers(1, 5))
def test_tiles_and_threads_change_no_pixel(drawn_whole, tile, threads):
    drawing, whole = drawn_whole
    tiled = drawing(tile=tile, threads=threads)
    assert np.array_equal(tiled.color, whole.color)
    assert np.array_equal(tiled.height, whole.height)


@settings(max_examples=6)
@given(seed=st.integers(0, 999), longest=st.sampled_from([0.3, 1.0, 2.8]), axis=st.booleans())
def test_a_torus_has_no_border(plain_stamps, seed, longest, axis):
    """Strokes moved around the torus give the picture moved around; long ones meet themselves."""
    listed = scattered(30, seed, longest, seamless=True)
    name = "x" if axis else "y"
    moved = (getattr(listed, name) + np.float32(20 / 64)) % 1
    first, second = (
        draw(strokes, plain_stamps, (64, 64), black)
        for strokes in (listed, replace(listed, **{name: moved}))
    )
    rolled = np.roll(first.color, 20, axis=int(axis))
    assert np.abs(rolled - second.color).max() < 1e-3
    assert np.abs(np.roll(first.height, 20, axis=int(axis)) - second.height).max() < 1e-3


@pytest.mark.parametrize("angle", [0.0, 0.5, -1.1, 2.6])
def test_a_stroke_lies_where_the_list_says(plain_stamps, angle):
    listed = one_stroke(x=0.45, y=0.55, angle=angle)
    shown = draw(listed, plain_stamps, (96, 96), black).color[..., 0]
    y, x = np.mgrid[:96, :96] + 0.5 - 96 * np.array([0.55, 0.45])[:, None, None]
    u = np.cos(angle) * x + np.sin(angle) * y
    v = np.cos(angle) * y - np.sin(angle) * x
    covered = shown > 0.3
    for along, half in ((u, 0.3 * 96), (v, 0.05 * 96)):
        assert along[covered].min() == pytest.approx(-half, abs=2.5)
        assert along[covered].max() == pytest.approx(half, abs=2.5)


def test_a_bend_is_an_arc_of_its_height_towards_smaller_y(plain_stamps):
    shown = draw(one_stroke(bend=0.15, length=0.8), plain_stamps, (96, 96), black).color[..., 0]
    rows = np.arange(96)[:, None] + 0.5
    middle = (rows * shown).sum(0) / np.maximum(shown.sum(0), 1e-6)
    assert middle[48] == pytest.approx(48 - 0.15 * 0.8 * 96, abs=2.5)
    assert middle[15] > middle[30] > middle[48] < middle[66] < middle[81]


@settings(max_examples=10)
@given(st.integers(1, 40), st.integers(1, 40), st.booleans(), st.integers(0, 99))
def test_any_size_is_drawn(plain_stamps, width, height, seamless, seed):
    listed = scattered(12, seed, seamless=seamless, aspect=(1.0, min(1.0, height / width)))
    painting = draw(listed, plain_stamps, (width, height), black)
    assert painting.color.shape == (height, width, 3)
    for array in (painting.color, painting.height):
        assert array.dtype == np.float32 and array.min() >= 0 and array.max() <= 1


@settings(max_examples=20)
@given(seed=st.integers(0, 999), area=st.integers(50, 2000))
def test_windows_have_every_pixel_of_a_stroke_once(seed, area):
    rng = np.random.default_rng(seed)
    half_length, half_width = rng.uniform(20, 60, 4), rng.uniform(1, 20, 4)
    angle = np.concatenate((rng.uniform(-4, 4, 3), [0.0]))
    u = half_length * np.array([-1, 1, 1, -1])[:, None]
    v = half_width * np.array([-1, -1, 1, 1])[:, None]
    x = 80 + u * np.cos(angle) - v * np.sin(angle)
    y = 80 + u * np.sin(angle) + v * np.cos(angle)
    windows = windows_of(x, y, np.full(4, 2.0), area)
    assert (np.diff(windows.owner) >= 0).all() and set(windows.owner) == {0, 1, 2, 3}
    counts = np.zeros((4, 160, 160), int)
    for n, *(left, right, top, bottom) in zip(
        windows.owner, windows.left, windows.right, windows.top, windows.bottom, strict=True
    ):
        assert left < right and top < bottom
        counts[n, top:bottom, left:right] += 1
    py, px = np.mgrid[:160, :160] + 0.5 - 80
    for n in range(4):
        along = np.cos(angle[n]) * px + np.sin(angle[n]) * py
        beside = np.cos(angle[n]) * py - np.sin(angle[n]) * px
        inside = (np.abs(along) < half_length[n]) & (np.abs(beside) < half_width[n])
        assert counts[n].max() == 1 and (counts[n][inside] == 1).all()


def test_cutting_leaves_out_what_slanted_strokes_do_not_touch():
    angle = np.pi / 4
    u, v = np.array([[-90.0], [90], [90], [-90]]), np.array([[-9.0], [-9], [9], [9]])
    x, y = u * np.cos(angle) - v * np.sin(angle), u * np.sin(angle) + v * np.cos(angle)

    def pixels(area):
        at = windows_of(x, y, np.ones(1), area)
        return int(((at.right - at.left) * (at.bottom - at.top)).sum())

    assert pixels(1500) < 0.5 * pixels(1 << 20)


def test_no_strokes_leave_the_ground(plain_stamps):
    painting = draw(scattered(0, 0), plain_stamps, (9, 5), lambda rows, columns: flat(5, 9))
    assert np.array_equal(painting.color, flat(5, 9)) and not painting.height.any()


def test_opacity_mixes_with_what_is_below(plain_stamps):
    half, full = (
        draw(one_stroke(opacity=o), plain_stamps, (64, 64), black).color for o in (0.5, 1.0)
    )
    assert full.max() > 0.98
    assert np.allclose(half, full / 2, atol=0.01)


# Stamps


@pytest.mark.parametrize("name", MEDIUM)
def test_stamps_are_strokes(name):
    """They are solid in the middle, end before their border, and differ from each other."""
    stamps = draw_stamps(MEDIUM[name], count=3)
    alpha = stamps[..., 0].astype(float)
    assert stamps.dtype == np.uint8 and len({stamp.tobytes() for stamp in stamps}) == 3
    assert alpha[:, 24:40, 64:112].mean() > 200
    border = np.concatenate([alpha[:, [0, -1]].ravel(), alpha[:, :, [0, -1]].ravel()])
    assert border.mean() < 0.5 * alpha[:, 24:40, 64:112].mean()


def test_numbers_show_in_the_stamps():
    def stamp(**numbers):
        return draw_stamps(replace(OIL, **numbers), count=4).astype(float)

    def fading(**numbers):
        alpha = stamp(roughness=0.0, **numbers)[..., 0]
        return ((alpha > 20) & (alpha < 235)).mean()

    assert fading(softness=0.5) > 2 * fading(softness=0.05)
    bristly, smooth = (stamp(contrast=c)[:, 24:40, 64:128, 1].std() for c in (0.1, 0.0))
    assert smooth < 0.5 and bristly == pytest.approx(0.5 * 0.1 * 255, rel=0.4)
    dark = stamp(contrast=0.0, rim=0.3, roughness=0.0)[..., 1]
    assert dark[:, 2, 96].mean() < dark[:, 32, 96].mean() - 5


# Placing


def test_the_same_seed_gives_the_same_strokes():
    picture = clouds(48, 64)
    first, again, other = (placed(picture, seed=seed) for seed in (3, 3, 4))
    assert same(first, again)
    assert not same(first, other)
    assert len(other) == pytest.approx(len(first), rel=0.2)


@settings(max_examples=50)
@given(
    st.tuples(st.integers(8, 64), st.integers(8, 64)),
    st.integers(2, 64),
    st.sampled_from([OIL, *MEDIUM.values()]),
    st.floats(0.25, 4.0),
    st.floats(0.0, 1.0),
)
def test_the_working_size_hangs_on_the_shape_alone(size, times, strokes, scale, fineness):
    look = look_of(brush_scale=scale, fineness=fineness)
    larger = (size[0] * times, size[1] * times)
    working = working_size(size, strokes, look)
    assert working == working_size(larger, strokes, look)
    assert max(working) <= 4096 and min(working) >= 16
    if max(size) < 2.5 * min(size):
        assert min(working) == working_side(strokes, placing_of(look))
        assert working[0] / working[1] == pytest.approx(size[0] / size[1], rel=0.01)


def test_preview_and_final_have_the_same_strokes():
    """Drawn at 256 px, the mean difference to a shrunk drawing of 1024 px is below 0.015."""
    picture = clouds(96, 128)
    small, large = (paint(picture, size=size) for size in ((256, 192), (1024, 768)))
    assert same(small.strokes, large.strokes)
    shrunk = resize(large.color, (256, 192))
    assert np.abs(small.color - shrunk).mean() < 0.015
    assert np.abs(small.height - resize(large.height, (256, 192))).mean() < 0.03
    assert np.abs(paint(picture, size=(256, 192), seed=1).color - shrunk).mean() > 0.03


@pytest.mark.parametrize("angle", [0.0, 0.6, -1.2, 3.0])
def test_angle_turns_all_strokes(angle):
    """The angle is counter-clockwise, those of the list are against y, which points down."""
    listed = placed(clouds(48, 64), direction="ANGLE", angle=angle)
    mean, agreement = mean_direction(listed.angle)
    assert apart(mean, -np.degrees(angle)) < 3
    assert agreement > 0.9


@pytest.mark.parametrize("degrees", [30, -60])
def test_shapes_are_followed(degrees):
    """Stripes that rise by so many degrees to the right."""
    y, x = np.mgrid[:128, :128].astype(np.float32)
    a = np.radians(degrees)
    wave = 0.5 + 0.4 * np.sin((np.sin(a) * x + np.cos(a) * y) * (2 * np.pi / 20))
    listed = placed(np.repeat(wave[..., None], 3, axis=2))
    mean, agreement = mean_direction(listed.angle)
    assert apart(mean, -degrees) < 4
    assert agreement > 0.8


def test_strokes_bend_with_the_shapes():
    """Around rings, the arc of a stroke rises away from their middle."""
    y, x = np.mgrid[:96, :96].astype(np.float32) - 47.5
    rings = np.repeat((0.5 + 0.4 * np.sin(np.hypot(x, y) * 0.4))[..., None], 3, axis=2)
    listed = placed(rings)
    bent = np.abs(listed.bend) > 0.02
    outwards = (listed.x - 0.5) * np.sin(listed.angle) - (listed.y - 0.5) * np.cos(listed.angle)
    assert bent.sum() > 100
    assert (outwards * listed.bend > 0)[bent].mean() > 0.8


@pytest.mark.parametrize("bin_", [2, 11])
def test_the_directions_of_a_style_are_kept(bin_):
    directions = np.full(DIRECTIONS, 0.1 / DIRECTIONS, np.float32)
    directions[bin_] += 0.9
    listed = placed(clouds(64, 64), replace(OIL, directions=directions), direction="STYLE")
    mean, agreement = mean_direction(listed.angle)
    assert apart(mean, (bin_ + 0.5) * 180 / DIRECTIONS) < 8
    assert agreement > 0.6


def test_brush_scale_doubles_the_widths():
    picture = flat(64, 96)
    widths = [placed(picture, brush_scale=scale).width.max() for scale in (1.0, 2.0)]
    assert widths[0] == pytest.approx(OIL.width * 64 / 96, rel=1e-3)
    assert widths[1] == pytest.approx(2 * widths[0], rel=1e-3)


def test_fineness_adds_small_strokes():
    picture = clouds(64, 64)
    coarse, fine = (placed(picture, fineness=fineness) for fineness in (0.0, 1.0))
    limit = coarse.width.min()
    assert fine.width.min() < 0.4 * limit
    assert (fine.width < 0.6 * coarse.width.max() * OIL.finest).sum() > 100
    assert len(fine) > 1.5 * len(coarse)
    assert fine.width.max() == pytest.approx(coarse.width.max(), rel=1e-3)
    widths = layer_widths(OIL, placing_of(look_of(fineness=1.0)))
    assert len(widths) == OIL.layers and (np.diff(widths) < 0).all()
    assert widths[-1] == pytest.approx(OIL.width * OIL.finest / 2)


def test_detail_gets_the_small_strokes():
    picture = flat(96, 96, (0.5, 0.5, 0.5))
    picture[:, 48:] = resize(np.random.default_rng(2).random((24, 12, 3), np.float32), (48, 96))
    listed = placed(np.clip(picture, 0, 1))
    share, detailed = listed.width / listed.width.max(), listed.x > 0.5
    assert detailed[share < 0.45].mean() > 0.9
    assert share[~detailed].mean() > 2 * share[detailed].mean()


@pytest.fixture(scope="module")
def split() -> StrokePainting:
    """Blue beside orange, painted without jitter and across their edge."""
    picture = flat(96, 128, BLUE)
    picture[:, 64:] = ORANGE
    return paint(picture, PLAIN, jitter=0.0, direction="ANGLE", angle=0.2)


def test_an_edge_is_kept(split):
    wrong = np.abs(split.color - np.where(np.arange(128)[:, None] < 64, BLUE, ORANGE)).mean((0, 2))
    assert np.delete(wrong, slice(59, 69)).mean() < 0.004
    assert wrong.max() < 0.25


def test_strokes_end_at_an_edge(split):
    listed = split.strokes
    half = 0.5 * np.abs(listed.length * np.cos(listed.angle))
    is_blue = np.abs(listed.color - BLUE).max(1) < 0.1
    is_orange = np.abs(listed.color - ORANGE).max(1) < 0.1
    assert is_blue.sum() > 50 and is_orange.sum() > 50
    assert (listed.x + half)[is_blue].max() < 0.53
    assert (listed.x - half)[is_orange].min() > 0.47


def test_without_jitter_the_guide_decides_the_color():
    color = np.float32([0.35, 0.55, 0.25])
    calm, lively = (paint(flat(48, 48, color), PLAIN, jitter=jitter) for jitter in (0.0, 2.0))
    assert np.abs(calm.strokes.color - color).max() < 0.005
    assert np.abs(calm.color - color).max() < 0.01
    assert lively.strokes.color.std(0).min() > 0.02
    assert np.abs(lively.color.mean((0, 1)) - color).max() < 0.03


def test_the_guide_decides_the_color_and_the_picture_the_direction():
    y = np.mgrid[:96, :96][0].astype(np.float32)
    stripes = np.repeat((0.5 + 0.4 * np.sin(y * 0.4))[..., None], 3, axis=2)
    look = look_of(jitter=0.0)
    content = at_work(stripes, PLAIN, look)
    guide = flat(*content.shape[:2], color=ORANGE)
    painting = paint_strokes(content, guide, (96, 96), PLAIN, look)
    assert np.abs(painting.color - ORANGE).max() < 0.01
    mean, agreement = mean_direction(painting.strokes.angle)
    assert apart(mean, 0) < 4 and agreement > 0.8


@pytest.mark.parametrize("strokes", [OIL, MEDIUM["pastel"]], ids=["underpainting", "paper"])
def test_opacity_zero_leaves_what_is_below(strokes):
    picture = clouds(64, 64)
    painting = paint(picture, strokes, opacity=0.0)
    assert not painting.height.any()
    if strokes.ground is None:
        assert np.abs(painting.color - picture).mean() < 0.08
        assert np.abs(painting.color.mean((0, 1)) - picture.mean((0, 1))).max() < 0.02
        steps = np.abs(np.diff(painting.color, axis=1)).mean()
        assert 0.1 < steps / np.abs(np.diff(picture, axis=1)).mean() < 1
    else:
        assert np.allclose(painting.color, strokes.ground, atol=1e-6)
    assert np.abs(paint(picture, strokes).color - painting.color).mean() > 0.02


def test_saturation_zero_takes_the_colors_out():
    listed = placed(clouds(48, 48), replace(OIL, saturation=0.0))
    assert np.ptp(listed.color, axis=1).max() < 0.01
    assert listed.color.std() > 0.05


def test_ink_draws_tone_by_the_number_of_strokes():
    """All lines are dark, and there are more of them where the picture is dark."""
    picture = flat(64, 128, (0.9, 0.9, 0.9))
    picture[:, 64:] = 0.15
    listed = placed(picture, MEDIUM["ink-hatching"])
    assert listed.color.mean() < 0.3
    dark = (listed.x > 0.52).sum()
    assert dark > 10 * (listed.x < 0.48).sum() and dark > 100


def test_what_is_below_is_not_moved():
    picture = clouds(64, 48)
    first, second = (paint(p, opacity=0.0).color for p in (picture, picture[::-1, ::-1]))
    assert np.abs(first - second[::-1, ::-1]).max() < 0.005


# Masks


@pytest.fixture(scope="module")
def islands():
    """Two islands of different colors with a gap, painted with the strokes' mask."""
    look = look_of(jitter=0.0)
    width, height = working_size((128, 128), PLAIN, look)
    row, column = np.mgrid[:height, :width] / height
    first = np.hypot(row - 0.5, column - 0.26) < 0.2
    second = np.hypot(row - 0.5, column - 0.74) < 0.2
    content = np.where((column < 0.5)[..., None], BLUE, ORANGE).astype(np.float32)
    mask = (first | second).astype(np.float32)
    painting = paint_strokes(content, content, (128, 128), PLAIN, look, mask=mask)
    return mask, painting


def test_strokes_stay_on_their_island(islands):
    mask, painting = islands
    listed = painting.strokes
    side = len(mask)
    outside = cv2.distanceTransform((mask < 0.5).astype(np.uint8), cv2.DIST_L2, 5) / side

    def distance(x, y):
        i, j = (np.clip(c * side, 0, side - 1).astype(int) for c in (x, y))
        return outside[j, i]

    assert len(listed) > 100
    assert distance(listed.x, listed.y).max() < 0.01
    for sign in (-0.5, 0.5):
        ends = (listed.length - 0.5 * listed.width) * sign
        x, y = listed.x + np.cos(listed.angle) * ends, listed.y + np.sin(listed.angle) * ends
        assert distance(x, y).max() < 0.02


def test_no_paint_goes_over_to_another_island(islands):
    mask, painting = islands
    shown = cv2.resize(mask, (128, 128), interpolation=cv2.INTER_AREA) > 0.9
    wanted = np.where(np.arange(128)[None, :, None] < 64, BLUE, ORANGE)
    assert np.abs(painting.color - wanted)[shown].max() < 0.05


def test_nothing_is_painted_where_nothing_is():
    look = look_of()
    content = at_work(clouds(64, 64), OIL, look)
    none = np.zeros(content.shape[:2], np.float32)
    painting = paint_strokes(content, content, (64, 64), OIL, look, mask=none)
    assert len(painting.strokes) == 0 and not painting.height.any()
    assert np.isfinite(painting.color).all()


# Seamless


@pytest.fixture(scope="module")
def torus() -> StrokePainting:
    return paint(clouds(64, 96), NARROW, seamless=True, size=(144, 96))


def test_seamless_paintings_tile(torus):
    listed = torus.strokes
    reach = 0.5 * listed.length * np.abs(np.cos(listed.angle))
    assert ((listed.x - reach < 0) | (listed.x + reach > 1)).sum() > 20
    for shown in (torus.color, torus.height, torus.normals()):
        assert seam_strength(shown).worst < 1.35
    bordered = paint(clouds(64, 96), NARROW, size=(144, 96))
    for name in ("color", "height"):
        seams = [seam_strength(getattr(p, name)).worst for p in (bordered, torus)]
        assert seams[0] > 1.1 * seams[1]


# Relief


def test_layers_of_paint_are_not_summed(plain_stamps):
    """However many strokes lie on each other, paint is as thick as the thickest of them."""
    highest = []
    for count in (1, 10, 300):
        listed = scattered(count, 0, load=np.full(count, 0.6, np.float32))
        middle = np.full(count, 0.5, np.float32)
        listed = replace(listed, x=middle, y=middle, opacity=np.ones(count, np.float32))
        highest.append(float(draw(listed, plain_stamps, (64, 64), black).height.max()))
    assert 0.1 < highest[0] < highest[1] <= highest[2] + 0.05
    assert highest[2] <= 0.6


def test_relief_sets_the_thickness():
    picture = clouds(48, 64)
    thin, normal, flat_ = (paint(picture, relief=relief) for relief in (0.1, 0.5, 0.0))
    for painting in (thin, normal):
        assert painting.height.dtype == np.float32
        assert painting.height.min() >= 0 and painting.height.max() <= 1
    assert 0.08 < normal.height.mean() < 0.8 and normal.height.std() > 0.02
    assert np.allclose(thin.height, 0.2 * normal.height, atol=1e-5)
    assert np.array_equal(thin.color, normal.color)
    assert not flat_.height.any()
    assert np.array_equal(flat_.normals(), np.broadcast_to(np.float32([0.5, 0.5, 1]), (48, 64, 3)))


def test_the_relief_of_a_set_is_the_load_of_its_strokes():
    dry, thin, thick = (placed(clouds(48, 64), replace(OIL, relief=r)).load for r in (0, 0.2, 0.8))
    assert not dry.any() and thick.max() <= 1
    assert thick.mean() == pytest.approx(4 * thin.mean(), rel=0.05)


@pytest.mark.parametrize(
    ("axis", "expected"), [(1, (-0.5, 0.0)), (0, (0.0, 0.5))], ids=["to the right", "downwards"]
)
def test_normals_of_a_ramp(axis, expected):
    """A surface that rises to the right looks to the left; one that rises downwards looks up."""
    ramp = np.moveaxis(np.tile(np.arange(16, dtype=np.float32) / 32, (12, 1)), 1, axis)
    normal = (normal_map(ramp, 16.0) * 2 - 1)[2:-2, 2:-2]
    wanted = np.array([*expected, 1.0]) / np.linalg.norm([*expected, 1.0])
    assert np.allclose(normal, wanted, atol=1e-5)


@settings(max_examples=10)
@given(st.integers(0, 999), st.integers(0, 12), st.integers(0, 9))
def test_normals_of_a_torus(seed, right, down):
    height = np.random.default_rng(seed).random((9, 12), np.float32)
    moved = normal_map(np.roll(height, (down, right), (0, 1)), 3.0, wrap=True)
    still = normal_map(height, 3.0, wrap=True)
    assert np.allclose(moved, np.roll(still, (down, right), (0, 1)), atol=1e-6)
    assert np.allclose(np.linalg.norm(moved * 2 - 1, axis=2), 1, atol=1e-5)
    assert moved[..., 2].min() > 0.5


def test_light_comes_from_the_upper_left():
    y, x = np.mgrid[:64, :64].astype(np.float32)
    bump = np.exp(-((x - 32) ** 2 + (y - 32) ** 2) / 200)
    color = flat(64, 64, (0.5, 0.5, 0.5))
    lit = light(color, normal_map(bump, 10.0))[..., 0]
    assert lit[24, 24] > 0.55 and lit[40, 40] < 0.45
    assert lit[24, 24] > max(lit[24, 40], lit[40, 24])
    level = normal_map(np.full((64, 64), 0.3, np.float32), 10.0)
    assert np.allclose(light(color, level), color, atol=1e-5)


# Cancel and progress


def test_progress_never_falls_and_ends():
    seen = []
    paint(clouds(48, 64), control=Control(seen.append), size=(300, 200))
    done = [event.done for event in seen]
    assert done == sorted(done)
    assert done[0] == 0 and done[-1] == 1
    assert {"Placing strokes", "Drawing strokes"} <= {event.step for event in seen}


@pytest.mark.parametrize("asked", [0, 1, 2])
def test_cancel_stops(asked):
    count = 0

    def is_set():
        nonlocal count
        count += 1
        return count > asked

    with pytest.raises(JobCancelled):
        paint(clouds(48, 64), control=Control(cancel=CancelToken(is_set)))


@pytest.mark.parametrize("strokes", [OIL, MEDIUM["etching"]], ids=["color", "ink"])
def test_a_cancel_is_seen_several_times_in_each_layer(strokes):
    look = look_of(fineness=0.0)
    content = at_work(clouds(48, 64), strokes, look)
    counts = []

    def is_set():
        counts.append(1)
        return len(counts) > 8

    with pytest.raises(JobCancelled):
        place(
            content,
            content,
            strokes,
            placing_of(look),
            control=Control(cancel=CancelToken(is_set)),
        )


# Measuring


def _strokes(length: int, width: int, degrees: float, seed: int = 0) -> np.ndarray:
    """A picture full of strokes ``(384, 384, 3)`` float32, of one size and direction."""
    rng = np.random.default_rng(seed)
    canvas = flat(384, 384, (0.5, 0.5, 0.4))
    tints = np.float32([[0.7, 0.6, 0.3], [0.3, 0.45, 0.6], [0.5, 0.55, 0.45]])
    for x, y, turn, tint, tone in rng.random((round(4 * 384**2 / length / width), 5)):
        angle = np.radians(degrees + 10 * (turn - 0.5))
        half = 0.5 * length * np.array([np.cos(angle), np.sin(angle)])
        middle = np.array([x, y]) * 420 - 18
        ends = [tuple(int(c * 16) for c in middle + sign * half) for sign in (-1, 1)]
        color = np.clip(tints[int(tint * 3)] + 0.2 * (tone - 0.5), 0, 1)
        cv2.line(canvas, *ends, color.tolist(), width, cv2.LINE_AA, shift=4)
    return canvas


def _bristles(picture: np.ndarray) -> np.ndarray:
    """The same with marks along x, as of thick paint."""
    noise = np.random.default_rng(5).standard_normal(picture.shape[:2]).astype(np.float32)
    marks = cv2.GaussianBlur(noise, (0, 0), sigmaX=12, sigmaY=0.9)
    return np.clip(picture + 0.06 * (marks / marks.std())[..., None], 0, 1)


def _poster() -> np.ndarray:
    canvas = flat(384, 384, (0.9, 0.8, 0.6))
    shapes = (
        ((100, 110), 80, (0.8, 0.2, 0.1)),
        ((270, 240), 100, (0.1, 0.3, 0.5)),
        ((290, 90), 50, (0.1, 0.1, 0.1)),
    )
    for middle, radius, color in shapes:
        cv2.circle(canvas, middle, radius, color, -1, cv2.LINE_AA)
    return canvas


def _hatching() -> np.ndarray:
    """Black lines on paper that rise to the right by 45 degrees; more of them at the lower right."""
    canvas = flat(512, 512, (0.95, 0.93, 0.88))
    for start in (*range(-512, 0, 18), *range(0, 512, 8)):
        cv2.line(canvas, (start, 512), (start + 512, 0), (0.08, 0.08, 0.08), 1, cv2.LINE_AA)
    return canvas


@pytest.fixture(scope="module")
def measured() -> dict[str, StrokeSet]:
    """What is measured on drawn pictures, by their names."""
    pictures = {
        "long": _strokes(90, 7, 0),
        "thick": _strokes(24, 16, 90),
        "bristly": _bristles(_strokes(90, 7, 0)),
        "poster": _poster(),
        "hatching": _hatching(),
    }
    return {name: measure_strokes(picture) for name, picture in pictures.items()}


def _bins(strokes: StrokeSet, degrees: float) -> float:
    """The share of strokes within about 17 degrees of a direction; y points down."""
    middle = int(degrees % 180 / 180 * DIRECTIONS)
    return float(
        strokes.directions.take([middle - 2, middle - 1, middle, middle + 1], mode="wrap").sum()
    )


def test_width_and_aspect_are_told_apart(measured):
    assert measured["thick"].width > 1.25 * measured["long"].width
    assert measured["long"].aspect > 1.5 * measured["thick"].aspect


def test_directions_are_told_apart(measured):
    for name, degrees in (("long", 0), ("hatching", -45)):
        assert _bins(measured[name], degrees) > 0.6
        assert _bins(measured[name], degrees + 90) < 0.1
    assert _bins(measured["thick"], 90) > 2 * _bins(measured["thick"], 0)


def test_thick_paint_is_told_from_print(measured):
    for name in ("relief", "contrast", "roughness", "retouch"):
        assert getattr(measured["bristly"], name) > 1.3 * getattr(measured["poster"], name)
    assert measured["poster"].relief < 0.2 and measured["poster"].contrast < 0.01
    assert max(measured["long"].color_jitter) > 2 * max(measured["poster"].color_jitter)


def test_ink_on_paper_is_told_from_paint(measured):
    assert [name for name, strokes in measured.items() if strokes.ink] == ["hatching"]
    assert all((s.ground is None) != s.ink for s in measured.values())
    assert np.allclose(measured["hatching"].ground, (0.95, 0.93, 0.88), atol=0.06)


def assert_valid(strokes: StrokeSet) -> None:
    """Every number is finite and within the range that the class names."""
    for name in ("softness", "roughness", "streak", "scatter", "retouch", "relief", "saturation"):
        assert 0 <= getattr(strokes, name) <= 1, name
    for name in ("width", "finest", "aspect", "bristles", "density", "flow", "opacity"):
        assert 0 < getattr(strokes, name) < np.inf, name
    for name in ("contrast", "angle_jitter", "curvature"):
        assert 0 <= getattr(strokes, name) < np.inf, name
    assert strokes.finest <= 1 and strokes.opacity <= 1 and -1 <= strokes.rim <= 1
    assert len(strokes.color_jitter) == 3 and np.isfinite(strokes.color_jitter).all()
    assert min(strokes.color_jitter) >= 0
    assert strokes.ground is None or all(0 <= c <= 1 for c in strokes.ground)
    assert strokes.directions.shape == (DIRECTIONS,) and strokes.directions.dtype == np.float32
    assert strokes.directions.min() >= 0
    assert strokes.directions.sum() == pytest.approx(1, abs=1e-4)
    assert strokes.layers >= 1 and isinstance(strokes.ink, bool)


def test_measured_sets_are_valid(measured):
    for strokes in measured.values():
        assert_valid(strokes)


@pytest.mark.parametrize(
    "picture",
    [
        flat(40, 30, (1, 1, 1)),
        flat(40, 30, (0, 0, 0)),
        flat(1, 1, (0.2, 0.9, 0.4)),
        np.random.default_rng(0).random((3, 5, 3), np.float32),
        np.random.default_rng(0).random((2, 1, 3), np.float32),
        40 * np.random.default_rng(0).random((3, 3, 3), np.float32),
    ],
    ids=["white", "black", "one pixel", "5 x 3", "1 x 2", "too bright"],
)
def test_any_picture_gives_a_valid_set(picture):
    assert_valid(measure_strokes(picture))


def test_measuring_is_repeatable(measured):
    first, again = (dict(vars(s)) for s in (measured["poster"], measure_strokes(_poster())))
    assert np.array_equal(first.pop("directions"), again.pop("directions"))
    assert first == again
