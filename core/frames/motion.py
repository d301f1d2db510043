"""Motion between neighbouring frames: exact from Blender's Vector pass, else optical flow.

A flow is ``(H, W, 2)`` float32 in pixels, x to the right and y down: for each pixel of a frame, how
far its point of the scene lies from there in the other frame. Where the point is not seen in the
other frame, confidence is 0.

References
----------
Kroeger et al., "Fast Optical Flow using Dense Inverse Search", ECCV 2016 (OpenCV's DIS).
Sundaram et al., "Dense point trajectories by GPU-accelerated large displacement optical flow",
ECCV 2010, eq. 5 (forward-backward consistency).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ..imaging.resize import resize

_TOLERANCE, _FLOOR = 0.02, 0.5  # share of the squared lengths, and squared pixels
_CLOSER = 0.9  # a point whose depth is less than this share of the pixel's is in front of it
_SPREAD = 0.12  # difference of colour at which a match is believed by 1/e
_BELIEVED = 0.05


@dataclass(frozen=True)
class Passes:
    """What a multilayer render knows of a frame, at the size of the work.

    ``to_previous`` and ``to_next`` are flows; ``depth`` is ``(H, W)`` float32, or None.
    """

    to_previous: np.ndarray
    to_next: np.ndarray
    depth: np.ndarray | None = None


def read_passes(path: Path, size: tuple[int, int]) -> Passes | None:
    """Vector and Depth of a multilayer OpenEXR file, scaled to ``size`` (width, height).

    None where the file has no Vector pass, or an empty one (Cycles leaves it so with motion blur).
    Blender's channels are in pixels with y up: X, Y = previous - current, Z, W = current - next.
    """
    if path.suffix.lower() != ".exr":
        return None
    import OpenEXR

    try:
        parts = OpenEXR.File(str(path), separate_channels=True).parts
    except (RuntimeError, ValueError):
        return None
    channels = {name: channel for part in parts for name, channel in part.channels.items()}
    x, y, z, w = (_channel(channels, f"Vector.{axis}") for axis in "XYZW")
    if x is None or y is None or z is None or w is None or not (x.any() or y.any() or z.any()):
        return None
    height, width = x.shape
    scale = np.array([size[0] / width, size[1] / height], np.float32)
    back = resize(np.dstack([x, -y]), size) * scale
    ahead = resize(np.dstack([-z, w]), size) * scale
    depth = _channel(channels, "Depth.Z")
    if depth is None:
        depth = _channel(channels, "Depth.V")
    if depth is not None:
        depth = cv2.resize(depth, size, interpolation=cv2.INTER_NEAREST)
    return Passes(back, ahead, depth)


def _channel(channels: dict, ending: str) -> np.ndarray | None:
    name = next((n for n in sorted(channels) if n == ending or n.endswith(f".{ending}")), None)
    return None if name is None else np.asarray(channels[name].pixels, np.float32)


def optical_flow(frame: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Flow from ``frame`` to ``other``, both ``(H, W, 3)`` float32, sRGB-encoded in [0, 1]."""
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    first, second = (
        cv2.cvtColor((f * 255).astype(np.uint8), cv2.COLOR_RGB2GRAY) for f in (frame, other)
    )
    return search.calc(first, second, np.zeros((*first.shape, 2), np.float32))


def warp(image: np.ndarray, flow: np.ndarray) -> np.ndarray:
    """Fetch each pixel from where the flow points: ``(H, W, C)`` or ``(H, W)`` float32.

    Lanczos interpolation, so that a picture carried on over many frames does not grow soft; where
    nothing moves the pixels come back bit for bit.
    """
    height, width = flow.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return cv2.remap(
        image,
        x + flow[..., 0],
        y + flow[..., 1],
        cv2.INTER_LANCZOS4,
        borderMode=cv2.BORDER_REPLICATE,
    )


def confidence(
    flow: np.ndarray,
    back: np.ndarray,
    frame: np.ndarray,
    other: np.ndarray,
    depths: tuple[np.ndarray | None, np.ndarray | None] = (None, None),
) -> np.ndarray:
    """How much the pixels that a flow points to can be believed, ``(H, W)`` float32 in [0, 1].

    Parameters
    ----------
    flow, back : (H, W, 2) float32
        From the frame to the other, and from the other to the frame.
    frame, other : (H, W, 3) float32, sRGB-encoded
        The pictures themselves: a match of different colours is none.
    depths : (H, W) float32, or None
        Of the frame and of the other: what is nearer in the other hides the point.
    """
    height, width = flow.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    x, y = x + flow[..., 0], y + flow[..., 1]
    inside = (x >= 0) & (y >= 0) & (x <= width - 1) & (y <= height - 1)
    there = cv2.remap(back, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    lengths = (flow**2).sum(2) + (there**2).sum(2)
    consistent = ((flow + there) ** 2).sum(2) <= _TOLERANCE * lengths + _FLOOR
    seen = cv2.remap(other, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    difference = cv2.GaussianBlur(np.abs(seen - frame).max(2), (0, 0), 1.0)
    believed = np.exp(-((difference / _SPREAD) ** 2))
    believed *= inside & consistent
    mine, theirs = depths
    if mine is not None and theirs is not None:
        behind = cv2.remap(theirs, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
        believed *= behind >= _CLOSER * mine
    # One pixel less all around: the edges of what moves are mixtures of both sides.
    believed = cv2.erode(believed.astype(np.float32), np.ones((3, 3), np.uint8))
    return np.where(believed < _BELIEVED, 0, believed).astype(np.float32)
