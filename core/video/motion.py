"""Motion between neighboring frames: exact from Blender's Vector pass, else optical flow.

Each flow comes with a confidence, which is 0 where the scene point is not visible in the other frame.

References
----------
Sundaram et al., "Dense point trajectories by GPU-accelerated large displacement optical flow",
ECCV 2010, eq. 5 (forward-backward consistency).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .flow import flow_targets, optical_flow, sample
from .passes import Passes, same_surface

_TOLERANCE, _FLOOR = 0.02, 0.5  # share of the squared lengths, and squared pixels
_OCCLUDES = 0.9
"""A point whose depth is less than this share of the pixel's is in front of it."""

_COLOR_SPREAD = 0.12
"""Difference of color at which confidence falls to 1/e."""

_DOUBTED, _TRUSTED = 0.1, 0.4
"""Between these, confidence is stretched to [0, 1]: a half-trusted match mixes two sets of strokes,
which grows softer frame after frame."""


@dataclass(frozen=True)
class MotionSource:
    """A frame as motion estimation sees it.

    Attributes
    ----------
    frame : (H, W, 3) uint8
        sRGB-encoded.
    passes : Passes or None
        Its render passes, at the same size.
    """

    frame: np.ndarray
    passes: Passes | None = None


@dataclass(frozen=True)
class FlowMatch:
    """Motion from a frame to a neighbor.

    Attributes
    ----------
    flow : (H, W, 2) float32
        In pixels of the neighbor.
    confidence : (H, W) float32
        How far the flow is trusted, in [0, 1].
    """

    flow: np.ndarray
    confidence: np.ndarray


def match_frames(previous: MotionSource, current: MotionSource) -> tuple[FlowMatch, FlowMatch]:
    """Match a frame with the one before it, in both directions.

    Parameters
    ----------
    previous, current : MotionSource
        Neighboring frames of the same size.

    Returns
    -------
    backward : FlowMatch
        From the current frame to the previous one.
    forward : FlowMatch
        From the previous frame to the current one.
    """
    same: tuple[np.ndarray | None, np.ndarray | None] = (None, None)
    if previous.passes is not None and current.passes is not None:
        backward, forward = current.passes.to_previous, previous.passes.to_next
        depths = (current.passes.depth, previous.passes.depth)
        same = (
            same_surface(backward, current.passes, previous.passes),
            same_surface(forward, previous.passes, current.passes),
        )
    elif np.array_equal(current.frame, previous.frame):  # a held frame: nothing moves
        still = np.zeros((*current.frame.shape[:2], 2), np.float32)
        certain = np.ones(current.frame.shape[:2], np.float32)
        return FlowMatch(still, certain), FlowMatch(still, certain)
    else:
        backward = optical_flow(current.frame, previous.frame)
        forward = optical_flow(previous.frame, current.frame)
        depths = (None, None)
    return (
        match_flow(backward, forward, current.frame, previous.frame, depths, same[0]),
        match_flow(forward, backward, previous.frame, current.frame, depths[::-1], same[1]),
    )


def match_flow(
    flow: np.ndarray,
    reverse: np.ndarray,
    frame: np.ndarray,
    other: np.ndarray,
    depths: tuple[np.ndarray | None, np.ndarray | None] = (None, None),
    same: np.ndarray | None = None,
) -> FlowMatch:
    """Judge, for each pixel, how far a flow can be trusted.

    Parameters
    ----------
    flow, reverse : (H, W, 2) float32
        From the frame to the other, and from the other to the frame.
    frame, other : (H, W, 3) uint8
        sRGB-encoded; where their colors differ along the flow, it is not trusted.
    depths : pair of (H, W) float32, or None
        Of the frame and of the other: what is nearer in the other hides the point.
    same : (H, W) bool, optional
        Where both may show the same surface (see :func:`~.passes.same_surface`).

    Returns
    -------
    FlowMatch
        The flow with its confidence.
    """
    height, width = flow.shape[:2]
    targets = flow_targets(flow, flow.shape)
    inside = cv2.inRange(targets, np.zeros(2), np.array([width - 1.0, height - 1.0]))
    there = sample(reverse, targets, cv2.INTER_LINEAR)
    lengths = _squared(flow) + _squared(there)
    apart = _squared(flow + there)
    consistent = apart <= _TOLERANCE * lengths + _FLOOR
    most = largest_difference(sample(other, targets, cv2.INTER_LINEAR), frame).astype(np.float32)
    unlike = cv2.GaussianBlur(most, (0, 0), 1.0) * np.float32(1 / (255 * _COLOR_SPREAD))
    confidence = np.exp(-unlike * unlike)
    confidence *= consistent & (inside > 0)
    depth, other_depth = depths
    if depth is not None and other_depth is not None:
        confidence *= sample(other_depth, targets, cv2.INTER_NEAREST) >= _OCCLUDES * depth
    if same is not None:
        confidence *= same
    # One pixel less all around: the edges of what moves are mixtures of both sides.
    confidence = cv2.erode(confidence, np.ones((3, 3), np.uint8))
    trusted = np.clip((confidence - _DOUBTED) / (_TRUSTED - _DOUBTED), 0, 1)
    return FlowMatch(flow, trusted * trusted * (3 - 2 * trusted))


def largest_difference(image: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return how much two images differ, in the channel where they differ most.

    Parameters
    ----------
    image, other : (H, W, 3) uint8
        Of the same size.

    Returns
    -------
    (H, W) uint8
        In levels of 255.
    """
    red, green, blue = cv2.split(cv2.absdiff(image, other))
    return cv2.max(cv2.max(red, green), blue)


def _squared(vectors: np.ndarray) -> np.ndarray:
    x, y = cv2.split(vectors)
    return x * x + y * y
