"""All engines behind one function: strokes with any picture, alpha, tiles of a UDIM, files, cancel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from impasto.core.control import CancelToken, Control
from impasto.core.errors import JobCancelled, UnsupportedImage
from impasto.core.image.color import srgb_to_lab
from impasto.core.image.files import read_picture, write_picture
from impasto.core.image.picture import Picture
from impasto.core.image.reference import ImageRef
from impasto.core.image.resize import resize
from impasto.core.paint import guides, native, pipeline
from impasto.core.paint.network import Stylizer
from impasto.core.paint.strokes.stroke_file import load_strokes
from impasto.core.paint.strokes.stroke_list import ARRAYS
from impasto.core.paint.style_reader import StyleReader
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks.stylize import StylizeItem, StylizeRequest, run

OWN, PICTURED = "gouache", "starry-night"
"""A medium, which paints without the networks, and a style with a palette."""

RED, BLUE = np.float32([0.8, 0.15, 0.1]), np.float32([0.1, 0.2, 0.75])


@pytest.fixture(scope="module")
def stylizer() -> Stylizer:
    return Stylizer()


@pytest.fixture(scope="module")
def styles(stylizer):
    reader = StyleReader(stylizer)
    return {name: reader.resolve_source(name) for name in (OWN, PICTURED)}


@pytest.fixture
def small_guide(monkeypatch):
    """Guides that take a tenth of the time."""
    monkeypatch.setattr(guides, "GUIDE_SIDE", 192)


@pytest.fixture
def stylize(stylizer, styles):
    """Stylize pictures with few large strokes, unless told otherwise."""

    def call(*pictures: Picture, style: str = OWN, control=None, alpha_covers=True, **settings):
        settings = {"engine": "STROKES", "brush_scale": 1.5, "fineness": 0.0, **settings}
        look = Look((StyleRef(style),), **settings)
        return native.stylize(
            stylizer,
            pictures,
            look,
            styles[style],
            alpha_covers=alpha_covers,
            control=control or Control(),
        )

    return call


def scene(height: int, width: int) -> np.ndarray:
    """A disk and soft colors, ``(H, W, 3)`` float32."""
    y, x = np.mgrid[:height, :width].astype(np.float32) + 0.5
    ground = np.stack((x / width, y / height, 0.5 + 0.3 * np.sin(9 * x / width)), axis=2)
    inside = np.hypot(x - width / 2, y - height / 2) < 0.25 * min(height, width)
    ground[inside] = (0.9, 0.75, 0.2)
    return np.ascontiguousarray(ground, np.float32)


def mean_lab(color: np.ndarray) -> np.ndarray:
    return srgb_to_lab(np.ascontiguousarray(color)).reshape(-1, 3).mean(0)


def same_strokes(first, second) -> bool:
    return all(np.array_equal(getattr(first, n), getattr(second, n)) for n in ARRAYS)


# The input itself


@pytest.mark.parametrize("engine", ["STROKES", "NETWORK"])
def test_strength_zero_is_the_picture_itself(stylize, engine):
    alpha = np.random.default_rng(0).integers(0, 65536, (40, 56), np.uint16)
    bright = Picture(3 * scene(40, 56), alpha, "half", "linear")
    (result,) = stylize(bright, strength=0.0, engine=engine, fineness=0.5)
    assert np.array_equal(result.picture.color, bright.color)
    assert np.array_equal(result.picture.alpha, alpha)
    assert (result.picture.depth, result.picture.encoding) == ("half", "linear")
    assert result.strokes is None


def test_low_strength_is_between(stylize):
    color = scene(40, 56)
    (full,), (low,) = (stylize(Picture(color), strength=s, brush_scale=3.0) for s in (1.0, 0.25))
    assert np.allclose(low.picture.color, (color + full.picture.color) / 2, atol=1e-5)


def test_data_is_refused(stylize):
    with pytest.raises(UnsupportedImage, match=r"\w"):
        stylize(Picture(scene(8, 8), encoding="data"))


@pytest.mark.parametrize(
    ("size", "settings"),
    [
        ((1, 1), {}),
        ((7, 5), {"seamless": True}),
        ((1, 300), {"brush_scale": 4.0}),
        ((300, 2), {"brush_scale": 4.0}),
        ((90, 60), {"max_side": 30}),
    ],
)
def test_any_size(stylize, size, settings):
    width, height = size
    (result,) = stylize(Picture(scene(height, width)), **settings)
    wanted = (30, 20) if "max_side" in settings else size
    assert result.picture.size == wanted
    assert result.strokes.height.shape == wanted[::-1]
    assert result.strokes.normals().shape == (*wanted[::-1], 3)
    for array in (result.picture.color, result.strokes.height, result.strokes.normals()):
        assert np.isfinite(array).all() and array.min() >= 0 and array.max() <= 1
    assert np.abs(mean_lab(result.picture.color) - mean_lab(scene(height, width))).max() < 12


@pytest.mark.parametrize("depth", ["8", "16", "half", "float"])
def test_depth_is_kept_and_gray_becomes_color(stylize, depth):
    gray = scene(40, 56).mean(axis=2, keepdims=True).repeat(3, axis=2)
    (result,) = stylize(Picture(gray, depth=depth, gray=True))
    assert (result.picture.depth, result.picture.gray) == (depth, False)
    assert np.isfinite(result.picture.color).all()


def test_lamps_stay_bright(stylize):
    """Scene-linear colors above 1 keep their exposure."""
    color = 0.6 * scene(64, 64)
    color[16:48, 16:48] = (12.0, 10.0, 6.0)
    (result,) = stylize(Picture(color, None, "float", "linear"), jitter=0.0)
    assert result.picture.encoding == "linear"
    assert np.isfinite(result.picture.color).all() and result.picture.color.min() >= 0
    lamp = result.picture.color[24:40, 24:40].mean((0, 1))
    assert np.allclose(lamp, (12.0, 10.0, 6.0), rtol=0.15)
    assert result.picture.color[:8].max() < 2


# Preview


def test_a_preview_shows_the_final_strokes(stylize):
    """Max Size changes no stroke; at 101 px the mean difference to the shrunk final is below 0.02."""
    picture = Picture(scene(384, 500))
    (final,), (preview,) = (stylize(picture, max_side=side) for side in (0, 101))
    assert final.picture.size == (500, 384) and preview.picture.size == (101, 78)
    assert same_strokes(final.strokes.strokes, preview.strokes.strokes)
    shrunk = resize(final.picture.color, (101, 78))
    assert np.abs(preview.picture.color - shrunk).mean() < 0.02


@pytest.mark.parametrize("size", [(64, 48), (300, 40), (5, 5), (1, 1000)])
def test_the_guide_hangs_on_the_shape_alone(size):
    guide = guides.guide_size(size)
    assert all(side % 16 == 0 for side in guide)
    assert guide == guides.guide_size((16 * size[0], 16 * size[1]))
    assert max(guide) <= 4 * 640 + 16 and min(guide) <= 640


# Alpha


@pytest.fixture(scope="module")
def islands() -> Picture:
    """A red and a blue island, soft at their edges, with green where nothing is to be seen."""
    row, column = np.mgrid[:96, :128] / 96
    distances = [np.hypot(row - 0.5, column - middle) for middle in (0.36, 0.97)]
    alpha = np.clip((0.3 - np.minimum(*distances)) * 40 + 0.5, 0, 1)
    color = np.where((column < 0.665)[..., None], RED, BLUE)
    color[alpha == 0] = (0, 1, 0)
    return Picture(color.astype(np.float32), np.rint(255 * alpha).astype(np.uint8))


def test_islands_keep_their_paint_and_alpha(stylize, islands):
    (result,) = stylize(islands, jitter=0.0, brush_scale=0.8, fineness=0.5)
    assert np.array_equal(result.picture.alpha, islands.alpha)
    seen = islands.alpha > 0
    left = np.arange(128)[None] < 64
    wrong = np.abs(result.picture.color - np.where(left[..., None], RED, BLUE)).max(2)
    assert wrong[islands.alpha == 255].max() < 0.12 and wrong[seen].mean() < 0.03
    listed = result.strokes.strokes
    outside = cv2.distanceTransform((islands.alpha < 100).astype(np.uint8), cv2.DIST_L2, 5)
    for share in (-0.5, 0.0, 0.5):
        along = share * (listed.length - 0.5 * listed.width)
        x = 128 * (listed.x + along * np.cos(listed.angle))
        y = 128 * (listed.y + along * np.sin(listed.angle))
        i, j = np.clip(x.astype(int), 0, 127), np.clip(y.astype(int), 0, 95)
        assert outside[j, i].max() < (1.5 if share == 0 else 3)
    is_red = listed.color[:, 0] > listed.color[:, 2]
    assert is_red.sum() > 50 and (~is_red).sum() > 50
    assert np.array_equal(is_red, listed.x < 0.5)


def test_hidden_colors_do_not_matter(stylize, islands):
    other = islands.color.copy()
    other[islands.alpha == 0] = (1, 1, 0)
    first, second = (stylize(replace(islands, color=c))[0] for c in (islands.color, other))
    assert np.array_equal(first.picture.color, second.picture.color)
    assert same_strokes(first.strokes.strokes, second.strokes.strokes)


def test_packed_channels_are_no_cover(stylize, islands):
    (covered,), (packed,), (opaque,) = (
        stylize(islands),
        stylize(islands, alpha_covers=False),
        stylize(replace(islands, alpha=None)),
    )
    assert np.array_equal(packed.picture.color, opaque.picture.color)
    assert np.array_equal(packed.picture.alpha, islands.alpha)
    assert len(packed.strokes.strokes) > len(covered.strokes.strokes)


# Colors


def test_media_keep_the_colors_of_the_texture(stylize):
    color = scene(72, 96)
    (result,) = stylize(Picture(color))
    assert np.abs(mean_lab(result.picture.color) - mean_lab(color)).max() < 2
    small = [resize(c, (12, 9)) for c in (result.picture.color, color)]
    assert np.abs(small[0] - small[1]).mean() < 0.05


@pytest.mark.usefixtures("small_guide")
def test_a_style_moves_the_colors_to_its_own(stylizer, styles, stylize):
    color = np.clip(scene(72, 96) * np.float32([1.0, 0.6, 0.35]), 0, 1)
    look = Look((StyleRef(PICTURED),))
    (network,) = pipeline.stylize(stylizer, [Picture(color)], look, styles[PICTURED])
    (result,) = stylize(Picture(color), style=PICTURED, jitter=0.0)
    (kept,) = stylize(Picture(color), style=PICTURED, jitter=0.0, keep_color=1.0)
    before, wanted, after = map(mean_lab, (color, network.color, result.picture.color))
    assert np.linalg.norm(wanted - before) > 15
    assert np.linalg.norm(after - wanted) < 0.4 * np.linalg.norm(wanted - before)
    chroma = np.linalg.norm((mean_lab(kept.picture.color) - before)[1:])
    assert chroma < 0.5 * np.linalg.norm((after - before)[1:])


@pytest.mark.usefixtures("small_guide")
def test_tiles_of_a_udim_have_common_statistics(stylize):
    """By itself each tile is brought to the style's lightness; together they keep their order."""
    texture = scene(48, 48) - 0.5
    dark, bright = (Picture(np.clip(m + 0.25 * texture, 0, 1)) for m in (0.15, 0.8))
    together = stylize(dark, bright, style=PICTURED, jitter=0.0)
    alone = [stylize(p, style=PICTURED, jitter=0.0)[0] for p in (dark, bright)]
    lightness = [
        [mean_lab(result.picture.color)[0] for result in results] for results in (together, alone)
    ]
    assert lightness[0][1] - lightness[0][0] > 15
    assert lightness[0][1] - lightness[0][0] > 1.5 * abs(lightness[1][1] - lightness[1][0])


