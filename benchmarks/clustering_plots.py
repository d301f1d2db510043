"""Draw the plots of ``docs/clustering.md``.

    python -m benchmarks.clustering_plots

They show materials and a landscape that are drawn by formula, so that anybody may publish and make
them.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2
import numpy as np

from impasto.core.clustering.regions import find_regions, match_regions
from impasto.core.control import Control
from impasto.core.image.reference import ImageRef
from impasto.core.plots import regions as region_plots
from impasto.core.plots import theme
from impasto.core.tasks.analyze import AnalyzeRequest
from impasto.core.tasks.registry import run
from training.synthetic import STYLES

from .materials import materials, write_set

OUT = Path(__file__).parents[1] / "docs" / "clustering"
_SHOWN = (
    "oak",
    "brick wall",
    "linen",
    "knit",
    "polka dots",
    "cobbles",
    "camouflage",
    "rust",
    "fish scales",
    "leather",
    "lichen",
    "corrugated iron",
)


def main() -> None:
    """Draw all plots."""
    OUT.mkdir(parents=True, exist_ok=True)
    groups()
    regions()


def groups() -> None:
    """Draw the four plots of an analysis."""
    chosen = [material for material in materials(training_data=False) if material.name in _SHOWN]
    with tempfile.TemporaryDirectory() as folder:
        paths, _ = write_set(Path(folder), chosen, 5, seed=2)
        images = tuple(ImageRef(path.stem, (str(path),)) for path in paths)
        run(
            AnalyzeRequest(images, str(OUT), cache_folder=folder, algorithm="AGGLOMERATIVE"),
            Control(),
        )


def regions() -> None:
    """Draw the regions of a landscape, and which region of another image each is painted like."""
    landscape = STYLES["ukiyo_e"](np.random.default_rng(4), 512)
    content = landscape.astype(np.float32) / 255
    found = find_regions(content, 3)
    theme.save(region_plots.draw(content, found), OUT / "regions.png")
    style = _painting()
    style_regions = find_regions(style, 3)
    match = match_regions(found, style_regions)
    figure = region_plots.draw_match(content, found, style, style_regions, match)
    theme.save(figure, OUT / "match.png")


def _painting() -> np.ndarray:
    """Return a sky, a hill and a field in the colors of three drawn materials."""
    by_name = {material.name: material.images[0] for material in materials(training_data=False)}
    sky, hill, field = (by_name[name] for name in ("starry night", "oak", "plaster"))
    ys, xs = np.mgrid[:512, :512]
    edge = 250 - 90 * np.exp(-(((xs - 300) / 130) ** 2))
    picture = np.where((ys < edge)[..., None], sky, hill)
    picture = np.where((ys > 380 + 14 * np.sin(xs / 60))[..., None], field, picture)
    return cv2.resize(picture[60:480], (620, 510), interpolation=cv2.INTER_AREA)


if __name__ == "__main__":
    main()
