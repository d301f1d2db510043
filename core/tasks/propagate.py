"""Carry painted frames through their shots."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ..control import Budget, Control
from ..errors import BadRequest
from ..styles.look import StyleRef
from ..video.settings import FramesResult, check_settings
from .registry import Request, task
from .restyle_frames import FramesRequest

_LEARNING = 0.4
"""Share of the task's progress."""


@dataclass(frozen=True)
class PropagateRequest(Request[FramesResult]):
    """Carry painted frames through their shots.

    The network first learns from ``frames.settings.painted`` how the artist paints; then ``frames`` is
    run with that style, at full strength, with its colors, and by motion, whatever its settings say.

    Attributes
    ----------
    frames : FramesRequest
        The frames, those that are painted among them, and where results go.
    style : str
        File in which the style is kept that is learned; one that exists is used as it is.
    seconds : float
        How long to learn.
    steps : int
        Learn for exactly this many steps instead; 0: for ``seconds``.
    seed : int
        Of learning.
    """

    frames: FramesRequest
    style: str
    seconds: float = 90.0
    steps: int = 0
    seed: int = 0


@task
def run(request: PropagateRequest, control: Control) -> FramesResult:
    """Learn from the painted frames, then restyle all.

    Parameters
    ----------
    request : PropagateRequest
        What to learn from and to restyle.
    control : Control
        Gets the progress, and a :class:`~.video.settings.FrameDone` for each frame.

    Returns
    -------
    FramesResult
        What became of the frames.

    Raises
    ------
    BadRequest
        No frame is painted, one that is painted is not in the sequence, the look cannot be used on
        frames, or as in the task ``restyle_frames``.
    TorchMissing
        torch, with which the style is learned, is not installed.
    NoImages, StyleUnreadable, ImageTooLarge, OutputUnwritable, JobCancelled
        As in the task ``restyle_frames``.
    """
    from ..networks.requirements import require_torch
    from ..notes import make_folder
    from ..paint import working
    from ..paint.session import session
    from ..styles.style import save_style
    from ..video.restyle import restyle_frames
    from ..video.sequence import find_sequence

    frames, path = request.frames, Path(request.style)
    learned = _is_learned(path, Path(frames.output_folder))
    if not learned:
        require_torch("Learning from painted frames")
    check_settings(frames.settings, relief_maps=frames.relief_maps)
    if not frames.settings.painted:
        raise BadRequest("No frame is painted yet; paint one, and save it.")
    sequence = find_sequence(frames.sequence)
    if not learned:
        from ..video.keyframes import imitate, painted_pairs

        style = imitate(
            session(control).stylizer,
            painted_pairs(sequence, frames.settings.painted),
            budget=Budget(request.seconds, request.steps),
            seed=request.seed,
            control=control.part(0.0, _LEARNING, "Learning from the painted frames"),
        )
        make_folder(path.parent)
        save_style(replace(style, identifier=path.stem), path)
    size = sequence.size(sequence.frames[0])
    look = replace(
        frames.settings.look,
        styles=(StyleRef(str(path)),),
        strength=1.0,
        keep_color=0.0,
        brush_scale=working.REFERENCE_SIDE / max(size),  # so frames are painted at their own size
    )
    settings = replace(frames.settings, look=look, coherence="MOTION")
    return restyle_frames(replace(frames, settings=settings), control.part(_LEARNING, 1.0))


def _is_learned(path: Path, results: Path) -> bool:
    """Return whether the style was learned before; a damaged one among the results is learned anew."""
    from ..errors import StyleUnreadable
    from ..styles.style import load_style_file

    if not path.exists():
        return False
    try:
        load_style_file(path)
    except StyleUnreadable:
        if path.resolve().parent != results.resolve():
            raise
        return False
    return True
