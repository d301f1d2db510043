"""Sheets of pictures: rows and grids that benchmarks and the pictures of the manual share.

Benchmarks measure on pictures of others, too, so their sheets go to ``benchmarks/out``, which is
not committed. The manual's sheets are made from our own drawings by ``docs_pictures``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import torch

from impasto.core.create.automaton.model import GROWTH_STEPS, Automaton
from impasto.core.create.interface import Model
from impasto.core.create.vae.latents import decode_latent
from impasto.core.create.vae.style_map import StyleMap
from impasto.core.image.convert import to_depth
from impasto.core.paint.engine import PaintJob
from impasto.core.paint.network import Stylizer
from impasto.core.styles.style import ZOOMS, Style

from .quilting import quilt

OUT = Path(__file__).parent / "out"
SIDE = 256


def save(path: Path, pixels: np.ndarray, scale: float = 1.0) -> None:
    """Write a sheet as JPEG.

    Parameters
    ----------
    path : Path
        Its folder is made if need be.
    pixels : (H, W, 3) float32 or uint8, sRGB-encoded, floats in [0, 1]
        The sheet.
    scale : float
        Resizes it; enlarged pixels stay squares.
    """
    sheet = pixels if pixels.dtype == np.uint8 else to_depth(pixels.astype(np.float32), "8")
    how = cv2.INTER_AREA if scale <= 1 else cv2.INTER_NEAREST
    small = cv2.resize(sheet, None, fx=scale, fy=scale, interpolation=how)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])
    print(f"Saved: '{path}'")


def in_columns(rows: list[np.ndarray], columns: int) -> np.ndarray:
    """Return rows of equal size side by side in so many columns; an incomplete row is left out."""
    whole = len(rows) - len(rows) % columns
    return np.vstack([np.hstack(rows[i : i + columns]) for i in range(0, whole, columns)])


def variations(image: np.ndarray, model: Model, random: np.random.Generator) -> np.ndarray:
    """Return a texture, two samples of a model that learned it, and its quilting, in a row."""
    samples = [model.sample((SIDE, SIDE), seed=seed) for seed in (1, 2)]
    return np.hstack([image, *samples, quilt(image, SIDE, random)])


def morph(model: Model, steps: int = 6) -> np.ndarray:
    """Return samples on the way from a model's first texture to its second, in a row."""
    shares = np.linspace(0, 1, steps)
    return np.hstack([model.sample((SIDE, SIDE), seed=1, mix=(1 - s, s)) for s in shares])


def growth(image: np.ndarray, model: Automaton) -> np.ndarray:
    """Return a texture, two stages of growth, and three frames of a loop that is torn, in a row."""
    grown = [model.sample((SIDE, SIDE), steps=steps) for steps in (8, GROWTH_STEPS)]
    frames: list[np.ndarray] = []
    model.loop((SIDE, SIDE), 24, damage=True, on_frame=lambda _, frame: frames.append(frame))
    return np.hstack([image, *grown, *(frames[number] for number in (0, 4, 23))])


def drawn_styles(
    stylizer: Stylizer, style_map: StyleMap, styles: list[Style], content: np.ndarray
) -> np.ndarray:
    """Return a content in 64 styles that are drawn from the families of styles, 8 x 8."""
    cells = []
    for seed in range(64):
        latent = style_map.draw_from_family(style_map.latents[seed % len(styles)], seed=seed)
        code = decode_latent(style_map.vae, latent)[list(ZOOMS).index(1.0)]
        cells.append(stylizer.paint(PaintJob(content, code, seed=seed)))
    return in_columns(cells, 8)


def optimized(
    image: torch.Tensor, loss: Callable[[torch.Tensor], torch.Tensor], steps: int
) -> torch.Tensor:
    """Return pixels that start as noise and are fitted by a loss, ``(1, 3, H, W)`` in [0, 1]."""
    torch.manual_seed(0)
    start = image.mean((2, 3), keepdim=True) + 0.1 * torch.randn_like(image)
    pixels = start.clamp(0.02, 0.98).logit().requires_grad_()
    optimizer = torch.optim.Adam([pixels], lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        loss(pixels.sigmoid()).backward()
        optimizer.step()
    return pixels.sigmoid().detach()


def column(images: list[torch.Tensor]) -> np.ndarray:
    """Return ``(1, 3, H, W)`` images one below the other, ``(len(images) H, W, 3)``."""
    return np.vstack([image[0].permute(1, 2, 0).numpy() for image in images])


def refined(picture: np.ndarray, bundled: list[np.ndarray], fitted: list[np.ndarray]) -> np.ndarray:
    """Return a style's picture beside what was painted with it, as bundled and below it refined.

    Parameters
    ----------
    picture : (H, W, 3) uint8
        Its upper left square is shown, two cells wide and high.
    bundled, fitted : lists of (side, side, 3) uint8
        The paintings.
    """
    side, short = bundled[0].shape[0], min(picture.shape[:2])
    square = cv2.resize(picture[:short, :short], (2 * side, 2 * side), interpolation=cv2.INTER_AREA)
    return np.hstack([square, np.vstack([np.hstack(bundled), np.hstack(fitted)])])


def refined_sheet(contents: list[np.ndarray], rows: list[np.ndarray]) -> np.ndarray:
    """Return the rows of several styles below the contents, with a legend beside these."""
    side = contents[0].shape[0]
    return np.vstack([np.hstack([_legend(side), *contents]), *rows])


def _legend(side: int) -> np.ndarray:
    cell = np.full((side, 2 * side, 3), 30, np.uint8)
    lines = ("textures >", "below, left: a style", "upper rows: as bundled", "lower rows: refined")
    for number, line in enumerate(lines):
        at = (side // 10, round(side * (0.22 + 0.2 * number)))
        cv2.putText(
            cell, line, at, cv2.FONT_HERSHEY_SIMPLEX, side / 260, (225, 225, 225), 2, cv2.LINE_AA
        )
    return cell
