"""What to call a group: its palette, and a name made from the look of its members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans

from ..features.columns import COLUMNS
from ..image.color import lab_to_srgb

Palette = tuple[tuple[float, float, float], ...]

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
class Named:
    """Groups with what is said about them, in order of their labels.

    Attributes
    ----------
    names : tuple of str
    members : tuple of (M,) int
        Rows of each group's members.
    typical : tuple of int
        The row nearest to each group's mean.
    palettes : tuple of (Lab ``(K, 3)``, shares ``(K,)``)
    sentence : str
        How good the grouping is.
    """

    names: tuple[str, ...]
    members: tuple[np.ndarray, ...]
    typical: tuple[int, ...]
    palettes: tuple[tuple[np.ndarray, np.ndarray], ...]
    sentence: str


def nearest_to_mean(points: np.ndarray, members: np.ndarray) -> int:
    """The typical member of a group: the row nearest to the mean of the members' points."""
    away = points[members] - points[members].mean(0)
    return int(members[np.argmin((away**2).sum(1))])


def lab_palette(rows: np.ndarray, most: int = 5, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Main colors of described images, most common first: Lab ``(K, 3)`` and their shares
    ``(K,)``.
    """
    pixels = rows[:, COLUMNS["swatches"]].reshape(-1, 3)
    if len(pixels) > 4096:
        pixels = pixels[np.random.default_rng(seed).permutation(len(pixels))[:4096]]
    distinct = len(np.unique(pixels.round(1), axis=0))
    found = KMeans(min(most, distinct), n_init=2, random_state=seed).fit(pixels.round(1))
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
    """Lab ``(K, 3)`` as sRGB-encoded tuples in [0, 1]."""
    colors = np.clip(lab_to_srgb(lab[None].astype(np.float32)), 0, 1)[0]
    return tuple((float(r), float(g), float(b)) for r, g, b in colors.round(4))


def color_word(lab: np.ndarray, shares: np.ndarray) -> str:
    """A palette in a word or two, such as ``Dark Red`` or ``Colorful``."""
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


def structure_words(rows: np.ndarray) -> list[str]:
    """Words for how members of a group are built, the most telling first: ``Striped``, ``Fine``,
    ...
    """
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
    """Unique names, such as ``Dark Red, Coarse``; more words, then numbers, tell twins apart."""
    colors = [color_word(*palette) for palette in palettes]
    words = [structure_words(members) for members in rows]
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