@pytest.mark.usefixtures("small_guide")
def test_seamless_results_tile(stylize):
    """The steps across the border are like those inside."""
    coarse = np.random.default_rng(4).random((4, 4, 3), np.float32)
    color = np.clip(resize(coarse, (64, 64), wrap=True), 0, 1)
    (result,) = stylize(Picture(color), style=PICTURED, seamless=True, brush_scale=0.7)
    assert result.strokes.strokes.seamless
    for shown in (result.picture.color, result.strokes.height, result.strokes.normals()):
        for axis in (0, 1):
            lines = np.moveaxis(shown, axis, 0)
            steps = np.abs(np.roll(lines, -1, 0) - lines).reshape(64, -1).mean(1)
            assert steps[-1] < 1.6 * steps[:-1].mean() and steps[-1] <= 1.1 * steps[:-1].max()


# Progress and cancel


@pytest.mark.usefixtures("small_guide")
@pytest.mark.parametrize("style", [OWN, PICTURED])
def test_progress_never_falls_and_ends(stylize, style):
    seen = []
    pictures = [Picture(scene(24, 32)), Picture(scene(24, 24))]
    stylize(*pictures, style=style, control=Control(seen.append))
    done = [event.done for event in seen]
    assert done == sorted(done)
    assert done[-1] == pytest.approx(1)
    assert any(0.1 < d < 0.45 for d in done) and any(0.55 < d < 0.95 for d in done)


