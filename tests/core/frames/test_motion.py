"""Flow, warping and confidence with motions that are known."""

from __future__ import annotations

import numpy as np
from bl_ext.user_default.impasto.core.frames.coherence import Painted, tie
from bl_ext.user_default.impasto.core.frames.motion import confidence, optical_flow, warp
from bl_ext.user_default.impasto.core.frames.shots import describe_frame, find_shots

from .conftest import COUNT, CUT, picture, texture


def test_flow_finds_a_known_translation():
    wide = texture(128, 200, 3)
    first, second = wide[:, 10:170], wide[:, 5:165]  # the picture moves 5 pixels to the right
    flow = optical_flow(np.ascontiguousarray(second), np.ascontiguousarray(first))
    middle = flow[20:-20, 20:-20]
    assert np.abs(middle - [-5, 0]).mean() < 0.3


def test_warp_fetches_from_where_the_flow_points():
    image = texture(40, 60, 4)
    flow = np.zeros((40, 60, 2), np.float32)
    assert np.array_equal(warp(image, flow), image)
    flow[..., 0], flow[..., 1] = 3, -2
    assert np.allclose(warp(image, flow)[5:-5, 5:-5], image[3:-7, 8:-2], atol=1e-6)


def test_hidden_points_are_not_believed():
    """Behind the square that moved away, the ground was not seen before."""
    here, last = (Painted(picture(n), None, picture(n)) for n in (3, 2))
    _, believed = tie(here, last, reverse=False)
    left = 6 + 4 * 1  # where the square began in the last frame
    uncovered = believed[24:40, left : left + 3]
    assert uncovered.mean() < 0.3
    assert believed[:16].mean() > 0.8, "the still ground is believed"


def test_flows_that_disagree_are_not_believed():
    frame = texture(40, 60, 1)
    flow = np.zeros((40, 60, 2), np.float32)
    there = flow.copy()
    there[:, 30:, 0] = 6
    believed = confidence(flow, there, frame, frame)
    assert believed[:, :28].min() > 0.99
    assert believed[:, 32:].max() == 0


def test_a_nearer_surface_in_the_other_frame_hides():
    frame = texture(40, 60, 1)
    flow = np.zeros((40, 60, 2), np.float32)
    depth = np.full((40, 60), 10, np.float32)
    nearer = depth.copy()
    nearer[:, 30:] = 4
    assert confidence(flow, flow, frame, frame, (depth, nearer))[:, 32:].max() == 0
    assert confidence(flow, flow, frame, frame, (nearer, depth)).min() > 0.99


def test_shots_are_cut_where_the_scene_changes():
    shots = find_shots(np.stack([describe_frame(picture(n)) for n in range(1, COUNT + 1)]))
    assert [(s.start, s.stop) for s in shots] == [(0, CUT), (CUT, COUNT)]
    for shot in shots:
        assert all(shot.start <= k < shot.stop for k in shot.keyframes)


def test_one_frame_and_still_frames_are_one_shot():
    still = describe_frame(picture(1))
    assert [(s.start, s.stop) for s in find_shots(still[None])] == [(0, 1)]
    assert [(s.start, s.stop) for s in find_shots(np.stack([still] * 7))] == [(0, 7)]
