"""A style for each region of a picture: sky takes the sky's paint, brick takes the brick's.

References
----------
Zhang et al., "Multimodal Style Transfer via Graph Cuts", ICCV 2019 (cluster-to-cluster matching).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from ..clustering.regions import Regions, find_regions, match_regions
from ..image.resize import resize
from ..styles.catalog import builtin_styles
from ..styles.look import SUFFIX, Look
from ..styles.style import Style
from .network import Stylizer
from .style_reader import StyleBook, at_zoom, read_style_picture


class RegionPainter:
    """Finds the regions of pictures, and the code that each of them gets.

    With several styles the largest region gets the first one, the next the second, and so on. With
    one that is a picture, its own regions are found, and each region of the content gets the paint
    of the one that suits it best. With one that has no picture, each region is painted in it on its
    own.
    """

    def __init__(self, stylizer: Stylizer, styles: StyleBook, look: Look) -> None:
        self._stylizer, self._look = stylizer, look
        self._styles = [styles.resolve_source(reference.source) for reference in look.styles]

    def __call__(self, color: np.ndarray, zoom: float) -> tuple[np.ndarray, np.ndarray]:
        """Weights ``(H, W, K)`` and codes ``(K, CODE_LENGTH)`` for a content ``(H, W, 3)``."""
        regions = self.find(color)
        picture = self.picture()
        if picture is not None:
            painted = self.find(picture, regions.count)
            codes = _region_codes(self._stylizer, at_zoom(picture, zoom), painted.weights)
            return regions.weights, codes[list(match_regions(regions, painted))]
        chosen: list[Style] = [self._styles[i % len(self._styles)] for i in range(regions.count)]
        return regions.weights, np.stack([style.code(zoom) for style in chosen])

    def find(self, color: np.ndarray, count: int = 0) -> Regions:
        """The regions of a picture ``(H, W, 3)``: as many as the look says, or ``count``."""
        return find_regions(color, count or self._look.regions, seed=self._look.seed)

    def picture(self) -> np.ndarray | None:
        """The picture of the style, if there is one style and it is a picture."""
        source = self._look.styles[0].source
        known = {info.identifier for info in builtin_styles()}
        if len(self._styles) > 1 or source in known or source.endswith(SUFFIX):
            return None
        return _read(source, Path(source).stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(source: str, changed: int) -> np.ndarray:
    return at_zoom(read_style_picture(Path(source)), 1.0)


def _region_codes(stylizer: Stylizer, picture: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The style code of each region of a picture, ``(K, CODE_LENGTH)`` float32."""
    size = (picture.shape[1], picture.shape[0])
    whole = stylizer.encode_style(picture)
    masks = [np.clip(resize(weights[..., k], size), 0, 1) for k in range(weights.shape[2])]
    return np.concatenate(
        [stylizer.measure((picture,), whole, (mask,), strength=0.0) for mask in masks]
    )
