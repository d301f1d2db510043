"""One measurement of our own painting in this process: ``python -m benchmarks.paint_child WHAT ...``.

The last line printed is JSON with seconds and peak memory; ``paint_speed`` asks for it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from impasto.core.image.resize import resize
from impasto.core.paint.patches.exemplar import build_exemplar
from impasto.core.paint.patches.painting import paint_patches
from impasto.core.paint.strokes.painter import (
    StrokePainting,
    paint_strokes,
    placing_of,
    working_size,
)
from impasto.core.paint.strokes.place import place
from impasto.core.paint.strokes.relief import to_16_bit
from impasto.core.paint.strokes.render import draw
from impasto.core.paint.strokes.stamps import stamps_of
from impasto.core.paint.strokes.stroke_list import StrokeList
from impasto.core.styles.look import Look
from impasto.core.styles.stroke_set import StrokeSet

from .meter import peak_memory
from .paint_common import step_back, timed
from .patterns import cobbles

_LOOK = Look((), engine="STROKES")


def texture(side: int) -> np.ndarray:
    """A drawn texture with fine noise on it, ``(side, side, 3)`` float32."""
    random = np.random.default_rng(0)
    drawn = cv2.resize(cobbles(random), (side, side), interpolation=cv2.INTER_CUBIC)
    noise = random.standard_normal((side, side, 1), dtype=np.float32)
    return np.clip(drawn + np.float32(0.015) * noise, 0, 1)


def stamps(side: int, plan: str, what: str) -> dict[str, Any]:
    """Draw as many strokes, as large, as a peer laid stamps; ``plan`` is its own answer as a file.

    With ``what`` "whole", a stroke is as large as the peer's square stamp with its empty borders.
    """
    strokes = _like(json.loads(Path(plan).read_text(encoding="utf-8")), side, what == "whole")
    ground = texture(side)
    kinds = stamps_of(StrokeSet())
    begun = time.perf_counter()
    draw(strokes, kinds, (side, side), lambda *box: ground[box])
    return {"seconds": time.perf_counter() - begun, "count": len(strokes)}


def _like(plan: dict[str, Any], side: int, whole: bool) -> StrokeList:
    """Return strokes with the sizes and opacities of a peer's steps, in its order."""
    random = np.random.default_rng(0)
    size, opacity = [], []
    for step in plan["steps"]:
        extents = [(step["size"], step["size"])] if whole else step["extents"]
        size.append(np.array(extents)[random.integers(0, len(extents), step["count"])])
        opacity.append(np.full(step["count"], step["opacity"]))
    sizes = np.concatenate(size).astype(np.float32) / side
    count = len(sizes)
    places = random.uniform(0, 1, (2, count)).astype(np.float32)
    return StrokeList(
        x=places[0],
        y=places[1],
        length=sizes.max(axis=1),
        width=sizes.min(axis=1),
        angle=random.uniform(0, np.pi, count).astype(np.float32),
        bend=np.clip(random.normal(0, 0.08, count), -0.2, 0.2).astype(np.float32),
        color=random.uniform(0, 1, (count, 3)).astype(np.float32),
        stamp=random.integers(0, 1 << 16, count).astype(np.int32),
        opacity=np.concatenate(opacity).astype(np.float32),
        load=random.uniform(0.3, 1, count).astype(np.float32),
    )


def painting(side: int, wanted: int) -> dict[str, Any]:
    """Time a whole painting of so many strokes: placing, drawing, height and normals."""
    strokes = _set_for(wanted)
    content = _at_work(strokes)
    last: list[StrokePainting] = []

    def work() -> None:
        last[:] = [paint_strokes(content, content, (side, side), strokes, _LOOK)]
        last[0].normals()

    return {"seconds": timed(work), "count": len(last[0].strokes), "width": strokes.width}


def large(side: int, wanted: int) -> dict[str, Any]:
    """Paint once, with height and normals as they are written; its memory is what is asked for."""
    strokes = _set_for(wanted)
    content = _at_work(strokes)
    begun = time.perf_counter()
    done = paint_strokes(content, content, (side, side), strokes, _LOOK)
    to_16_bit(done.height)
    done.normals(integers=True)
    return {"seconds": time.perf_counter() - begun, "count": len(done.strokes)}


def _set_for(wanted: int) -> StrokeSet:
    """Return oil strokes of such a width that about so many are placed on the texture."""
    width = 0.06
    for _ in range(8):
        strokes = StrokeSet(width=width)
        content = _at_work(strokes)
        count = len(place(content, content, strokes, placing_of(_LOOK)))
        if abs(count / wanted - 1) < 0.02:
            break
        width = float(np.clip(width * (count / wanted) ** 0.5, 0.004, 0.5))
    return strokes


def _at_work(strokes: StrokeSet) -> np.ndarray:
    """Return the texture at the size at which such strokes are placed."""
    at = working_size((1024, 1024), strokes, _LOOK)
    return np.clip(resize(texture(1024), at), 0, 1)


def patches(side: int) -> dict[str, Any]:
    """Time patches of a drawn style on the texture, with a new exemplar and with a known one."""
    from training.synthetic import draw_style

    style = draw_style(np.random.default_rng(3), 512).astype(np.float32) / 255
    content = texture(side)
    new = timed(lambda: paint_patches(content, build_exemplar(style), content=content))
    exemplar = build_exemplar(style)
    paint_patches(content, exemplar, content=content)
    known = timed(lambda: paint_patches(content, exemplar, content=content))
    return {"seconds": new, "known": known}


_WHAT: dict[str, Callable[..., dict[str, Any]]] = {
    "stamps": stamps,
    "painting": painting,
    "large": large,
    "patches": patches,
}


def main(what: str, *arguments: str) -> None:
    """Measure, print JSON."""
    step_back()
    values = [int(word) if word.isdigit() else word for word in arguments]
    answer = _WHAT[what](*values)
    print(json.dumps({**answer, "memory": peak_memory(os.getpid())}))


if __name__ == "__main__":
    main(*sys.argv[1:])
