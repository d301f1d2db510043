"""Finding the frames of a sequence."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from impasto.core.errors import ImageMissing, NoImages
from impasto.core.video.numbers import spelled
from impasto.core.video.sequence import find_sequence
from impasto.core.video.settings import SequenceRef


@pytest.fixture
def folder(tmp_path):
    for number in (8, 9, 10, 11, 14):
        (tmp_path / f"a.v2_{number:03d}.png").touch()
    (tmp_path / "other_003.png").touch()
    (tmp_path / "notes.txt").touch()
    return tmp_path


@pytest.mark.parametrize(
    "source", ["a.v2_009.png", "a.v2_###.png", "a.v2_%03d.png", "a.v2_*.png", ""]
)
def test_frames_by_any_of_their_names(folder, source):
    sequence = find_sequence(SequenceRef(str(folder / source)))
    assert [f.number for f in sequence.frames] == [8, 9, 10, 11, 14]
    assert sequence.pattern == "a.v2_###.png"
    assert sequence.name(7, ".exr") == "a.v2_007.exr"


def test_what_is_missing_is_told(folder):
    assert find_sequence(SequenceRef(str(folder))).missing == (12, 13)
    every_third = find_sequence(SequenceRef(str(folder), first=8, step=3))
    assert [f.number for f in every_third.frames] == [8, 11, 14] and every_third.missing == ()
    assert find_sequence(SequenceRef(str(folder), last=8)).missing == ()
    assert spelled((12, 13)) == "frames 12-13" and spelled([4]) == "frame 4"
    assert spelled(range(1, 20, 2)) == "frames 1, 3, 5, 7, 9 and 5 more"


def test_range_and_step(folder):
    sequence = find_sequence(SequenceRef(str(folder), first=9, last=14, step=2))
    assert [f.number for f in sequence.frames] == [9, 11]


def test_files_of_a_strip_keep_their_order(folder):
    files = tuple(str(folder / f"a.v2_{n:03d}.png") for n in (14, 8))
    sequence = find_sequence(SequenceRef("strip", first=101, files=files))
    assert [(f.number, f.path.name) for f in sequence.frames] == [
        (101, "a.v2_014.png"),
        (102, "a.v2_008.png"),
    ]


def test_nothing_there_is_said(folder):
    with pytest.raises(NoImages, match="name one of them"):
        find_sequence(SequenceRef(str(folder / "none_##.png")))
    with pytest.raises(NoImages):
        find_sequence(SequenceRef(str(folder), first=100))
    with pytest.raises(ImageMissing):
        find_sequence(SequenceRef(str(folder / "gone.mp4")))


def test_a_movie_is_read_frame_by_frame(tmp_path):
    path = str(tmp_path / "m.avi")
    writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"MJPG"), 12, (64, 48))
    for level in (20, 120, 220):
        writer.write(np.full((48, 64, 3), level, np.uint8))
    writer.release()
    sequence = find_sequence(SequenceRef(path))
    assert sequence.is_movie and sequence.name(2, ".png") == "m_0002.png"
    means = [sequence.read(frame).color.mean() * 255 for frame in sequence.frames]
    assert np.allclose(means, [20, 120, 220], atol=4)
