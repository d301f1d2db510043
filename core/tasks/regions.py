"""Draw which region of an image is painted with what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ..control import Control, Failure
from ..image.reference import ImageRef
from ..styles.look import Look
from .registry import Request, task

_SIDE = 1024


@dataclass(frozen=True)
class RegionsRequest(Request["RegionsResult"]):
    """Draw the regions into which a look splits an image, and what each is painted with, as a PNG."""

    image: ImageRef
    look: Look
    output: str


@dataclass(frozen=True)
class RegionsResult:
    """The picture, and how many regions there are."""

    output: str
    count: int
    failures: tuple[Failure, ...] = ()


@task
def run(request: RegionsRequest, control: Control) -> RegionsResult:
    """Draw the regions of the first file of an image; beside them those of the style's picture, or
    else the image itself.

    Raises
    ------
    ImageMissing, ImageUnreadable
        The image cannot be read.
    StyleUnreadable
        A style is missing.
    OutputUnwritable
        The plot cannot be written.
    JobCancelled
        Nothing is written.
    """
    from ..clustering.regions import match_regions
    from ..image.files import read_picture
    from ..paint.pipeline import plan, to_work
    from ..paint.regions import RegionPainter
    from ..paint.session import session
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
