"""Where one shot becomes another, on small clips with every kind of step that is no cut."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.core.control import CancelToken, Control
from impasto.core.errors import JobCancelled
from impasto.core.video.shots import Shot, describe_frame, find_shots

WIDTH, HEIGHT = 96, 54


def world(seed: int) -> np.ndarray:
    """A picture with large and small things in colors of its own, ``(240, 400, 3)`` in [0, 1]."""
    rng = np.random.default_rng(seed)
    layers = []
    for cells in (8, 20, 40):
        small = rng.random((cells, cells * 2, 3)).astype(np.float32)
        layers.append(cv2.resize(small, (400, 240), interpolation=cv2.INTER_CUBIC))
    tint = rng.uniform(0.5, 1, 3).astype(np.float32)
    return np.clip(sum(w * x for w, x in zip((0.4, 0.35, 0.25), layers, strict=True)) * tint, 0, 1)


def look(picture: np.ndarray, x: float, y: float = 80, size: float = 1.0) -> np.ndarray:
    matrix = np.array([[size, 0, x], [0, size, y]], np.float32)
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    edge = cv2.BORDER_REFLECT
    return cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), flags=how, borderMode=edge)


def pan(seed: int, count: int, step: float = 0.6) -> list[np.ndarray]:
    picture = world(seed)
    return [look(picture, 60 + step * k) for k in range(count)]


def dissolved(one: list, two: list, length: int) -> list[np.ndarray]:
    """The last frames of the one are mixed with the first of the other."""
    shares = np.arange(1, length + 1, dtype=np.float32) / (length + 1)
    ends = zip(shares, one[-length:], two[:length], strict=True)
    return [*one[:-length], *((1 - s) * a + s * b for s, a, b in ends), *two[length:]]


def find(frames: list[np.ndarray]) -> list[Shot]:
    return find_shots(np.stack([describe_frame(np.asarray(f, np.float32)) for f in frames]))


def cuts(frames: list[np.ndarray]) -> list[tuple[int, str]]:
    return [(shot.stop, shot.transition) for shot in find(frames)[:-1]]


def test_cuts_between_moving_shots():
    assert cuts(pan(1, 12) + pan(2, 9) + pan(3, 14)) == [(12, "cut"), (21, "cut")]


def test_one_frame_two_frames_and_none_that_shows_anything():
    (frame, other), black = (pan(1, 1)[0], pan(2, 1)[0]), np.zeros((HEIGHT, WIDTH, 3))
    assert find([frame]) == [Shot(0, 1, (0,))]
    assert find([frame, frame]) == [Shot(0, 2, (0, 1))]
    assert find([frame, other]) == [Shot(0, 1, (0,), "cut"), Shot(1, 2, (1,))]
    assert find([black] * 5)[0].stop == 5


def test_a_cut_to_another_place_in_the_same_picture_and_to_the_same_colors():
    picture = world(4)
    here = [look(picture, 20 + 0.5 * k, 30) for k in range(10)]
    there = [look(picture, 250 + 0.5 * k, 150) for k in range(10)]
    mean, deviation = picture.mean((0, 1)), picture.std((0, 1))
    other = world(5)
    alike = (other - other.mean((0, 1))) / other.std((0, 1)) * deviation + mean
    third = [look(np.clip(alike, 0, 1), 100 + 0.5 * k) for k in range(10)]
    assert cuts(here + there + third) == [(10, "cut"), (20, "cut")]


@pytest.mark.parametrize("length", [1, 2, 3])
@pytest.mark.parametrize("amount", [0.4, 1.0])
def test_a_flash_parts_no_shot_and_is_not_typical(length, amount):
    frames = pan(6, 24)
    for k in range(9, 9 + length):
        frames[k] = np.clip(frames[k] + amount, 0, 1)
    (shot,) = find(frames)
    assert not set(shot.keyframes) & set(range(9, 9 + length))


def test_a_strobe_is_one_shot_and_the_cut_after_it_is_found():
    frames = [f * (0.1 if 3 < k < 16 and k % 2 else 1) for k, f in enumerate(pan(7, 20))]
    assert cuts(frames + pan(8, 8)) == [(20, "cut")]


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_a_fade_to_another_picture_parts_shots_and_back_to_the_same_does_not(level):
    out = [1 - (k + 1) / 7 for k in range(6)]
    shares = np.array([1] * 12 + out + [0] * 3 + out[::-1] + [1] * 12)[:, None, None, None]
    same, other = np.stack(pan(9, 39, 0.2)), np.stack(pan(10, 39, 0.2))
    one = find(list(shares * same + (1 - shares) * level))
    assert [(s.start, s.stop) for s in one] == [(0, 39)]
    mixed = np.concatenate([same[:20], other[20:]])
    two = find(list(shares * mixed + (1 - shares) * level))
    assert two[0].transition == "fade"
    assert 18 <= two[0].stop <= 21
    for shot in one + two:
        assert not set(shot.keyframes) & set(range(14, 25))


@pytest.mark.parametrize("length", [8, 14, 24, 40])
@pytest.mark.parametrize("step", [0.0, 0.25])
def test_a_dissolve_parts_shots_in_its_middle_and_no_typical_frame_lies_in_it(length, step):
    one, two = pan(11, 30 + length, step), pan(12, 30 + length, step)
    shots = find(dissolved(one, two, length))
    assert [shot.transition for shot in shots] == ["dissolve", ""]
    assert abs(shots[0].stop - (30 + length / 2)) <= max(1, length / 8)
    margin = round(0.15 * length)
    mixed = set(range(30 + margin, 30 + length - margin))
    assert not any(set(shot.keyframes) & mixed for shot in shots)


def test_light_that_changes_slowly_is_no_dissolve():
    gains = np.linspace(1, 0.3, 40)[:, None] * np.linspace([1, 1, 1], [0.8, 0.9, 1.2], 40)
    assert cuts([f * g for f, g in zip(pan(13, 40, 0.2), gains, strict=True)]) == []


@pytest.mark.parametrize("step", [3.0, 8.0, 15.0])
def test_a_fast_pan_is_one_shot(step):
    assert cuts(pan(14, 16, step)) == []


def test_zoom_and_shake_are_no_cuts():
    picture, rng = world(15), np.random.default_rng(15)
    zoom = [look(picture, 150 - 48 * 0.95**k, 110 - 27 * 0.95**k, 0.95**k) for k in range(14)]
    shake = [look(picture, *rng.normal((120, 90), 3)) for _ in range(14)]
    assert cuts(zoom) == []
    assert cuts(shake) == []


def test_something_that_fills_the_frame_is_no_cut():
    frames, thing = pan(16, 30, 0.2), world(17)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    for k, frame in enumerate(frames):
        radius = 6 * 1.09**k
        inside = np.hypot(x - 48, y - 27) < radius
        frame[inside] = look(thing, 200 - 48 * 20 / radius, 120 - 27 * 20 / radius, 20 / radius)[
            inside
        ]
    assert cuts(frames) == []


def test_noise_and_flicker_are_no_cuts():
    rng = np.random.default_rng(18)
    (frame,) = pan(18, 1)
    noisy = [frame * rng.uniform(0.85, 1.15) + rng.normal(0, 0.06, frame.shape) for _ in range(16)]
    assert cuts(noisy) == []


@pytest.mark.parametrize("hold", [2, 3])
def test_drawings_that_are_held_are_no_cuts(hold):
    frames = [f for f in pan(19, 8, 6.0) for _ in range(hold)]
    other = [f for f in pan(20, 8, 6.0) for _ in range(hold)]
    assert cuts(frames + other) == [(8 * hold, "cut")]


@settings(max_examples=25, deadline=None)
@given(
    lengths=st.lists(st.integers(3, 9), min_size=1, max_size=6),
    step=st.floats(0, 2),
)
def test_short_shots_are_all_found(lengths, step):
    frames = [f for i, count in enumerate(lengths) for f in pan(30 + i, count, step)]
    shots = find(frames)
    assert [shot.stop - shot.start for shot in shots] == lengths
    assert shots[0].start == 0
    for shot in shots:
        assert all(shot.start <= k < shot.stop for k in shot.keyframes)
        assert list(shot.keyframes) == sorted(set(shot.keyframes))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(["cut", "black", "flash", "stay"]), max_size=25), st.integers(0, 99)
)
def test_shots_have_no_gaps_and_keyframes_whatever_comes(steps, seed):
    frames, picture = [], world(seed)
    for k, step in enumerate(steps):
        picture = world(seed + k) if step == "cut" else picture
        frame = look(picture, 60 + k)
        frames.append({"black": 0 * frame, "flash": 0 * frame + 1}.get(step, frame))
    shots = find([*frames, look(picture, 60)])
    assert [s.start for s in shots] == [0, *(s.stop for s in shots[:-1])]
    assert shots[-1].stop == len(frames) + 1
    assert all(s.start < s.stop and 1 <= len(s.keyframes) <= 3 for s in shots)
    assert all(s.start <= k < s.stop for s in shots for k in s.keyframes)
    assert [bool(s.transition) for s in shots] == [True] * (len(shots) - 1) + [False]


def test_mirrored_in_time_the_same_shots_are_found():
    frames = dissolved(pan(21, 30, 0.1), pan(22, 40, 0.1), 12) + pan(23, 10)
    there = [stop for stop, _ in cuts(frames)]
    back = [len(frames) - stop for stop, _ in cuts(frames[::-1])]
    assert len(there) == 2
    assert np.allclose(there, back[::-1], atol=1)


def test_it_stops_when_cancelled():
    thumbnails = np.stack([describe_frame(f) for f in pan(24, 6)])
    with pytest.raises(JobCancelled):
        find_shots(thumbnails, Control(cancel=CancelToken(lambda: True)))
