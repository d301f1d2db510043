"""Random fields on a square picture, and what they do to one another: noise, flow, cells."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

Field = np.ndarray
"""``(size, size)`` float32."""


@lru_cache(maxsize=16)
def grid(size: int) -> tuple[Field, Field]:
    """Pixel coordinates ``ys, xs``; shared, so read-only."""
    ys, xs = np.mgrid[:size, :size].astype(np.float32)
    ys.flags.writeable = xs.flags.writeable = False
    return ys, xs


def noise(
    rng: np.random.Generator,
    size: int,
    cell: float | tuple[float, float],
    octaves: int = 1,
    gain: float = 0.5,
) -> Field:
    """Smooth noise with mean 0 and deviation 1; ``cell`` is its grain in pixels (down, across)."""
    down, across = (cell, cell) if isinstance(cell, (int, float)) else cell
    out = np.zeros((size, size), np.float32)
    for octave in range(octaves):
        dy, dx = max(1.0, down / 2**octave), max(1.0, across / 2**octave)
        knots = rng.standard_normal((int(size / dy) + 4, int(size / dx) + 4), dtype=np.float32)
        wide = cv2.resize(
            knots,
            (round(knots.shape[1] * dx), round(knots.shape[0] * dy)),
            interpolation=cv2.INTER_CUBIC if max(dy, dx) > 1.01 else cv2.INTER_NEAREST,
        )
        top, left = rng.integers(0, wide.shape[0] - size), rng.integers(0, wide.shape[1] - size)
        out += gain**octave * wide[top : top + size, left : left + size]
    mean, deviation = cv2.meanStdDev(out)
    return (out - np.float32(mean[0, 0])) / np.float32(deviation[0, 0] + 1e-6)


def grain(rng: np.random.Generator, size: int, blur: float = 0.0) -> Field:
    """White noise, or noise as fine as ``blur`` pixels, with deviation 1."""
    out = rng.standard_normal((size, size), dtype=np.float32)
    if blur:
        out = blurred(out, blur)
        out /= out.std() + 1e-6
    return out


def blurred(field: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur; wide ones run on a smaller picture."""
    height, width = field.shape[:2]
    if sigma > 3.5 and min(height, width) > 32:
        small = cv2.resize(field, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        return cv2.resize(blurred(small, sigma / 2), (width, height))
    return cv2.GaussianBlur(field, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)


def moved(image: np.ndarray, dx: Field | float, dy: Field | float) -> np.ndarray:
    """The picture seen at every pixel's place plus ``(dx, dy)``, reflected at the border."""
    ys, xs = grid(len(image))
    return cv2.remap(image, xs + dx, ys + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)


def rumpled(rng: np.random.Generator, image: np.ndarray, cell: float, amount: float) -> np.ndarray:
    """The picture displaced by noise of that grain, ``amount`` pixels deep."""
    n = len(image)
    return moved(image, amount * noise(rng, n, cell), amount * noise(rng, n, cell))


def smeared(image: np.ndarray, angle: Field | float, length: float) -> np.ndarray:
    """The picture averaged along ``angle`` (radians) over ``length`` pixels, by doubling."""
    dx, dy = np.cos(angle), np.sin(angle)
    step = 1.0
    while step < length:
        image = 0.5 * (image + moved(image, dx * step, dy * step))
        step *= 2
    return image


def flow(rng: np.random.Generator, tone: Field, wildness: float = 0.6) -> Field:
    """An angle for every pixel: along the edges of ``tone`` where it has some, else by noise.

    The structure tensor, blurred, gives the direction (Kyprianidis and Döllner 2008).
    """
    size = len(tone)
    small = cv2.resize(tone, (size // 2, size // 2), interpolation=cv2.INTER_AREA)
    small = blurred(small, 1.5)
    gx, gy = cv2.Sobel(small, -1, 1, 0), cv2.Sobel(small, -1, 0, 1)
    # Doubled angles, so that opposite directions agree.
    real, imaginary = blurred(gx * gx - gy * gy, 5), blurred(2 * gx * gy, 5)
    wander = rng.uniform(0, np.pi) + wildness * noise(rng, size // 2, size / 7)
    strength = wildness * 0.25 * (np.abs(real).mean() + np.abs(imaginary).mean()) + 1e-4
    angle = 2 * wander
    real, imaginary = -real + strength * np.cos(angle), -imaginary + strength * np.sin(angle)
    norm = np.hypot(real, imaginary) + 1e-6
    real = cv2.resize(real / norm, (size, size))
    imaginary = cv2.resize(imaginary / norm, (size, size))
    return 0.5 * cv2.phase(real, imaginary)


def scattered(
    rng: np.random.Generator, size: int, cell: float, jitter: float = 1.0, margin: float = 1.0
) -> np.ndarray:
    """Points ``(N, 2)`` as x, y on a jittered grid, reaching ``margin`` cells past the border."""
    across = np.arange(-margin * cell, size + margin * cell, cell, np.float32)
    ys, xs = np.meshgrid(across, across, indexing="ij")
    xs = xs + cell / 2 * (np.arange(len(across)) % 2)[:, None]  # brickwise: evener spacing
    points = np.stack([xs.ravel(), ys.ravel()], 1)
    return (points + cell * jitter * (rng.random(points.shape) - 0.5)).astype(np.float32)


def cells(size: int, points: np.ndarray) -> tuple[np.ndarray, Field]:
    """Voronoi cells of points (x, y): each pixel's point index, and its distance to a border."""
    pad = int(max(2, -points.min(), points.max() - size + 2)) + 1
    side = size + 2 * pad
    at = np.clip(np.rint(points + pad), 0, side - 1).astype(np.int32)
    empty = np.full((side, side), 255, np.uint8)
    empty[at[:, 1], at[:, 0]] = 0
    _, labels = cv2.distanceTransformWithLabels(
        empty, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    index = np.zeros(labels.max() + 1, np.int32)
    index[labels[at[:, 1], at[:, 0]]] = np.arange(len(at))
    ids = index[labels[pad : pad + size, pad : pad + size]]
    return ids, border_distance(ids)


def border_distance(ids: np.ndarray) -> Field:
    """Distance in pixels of each pixel to where ``ids`` change."""
    inside = np.full(ids.shape, 255, np.uint8)
    inside[:, :-1][ids[:, 1:] != ids[:, :-1]] = 0
    inside[:-1][ids[1:] != ids[:-1]] = 0
    return cv2.distanceTransform(inside, cv2.DIST_L2, 5)


def step(field: Field, edge: float = 0.0, width: float = 1.0) -> Field:
    """0 below ``edge``, 1 above, a smooth ramp of ``width`` between."""
    t = np.clip((field - edge) / width + 0.5, 0, 1)
    return t * t * (3 - 2 * t)


def stripes(phase: Field, share: Field | float) -> Field:
    """Antialiased lines, one to each whole ``phase``, that cover ``share`` of the period."""
    dx, dy = cv2.Sobel(phase, -1, 1, 0, ksize=1), cv2.Sobel(phase, -1, 0, 1, ksize=1)
    per_pixel = cv2.magnitude(dx, dy) / 2 + 1e-4
    off = np.abs(phase - np.rint(phase))
    return np.clip((np.asarray(share) / 2 - off) / per_pixel + 0.5, 0, 1)


def mapped(low: float, high: float, t: float) -> float:
    """``t`` in [0, 1] on a logarithmic scale from ``low`` to ``high``."""
    return float(low * (high / low) ** t)


def uniform_log(rng: np.random.Generator, low: float, high: float) -> float:
    """A random size: as often between 2 and 4 as between 4 and 8."""
    return mapped(low, high, rng.random())
