"""The part of ``bench_paint`` about looks: nearness to the style, structure, strokes.

- *Patches*: sliced Wasserstein distance of 7 x 7 patches to the style's at three scales, as in
  ``bench_quality``.
- *Structure*: cosine similarity of the gradient magnitudes of luma to the content's, the mean over
  three scales, each half as large as the one before.
- *Strokes*: orientation coherence, length and width by the structure tensor, with the helpers that
  measure a style's strokes; the error is the mean absolute logarithm of the ratio to the style's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.core.image.color import srgb_to_lab
from impasto.core.paint.strokes import measure
from training.data import to_tensor

from .bench_quality import _quantiles
from .paint_common import Options, table, verdict
from .paint_engines import ENGINES, PEER, Painter, Pair, dev_pairs, read, resized

NAMES = (*ENGINES, PEER)
STROKE_NUMBERS = ("coherence", "length", "width")
_SCALES = 3
_DISTANCE_FLOOR, _STROKES_FLOOR = 0.75, 0.5


@torch.inference_mode()
def patch_slices(pixels: np.ndarray) -> list[Tensor]:
    """Return the quantiles of random projections of a picture's patches, for each scale."""
    torch.manual_seed(1)
    image, found = to_tensor([pixels]), []
    for _ in range(_SCALES):
        filters = torch.randn(64, 3, 7, 7)
        filters = filters / filters.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
        found.append(_quantiles(F.conv2d(image, filters).flatten(2)))
        image = F.avg_pool2d(image, 2)
    return found


def patch_distance(one: list[Tensor], other: list[Tensor]) -> float:
    """Return the sliced Wasserstein distance of patches, thousandths."""
    apart = [(a - b).abs().mean().item() for a, b in zip(one, other, strict=True)]
    return 1000 * float(np.mean(apart))


def structure_similarity(pixels: np.ndarray, content: np.ndarray) -> float:
    """Return in [0, 1] how alike the gradients of two pictures of one size are."""
    found = []
    lumas = [_luma(one) for one in (pixels, content)]
    for _ in range(_SCALES):
        a, b = (_gradient(luma).ravel() for luma in lumas)
        found.append(float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-9)))
        halves = [tuple(side // 2 for side in luma.shape[::-1]) for luma in lumas]
        lumas = [
            cv2.resize(luma, half, interpolation=cv2.INTER_AREA)
            for luma, half in zip(lumas, halves, strict=True)
        ]
    return float(np.mean(found))


def _luma(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(np.float32) @ np.array([0.2126, 0.7152, 0.0722], np.float32)


def _gradient(luma: np.ndarray) -> np.ndarray:
    return np.hypot(cv2.Scharr(luma, cv2.CV_32F, 1, 0), cv2.Scharr(luma, cv2.CV_32F, 0, 1))


def stroke_numbers(pixels: np.ndarray) -> np.ndarray:
    """Return coherence, length and width of a picture's strokes, in pixels at one common size."""
    lab = srgb_to_lab(measure._sized(pixels.astype(np.float32) / 255))
    width, length = measure._stroke_size(lab[..., 0], np.random.default_rng(0))
    coherence, _ = measure._flow(lab, width)
    return np.array([coherence, length, width])


class _Known:
    """Measures of pictures that come up for many pairs."""

    def __init__(self) -> None:
        self._styles: dict[str, tuple[list[Tensor], np.ndarray]] = {}

    def of(self, pair: Pair) -> tuple[list[Tensor], np.ndarray]:
        """Return slices and stroke numbers of the pair's style."""
        if pair.style.name not in self._styles:
            pixels = read(pair.style)
            self._styles[pair.style.name] = patch_slices(pixels), stroke_numbers(pixels)
        return self._styles[pair.style.name]


def _results(painter: Painter, pair: Pair) -> Iterator[tuple[str, np.ndarray]]:
    for engine in ENGINES:
        yield engine, painter.paint(pair.content, pair.style, engine)
    yield PEER, read(pair.peer)


def measured(painter: Painter, pairs: list[Pair]) -> dict[str, np.ndarray]:
    """Return for each name an array of distance, structure and errors of strokes, pair by pair."""
    known = _Known()
    figures: dict[str, list[list[float]]] = {name: [] for name in NAMES}
    for number, pair in enumerate(pairs):
        slices, strokes = known.of(pair)
        content = read(pair.content)
        for name, pixels in _results(painter, pair):
            errors = np.abs(np.log(stroke_numbers(pixels) / strokes))
            distance = patch_distance(patch_slices(pixels), slices)
            structure = structure_similarity(resized(pixels, content), content)
            figures[name].append([distance, structure, *map(float, errors)])
        if (number + 1) % 10 == 0:
            print(f"{number + 1} of {len(pairs)} pairs", flush=True)
    return {name: np.array(rows) for name, rows in figures.items()}


def looks(options: Options) -> str:
    """Network, patches, strokes and the peer on pairs of the dev set."""
    pairs = dev_pairs(options, options.pairs)
    figures = measured(Painter(), pairs)
    options.out.mkdir(parents=True, exist_ok=True)
    kept = {name: rows.tolist() for name, rows in figures.items()}
    record = {
        "fields": ["patches", "structure", *STROKE_NUMBERS],
        "pairs": [pair.name for pair in pairs],
        **kept,
    }
    (options.out / "paint_looks.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
    means = {name: rows.mean(axis=0) for name, rows in figures.items()}
    return f"{_quality_table(means, len(pairs))}\n\n{_stroke_table(means)}\n\n{_legend()}"


def _quality_table(means: dict[str, np.ndarray], count: int) -> str:
    peer = means[PEER]
    better = min(("PATCHES", "STROKES"), key=lambda name: means[name][0])
    rows = []
    for name, mean in means.items():
        ratio = mean[0] / peer[0]
        near = verdict(ratio, _DISTANCE_FLOOR) if name == better else ""
        new = name in ("PATCHES", "STROKES")
        kept = verdict(round(mean[1], 4), round(peer[1], 4), at_least=True) if new else ""
        rows.append((name.title() if name != PEER else name, f"{mean[0]:.1f}", f"{ratio:.2f}"))
        rows[-1] += (near, f"{mean[1]:.3f}", kept)
    head = (f"{count} pairs", "patches", f"to {PEER}", "floor (the better)", "structure", "floor")
    return table(head, rows)


def _stroke_table(means: dict[str, np.ndarray]) -> str:
    network = means["NETWORK"][2:].mean()
    rows = []
    for name, mean in means.items():
        error = mean[2:].mean()
        limit = verdict(error / network, _STROKES_FLOOR) if name in ("PATCHES", "STROKES") else ""
        shown = [f"{value:.3f}" for value in (*mean[2:], error)]
        rows.append(
            (name.title() if name != PEER else name, *shown, f"{error / network:.2f}", limit)
        )
    head = ("error of strokes", *STROKE_NUMBERS, "mean", "to network", "floor")
    return table(head, rows)


def _legend() -> str:
    return (
        "*Patches*: sliced Wasserstein distance to the style, thousandths; *structure*: similarity "
        "of gradients to the content; *error of strokes*: mean of |ln(result / style)|."
    )
