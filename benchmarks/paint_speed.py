"""The parts of ``bench_paint`` about speed and memory: stamps, painting, patches."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from impasto.core.image.reference import ImageRef
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks.stylize import StylizeItem, StylizeRequest
from impasto.core.worker.client import WorkerClient
from impasto.core.worker.protocol import Failed

from . import paint_brush_painter, paint_ebsynth
from .bench_main import STYLE
from .meter import peak_memory
from .paint_child import texture
from .paint_common import (
    Options,
    Skipped,
    beside_yardstick,
    child,
    in_turn,
    megabytes,
    short,
    table,
    timed_command,
    verdict,
)

STROKES = 30_000
_STAMP_FLOOR, _PAINTING_FLOOR, _PATCHES_FLOOR, _EBSYNTH_FLOOR = 6.0, 8.0, 8.0, 1 / 3
_MEMORY_FLOOR = 3.0  # GB


def stamps(options: Options) -> str:
    """Stamps per second beside Brush Painter's, of the same sizes and number."""
    checkout = options.paintsystem
    if checkout is None or not paint_brush_painter.find(checkout, paint_brush_painter.CORE):
        raise Skipped("no checkout of Paint System is given (--paintsystem PATH)")
    with tempfile.TemporaryDirectory(prefix="impasto_bench_") as folder:
        rows = [
            row
            for side in (1024, 2048)
            for row in _stamp_rows(options, options.side(side), checkout, Path(folder))
        ]
    head = (
        "strokes",
        "count",
        "pixels",
        "ours",
        "Brush Painter",
        "ratio",
        "floor",
        "memory, peer's",
    )
    notes = (
        "Stamps per second, laid over a picture; loading, blurring and writing it are left out. "
        "Ours with height, bends and bristles. *Painted extent*: a stroke is as long and wide as "
        "what the peer's stamp paints; *whole square*: as its stamp with the empty borders. "
        "Memory: peaks of the whole processes."
    )
    return f"{table(head, rows)}\n\n{notes}"


def _stamp_rows(
    options: Options, side: int, checkout: Path, folder: Path
) -> Iterator[tuple[Any, ...]]:
    picture, plan = folder / f"{side}.png", folder / f"{side}.json"
    _write(picture, texture(side))

    def theirs() -> dict[str, Any]:
        answer = child("paint_brush_painter", checkout, picture)
        plan.write_text(json.dumps(answer), encoding="utf-8")
        return answer

    def ours(what: str) -> Callable[[], dict[str, Any]]:
        return lambda: child("paint_child", "stamps", side, plan, what)

    peer, extent, whole = in_turn((theirs, ours("extent"), ours("whole")))
    sizes = [step["size"] for step in peer["steps"]]
    for what, drawn in (("painted extent", extent), ("whole square", whole)):
        speeds = [one["count"] / one["seconds"] for one in (drawn, peer)]
        ratio = speeds[0] / speeds[1]
        yield (
            f"{side} x {side}, {what}",
            f"{drawn['count']:,}",
            f"{min(sizes)} to {max(sizes)}",
            f"{speeds[0]:,.0f}",
            f"{speeds[1]:,.0f}",
            f"{ratio:.1f}",
            verdict(ratio, _STAMP_FLOOR, at_least=True),
            f"{megabytes(drawn['memory'])}, {megabytes(peer['memory'])}",
        )


