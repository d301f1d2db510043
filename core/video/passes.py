"""Render passes that describe motion and surfaces: Vector, Depth, Normal and Position."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ..image.resize import resize
from .flow import flow_targets, sample

_SURFACE_TURN = 0.7
"""Cosine of the largest angle by which a surface turns from one frame to the next."""

_SURFACE_MOVE = 0.25
"""Share of its depth by which a scene point moves at most from one frame to the next."""


@dataclass(frozen=True)
class Passes:
    """The passes of a multilayer render, at the size at which motion is estimated.

    Attributes
    ----------
    to_previous, to_next : (H, W, 2) float32
        Flows to the neighboring frames.
    depth : (H, W) float32, or None
        Distance from the camera, in the scene's units.
    normal, position : (H, W, 3) float32, or None
        In the space of the scene.
    """

    to_previous: np.ndarray
    to_next: np.ndarray
    depth: np.ndarray | None = None
    normal: np.ndarray | None = None
    position: np.ndarray | None = None


def read_passes(path: Path, size: tuple[int, int]) -> Passes | None:
    """Read the passes of a multilayer OpenEXR file.

    Blender's Vector channels are in pixels with y up: X, Y = previous - current, Z, W = current -
    next.

    Parameters
    ----------
    path : Path
        A frame.
    size : (width, height)
        To which the passes are scaled, in pixels.

    Returns
    -------
    Passes or None
        None where the file has no Vector pass, or an empty one (Cycles leaves it so with motion
        blur).
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
    to_previous = resize(np.dstack([x, -y]), size) * scale
    to_next = resize(np.dstack([-z, w]), size) * scale
    depth = _channel(channels, "Depth.Z")
    if depth is None:
        depth = _channel(channels, "Depth.V")
    if depth is not None:
        depth = cv2.resize(depth, size, interpolation=cv2.INTER_NEAREST)
    normal, position = (_vectors(channels, name, size) for name in ("Normal", "Position"))
    return Passes(to_previous, to_next, depth, normal, position)


def same_surface(flow: np.ndarray, frame: Passes, other: Passes) -> np.ndarray | None:
    """Compare the surface at each pixel with the one that a flow leads to, by Normal and Position.

    A surface that is turned otherwise, or lies elsewhere in the scene, is another one.

    Parameters
    ----------
    flow : (H, W, 2) float32
        From the frame to the other.
    frame, other : Passes
        Of the two frames.

    Returns
    -------
    (H, W) bool, or None
        True where both may be the same surface; None where neither pass is there.
    """
    same = np.ones(flow.shape[:2], bool)
    targets = flow_targets(flow, flow.shape)

    def at_target(image: np.ndarray) -> np.ndarray:
        return sample(image, targets, cv2.INTER_NEAREST)

    known = False
    if frame.normal is not None and other.normal is not None:
        here, there = frame.normal, at_target(other.normal)
        lengths = np.sqrt((here**2).sum(2) * (there**2).sum(2))  # 0 where there is no surface
        same &= (here * there).sum(2) >= _SURFACE_TURN * lengths
        known = True
    if frame.position is not None and other.position is not None and frame.depth is not None:
        moved = np.sqrt(((at_target(other.position) - frame.position) ** 2).sum(2))
        same &= moved <= _SURFACE_MOVE * frame.depth
        known = True
    return same if known else None


def _vectors(channels: dict, name: str, size: tuple[int, int]) -> np.ndarray | None:
    """Read a pass of three channels, without interpolation, which would mix surfaces at edges."""
    x, y, z = (_channel(channels, f"{name}.{axis}") for axis in "XYZ")
    if x is None or y is None or z is None:
        return None
    return cv2.resize(np.dstack([x, y, z]), size, interpolation=cv2.INTER_NEAREST)


def _channel(channels: dict, ending: str) -> np.ndarray | None:
    name = next((n for n in sorted(channels) if n == ending or n.endswith(f".{ending}")), None)
    return None if name is None else np.asarray(channels[name].pixels, np.float32)
