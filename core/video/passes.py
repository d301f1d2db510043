"""Render passes that describe motion and surfaces: Vector, Depth, Normal and Position."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ..errors import UnsupportedImage
from ..image import exr
from ..image.resize import resize
from ..image.windows import Window, placed
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


def read_passes(
    path: Path, size: tuple[int, int], layer: str = "", canvas: Window | None = None
) -> Passes | None:
    """Read the passes of a multilayer OpenEXR file: those of the view layer whose colors are read.

    Blender's Vector channels are in pixels with y up: X, Y = previous - current, Z, W = current -
    next.

    Parameters
    ----------
    path : Path
        A frame.
    size : (width, height)
        To which the passes are scaled, in pixels.
    layer : str, optional
        The color layer, as in :func:`~.image.files.read_picture`.
    canvas : Window, optional
        What the frame lies on, if not on its own data window.

    Returns
    -------
    Passes or None
        None where the file has no Vector pass, or an empty one (Cycles leaves it so with motion
        blur).
    """
    if path.suffix.lower() != ".exr":
        return None
    try:
        with path.open("rb") as file:
            channels = _RenderLayer(exr.open_input(file, path.name), layer, canvas)
    except (OSError, exr.DecodeError):
        return None
    x, y, z, w = (channels.get("Vector", axis) for axis in "XYZW")
    if x is None or y is None or z is None or w is None or not (x.any() or y.any() or z.any()):
        return None
    height, width = x.shape
    scale = np.array([size[0] / width, size[1] / height], np.float32)
    to_previous = resize(np.dstack([x, -y]), size) * scale
    to_next = resize(np.dstack([-z, w]), size) * scale
    depth = channels.get("Depth", "Z")
    if depth is None:
        depth = channels.get("Depth", "V")
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


class _RenderLayer:
    """The channels of a file, by the names of passes of one view layer.

    Blender calls them ``ViewLayer.Pass.Channel``, with a view of stereo renders before the channel.
    """

    def __init__(self, source: exr.Input, layer: str, canvas: Window | None) -> None:
        self._window, self._canvas = source.data_window, canvas or source.data_window
        try:
            color = source.choose(layer).name
        except UnsupportedImage:
            color = ""
        self._channels = source.channels()
        self._layer, _, rest = color.partition(".")
        self._view = rest.partition(".")[2]
        self._any = not color or color == exr.MAIN_LAYERS[0]

    def get(self, name: str, channel: str) -> np.ndarray | None:
        """Return a channel of a pass, ``(H, W)`` float32, or None if the layer has none."""
        ending = ".".join(filter(None, (name, self._view, channel)))
        known = [f"{self._layer}.{ending}"]
        if self._any:  # the picture is none of a view layer
            main = exr.MAIN_LAYERS[1].partition(".")[0]
            known = [ending, f"{main}.{ending}"]
            known += [other for other in self._channels if other.endswith(f".{ending}")]
        found = next((other for other in known if other in self._channels), None)
        if found is None:
            return None
        pixels = np.asarray(self._channels[found].pixels, np.float32)
        return placed(pixels, self._window, self._canvas)


def _vectors(channels: _RenderLayer, name: str, size: tuple[int, int]) -> np.ndarray | None:
    """Read a pass of three channels, without interpolation, which would mix surfaces at edges."""
    x, y, z = (channels.get(name, axis) for axis in "XYZ")
    if x is None or y is None or z is None:
        return None
    return cv2.resize(np.dstack([x, y, z]), size, interpolation=cv2.INTER_NEAREST)