@pytest.mark.parametrize("asked", [0, 2, 4])
def test_cancel_stops(stylize, asked):
    answers = iter([False] * asked)
    token = CancelToken(lambda: next(answers, True))
    with pytest.raises(JobCancelled):
        stylize(Picture(scene(24, 32)), control=Control(cancel=token))


# Files of the task


def test_relief_and_strokes_are_written(tmp_path):
    paths = [str(tmp_path / f"{n}.png") for n in (1001, 1002)]
    for path, size in zip(paths, ((40, 56), (32, 32)), strict=True):
        write_picture(Picture(scene(*size), depth="8"), path)
    item = StylizeItem(
        ImageRef("wall", tuple(paths)),
        Look((StyleRef(OWN),), engine="STROKES", brush_scale=2.0, fineness=0.0),
        outputs=tuple(str(tmp_path / f"out{n}.png") for n in range(2)),
        heights=tuple(str(tmp_path / f"height{n}.png") for n in range(2)),
        normals=tuple(str(tmp_path / f"normal{n}.png") for n in range(2)),
        strokes=tuple(str(tmp_path / f"list{n}.strokes") for n in range(2)),
    )
    seen = []
    result = run(StylizeRequest((item,)), Control(seen.append))
    assert result.written == {"wall": item.outputs} and not result.failures
    assert seen[-1].done == 1
    for index, size in enumerate(((56, 40), (32, 32))):
        written = read_picture(item.outputs[index])
        assert (written.size, written.depth) == (size, "8")
        stored = [cv2.imread(p[index], cv2.IMREAD_UNCHANGED) for p in (item.heights, item.normals)]
        assert [s.dtype for s in stored] == [np.uint16, np.uint16]
        assert [s.shape for s in stored] == [size[::-1], (*size[::-1], 3)]
        assert len(np.unique(stored[0])) > 500
        blue, green, red = np.moveaxis(stored[1] / 65535, 2, 0)
        assert blue.min() > 0.5 and abs(red.mean() - 0.5) < 0.02 and abs(green.mean() - 0.5) < 0.02
        # Where the height rises to the right, the normal looks to the left.
        rise = cv2.Sobel(stored[0].astype(np.float32), cv2.CV_32F, 1, 0)
        assert np.corrcoef(rise.ravel(), red.ravel())[0, 1] < -0.9
        fall = cv2.Sobel(stored[0].astype(np.float32), cv2.CV_32F, 0, 1)
        assert np.corrcoef(fall.ravel(), green.ravel())[0, 1] > 0.9
        kept = load_strokes(Path(item.strokes[index]))
        assert kept.size == size
        listed = kept.strokes
        assert len(listed) > 50
        assert listed.aspect == pytest.approx((1, size[1] / size[0]), abs=0.01)


def test_no_relief_is_written_unless_asked_for(tmp_path):
    source = str(tmp_path / "wall.png")
    write_picture(Picture(scene(24, 24)), source)
    look = Look((StyleRef(OWN),), engine="STROKES", brush_scale=3.0, fineness=0.0)
    outputs = (str(tmp_path / "out.png"),)
    request = StylizeRequest((StylizeItem(ImageRef("wall", (source,)), look, outputs),))
    assert run(request, Control()).written == {"wall": outputs}
    assert {path.name for path in tmp_path.iterdir()} == {"wall.png", "out.png"}
    (failure,) = run(request, Control()).failures
    assert "out.png" in failure.message
