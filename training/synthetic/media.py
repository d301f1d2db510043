"""What pictures are made on and of: paper, canvas, ink, light on relief."""

from __future__ import annotations

import cv2
import numpy as np

from .fields import Field, blurred, grain, grid, noise

Rgb = np.ndarray
"""``(size, size, 3)`` float32, sRGB-encoded, [0, 1]."""


def finished(image: np.ndarray) -> np.ndarray:
    """Float picture in [0, 1] -> ``(H, W, 3)`` uint8."""
    if image.ndim == 2:
        image = three(image)
    return cv2.convertScaleAbs(np.clip(image, 0, 1), alpha=255)


def three(field: Field) -> Rgb:
    """A field in each channel: NumPy is slow where it must repeat a last axis of 1."""
    return cv2.merge([field, field, field])


def full(size: int, color: np.ndarray) -> Rgb:
    """A picture of one color."""
    return np.broadcast_to(np.asarray(color, np.float32), (size, size, 3)).copy()


def mixed(below: np.ndarray, above: np.ndarray, cover: Field | float) -> Rgb:
    """``above`` laid over ``below`` where ``cover`` is 1."""
    if isinstance(cover, np.ndarray):
        cover = three(cover)
    return below + (np.asarray(above, np.float32) - below) * cover


def stained(paper: np.ndarray, color: np.ndarray, density: Field) -> Rgb:
    """Transparent pigment on ``paper``: Beer-Lambert, ``density`` 1 gives ``color``."""
    absorption = cv2.log(np.maximum(np.asarray(color, np.float32), 0.02))
    return paper * cv2.exp(absorption.reshape(np.shape(color)) * three(density))


def paper(
    rng: np.random.Generator, size: int, color: np.ndarray, roughness: float = 0.03
) -> tuple[Rgb, Field]:
    """Colored paper, a little uneven, and its tooth (deviation 1)."""
    tooth = 0.8 * grain(rng, size, 0.9) + 0.6 * noise(rng, size, 5, 2)
    light = 1 + roughness * tooth + 0.02 * noise(rng, size, size / 2)
    return full(size, color) * three(light), tooth


def canvas(rng: np.random.Generator, size: int, pitch: float | None = None) -> Field:
    """The weave of painter's canvas as a height, about [-1, 1]."""
    pitch = pitch or rng.uniform(2.6, 4.5)
    ys, xs = grid(size)
    k = np.float32(2 * np.pi / pitch)
    wobble = 0.8 * noise(rng, size, 12)
    weave = np.sin(k * xs + wobble) * np.sin(k * ys + wobble)
    return weave * (0.7 + 0.3 * noise(rng, size, 20)) + 0.25 * grain(rng, size)


def lit(
    height: Field, strength: float, azimuth: float = -2.2, softness: float = 0.0
) -> tuple[Field, Field]:
    """Light on a relief: a diffuse factor about 1, and a highlight in [0, 1].

    ``height`` is in pixels when ``strength`` is 1; light comes from ``azimuth`` (image radians).
    """
    if softness:
        height = blurred(height, softness)
    gx = cv2.Sobel(height, -1, 1, 0, ksize=3) * (strength / 8)
    gy = cv2.Sobel(height, -1, 0, 1, ksize=3) * (strength / 8)
    slope = gx * np.float32(np.cos(azimuth)) + gy * np.float32(np.sin(azimuth))
    norm = 1 / np.sqrt(1 + gx * gx + gy * gy)
    diffuse = (1 - 0.75 * slope) * norm
    # The half vector of a light 50 degrees high and an eye above.
    shine = cv2.pow(np.clip((0.92 - 0.38 * slope) * norm, 0, 1), 40)
    return diffuse, shine


def occluded(height: Field, sigma: float, amount: float) -> Field:
    """A factor that darkens what lies lower than its surroundings."""
    return 1 - amount * np.clip(blurred(height, sigma) - height, 0, 1)


def colored(rng: np.random.Generator, image: Rgb, spread: float, cell: float) -> Rgb:
    """The picture with its colors wandering a little from place to place."""
    size = len(image)
    red, green, blue = (noise(rng, size, cell) for _ in range(3))
    common = (red + green + blue) / 3
    return image + 0.5 * spread * cv2.merge([red + common, green + common, blue + common])


def overprint(base: Rgb, inks: list[tuple[np.ndarray, Field]]) -> Rgb:
    """Transparent inks ``(color, cover)`` printed over one another."""
    for color, cover in inks:
        base = base * (1 + (np.asarray(color, np.float32) - 1) * three(cover))
    return base


FINE = 2  # patterns are drawn this much larger, then averaged


def shrunk(wide: np.ndarray, size: int) -> Rgb:
    """uint8 at `FINE` times the size -> float at ``size``."""
    return cv2.resize(wide, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def eight_bit(color: np.ndarray) -> list[int]:
    """A color for OpenCV's drawing functions."""
    return np.clip(np.asarray(color) * 255, 0, 255).astype(int).tolist()


def seen(
    rng: np.random.Generator, albedo: Rgb, height: Field, strength: float = 1.0, shine: float = 0.0
) -> np.ndarray:
    """A surface under light from a random side, with its hollows in shadow; finished picture."""
    diffuse, gloss = lit(height, strength, rng.uniform(-2.8, -0.4))
    uneven = 1 + 0.06 * noise(rng, len(height), len(height) / 2)
    light = np.clip(diffuse, 0.35, 1.5) * occluded(height, 3, 0.22) * uneven
    return finished(albedo * three(light) + three(shine * gloss))


def lettered(
    image: Rgb,
    text: str,
    at: tuple[float, float],
    scale: float,
    color: np.ndarray,
    thickness: int = 1,
    font: int = cv2.FONT_HERSHEY_SIMPLEX,
) -> Rgb:
    """Text on a float picture, antialiased (OpenCV smooths lines on 8-bit pictures only)."""
    mask = np.zeros(image.shape[:2], np.uint8)
    corner = (int(at[0]), int(at[1]))
    cv2.putText(mask, text, corner, font, scale, 255, thickness, cv2.LINE_AA)
    return mixed(image, color, mask.astype(np.float32) / 255)
