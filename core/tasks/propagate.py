"""Carry painted frames through their shots."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ..control import Budget, Control
from ..errors import BadRequest
from ..styles.look import StyleRef
from ..video.settings import FramesResult
from .registry import Request, task
from .restyle_frames import FramesRequest

_LEARNING = 0.4
"""Share of the task's progress."""


@dataclass(frozen=True)
class PropagateRequest(Request[FramesResult]):
    """Carry painted frames through their shots.

    The network first learns from ``frames.settings.painted`` how the artist paints, for ``seconds``
    or, where it is not 0, for so many ``steps``; what it learns is kept as a style at ``style``,
    which is used again where it exists. Then ``frames`` is run with it.
    """

    frames: FramesRequest
    style: str
    seconds: float = 90.0
    steps: int = 0
    seed: int = 0


@task
def run(request: PropagateRequest, control: Control) -> FramesResult:
    """Learn from the painted frames, then restyle all; raises as the task ``restyle_frames``.

    Raises
    ------
    BadRequest
        No frame is painted, or one that is painted is not in the sequence.
    """
    from ..paint import pipeline
    from ..paint.session import session
    from ..styles.style import save_style
    from ..video.keyframes import imitate, painted_pairs
    from ..video.restyle import restyle_frames
    from ..video.sequence import find_sequence

    frames = request.frames
    if not frames.settings.painted:
        raise BadRequest("No frame is painted yet; paint one, and save it.")
    sequence = find_sequence(frames.sequence)
    path = Path(request.style)
    if not path.exists():
        style = imitate(
            session(control).stylizer,
            painted_pairs(sequence, frames.settings.painted),
            budget=Budget(request.seconds, request.steps),
            seed=request.seed,
            control=control.part(0.0, _LEARNING, "Learning from the painted frames"),
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        save_style(replace(style, identifier=path.stem), path)
    size = sequence.read(sequence.frames[0]).size
    look = replace(
        frames.settings.look,
        styles=(StyleRef(str(path)),),
        strength=1.0,
        keep_color=0.0,
        brush_scale=pipeline.REFERENCE_SIDE / max(size),  # so frames are painted at their own size
    )
    settings = replace(frames.settings, look=look, coherence="MOTION")
    return restyle_frames(replace(frames, settings=settings), control.part(_LEARNING, 1.0))
