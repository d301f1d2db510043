"""Which region of an image is painted with what, as a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ..clustering.pictures import regions as pictures
from ..clustering.pictures import theme
from ..clustering.regions import match_regions
from ..errors import JobCancelled
from ..imaging.files import read_picture
from ..jobs.messages import Progress, RegionsRequest, RegionsResult
from .batch import shared
from .looks import plan, to_work
from .region_painter import RegionPainter

_SIDE = 1024


def draw_regions(
    request: RegionsRequest,
    *,
    progress: Callable[[Progress], None],
    cancel: Callable[[], bool],
) -> RegionsResult:
    """Draw the regions of the first file of an image; beside them those of the style's picture, or
    else the image itself.

    Raises
    ------
    ImageMissing, ImageUnreadable
        The image cannot be read.
    StyleUnreadable
        A style is missing.
    OutputUnwritable
        The picture cannot be written.
    JobCancelled
    """
    batch = shared(progress)
    image, look = request.image, replace(request.look, max_side=_SIDE)
    painter = RegionPainter(batch.stylizer, batch.styles, look)
    read = read_picture(
        image.paths[0], colour_space=image.colour_space, alpha_mode=image.alpha_mode
    )
    covers = image.alpha_mode != "CHANNEL_PACKED"
    colour, _ = to_work(read, plan(read.size, look), look.seamless, covers)
    progress(Progress(0.3, "Finding regions"))
    if cancel():
        raise JobCancelled("Cancelled.")
    found, picture = painter.find(colour), painter.picture()
    progress(Progress(0.7, "Drawing"))
    if picture is None:
        drawn = pictures.draw(colour, found)
    else:
        theirs = painter.find(picture, found.count)
        match = match_regions(found, theirs)
        drawn = pictures.draw_match(colour, found, picture, theirs, match)
    theme.save(drawn, Path(request.output))
    progress(Progress(1.0, "Done"))
    return RegionsResult(request.output, found.count)
