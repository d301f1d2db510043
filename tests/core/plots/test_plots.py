"""The four plots of an analysis, from no texture to thousands."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from impasto.core.plots import cluster_map, dendrogram, palettes, silhouette, theme
from impasto.core.plots.layout import in_grid
from impasto.core.plots.mosaic import Mosaic
from impasto.core.plots.shown import MOST_NAMED, shown_groups

_LAB = (np.array([[60.0, 20.0, 30.0], [20.0, 0.0, 0.0]]), np.array([0.7, 0.3]))


def _thumbnail(row: int) -> np.ndarray | None:
    if row % 7 == 3:  # a file that is gone
        return None
    return np.full((128, 128, 4), (row * 37 % 256, 90, 160, 255), np.uint8)


def _points(labels: np.ndarray) -> np.ndarray:
    random = np.random.default_rng(0)
    centers = random.standard_normal((labels.max(initial=0) + 2, 6))
    return (centers[labels] + 0.05 * random.standard_normal((len(labels), 6))).astype(np.float32)


def _draw_all(
    labels: np.ndarray, *, prefix: str = "Dark Gray, Streaked", reach: float | None = 0.5
) -> dict[str, Figure]:
    count = labels.max(initial=-1) + 1
    points, names = _points(labels), [f"{prefix} {i}" for i in range(count)]
    typical = [int(np.flatnonzero(labels == i)[0]) for i in range(count)]
    titles = [f"wall $_{i}_diffuse.png" for i in range(len(labels))]
    values = np.random.default_rng(1).uniform(-0.2, 0.9, len(labels))
    return {
        "map": cluster_map.draw(points, labels, names, _thumbnail, titles=titles),
        "dendrogram": dendrogram.draw(points, labels, _thumbnail, reach=reach, titles=titles),
        "silhouette": silhouette.draw(labels, values, names, typical, _thumbnail),
        "palettes": palettes.draw(labels, names, [_LAB] * count, typical, _thumbnail),
    }


def _texts(figure: Figure) -> list[Text]:
    figure.canvas.draw()
    return [text for text in figure.axes[0].texts if text.get_text()]


def _words(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in _texts(figure))


@pytest.mark.parametrize(
    "labels",
    [
        np.zeros(0, np.int64),
        np.zeros(1, np.int64),
        np.zeros(2, np.int64),
        np.arange(2),
        np.zeros(5, np.int64),
        np.arange(5),
        np.full(5, -1),
        np.array([0, 0, 0, 1, 1]),
        np.array([0, 0, 1, -1, -1]),
        np.repeat(np.arange(40), 75),
        np.concatenate([np.repeat(np.arange(30), 50), np.arange(30, 1530)]),
        np.arange(400),
    ],
    ids=lambda labels: f"{len(labels)} textures, {len(np.unique(labels))} labels",
)
def test_any_number_of_textures_is_drawn_readably(labels: np.ndarray, tmp_path: Path) -> None:
    for kind, figure in _draw_all(labels).items():
        texts = _texts(figure)
        assert 1 <= len(texts) <= 160, kind
        width, height = figure.get_size_inches() * theme.DPI
        assert height <= MOST_NAMED * 92 + 600, kind
        boxes = np.array([text.get_window_extent().extents for text in texts])
        assert boxes[:, :2].min() >= 0, kind
        assert (boxes[:, 2:].max(0) <= (width, height)).all(), kind
        overlap = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:]) - np.maximum(
            boxes[:, None, :2], boxes[None, :, :2]
        )
        hit = (overlap > 1).all(2)
        np.fill_diagonal(hit, False)
        pairs = [(texts[a].get_text(), texts[b].get_text()) for a, b in np.argwhere(hit)]
        assert not pairs, kind
        theme.save(figure, tmp_path / f"{kind}.png")
        assert cv2.imread(str(tmp_path / f"{kind}.png")).shape[:2] == (round(height), round(width))


def test_thousands_of_singles_are_one_line() -> None:
    labels = np.concatenate([np.repeat(np.arange(30), 50), np.arange(30, 1530)])
    plots = _draw_all(labels)
    for kind in ("map", "silhouette", "palettes"):
        words = _words(plots[kind])
        assert "1,500 textures of their own kind" in words, kind
        assert "6 smaller groups, 300 textures" in words, kind
        assert words.count("Dark Gray") <= MOST_NAMED, kind


def test_singles_leave_the_dendrogram_to_the_groups() -> None:
    labels = np.concatenate([np.repeat(np.arange(3), 30), np.arange(3, 203)])
    words = _words(_draw_all(labels)["dendrogram"])
    assert "Only the 3 largest groups are drawn here." in words
    counts = [int(word) for word in words.splitlines() if word.isdigit()]
    assert sum(counts) > 60
    few = np.concatenate([np.repeat(np.arange(3), 3), np.arange(3, 10)])
    assert "Only" not in _words(_draw_all(few)["dendrogram"])


def test_few_textures_carry_their_names() -> None:
    plots = _draw_all(np.array([0, 0, 1, 2, 3]))
    for kind in ("map", "dendrogram"):
        assert _words(plots[kind]).count("wall $_") == 5, kind


def test_long_names_are_shortened_and_differ() -> None:
    labels = np.repeat(np.arange(12), 4)
    for kind, figure in _draw_all(labels, prefix="A name that goes on and on " * 3).items():
        if kind != "dendrogram":
            names = [t.get_text() for t in _texts(figure) if t.get_text().startswith("A na")]
            assert len(names) == len(set(names)) == 12, kind
            assert all("\u2026" in name for name in names), kind
        boxes = np.array([text.get_window_extent().extents for text in _texts(figure)])
        width = figure.get_size_inches()[0] * theme.DPI
        assert boxes[:, 0].min() >= 0, kind
        assert boxes[:, 2].max() <= width, kind


def test_the_line_is_where_pairs_count_as_alike() -> None:
    points = np.array([[0.0], [1.0], [5.0]], np.float32)
    labels = np.array([0, 0, 1])

    def heights(**choices: object) -> tuple[float, float]:
        axes = dendrogram.draw(points, labels, _thumbnail, **choices).axes[0]  # type: ignore[arg-type]
        segments = axes.collections[0].get_segments()
        tops = sorted({float(y) for segment in segments for y in segment[:, 1]}, reverse=True)
        floor, first, last = tops
        assert last < first < floor
        (line,) = axes.lines
        # The first pair joins at 1, and the second at 4.5, of which the height is a share.
        share = (floor - float(line.get_ydata()[0])) / (floor - last)
        return share * 4.5, (floor - first) / (floor - last) * 4.5

    assert heights(reach=2.0) == pytest.approx((2.0, 1.0))
    assert heights(cut=True) == pytest.approx((2.75, 1.0))
    assert heights(reach=2.0, linkage="ward", cut=True)[0] != pytest.approx(2.0)
    beyond = _words(dendrogram.draw(points, labels, _thumbnail, reach=100.0))
    assert "alike below" in beyond
    assert "alike" not in _words(dendrogram.draw(points, labels, _thumbnail))


def test_every_label_is_shown_once_and_only_named_groups_have_colors() -> None:
    labels = np.concatenate([np.repeat(np.arange(30), 2), np.arange(30, 35), [-1, -1]])
    shown = shown_groups(labels)
    assert sorted(shown.named + shown.small + shown.single) == list(range(35))
    assert len(shown.named) == MOST_NAMED
    assert shown.ungrouped == 2
    colors = [shown.color(label) for label in shown.named]
    apart = np.abs(np.array(colors)[:, None] - np.array(colors)[None]).max(2)
    np.fill_diagonal(apart, 1)
    assert apart.min() > 0.04
    assert {shown.color(label) for label in (*shown.small, *shown.single, -1)} == {
        theme.group_color(-1)
    }


@pytest.mark.parametrize(("count", "columns"), [(1, 4), (3, 5), (23, 6), (60, 60)])
def test_grid_fills_rows(count: int, columns: int) -> None:
    points = np.random.default_rng(0).standard_normal((count, 4)).astype(np.float32)
    cells = in_grid(points, columns)
    assert sorted(map(tuple, cells[:, ::-1])) == [divmod(i, columns) for i in range(count)]


def test_mosaic_paints_thumbnails_where_they_belong() -> None:
    figure = theme.figure(200, 100)
    mosaic = Mosaic(theme.canvas(figure))
    mosaic.thumbnail(np.full((16, 16, 3), (255, 0, 0), np.uint8), 20, 30, 40, "white")
    mosaic.thumbnail(np.full((16, 16, 3), (0, 255, 0), np.uint8), 180, -10, 40, "white")
    mosaic.show()
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3]  # type: ignore[attr-defined]
    assert pixels[50, 40].tolist() == [255, 0, 0]
    assert pixels[10, 195].tolist() == [0, 255, 0]
    assert pixels[50, 20].tolist() == [255, 255, 255]  # the frame
    assert pixels[50, 100].tolist() == [0x1D] * 3
