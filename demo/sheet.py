"""The contact sheet: each texture before and after, in its group."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from impasto.core.image.color import linear_to_srgb
from impasto.core.image.files import read_picture, write_picture
from impasto.core.image.picture import Picture
from impasto.core.image.resize import resize
from impasto.core.plots import theme

THUMB, GAP, MARGIN, CAPTION, HEADING = 150, 22, 40, 30, 62
COLUMNS = 6


@dataclass(frozen=True)
class Pair:
    """A texture's files before and after."""

    name: str
    before: Path
    after: Path


@dataclass(frozen=True)
class Block:
    """A group: its name, its style's name and its textures."""

    name: str
    style: str
    pairs: tuple[Pair, ...]

    @property
    def columns(self) -> int:
        return min(len(self.pairs), COLUMNS)

    @property
    def width(self) -> int:
        return self.columns * (2 * THUMB + 4) + (self.columns - 1) * GAP

    @property
    def height(self) -> int:
        return HEADING + math.ceil(len(self.pairs) / COLUMNS) * (THUMB + CAPTION + 12)


def draw(blocks: list[Block], title: str, below: str, path: Path) -> None:
    """Write the sheet as a PNG; blocks flow from left to right, then down."""
    full = COLUMNS * (2 * THUMB + 4) + (COLUMNS - 1) * GAP
    places, left, top, tall = [], 0, 120, 0
    for block in blocks:
        if left and left + block.width > full:
            left, top, tall = 0, top + tall + 26, 0
        places.append((MARGIN + left, top))
        left, tall = left + block.width + GAP, max(tall, block.height)
    figure = theme.figure(full + 2 * MARGIN, top + tall + 20)
    axes = theme.canvas(figure)
    theme.title(axes, title, below)
    for number, (block, (x, y)) in enumerate(zip(blocks, places, strict=True)):
        _block(axes, block, theme.group_color(number), x, y)
    theme.save(figure, path)


def write_docs(folder: Path, docs: Path) -> None:
    """Write the manual's pictures, as JPEGs: the renders before and after, and the sheet."""
    renders = [read_picture(folder / f"render_{when}.png").color for when in ("before", "after")]
    _write_jpeg(np.vstack(renders), docs / "demo.jpg")
    whole = read_picture(folder / "contact_sheet.png").color
    size = (1200, round(1200 * whole.shape[0] / whole.shape[1]))
    _write_jpeg(resize(whole, size), docs / "contact_sheet.jpg")


def _write_jpeg(color: np.ndarray, path: Path) -> None:
    write_picture(Picture(np.clip(color[..., :3], 0, 1)), path, overwrite=True)


def _block(axes, block: Block, color, left: float, top: float) -> None:
    axes.plot([left, left + block.width], [top, top], color=color, linewidth=2.5)
    axes.text(left, top + 22, block.name, color=color, fontsize=12.5, weight="bold", va="center")
    axes.text(left, top + 43, block.style, color=theme.MUTED, fontsize=10, va="center")
    for index, pair in enumerate(block.pairs):
        row, column = divmod(index, COLUMNS)
        x = left + column * (2 * THUMB + 4 + GAP)
        y = top + HEADING + row * (THUMB + CAPTION + 12)
        theme.thumbnail(axes, shown(pair.before), x, y, THUMB)
        theme.thumbnail(axes, shown(pair.after), x + THUMB + 4, y, THUMB)
        axes.text(x + 3, y + THUMB + 15, pair.name, color=theme.TEXT, fontsize=9, va="center")


def shown(path: Path) -> np.ndarray:
    """The middle square of an image file, ``(2 THUMB, 2 THUMB, 4)`` sRGB in [0, 1]."""
    picture = read_picture(path)
    color = picture.color
    if picture.encoding == "linear":
        color = linear_to_srgb(np.clip(color, 0, None) / (1 + np.clip(color, 0, None) * 0.6))
    alpha = np.ones(color.shape[:2], np.float32)
    if picture.alpha is not None:
        top = np.iinfo(picture.alpha.dtype).max if picture.alpha.dtype.kind == "u" else 1
        alpha = picture.alpha.astype(np.float32) / top
    # Colors that nobody sees must not bleed in when the picture shrinks.
    pixels = np.dstack([color * alpha[..., None], alpha])
    side = min(pixels.shape[:2])
    y, x = ((length - side) // 2 for length in pixels.shape[:2])
    small = resize(pixels[y : y + side, x : x + side], (2 * THUMB, 2 * THUMB))
    small[..., :3] /= np.maximum(small[..., 3:], 1e-4)
    return np.clip(small, 0, 1)
