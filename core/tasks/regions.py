"""Draw the regions of an image, and which region of the style each is painted like."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ..control import Control, Failure
from ..image.reference import ImageRef
from ..styles.look import Look
from .registry import Request, task

_SIDE = 1024
"""Longest side at which regions are found and drawn, in pixels."""


@dataclass(frozen=True)
class RegionsRequest(Request["RegionsResult"]):
    """Draw the regions into which a look splits an image, and what each is painted with.

    Attributes
    ----------
    image : ImageRef
        The image; only its first file is used.
    look : Look
        The look, with its number of regions and its styles.
    output : str
        The PNG.
    """

    image: ImageRef
    look: Look
    output: str


@dataclass(frozen=True)
class RegionsResult:
    """A plot of regions.

    Attributes
    ----------
    output : str
        The PNG.
    count : int
        Number of regions.
    failures : tuple of Failure
        Always empty.
    """

    output: str
    count: int
    failures: tuple[Failure, ...] = ()


@task
def run(request: RegionsRequest, control: Control) -> RegionsResult:
    """Draw the regions of an image beside those of the style's picture or, without one, the image.

    Parameters
    ----------
    request : RegionsRequest
        What to do.
    control : Control
        Progress and cancellation.

    Returns
    -------
    RegionsResult
        The plot.

    Raises
    ------
    ImageMissing, ImageUnreadable
        The image cannot be read.
    StyleUnreadable
        A style is missing.
    OutputUnwritable
        The plot cannot be written.
    JobCancelled
        It was asked to stop; nothing is written.
    """
    from ..clustering.regions import match_regions
    from ..image.files import read_picture
    from ..paint.regions import RegionPainter
    from ..paint.session import session
    from ..paint.working import plan, to_work
    from ..plots import regions as plots
    from ..plots import theme

    painting = session(control)
    image, look = request.image, replace(request.look, max_side=_SIDE)
    painter = RegionPainter(painting.stylizer, painting.styles, look)
    read = read_picture(image.paths[0], color_space=image.color_space, alpha_mode=image.alpha_mode)
    covers = image.alpha_mode != "CHANNEL_PACKED"
    color, _ = to_work(read, plan(read.size, look), look.seamless, covers)
    control.advance(0.3, "Finding regions")
    found, picture = painter.find(color), painter.picture()
    control.progress(0.7, "Drawing")
    if picture is None:
        drawn = plots.draw(color, found)
    else:
        theirs = painter.find(picture, found.count)
        match = match_regions(found, theirs)
        drawn = plots.draw_match(color, found, picture, theirs, match)
    theme.save(drawn, Path(request.output))
    control.progress(1.0, "Done")
    return RegionsResult(request.output, found.count)
