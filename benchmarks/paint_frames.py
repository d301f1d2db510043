"""The part ``frames`` of ``bench_paint``: strokes on the moving scene, beside each frame by itself.

The warping error is that of ``bench_frames``. Births and deaths are those that nothing uncovers or
hides: a stroke that takes over from another at its very place is neither.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from impasto.core.control import Control
from impasto.core.image.files import read_picture
from impasto.core.paint.working import display_colors
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks.registry import run
from impasto.core.tasks.restyle_frames import FramesRequest
from impasto.core.video.movement import frames as stroke_frames
from impasto.core.video.movement.movement import Movement
from impasto.core.video.settings import FramesSettings, SequenceRef

from .bench_frames import rendered, warping_errors
from .paint_common import Options, table, verdict

STYLES = ("scream", "irises")
_WARPING, _TURNOVER = 0.25, 0.02
_STILL = 250


def frames(options: Options) -> str:
    """Return the tables."""
    sources = rendered()
    from .moving_scene import CUT

    originals = [display_colors(read_picture(p)) for p in sources]
    noise = float(np.nanmean(warping_errors(originals, sources, [CUT])))
    rows = []
    for style in STYLES:
        apart: float | None = None
        for mode in ("OFF", "MOTION"):
            out = options.out / "frames" / f"{style}_{mode.lower()}"
            movements = restyle(sources[0], out, style, mode)
            made = [display_colors(read_picture(p)) for p in sorted(out.glob("*.png"))]
            error = float(np.nanmean(warping_errors(made, sources, [CUT])))
            apart = apart or error
            worst = max((float(turnover(m).max()) for m in movements), default=None)
            rows.append(
                (
                    style,
                    "by itself" if mode == "OFF" else "carried",
                    f"{error:.2f}",
                    f"{error / apart:.2f}",
                    verdict(error / apart, _WARPING) if mode == "MOTION" else "",
                    "" if worst is None else f"{100 * worst:.1f} %",
                    verdict(worst, _TURNOVER),
                )
            )
    head = (
        *("style", "frames", "warping error, 1/255", "beside by itself", ""),
        *("births and deaths in a frame, at most", ""),
    )
    lines = [table(head, rows), f"The render's own warping error is {noise:.2f}.", still(originals)]
    return "\n\n".join(lines)


def restyle(source: Path, out: Path, style: str, mode: str, **more: Any) -> list[Movement]:
    """Restyle anew with strokes; return how they moved."""
    shutil.rmtree(out, ignore_errors=True)
    look = Look((StyleRef(style),), engine="STROKES")
    settings = FramesSettings(look, mode, **more)
    request = FramesRequest(SequenceRef(str(source)), settings, str(out), format="PNG")
    moved: list[Movement] = []
    move = stroke_frames.Mover.move

    def kept(self: Any, *arguments: Any, **options: Any) -> Movement:
        moved.append(move(self, *arguments, **options))
        return moved[-1]

    stroke_frames.Mover.move = kept  # type: ignore[method-assign]
    try:
        run(request, Control())
    finally:
        stroke_frames.Mover.move = move  # type: ignore[method-assign]
    return moved


def turnover(movement: Movement) -> np.ndarray:
    """Return the share of strokes that are born or die in each frame of a segment, ``(F,)``."""
    return movement.turnover()


def still(originals: list[np.ndarray]) -> str:
    """Say whether anything moves in many frames of one picture."""
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name) / "in", Path(name) / "out"
        folder.mkdir()
        levels = (originals[9][..., ::-1] * 255 + 0.5).astype(np.uint8)
        for number in range(1, _STILL + 1):
            cv2.imwrite(str(folder / f"{number:04d}.png"), levels)
        movements = restyle(folder, out, STYLES[0], "MOTION")
        files = sorted(out.glob("*.png"))
        contents = {path.read_bytes() for path in files}
        born = max(float(turnover(m).max()) for m in movements)
    return (
        f"A picture that stands still for {len(files)} frames gives {len(contents)} different"
        f" {'frame' if len(contents) == 1 else 'frames'}; births and deaths: {100 * born:.1f} %."
    )
