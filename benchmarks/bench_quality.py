"""Style and content distance on the dev set, beside the peer's released outputs.

All 100 pairs: ours at strength 1, the peer's from ``../shared/data/peers/microast``. Distances are
measured by the loss network (Gram and sliced Wasserstein on seven layers; instance-normalized
``fire3`` and ``fire5`` for content) and on pixels (sliced Wasserstein of 7x7 patches at three
scales). ``make bench-quality`` prints the table and writes a sheet.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from impasto.core.models.layers import sort_last
from impasto.core.models.texture_loss import gram, gram_distance
from impasto.core.paint.engine import PaintJob
from impasto.core.paint.network import Stylizer
from impasto.core.paint.style_reader import STYLE_SIDE, StyleReader
from training import losses
from training.data import to_tensor
from training.teacher import LAYERS, Teacher


def read(path: Path) -> np.ndarray:
    """``(H, W, 3)`` uint8 RGB."""
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


class Judge:
    """Distances that do not depend on chance: the random projections are fixed."""

    def __init__(self, weights: Path) -> None:
        self.teacher = Teacher(weights)

    @torch.inference_mode()
    def features(self, image: Tensor) -> dict[str, Tensor]:
        """Of all layers."""
        return self.teacher(image)

    @torch.inference_mode()
    def style(self, painted: dict[str, Tensor], style: dict[str, Tensor]) -> float:
        """Mean over layers of relative Gram distance and sliced Wasserstein of quantiles."""
        torch.manual_seed(0)
        total = 0.0
        for name in LAYERS:
            a, b = painted[name], style[name]
            total += gram_distance(gram(a), gram(b)).item()
            total += 0.5 * _quantile_distance(a.flatten(2), b.flatten(2))
        return total / len(LAYERS)

    @torch.inference_mode()
    def content(self, painted: dict[str, Tensor], content: dict[str, Tensor]) -> float:
        """Mean squared difference of instance-normalized features."""
        return float(losses.content_loss(painted, content))

    @torch.inference_mode()
    def patches(self, painted: Tensor, style: Tensor) -> float:
        """Sliced Wasserstein distance of 7x7 patches, thousandths."""
        torch.manual_seed(1)
        total = 0.0
        for _ in range(3):
            filters = torch.randn(64, 3, 7, 7)
            filters = filters / filters.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
            slices = [F.conv2d(x, filters).flatten(2) for x in (painted, style)]
            total += (_quantiles(slices[0]) - _quantiles(slices[1])).abs().mean().item()
            painted, style = F.avg_pool2d(painted, 2), F.avg_pool2d(style, 2)
        return 1000 * total / 3


def _quantiles(points: Tensor, count: int = 256) -> Tensor:
    at = torch.linspace(0, 1, count)
    return sort_last(points)[..., (at * (points.shape[-1] - 1)).long()]


def _quantile_distance(a: Tensor, b: Tensor, slices: int = 48) -> float:
    directions = F.normalize(torch.randn(slices, a.shape[1]), dim=1)
    scale = (b.var(dim=2, keepdim=True) + 1e-4 * b.var() + 1e-8).rsqrt()
    pa, pb = (_quantiles(directions @ (x * scale)) for x in (a, b))
    return (pa - pb).abs().mean().item() / a.shape[1] ** 0.25


def main() -> None:
    """Print the table; write the sheet."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--sheet", type=Path, default=Path("benchmarks/out/quality_sheet.png"))
    parser.add_argument("--pairs", type=int, default=100, help="fewer are spread over the set")
    args = parser.parse_args()
    if not args.data.exists():
        print(f"skipped: no dev set at {args.data}")
        return
    contents = sorted((args.data / "dev/content").iterdir())
    styles = sorted((args.data / "dev/style").iterdir())
    stylizer = Stylizer()
    book, judge = StyleReader(stylizer), Judge(args.data / "perceptual/squeezenet1_1.npz")
    every = max(1, round(100 / args.pairs))
    table: dict[str, list[tuple]] = {s.stem: [] for s in styles}
    rows = []
    seen_content = {c.stem: judge.features(to_tensor([read(c)])) for c in contents}
    for s_index, s in enumerate(styles):
        style_pixels = read(s)
        style_tensor = to_tensor([style_pixels])
        seen_style = judge.features(style_tensor)
        # The style at the size that it has in the peer's run.
        code = book.resolve_source(str(s)).code(min(style_pixels.shape[:2]) / STYLE_SIDE)
        cells = [style_pixels]
        for c_index, c in enumerate(contents):
            if (s_index + c_index) % every:
                continue
            content = read(c)
            painted = stylizer.paint(PaintJob(content.astype(np.float32) / 255, code))
            ours = (painted * 255 + 0.5).astype(np.uint8)
            peer = read(args.data / f"peers/microast/{c.stem}__{s.stem}.jpg")
            figures = []
            for pixels in (ours, peer):
                image = to_tensor([pixels])
                seen = judge.features(image)
                kept = seen_content[c.stem]
                if seen["fire3"].shape != kept["fire3"].shape:
                    kept = judge.features(to_tensor([cv2.resize(content, pixels.shape[1::-1])]))
                figures += [
                    judge.style(seen, seen_style),
                    judge.content(seen, kept),
                    judge.patches(image, style_tensor),
                ]
            table[s.stem].append(tuple(figures))
            cells.append(ours)
        rows.append(np.hstack([_square(x) for x in cells]))
    print("| style | style, ours | peer | content, ours | peer | patches, ours | peer |")
    print("| --- " * 7 + "|")
    for name, figures in table.items():
        print(_row(name, np.mean(figures, axis=0)))
    print(_row("**mean**", np.mean([f for rows in table.values() for f in rows], axis=0)))
    args.sheet.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(args.sheet), np.vstack(rows)[..., ::-1])


def _row(name: str, m: np.ndarray) -> str:
    """A row of the table from ours and the peer's style, content and patch distances."""
    pairs = f"{m[0]:.3f} | {m[3]:.3f} | {m[1]:.3f} | {m[4]:.3f} | {m[2]:.1f} | {m[5]:.1f}"
    return f"| {name} | {pairs} |"


def _square(image: np.ndarray, side: int = 192) -> np.ndarray:
    height, width = image.shape[:2]
    m = min(height, width)
    top, left = (height - m) // 2, (width - m) // 2
    return cv2.resize(
        image[top : top + m, left : left + m], (side, side), interpolation=cv2.INTER_AREA
    )


if __name__ == "__main__":
    main()
