"""Restyle a sequence of frames."""

from __future__ import annotations

from dataclasses import dataclass

from ..control import Control
from ..video.settings import FramesJob, FramesResult
from .registry import Request, task


@dataclass(frozen=True)
class FramesRequest(FramesJob, Request[FramesResult]):
    """Restyle a sequence of frames.

    Attributes
    ----------
    sequence, settings, output_folder, shot_file, only, format, depth
        As in :class:`~.video.settings.FramesJob`.
    movie, fps, thumbnail, overwrite, memory_limit, relief_maps
        As there.
    """


@task
def run(request: FramesRequest, control: Control) -> FramesResult:
    """Restyle all frames, or those that are asked for; those that fail are listed, the rest goes on.

    Parameters
    ----------
    request : FramesRequest
        What to restyle, and how.
    control : Control
        Gets the progress, and a :class:`~.video.settings.FrameDone` for each frame.

    Returns
    -------
    FramesResult
        What became of the frames.

    Raises
    ------
    NoImages, StyleUnreadable, ImageTooLarge, OutputUnwritable
        Nothing can be done.
    BadRequest
        The output folder is that of the frames, the shot file was made for something else, or the
        look cannot be used on frames.
    JobCancelled
        Finished frames stay and are skipped the next time.
    """
    from ..video.restyle import restyle_frames

    return restyle_frames(request, control)
