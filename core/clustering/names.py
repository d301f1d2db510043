"""Name groups by the look of their members, and find their palettes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from ..features.columns import COLUMNS
from ..image.color import lab_to_srgb

Palette = tuple[tuple[float, float, float], ...]

_MOST_COLORS = 5
_MERGE = 12.0
"""Lab distance below which two palette colors would look like one."""

_HUES = (
    (15, "Pink"),
    (48, "Red"),
    (75, "Orange"),
    (105, "Yellow"),
    (165, "Green"),
    (215, "Teal"),
    (255, "Cyan"),
    (300, "Blue"),
    (335, "Purple"),
    (361, "Pink"),
)


@dataclass(frozen=True)
class NamedGroups:
    """Groups, in the order of their labels, and their descriptions.

    Attributes
    ----------
    names : tuple of str
        Name of each group.
    members : tuple of (M,) int64
        Rows of each group's members.
    typical : tuple of int
        The row nearest to each group's mean.
    palettes : tuple of ((K, 3) float64, (K,) float64)
        Main colors of each group in CIE Lab, and their shares.
    sentence : str
        How good the grouping is.
    """

    names: tuple[str, ...]
    members: tuple[np.ndarray, ...]
    typical: tuple[int, ...]
    palettes: tuple[tuple[np.ndarray, np.ndarray], ...]
    sentence: str


def nearest_to_mean(points: np.ndarray, members: np.ndarray) -> int:
    """Return the typical member of a group: the one nearest to the mean of all.

    Parameters
    ----------
    points : (N, D) float32
        All points.
    members : (M,) int64
        Rows of the members.

    Returns
    -------
    int
        Row of the typical member.
    """
    away = points[members] - points[members].mean(0)
    return int(members[np.argmin((away**2).sum(1))])


def lab_palette(rows: np.ndarray, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Find the main colors of described images.

    Parameters
    ----------
    rows : (N, LENGTH) float32
        Raw descriptions.
    seed : int, optional
        Random seed.

    Returns
    -------
    colors : (K, 3) float64
        Up to five colors in CIE Lab, most common first.
    shares : (K,) float64
        How common each is; they sum to 1.
    """
    pixels = rows[:, COLUMNS["swatches"]].reshape(-1, 3)
    if len(pixels) > 4096:
        pixels = pixels[np.random.default_rng(seed).permutation(len(pixels))[:4096]]
    distinct = len(np.unique(pixels.round(1), axis=0))
    # For a few thousand pixels, threads would mostly wait for each other.
    with threadpool_limits(1):
        found = KMeans(min(_MOST_COLORS, distinct), n_init=2, random_state=seed).fit(
            pixels.round(1)
        )
    counts = np.bincount(found.labels_, minlength=len(found.cluster_centers_))
    centers = found.cluster_centers_
    kept: list[int] = []
    shares = np.zeros(len(counts))
    for index in np.argsort(-counts, kind="stable"):
        gaps = (
            np.linalg.norm(centers[kept] - centers[index], axis=1) if kept else np.array([np.inf])
        )
        if gaps.min() < _MERGE:
            shares[kept[int(gaps.argmin())]] += counts[index]
        else:
            kept.append(int(index))
            shares[index] += counts[index]
    order = sorted(kept, key=lambda index: -shares[index])
    return centers[order], shares[order] / shares.sum()


def srgb_palette(lab: np.ndarray) -> Palette:
    """Convert colors to plain tuples.

    Parameters
    ----------
    lab : (K, 3) float64
        Colors in CIE Lab.

    Returns
    -------
    tuple of (float, float, float)
        The colors, sRGB-encoded in [0, 1].
    """
    colors = np.clip(lab_to_srgb(lab[None].astype(np.float32)), 0, 1)[0]
    return tuple((float(r), float(g), float(b)) for r, g, b in colors.round(4))


def _color_word(lab: np.ndarray, shares: np.ndarray) -> str:
    """Describe a palette in a word or two, such as ``Dark Red`` or ``Colorful``."""
    mean = shares @ lab
    chromas = np.hypot(lab[:, 1], lab[:, 2])
    chroma = float(np.hypot(mean[1], mean[2]))
    if shares @ chromas > 25 and chroma < 0.7 * float(shares @ chromas):
        return "Colorful"
    lightness = float(mean[0])
    if chroma < 7:
        steps = (
            (12, "Black"),
            (35, "Dark Gray"),
            (65, "Gray"),
            (88, "Pale Gray"),
            (101, "White"),
        )
        return next(word for below, word in steps if lightness < below)
    hue = float(np.degrees(np.arctan2(mean[2], mean[1])) % 360)
    word = next(name for below, name in _HUES if hue < below)
    if word in ("Red", "Orange", "Yellow") and chroma < 45 and hue > 35:
        word = "Brown" if lightness < 58 else "Beige"
    if word == "Yellow" and lightness < 50:
        word = "Olive"
    tone = "Dark " if lightness < 28 else "Pale " if lightness > 75 and word != "Beige" else ""
    return tone + word


def _structure_words(rows: np.ndarray) -> list[str]:
    """Describe the structure of a group's members: ``Streaked``, ``Fine``, ..., the main one first."""
    structure = rows[:, COLUMNS["structure"]].mean(0)
    rings, anisotropy, harmonics = (
        structure[:10] ** 2,
        structure[10:13],
        structure[13:17],
    )
    peak, reach = structure[19], structure[18]
    contrast = float(np.exp(structure[-1]) - 0.01)
    scale = float(rings @ np.arange(10) / max(rings.sum(), 1e-6))
    size = "Coarse" if scale < 3.2 else "Fine" if scale > 5.2 else "Medium"
    words = []
    if contrast < 0.012:
        words.append("Plain")
    elif peak > 0.45 and max(harmonics[0], harmonics[1]) > 0.12:
        words.append("Patterned")
    elif harmonics[0] > 0.35 or anisotropy.max() > 0.45:
        words.append("Streaked")
    if size != "Medium":  # says nothing
        words.append(size)
    words.append("Soft" if contrast < 0.05 else "Bold" if contrast > 0.18 else "Even")
    words.append("Broad" if reach > 0.6 else "Dense")
    return words


def group_names(
    palettes: Sequence[tuple[np.ndarray, np.ndarray]], rows: Sequence[np.ndarray]
) -> list[str]:
    """Make up unique names, such as ``Dark Red, Coarse``.

    Names that would be the same get more words, then numbers.

    Parameters
    ----------
    palettes : sequence of ((K, 3) float64, (K,) float64)
        Main colors of each group in CIE Lab, and their shares.
    rows : sequence of (M, LENGTH) float32
        Raw descriptions of each group's members.

    Returns
    -------
    list of str
        A name for each group.
    """
    colors = [_color_word(*palette) for palette in palettes]
    words = [_structure_words(members) for members in rows]
    names: list[str] = []
    for color, choices in zip(colors, words, strict=True):
        tries = [f"{color}, {choices[0]}"] + [f"{color}, {choices[0]} {w}" for w in choices[1:]]
        free = [name for name in tries if name not in names]
        number = 2
        while not free:
            if f"{tries[0]} {number}" not in names:
                free.append(f"{tries[0]} {number}")
            number += 1
        names.append(free[0])
    return names
