"""Flow, warping and confidence with motions that are known."""

from __future__ import annotations

import numpy as np

from impasto.core.image.convert import to_depth
from impasto.core.video.flow import optical_flow, shrunk_size, warp
from impasto.core.video.motion import MotionSource, match_flow, match_frames
from impasto.core.video.passes import Passes
from impasto.core.video.shots import describe_frame, find_shots

from .conftest import COUNT, CUT, picture, texture


def levels(colors: np.ndarray) -> np.ndarray:
    return to_depth(np.ascontiguousarray(colors), "8")


def test_flow_finds_a_known_translation():
    wide = texture(128, 200, 3)
    first, second = wide[:, 10:170], wide[:, 5:165]  # the picture moves 5 pixels to the right
    flow = optical_flow(levels(second), levels(first))
    middle = flow[20:-20, 20:-20]
    assert np.abs(middle - [-5, 0]).mean() < 0.3


def test_warp_fetches_from_where_the_flow_points():
    image = texture(40, 60, 4)
    flow = np.zeros((40, 60, 2), np.float32)
    assert np.array_equal(warp(image, flow), image)
    flow[..., 0], flow[..., 1] = 3, -2
    assert np.allclose(warp(image, flow)[5:-5, 5:-5], image[3:-7, 8:-2], atol=1e-6)


def test_motion_of_large_frames_is_found_in_smaller_ones():
    assert shrunk_size((1280, 720)) == (1280, 720)
    assert shrunk_size((1920, 1080)) == (960, 540)
    wide = texture(80, 160, 5)
    image = wide[:, 8:136]
    flow = np.full((40, 64, 2), (2, 0), np.float32)  # half the size: four pixels of the image
    assert np.allclose(warp(image, flow)[:, 5:-8], wide[:, 12:140][:, 5:-8], atol=1e-6)


def test_hidden_points_are_not_trusted():
    """Behind the square that moved away, the ground was not seen before."""
    previous, current = (MotionSource(levels(picture(number))) for number in (2, 3))
    confidence = match_frames(previous, current)[0].confidence
    left = 6 + 4 * 1  # where the square began in the last frame
    uncovered = confidence[24:40, left : left + 3]
    assert uncovered.mean() < 0.3
    assert confidence[:16].mean() > 0.8, "the still ground is trusted"


def test_flows_that_disagree_are_not_trusted():
    frame = levels(texture(40, 60, 1))
    flow = np.zeros((40, 60, 2), np.float32)
    there = flow.copy()
    there[:, 30:, 0] = 6
    confidence = match_flow(flow, there, frame, frame).confidence
    assert confidence[:, :28].min() > 0.99
    assert confidence[:, 32:].max() == 0


def test_a_nearer_surface_in_the_other_frame_hides():
    frame = levels(texture(40, 60, 1))
    flow = np.zeros((40, 60, 2), np.float32)
    depth = np.full((40, 60), 10, np.float32)
    nearer = depth.copy()
    nearer[:, 30:] = 4
    assert match_flow(flow, flow, frame, frame, (depth, nearer)).confidence[:, 32:].max() == 0
    assert match_flow(flow, flow, frame, frame, (nearer, depth)).confidence.min() > 0.99


def test_passes_of_neighbors_match_them_exactly_and_depth_hides():
    """A card comes in front of still ground that looks just like it: only Depth knows."""
    frame = levels(texture(40, 60, 1))
    still = np.zeros((40, 60, 2), np.float32)
    far = np.full((40, 60), 10, np.float32)
    near = far.copy()
    near[10:30, 20:40] = 3
    previous, current = (MotionSource(frame, Passes(still, still, depth)) for depth in (near, far))
    backward, forward = match_frames(previous, current)
    assert backward.confidence[12:28, 22:38].max() == 0, "it was hidden before"
    assert backward.confidence[:8].min() > 0.99
    assert forward.confidence.min() > 0.99, "the card itself is not behind the ground"


def test_normals_and_positions_tell_surfaces_apart_that_look_the_same():
    """As far away and as bright as each other, two walls are told apart by nothing else."""
    frame = levels(texture(40, 60, 1))
    still = np.zeros((40, 60, 2), np.float32)
    depth = np.full((40, 60), 10, np.float32)
    wall = np.tile(np.array([0, 0, 1], np.float32), (40, 60, 1))
    turned, away = wall.copy(), wall.copy()
    turned[:, 30:] = (1, 0, 0)
    away[:, 30:] += (8, 0, 0)
    for name, other in (("normal", turned), ("position", away)):
        previous = MotionSource(frame, Passes(still, still, depth, **{name: wall}))
        current = MotionSource(frame, Passes(still, still, depth, **{name: other}))
        for match in match_frames(previous, current):
            assert match.confidence[:, :28].min() > 0.99, name
            assert match.confidence[:, 32:].max() == 0, name
    sky = MotionSource(frame, Passes(still, still, depth, normal=np.zeros_like(wall)))
    assert match_frames(sky, sky)[0].confidence.min() > 0.99, (
        "where there is no surface, nothing is told apart"
    )


def test_shots_are_cut_where_the_scene_changes():
    shots = find_shots(np.stack([describe_frame(picture(n)) for n in range(1, COUNT + 1)]))
    assert [(s.start, s.stop) for s in shots] == [(0, CUT), (CUT, COUNT)]
    for shot in shots:
        assert all(shot.start <= k < shot.stop for k in shot.keyframes)


def test_one_frame_and_still_frames_are_one_shot():
    still = describe_frame(picture(1))
    assert [(s.start, s.stop) for s in find_shots(still[None])] == [(0, 1)]
    assert [(s.start, s.stop) for s in find_shots(np.stack([still] * 7))] == [(0, 7)]