def painting(options: Options) -> str:
    """A whole painting with relief beside the yardstick, and the memory of a large one."""
    wanted = max(200, STROKES // options.shrink**2)
    side, large = options.side(2048), options.side(8192)
    answer, yardstick = beside_yardstick(
        options.threads, lambda: child("paint_child", "painting", side, wanted)
    )
    ratio = answer["seconds"] / yardstick.picture if yardstick else None
    name = f"{side} x {side}, {answer['count']:,} strokes"
    beside = short(yardstick.picture) if yardstick else "none"
    speed = [name, short(answer["seconds"]), beside, f"{ratio:.2f}" if ratio else ""]
    first = table(
        ("placing, drawing, height, normals", "ours", "yardstick at 720²", "ratio", "floor"),
        [(*speed, verdict(ratio, _PAINTING_FLOOR))],
    )
    drawn = child("paint_child", "large", large, wanted)
    rows = [
        (f"{large} x {large}, {drawn['count']:,} strokes, arrays", *_memory_cells(drawn)),
        (f"{large} x {large}, file to file in the worker", *_memory_cells(_file_to_file(large))),
    ]
    return (
        f"{first}\n\n{table(('with height and normals', 'seconds', 'peak memory', 'floor'), rows)}"
    )


def _memory_cells(answer: dict[str, Any]) -> tuple[str, str, str]:
    memory = answer["memory"]
    limit = verdict(memory / 1e9 if memory else None, _MEMORY_FLOOR)
    return short(answer["seconds"]), megabytes(memory), limit


def _file_to_file(side: int) -> dict[str, Any]:
    """Paint a file with a built-in style's strokes and write its relief, as Blender has it done."""
    with tempfile.TemporaryDirectory(prefix="impasto_bench_") as name:
        folder = Path(name)
        _write(folder / "in.png", texture(side))
        item = StylizeItem(
            ImageRef("in", (str(folder / "in.png"),)),
            Look((StyleRef(STYLE),), engine="STROKES"),
            (str(folder / "out.png"),),
            heights=(str(folder / "height.png"),),
            normals=(str(folder / "normal.png"),),
        )
        client = WorkerClient(device="CPU")
        try:
            begun = time.perf_counter()
            ending = client.submit(StylizeRequest((item,), overwrite=True)).wait()[-1]
            seconds = time.perf_counter() - begun
            if isinstance(ending, Failed):
                raise RuntimeError(f"{ending.message}\n{ending.detail}")
            return {"seconds": seconds, "memory": peak_memory(client.pid or 0)}
        finally:
            client.close()


def patches(options: Options) -> str:
    """Patches beside the yardstick, and beside Ebsynth on its own example."""
    side = options.side(1024)
    answer, yardstick = beside_yardstick(
        options.threads, lambda: child("paint_child", "patches", side)
    )
    rows = []
    for what, seconds in (("new exemplar", answer["seconds"]), ("known", answer["known"])):
        ratio = seconds / yardstick.picture if yardstick else None
        beside = (short(yardstick.picture), f"{ratio:.2f}") if yardstick else ("none", "")
        limit = verdict(ratio, _PATCHES_FLOOR)
        rows.append((f"{side} x {side}, {what}", short(seconds), *beside, limit))
    head = ("unguided", "ours", "yardstick at 720²", "ratio", "floor")
    memory = f"Peak memory: {megabytes(answer['memory'])}."
    return f"{table(head, rows)}\n\n{memory}\n\n{_beside_ebsynth(options)}"


def _beside_ebsynth(options: Options) -> str:
    """The StyLit example by both: seconds of whole processes, and patch energies."""
    checkout = options.ebsynth
    if checkout is None or not (checkout / "examples" / "stylit").is_dir():
        return "Ebsynth: skipped, no checkout is given (--ebsynth PATH)."
    if shutil.which("g++") is None:
        return "Ebsynth: skipped, there is no g++ to build it with."
    program = paint_ebsynth.build(checkout)
    options.out.mkdir(parents=True, exist_ok=True)
    ours, theirs = (
        (options.out / f"paint_stylit_{who}.png").resolve() for who in ("ours", "ebsynth")
    )
    with tempfile.TemporaryDirectory(prefix="impasto_bench_") as name:
        folder = Path(name)
        paint_ebsynth.copy_example(checkout, folder, options.shrink)
        peer = paint_ebsynth.command(program, theirs)

        def own() -> dict[str, Any]:
            begun = time.perf_counter()
            alone = child("paint_ebsynth", folder, ours)["seconds"]
            return {"seconds": time.perf_counter() - begun, "alone": alone}

        answers = in_turn((own, lambda: {"seconds": timed_command(peer, folder)}))
        style = cv2.imread(str(folder / paint_ebsynth.STYLE))
    height, width = style.shape[:2]
    seconds = [answer["seconds"] for answer in answers]
    energy = [paint_ebsynth.patch_energy(cv2.imread(str(path)), style) for path in (ours, theirs)]
    rows = [
        _row("seconds, file to file", seconds, _EBSYNTH_FLOOR, "s"),
        _row("patch energy", energy, 1.0, ""),
    ]
    head = (f"StyLit's example, {width} x {height}", "ours", "Ebsynth", "ratio", "floor")
    alone = f"Ours without the start of Python: {short(answers[0]['alone'])}."
    return f"{table(head, rows)}\n\n{alone} Pictures: `{ours.name}`, `{theirs.name}`."


def _row(what: str, values: list[float], floor: float, unit: str) -> tuple[str, ...]:
    ratio = values[0] / values[1]
    shown = [f"{value:.2f} {unit}".strip() for value in values]
    return (what, *shown, f"{ratio:.3f}", verdict(ratio, floor))


def _write(path: Path, picture: np.ndarray) -> None:
    cv2.imwrite(str(path), np.rint(picture[..., ::-1] * 255).astype(np.uint8))
