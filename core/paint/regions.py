"""Give each region of an image its own style: sky is painted like sky, brick like brick.

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
from .style_reader import StyleReader, at_zoom, read_style_picture


class RegionPainter:
    """Finds the regions of images, and a style code for each of them.

    With several styles the largest region gets the first one, the next the second, and so on. With
    one that is a picture, regions of that picture are found too, and each region of the content gets
    the code of the one that matches it best. With one that has no picture, every region gets it.

    Parameters
    ----------
    stylizer : Stylizer
        Encodes the regions of a style's picture.
    styles : StyleReader
        Reads the styles.
    look : Look
        Says which styles, and how many regions.

    Raises
    ------
    StyleUnreadable
        A style cannot be read.
    """

    def __init__(self, stylizer: Stylizer, styles: StyleReader, look: Look) -> None:
        self._stylizer, self._look = stylizer, look
        self._styles = [styles.resolve_source(reference.source) for reference in look.styles]

    def __call__(self, color: np.ndarray, zoom: float) -> tuple[np.ndarray, np.ndarray]:
        """Return weights ``(H, W, K)`` and codes ``(K, CODE_LENGTH)`` of a content's regions."""
        regions = self.find(color)
        picture = self.picture()
        if picture is not None:
            painted = self.find(picture, regions.count)
            codes = _region_codes(self._stylizer, at_zoom(picture, zoom), painted.weights)
            return regions.weights, codes[list(match_regions(regions, painted))]
        chosen: list[Style] = [self._styles[i % len(self._styles)] for i in range(regions.count)]
        return regions.weights, np.stack([style.code(zoom) for style in chosen])

    def find(self, color: np.ndarray, count: int = 0) -> Regions:
        """Find the regions of an image.

        Parameters
        ----------
        color : (H, W, 3) float32, sRGB-encoded in [0, 1]
            The image.
        count : int
            Number of regions; 0: as the look says.

        Returns
        -------
        Regions
            The regions.
        """
        return find_regions(color, count or self._look.regions, seed=self._look.seed)

    def picture(self) -> np.ndarray | None:
        """Return the picture of the style.

        Returns
        -------
        (H, W, 3) float32, sRGB-encoded in [0, 1], or None
            None if there are several styles, or the style is no picture.
        """
        source = self._look.styles[0].source
        builtin = {info.identifier for info in builtin_styles()}
        if len(self._styles) > 1 or source in builtin or source.endswith(SUFFIX):
            return None
        return _read(source, Path(source).stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(source: str, changed: int) -> np.ndarray:
    return at_zoom(read_style_picture(Path(source)), 1.0)


def _region_codes(stylizer: Stylizer, picture: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the style code of each region of a picture, ``(K, CODE_LENGTH)`` float32."""
    size = (picture.shape[1], picture.shape[0])
    whole = stylizer.encode_style(picture)
    masks = [np.clip(resize(weights[..., k], size), 0, 1) for k in range(weights.shape[2])]
    return np.concatenate(
        [stylizer.measure((picture,), whole, (mask,), strength=0.0) for mask in masks]
    )
