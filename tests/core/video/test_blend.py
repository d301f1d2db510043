"""Paintings are carried between anchors, and what comes from two anchors is mixed."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryFile

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.core.errors import OutputUnwritable
from impasto.core.styles.look import Look, StyleRef
from impasto.core.video.blend import blend_segment
from impasto.core.video.mixing import mix
from impasto.core.video.motion import FlowMatch
from impasto.core.video.prefetch import prefetch
from impasto.core.video.settings import FramesSettings, PaintedFrame
from impasto.core.video.shot_file import choose_anchors
from impasto.core.video.spill import PaintedSource, SpilledFrames, SpillFile

LOOK = Look((StyleRef("mosaic"),), engine="NETWORK")


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300), st.integers(1, 60), st.sampled_from((0, 7, 30)))
def test_no_frame_is_far_from_an_anchor(count, interval, chunk):
    numbers = list(range(101, 101 + count))
    asked = FramesSettings(LOOK, anchor_interval=interval, chunk=chunk)
    anchors = choose_anchors(101, 100 + count, asked, numbers)
    assert anchors[0] == 101
    assert anchors == sorted(set(anchors))
    assert all(b - a <= interval for a, b in pairwise(anchors))
    if chunk:
        assert set(numbers[::chunk]) <= set(anchors)
    if count > 4:
        assert anchors[-1] == 100 + count


def test_anchors_lie_evenly():
    numbers = list(range(1, 27))
    assert choose_anchors(1, 26, FramesSettings(LOOK), numbers) == [1, 13, 26]


def test_painted_frames_are_the_anchors_of_their_shot():
    asked = FramesSettings(LOOK, painted=(PaintedFrame(9, "nine.png"),))
    assert choose_anchors(1, 40, asked, list(range(1, 41))) == [1, 9]


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_mixture_keeps_the_contrast_of_what_is_mixed(share):
    rng = np.random.default_rng(0)
    first, second = (
        (0.5 + 0.1 * rng.standard_normal((64, 64, 3))).clip(0, 1).astype(np.float32)
        for _ in range(2)
    )
    mixed = mix(first, second, np.full((64, 64), share, np.float32))
    assert mixed.std() == pytest.approx(first.std(), rel=0.05)


@pytest.mark.parametrize("pace", [(0.25, 0.0), (0.5, 0.5)])
def test_a_long_pan_grows_neither_soft_nor_harsh(tmp_path, pace):
    """Each step interpolates what the one before it made, and paints strokes that lie elsewhere."""
    random = np.random.default_rng(0)

    def strokes() -> np.ndarray:
        noise = cv2.GaussianBlur(random.normal(size=(120, 160, 3)).astype(np.float32), (0, 0), 1.2)
        return (0.5 + 0.12 * noise / noise.std()).clip(0, 1)

    match = FlowMatch(np.full((120, 160, 2), pace, np.float32), np.ones((120, 160), np.float32))
    paintings = [strokes() for _ in range(4)]
    with (tmp_path / "one").open("w+b", 0) as one, (tmp_path / "two").open("w+b", 0) as two:
        frames = SpilledFrames(SpillFile(one))
        for number in range(80):
            matches = (match, match) if number else None
            frames.append(PaintedSource(paintings[number % 4], matches))
        results = list(blend_segment(frames, 1.0, SpillFile(two), has_end_anchor=False))
    contrasts = [float(result[10:70, 10:100].std()) for result in results]
    assert 0.85 * contrasts[0] < min(contrasts) <= max(contrasts) < 1.25 * contrasts[0]


def test_a_mixture_of_the_same_is_the_same():
    image = np.random.default_rng(1).random((32, 48, 3), np.float32)
    share = np.linspace(0, 1, 48, dtype=np.float32)[None].repeat(32, 0)
    np.testing.assert_allclose(mix(image, image + 1e-7, share), image, atol=2e-6)


def test_work_ahead_keeps_order_and_tells_what_goes_wrong():
    def items():
        yield from range(5)
        raise ValueError("the sixth")

    found = []
    with pytest.raises(ValueError, match="the sixth"):
        found.extend(prefetch(items()))
    assert found == [0, 1, 2, 3, 4]


def test_work_ahead_ends_with_who_asked_for_it():
    ended = []

    def items():
        try:
            yield from range(1000)
        finally:
            ended.append(True)

    ahead = prefetch(items())
    assert next(ahead) == 0
    ahead.close()
    assert ended == [True]


def test_a_spill_file_gives_back_what_was_appended_over_what_was_there_before(tmp_path):
    rng = np.random.default_rng(2)
    with (tmp_path / "spill").open("w+b", buffering=0) as file:
        spill = SpillFile(file)
        for side in (9, 5):  # the second time writes over longer ones
            spill.clear()
            arrays = [rng.random((side, 4, 2), np.float32)[::-1] for _ in range(3)]
            for array in arrays:
                spill.append(flow=array, confidence=array[..., 0])
            assert len(spill) == 3
            for index, array in enumerate(arrays):
                np.testing.assert_array_equal(spill.fetch(index, "flow"), array)
                confidence = spill.fetch(index, "confidence")
                np.testing.assert_array_equal(confidence, array[..., 0])


def test_threads_append_and_fetch_at_the_same_time():
    with TemporaryFile(buffering=0) as file, ThreadPoolExecutor(3) as pool:
        spill = SpillFile(file)
        spill.append(a=np.zeros(1000))

        def fetch(_) -> bool:
            index = len(spill) - 1
            return bool((spill.fetch(index, "a") == index).all())

        fetched = pool.map(fetch, range(600))
        for index in range(1, 200):
            spill.append(a=np.full(1000, index, float))
        assert all(fetched)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk to write to")
def test_a_full_disk_is_said():
    with (
        open("/dev/full", "r+b", buffering=0) as file,
        pytest.raises(OutputUnwritable, match="room"),
    ):
        SpillFile(file).append(a=np.zeros(1000))
