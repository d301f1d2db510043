"""Paint a content in a style with any engine, as the product does; and the dev set's pairs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from impasto.core.image.convert import to_depth
from impasto.core.image.files import read_picture
from impasto.core.paint.native import Exemplars, stylize
from impasto.core.paint.network import Stylizer
from impasto.core.paint.style_reader import StyleReader
from impasto.core.styles.look import EngineName, Look, StyleRef

from .paint_common import Options, Skipped

ENGINES: tuple[EngineName, ...] = ("NETWORK", "PATCHES", "STROKES")
PEER = "MicroAST"


class Painter:
    """Has the networks, and remembers styles and the last exemplar."""

    def __init__(self) -> None:
        stylizer = Stylizer()
        self._stylizer, self._styles = stylizer, StyleReader(stylizer)
        self._exemplars = Exemplars(stylizer)

    def paint(self, content: Path, style: Path, engine: EngineName) -> np.ndarray:
        """Paint a file in the style of another with all settings at their defaults.

        Parameters
        ----------
        content, style : Path
            Pictures.
        engine : str
            What paints.

        Returns
        -------
        (H, W, 3) uint8 RGB
            As large as the content.
        """
        look = Look((StyleRef(str(style)),), engine=engine)
        resolved = self._styles.resolve(look.styles)
        picture = read_picture(content)
        done = stylize(self._stylizer, [picture], look, resolved, exemplars=self._exemplars)
        return to_depth(np.clip(done[0].picture.color, 0, 1), "8")


@dataclass(frozen=True)
class Pair:
    """A content and a style of the dev set, and what the peer made of them."""

    content: Path
    style: Path
    peer: Path

    @property
    def name(self) -> str:
        """Names it in reports."""
        return self.peer.stem


def dev_pairs(options: Options, count: int) -> list[Pair]:
    """Return so many pairs of the dev set, spread evenly over contents and styles, style by style."""
    contents, styles = (
        sorted((options.data / "dev" / kind).glob("*.*")) for kind in ("content", "style")
    )
    if not contents or not styles:
        raise Skipped(f"there is no dev set at {options.data}")
    peers = options.data / "peers" / "microast"
    if not peers.is_dir():
        raise Skipped(f"there are no results of {PEER} at {peers}")
    every = [
        (s, (s + apart) % len(contents))
        for apart in _scattered(len(contents))
        for s in _scattered(len(styles))
    ]
    chosen = [(styles[s], contents[c]) for s, c in sorted(every[:count])]
    return [Pair(c, s, peers / f"{c.stem}__{s.stem}.jpg") for s, c in chosen]


def _scattered(count: int) -> list[int]:
    """Return the numbers below ``count`` so that the first ones are far apart."""
    width = max(1, (count - 1).bit_length())
    reversed_bits = (int(f"{i:0{width}b}"[::-1], 2) for i in range(2**width))
    return [i for i in reversed_bits if i < count]


def read(path: Path) -> np.ndarray:
    """Return a picture as ``(H, W, 3)`` uint8 RGB."""
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


def resized(pixels: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Return a picture at the size of another."""
    if pixels.shape == like.shape:
        return pixels
    return cv2.resize(pixels, like.shape[1::-1], interpolation=cv2.INTER_AREA)
