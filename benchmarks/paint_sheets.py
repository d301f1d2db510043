"""Sheets to judge without knowing what painted which picture: the part ``sheet`` of ``bench_paint``.

Each row shows a content and a style, then the results in random order under letters. Which is which
is in a key file beside the pages.
"""

from __future__ import annotations

import json
import random
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from tests.golden import scenes
from training.synthetic import CONTENTS, STYLES

from .paint_common import Options, Skipped
from .paint_engines import ENGINES, PEER, Painter, dev_pairs, read
from .patterns import DRAWN

CELL = 420
ROWS = 5
"""Rows of a page."""

_GUTTER = 16
_HEAD = 44  # pixels above a row of pictures, for letters
_SIDE = 512  # of drawn pictures


@dataclass(frozen=True)
class Row:
    """Pictures of one row: content, style, and the results by what painted them."""

    name: str
    content: np.ndarray
    style: np.ndarray
    results: dict[str, np.ndarray]


def sheet(options: Options) -> str:
    """Pages of the dev set with the peer, and of our own drawings without it."""
    folder = options.out / "blind"
    seed = options.seed if options.seed is not None else secrets.randbits(32)
    chance, painter, lines = random.Random(seed), Painter(), []
    sets = {"dev": _dev_rows, "drawn": _drawn_rows}
    for name, rows in sets.items():
        try:
            pages = write_pages(folder, name, rows(options, painter), chance)
        except Skipped as why:
            lines.append(f"- {name}: skipped, {why}.")
        else:
            lines.append(f"- {name}: {pages} pages `{name}_*.png`, key `{name}_key.json`")
    return "\n".join([f"In `{folder}`:", "", *lines])


def write_pages(folder: Path, name: str, rows: Iterator[Row], chance: random.Random) -> int:
    """Write pages of PNG and the key; return how many pages."""
    folder.mkdir(parents=True, exist_ok=True)
    key: list[dict[str, object]] = []
    page: list[np.ndarray] = []
    pages = 0
    for number, row in enumerate(rows, 1):
        order = list(row.results)
        chance.shuffle(order)
        letters = dict(zip("ABCD", order, strict=False))
        key.append({"row": number, "pictures": row.name, **letters})
        page.append(_strip(number, row, order))
        if len(page) == ROWS:
            pages += 1
            _write_page(folder / f"{name}_{pages}.png", page)
            page = []
    if page:
        pages += 1
        _write_page(folder / f"{name}_{pages}.png", page)
    (folder / f"{name}_key.json").write_text(json.dumps(key, indent=1), encoding="utf-8")
    return pages


def _write_page(path: Path, strips: list[np.ndarray]) -> None:
    cv2.imwrite(str(path), np.vstack(strips)[..., ::-1])


def _strip(number: int, row: Row, order: list[str]) -> np.ndarray:
    """Draw a row: white, with letters above the pictures."""
    cells = [row.content, row.style, *(row.results[name] for name in order)]
    titles = [f"{number}: content", "style", *"ABCD"[: len(order)]]
    width = _GUTTER + len(cells) * (CELL + _GUTTER)
    strip = np.full((_HEAD + CELL + _GUTTER, width, 3), 255, np.uint8)
    for index, (pixels, title) in enumerate(zip(cells, titles, strict=True)):
        left = _GUTTER + index * (CELL + _GUTTER)
        strip[_HEAD : _HEAD + CELL, left : left + CELL] = _square(pixels)
        cv2.putText(
            strip,
            title,
            (left, _HEAD - 12),
            cv2.FONT_HERSHEY_SIMPLEX,
            0.9,
            (0, 0, 0),
            2,
            cv2.LINE_AA,
        )
    return strip


def _square(pixels: np.ndarray) -> np.ndarray:
    """Return the middle of a picture as a cell."""
    height, width = pixels.shape[:2]
    short = min(height, width)
    top, left = (height - short) // 2, (width - short) // 2
    how = cv2.INTER_AREA if short >= CELL else cv2.INTER_CUBIC
    return cv2.resize(
        pixels[top : top + short, left : left + short], (CELL, CELL), interpolation=how
    )


def _dev_rows(options: Options, painter: Painter) -> Iterator[Row]:
    for pair in dev_pairs(options, options.rows):
        results = {engine: painter.paint(pair.content, pair.style, engine) for engine in ENGINES}
        results[PEER] = read(pair.peer)
        yield Row(pair.name, read(pair.content), read(pair.style), results)


def _drawn_rows(options: Options, painter: Painter) -> Iterator[Row]:
    """Paint drawn contents in drawn styles, which are written to files as artists have them."""
    contents, styles = _drawn_contents(), list(STYLES)
    # Steps without a common factor, so that each row has others.
    with tempfile.TemporaryDirectory(prefix="impasto_bench_") as folder:
        for number in range(options.rows):
            style_name = styles[number * 7 % len(styles)]
            content_name, content = contents[number * 5 % len(contents)]
            style = STYLES[style_name](np.random.default_rng(number), options.side(_SIDE), None)
            content = cv2.resize(content, (options.side(_SIDE),) * 2, interpolation=cv2.INTER_CUBIC)
            paths = [Path(folder) / f"{number}_{kind}.png" for kind in ("content", "style")]
            for path, pixels in zip(paths, (content, style), strict=True):
                cv2.imwrite(str(path), pixels[..., ::-1])
            results = {engine: painter.paint(*paths, engine) for engine in ENGINES}
            yield Row(f"{content_name} in {style_name}", content, style, results)


def _drawn_contents() -> list[tuple[str, np.ndarray]]:
    """Return drawings by their names: of benchmarks, of training, and of the golden tests."""
    drawn = [(f.__name__, f(np.random.default_rng(i))) for i, f in enumerate(DRAWN)]
    drawn += [
        (f.__name__, f(_SIDE, _SIDE, 1)) for f in (scenes.bricks, scenes.weave, scenes.clouds)
    ]
    levels = [(name, np.rint(np.clip(x, 0, 1) * 255).astype(np.uint8)) for name, x in drawn]
    trained = [
        (name, draw(np.random.default_rng(i), _SIDE))
        for i, (name, draw) in enumerate(CONTENTS.items())
    ]
    return levels + trained
