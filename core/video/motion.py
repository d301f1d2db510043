"""Motion between neighboring frames: exact from Blender's Vector pass, else optical flow.

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

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

import cv2
import numpy as np

from ..image.resize import resize

_TOLERANCE, _FLOOR = 0.02, 0.5  # share of the squared lengths, and squared pixels
_CLOSER = 0.9  # a point whose depth is less than this share of the pixel's is in front of it
_TURNED = 0.7  # cosine of the angle by which a surface turns at most from one frame to the next
_MOVED = 0.25  # share of its depth by which a point moves at most in the scene
_SPREAD = 0.12  # difference of color at which a match is believed by 1/e
_DOUBTED, _BELIEVED = 0.1, 0.4
"""Between these, belief rises from none to all: what is half believed mixes two sets of strokes, which
frame after frame makes them soft."""


LARGEST = 1280
"""Longest side in pixels of what motion is told for; larger frames are shrunk for it."""

_SEARCHED = 640

_BLOCK = 384
"""Side in pixels of the parts that a picture is moved in: those that stand still cost nothing."""


@dataclass(frozen=True)
class Passes:
    """What a multilayer render knows of a frame, at the size at which motion is looked for.

    ``to_previous`` and ``to_next`` are flows; ``depth`` is ``(H, W)`` float32, or None; ``normal`` and
    ``position`` are ``(H, W, 3)`` float32, in the space of the scene, or None.
    """

    to_previous: np.ndarray
    to_next: np.ndarray
    depth: np.ndarray | None = None
    normal: np.ndarray | None = None
    position: np.ndarray | None = None


@dataclass(frozen=True)
class Seen:
    """A frame as motion sees it: ``(H, W, 3)`` uint8, sRGB-encoded, and its passes."""

    frame: np.ndarray
    passes: Passes | None = None


@dataclass(frozen=True)
class Tie:
    """Flow from a frame to a neighbor, ``(H, W, 2)``, and how much of it can be believed, ``(H, W)``
    in [0, 1]; both float32."""

    flow: np.ndarray
    believed: np.ndarray


def shrunk(size: tuple[int, int], longest: int = LARGEST) -> tuple[int, int]:
    """A size (width, height) divided by the least whole number that makes it no longer than that."""
    factor = -(-max(size) // longest)
    width, height = size
    return max(1, round(width / factor)), max(1, round(height / factor))


def ties(last: Seen, here: Seen) -> tuple[Tie, Tie]:
    """From a frame to the one before it, and from that one back to it."""
    same: tuple[np.ndarray | None, np.ndarray | None] = (None, None)
    if last.passes is not None and here.passes is not None:
        back, ahead = here.passes.to_previous, last.passes.to_next
        depths = (here.passes.depth, last.passes.depth)
        same = (
            same_surface(back, here.passes, last.passes),
            same_surface(ahead, last.passes, here.passes),
        )
    elif np.array_equal(here.frame, last.frame):  # a held frame: nothing moves
        still = np.zeros((*here.frame.shape[:2], 2), np.float32)
        certain = np.ones(here.frame.shape[:2], np.float32)
        return Tie(still, certain), Tie(still, certain)
    else:
        back = optical_flow(here.frame, last.frame)
        ahead = optical_flow(last.frame, here.frame)
        depths = (None, None)
    return (
        tied(back, ahead, here.frame, last.frame, depths, same[0]),
        tied(ahead, back, last.frame, here.frame, depths[::-1], same[1]),
    )


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
    normal, position = (_vectors(channels, name, size) for name in ("Normal", "Position"))
    return Passes(back, ahead, depth, normal, position)


def _vectors(channels: dict, name: str, size: tuple[int, int]) -> np.ndarray | None:
    """A pass of three channels, which is not mixed across edges."""
    x, y, z = (_channel(channels, f"{name}.{axis}") for axis in "XYZ")
    if x is None or y is None or z is None:
        return None
    return cv2.resize(np.dstack([x, y, z]), size, interpolation=cv2.INTER_NEAREST)


def _channel(channels: dict, ending: str) -> np.ndarray | None:
    name = next((n for n in sorted(channels) if n == ending or n.endswith(f".{ending}")), None)
    return None if name is None else np.asarray(channels[name].pixels, np.float32)


def optical_flow(frame: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Flow from ``frame`` to ``other``, both ``(H, W, 3)`` uint8, sRGB-encoded.

    Searched for in no more than :data:`_SEARCHED` pixels a side: finer ones lead it astray more often
    than they help, and take four times as long.
    """
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    height, width = frame.shape[:2]
    size = shrunk((width, height), _SEARCHED)
    first, second = (
        cv2.cvtColor(cv2.resize(f, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
        for f in (frame, other)
    )
    return _enlarged(
        search.calc(first, second, np.zeros((*first.shape, 2), np.float32)), width, height
    )


def _enlarged(
    flow: np.ndarray, width: int, height: int, method: int = cv2.INTER_LINEAR
) -> np.ndarray:
    """A flow between larger frames."""
    if flow.shape[:2] == (height, width):
        return flow
    scale = np.array([width / flow.shape[1], height / flow.shape[0]], np.float32)
    return cv2.resize(flow * scale, (width, height), interpolation=method)


def warp(image: np.ndarray, flow: np.ndarray) -> np.ndarray:
    """Fetch each pixel from where the flow points: ``(H, W, C)`` or ``(H, W)`` float32.

    Bicubic interpolation, so that a picture carried on over many frames does not grow soft; where
    nothing moves the pixels come back bit for bit. A flow of another size is scaled to the image's.
    """
    if not flow.any():
        return image
    height, width = image.shape[:2]
    flow, grid = _enlarged(flow, width, height), _grid(width, height)
    result = np.empty_like(image)
    for here in blocks(height, width):
        if flow[here].any():
            fetched(image, cv2.add(grid[here], flow[here]), cv2.INTER_CUBIC, result[here])
        else:
            result[here] = image[here]
    return result


def blocks(height: int, width: int) -> Iterator[tuple[slice, slice]]:
    """The parts that a picture is moved in."""
    for top, left in product(range(0, height, _BLOCK), range(0, width, _BLOCK)):
        yield slice(top, top + _BLOCK), slice(left, left + _BLOCK)


def ends_of(flow: np.ndarray, shape: tuple[int, ...], method: int = cv2.INTER_LINEAR) -> np.ndarray:
    """Where a flow of any size leads to from the pixels of an image of shape ``(H, W, ...)``:
    ``(H, W, 2)``, enlarged by a method of OpenCV's."""
    height, width = shape[:2]
    return cv2.add(_grid(width, height), _enlarged(flow, width, height, method))


def fetched(
    image: np.ndarray,
    ends: np.ndarray,
    method: int = cv2.INTER_CUBIC,
    dst: np.ndarray | None = None,
) -> np.ndarray:
    """The pixels of an image at places ``(h, w, 2)``."""
    nothing = np.empty(0, np.float32)  # one map has both coordinates
    return cv2.remap(image, ends, nothing, method, dst=dst, borderMode=cv2.BORDER_REPLICATE)


@lru_cache(2)
def _grid(width: int, height: int) -> np.ndarray:
    """Where the pixels lie, ``(height, width, 2)``."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.dstack([x, y])


def _squared(vectors: np.ndarray) -> np.ndarray:
    x, y = cv2.split(vectors)
    return x * x + y * y


def difference(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Of two pictures ``(H, W, 3)`` uint8, in the channel where it is largest: ``(H, W)`` uint8."""
    red, green, blue = cv2.split(cv2.absdiff(one, other))
    return cv2.max(cv2.max(red, green), blue)


def same_surface(flow: np.ndarray, frame: Passes, other: Passes) -> np.ndarray | None:
    """Where a flow leads to what may be the same surface, by the passes Normal and Position, ``(H, W)``
    bool: one that is turned otherwise, or lies elsewhere in the scene, is another. None without them.
    """
    same = np.ones(flow.shape[:2], bool)
    ends = cv2.add(_grid(*flow.shape[1::-1]), flow)

    def there(image: np.ndarray) -> np.ndarray:
        return fetched(image, ends, cv2.INTER_NEAREST)

    known = False
    if frame.normal is not None and other.normal is not None:
        mine, theirs = frame.normal, there(other.normal)
        lengths = np.sqrt((mine**2).sum(2) * (theirs**2).sum(2))  # 0 where there is no surface
        same &= (mine * theirs).sum(2) >= _TURNED * lengths
        known = True
    if frame.position is not None and other.position is not None and frame.depth is not None:
        moved = np.sqrt(((there(other.position) - frame.position) ** 2).sum(2))
        same &= moved <= _MOVED * frame.depth
        known = True
    return same if known else None


def tied(
    flow: np.ndarray,
    back: np.ndarray,
    frame: np.ndarray,
    other: np.ndarray,
    depths: tuple[np.ndarray | None, np.ndarray | None] = (None, None),
    same: np.ndarray | None = None,
) -> Tie:
    """A flow, and how much the pixels that it points to can be believed.

    Parameters
    ----------
    flow, back : (H, W, 2) float32
        From the frame to the other, and from the other to the frame.
    frame, other : (H, W, 3) uint8, sRGB-encoded
        The pictures themselves: a match of different colors is none.
    depths : (H, W) float32, or None
        Of the frame and of the other: what is nearer in the other hides the point.
    same : (H, W) bool, or None
        Where they may show the same surface (see :func:`same_surface`).
    """
    height, width = flow.shape[:2]
    ends = cv2.add(_grid(width, height), flow)
    inside = cv2.inRange(ends, np.zeros(2), np.array([width - 1.0, height - 1.0]))
    there = fetched(back, ends, cv2.INTER_LINEAR)
    lengths = _squared(flow) + _squared(there)
    apart = _squared(flow + there)
    consistent = apart <= _TOLERANCE * lengths + _FLOOR
    most = difference(fetched(other, ends, cv2.INTER_LINEAR), frame).astype(np.float32)
    unlike = cv2.GaussianBlur(most, (0, 0), 1.0) * np.float32(1 / (255 * _SPREAD))
    believed = np.exp(-unlike * unlike)
    believed *= consistent & (inside > 0)
    mine, theirs = depths
    if mine is not None and theirs is not None:
        believed *= fetched(theirs, ends, cv2.INTER_NEAREST) >= _CLOSER * mine
    if same is not None:
        believed *= same
    # One pixel less all around: the edges of what moves are mixtures of both sides.
    believed = cv2.erode(believed, np.ones((3, 3), np.uint8))
    certain = np.clip((believed - _DOUBTED) / (_BELIEVED - _DOUBTED), 0, 1)
    return Tie(flow, certain * certain * (3 - 2 * certain))
