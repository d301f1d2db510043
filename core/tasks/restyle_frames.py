"""Restyle a sequence of frames."""

from __future__ import annotations

from dataclasses import dataclass

from ..control import Control
from ..video.settings import FramesJob, FramesResult
from .registry import Request, task


@dataclass(frozen=True)
class FramesRequest(FramesJob, Request[FramesResult]):
    """Restyle a sequence; see :class:`~core.video.settings.FramesJob`."""


@task
def run(request: FramesRequest, control: Control) -> FramesResult:
    """Restyle all frames, or those that are asked for; one that fails is listed, the rest goes on.

    Raises
    ------
    NoImages, StyleUnreadable, ImageTooLarge, OutputUnwritable
        Nothing can be done.
    BadRequest
        The output folder is that of the frames, or the shot file was made for something else.
    JobCancelled
        Finished frames stay and are skipped the next time.
    """
    from ..video.restyle import restyle_frames

    return restyle_frames(request, control)
