"""What two minutes on one style bring: ``make bench-refine``.

For some styles of the dev set, textures are painted by the bundled generator as it is, and by an
adapter that was fitted to the style on three of them; the last texture was not seen by the fit.
Distances are those of ``bench_quality``, by the loss network, which the fit does not know. The
sheet goes to ``benchmarks/out``; that of the manual, which shows our own drawings, is made by
``docs_pictures``.
"""

from __future__ import annotations

import argparse

import numpy as np

from impasto.core.allocator import keep_blocks
from impasto.core.control import Budget
from impasto.core.image.convert import to_depth
from impasto.core.paint.adapter_fit import refine
from impasto.core.paint.engine import PaintJob
from impasto.core.paint.network import Stylizer
from impasto.core.paint.style_reader import at_zoom, encode_zooms
from impasto.core.styles.style import Style
from training.data import to_tensor

from . import sheets
from .bench_generate import source
from .bench_quality import Judge, read
from .materials import DATA

STYLES = ("met_02242", "morris_05314", "tarot_02816", "usda_02795")
SEEN = ("photo brick", "crazy paving", "bark")
UNSEEN = "photo gravel"
_SIDE = 384


def main() -> None:
    """Print the table; write the sheet."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=120.0)
    options = parser.parse_args()
    if not DATA.exists():
        print(f"skipped: no dev set at {DATA}")
        return
    keep_blocks()
    stylizer, judge = Stylizer(), Judge(DATA / "perceptual/squeezenet1_1.npz")
    contents = [source(name, _SIDE) for name in (*SEEN, UNSEEN)]
    kept = [judge.features(to_tensor([_levels(c)])) for c in contents]
    rows = []
    print("| Style | Steps | Style distance | Refined | Content | Refined | Patches | Refined |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for stem in STYLES:
        pixels = read(DATA / f"dev/style/{stem}.jpg")
        picture = pixels.astype(np.float32) / 255
        plain = Style(stem, stem, encode_zooms(stylizer, picture))
        wanted = to_tensor([_levels(at_zoom(picture, 1.0))])
        seen = judge.features(wanted)
        better = refine(
            stylizer,
            plain,
            at_zoom(picture, 1.0),
            contents[:-1],
            budget=Budget(options.seconds),
        )
        figures: list[list[tuple[float, float, float]]] = [[], []]
        lines = []
        for kind, style in enumerate((plain, better)):
            line = []
            for content, own in zip(contents, kept, strict=True):
                painted = _levels(
                    stylizer.paint(PaintJob(content, style.code(1.0), adapters=style.adapters))
                )
                image = to_tensor([painted])
                found = judge.features(image)
                figures[kind].append(
                    (
                        judge.style(found, seen),
                        judge.content(found, own),
                        judge.patches(image, wanted),
                    )
                )
                line.append(painted)
            lines.append(line)
        means = np.mean(figures, axis=1)
        words = " | ".join(f"{a:.3f} | {b:.3f}" for a, b in means.T)
        print(f"| {stem} | {better.provenance.recipe['steps']} | {words} |", flush=True)
        rows.append(sheets.refined(pixels, *lines))
    sheet = sheets.refined_sheet([_levels(c) for c in contents], rows)
    sheets.save(sheets.OUT / "refine.jpg", sheet, 0.45)


def _levels(colors: np.ndarray) -> np.ndarray:
    return to_depth(colors, "8")


if __name__ == "__main__":
    main()
