"""No more is painted than needed, and it looks as if all were: a painting here is the frame itself."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from impasto.core.image.picture import Picture
from impasto.core.video.load import LoadedFrame
from impasto.core.video.motion import MotionSource, match_frames
from impasto.core.video.reuse import FrameReuse
from impasto.core.video.sequence import Frame

from .conftest import texture

HEIGHT, WIDTH = 540, 960


class Painting:
    """Counts what is painted."""

    def __init__(self) -> None:
        self.whole: list[int] = []
        self.tiles: list[int] = []

    def paint(self, item: LoadedFrame) -> np.ndarray:
        self.whole.append(item.frame.number)
        return item.work.copy()

    def repaint(self, item: LoadedFrame, base: np.ndarray, tiles) -> np.ndarray:
        result = base.copy()
        for tile in tiles:
            self.tiles.append(item.frame.number)
            here = tile.rows.core, tile.columns.core
            result[here] = item.work[here]
        return result


def loaded(pictures: list[np.ndarray]) -> list[LoadedFrame]:
    """Frames from 1 of ``(H, W, 3)`` float32."""
    items: list[LoadedFrame] = []
    for number, picture in enumerate(pictures, start=1):
        motion = MotionSource((picture * 255 + 0.5).astype(np.uint8))
        matches = match_frames(items[-1].motion, motion) if items else None
        frame = Frame(number, Path(f"{number}.png"))
        items.append(LoadedFrame(frame, Picture(picture), picture, None, motion, matches))
    return items


def painted(
    pictures: list[np.ndarray], *, end_anchor: int | None = None, by_artist=(), interpolates=True
) -> tuple[list[np.ndarray], Painting]:
    painting = Painting()
    reuse = FrameReuse(painting.paint, painting.repaint, 2048, interpolates)
    found = list(reuse.paintings(loaded(pictures), end_anchor, by_artist))
    assert [item.frame.number for item, _ in found] == list(range(1, len(pictures) + 1))
    return [result for _, result in found], painting


def pan(count: int, step: int) -> list[np.ndarray]:
    wide = texture(HEIGHT, WIDTH + step * count, 3)
    return [wide[:, step * i : step * i + WIDTH] for i in range(count)]


def crossing(count: int, step: int) -> list[np.ndarray]:
    """A square before a still ground."""
    ground, square = texture(HEIGHT, WIDTH, 1), texture(90, 90, 9)
    frames = []
    for i in range(count):
        frame = ground.copy()
        frame[120:210, 60 + step * i : 150 + step * i] = square
        frames.append(frame)
    return frames


def levels(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return 255 * np.abs(a - b).max(2)


def test_a_still_scene_is_painted_once_and_its_end_anchor_for_itself():
    still = texture(HEIGHT, WIDTH, 1)
    results, painting = painted([still] * 6, end_anchor=6)
    assert painting.whole == [1, 6] and not painting.tiles
    assert all(np.array_equal(result, still) for result in results)


@pytest.mark.parametrize("interpolates", [False, True])
def test_only_what_changes_is_painted_where_all_else_stands_still(interpolates):
    frames = crossing(7, 12)
    results, painting = painted(frames, interpolates=interpolates)
    assert painting.whole == [1] and painting.tiles
    for frame, result in zip(frames, results, strict=True):
        assert (levels(frame, result) > 12).mean() < 0.002
        assert levels(frame, result)[:, 600:].max() <= 1, "what stands still is the same"


def test_slow_changes_are_not_missed():
    ground = 0.3 + 0.4 * texture(HEIGHT, WIDTH, 1)
    frames = [ground + np.float32(i * 2 / 255) for i in range(12)]
    results, painting = painted(frames, interpolates=False)
    assert len(painting.whole) < 6
    for frame, result in zip(frames, results, strict=True):
        assert levels(frame, result).max() <= 5


def test_every_other_frame_of_a_pan_is_interpolated():
    frames = pan(9, 6)
    results, painting = painted(frames, end_anchor=9)
    assert painting.whole == [1, 3, 5, 7, 9]
    for frame, result in zip(frames, results, strict=True):
        assert np.quantile(levels(frame, result), 0.99) < 4
        assert levels(frame, result).mean() < 1, "strokes are neither bent nor made soft"


def test_an_even_number_of_frames_ends_with_one_that_is_painted():
    _, painting = painted(pan(6, 6), end_anchor=6)
    assert painting.whole == [1, 3, 5, 6]


def test_a_flash_is_painted_itself():
    frames = pan(7, 6)
    frames[3] = np.clip(frames[3] + 0.5, 0, 1)
    results, painting = painted(frames)
    assert 4 in painting.whole
    assert np.array_equal(results[3], frames[3])


def test_nothing_is_reused_of_what_the_artist_painted():
    _, painting = painted(pan(7, 6), by_artist=(1, 5))
    assert painting.whole == [1, 2, 4, 5, 6, 7]


def test_gaps_beside_what_moves_show_the_right_surface():
    """Both move: along the edges neither the frame before nor the one after is trusted."""
    wide, square = texture(HEIGHT, WIDTH + 100, 1), 0.5 * texture(120, 120, 9)
    frames = []
    for i in range(5):
        frame = wide[:, 10 * i : 10 * i + WIDTH].copy()
        frame[100:220, 200 + 14 * i : 320 + 14 * i] = cv2.GaussianBlur(square, (0, 0), 0.7)
        frames.append(frame)
    results, painting = painted(frames)
    assert painting.whole == [1, 3, 5]
    for number in (1, 3):
        edge = np.zeros((HEIGHT, WIDTH), bool)
        edge[80:240, 180 + 14 * number : 340 + 14 * number] = True
        assert (levels(frames[number], results[number])[edge] > 30).mean() < 0.03
