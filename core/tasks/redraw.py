"""Draw a painting again from its strokes: at another size, with other strokes' widths or thickness."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ..control import Control
from ..memory import ask
from .registry import Request, task

_BYTES_PER_PIXEL = 64
"""Color, height, normals and the encoded files."""


@dataclass(frozen=True)
class RedrawRequest(Request["RedrawResult"]):
    """Draw a painting again from its strokes.

    Attributes
    ----------
    strokes : str
        The stroke file that was written beside a result.
    output : str
        The picture to write.
    height, normal : str
        16-bit PNG files for the relief; empty: it is not written.
    max_side : int
        Long side in pixels; 0: as it was painted.
    width, length, opacity : float
        By those of the strokes as they were painted.
    relief : float or None
        Thickness of the paint in [0, 1], as in a look; None: as it was painted.
    overwrite : bool
        Replace results that exist.
    """

    strokes: str
    output: str
    height: str = ""
    normal: str = ""
    max_side: int = 0
    width: float = 1.0
    length: float = 1.0
    opacity: float = 1.0
    relief: float | None = None
    overwrite: bool = False


@dataclass(frozen=True)
class RedrawResult:
    """Say what was written.

    Attributes
    ----------
    output : str
        The picture.
    strokes : int
        Number of strokes.
    """

    output: str
    strokes: int


@task
def run(request: RedrawRequest, control: Control) -> RedrawResult:
    """Draw the strokes; no network is needed.

    Parameters
    ----------
    request : RedrawRequest
        What to draw.
    control : Control
        Progress and cancellation.

    Returns
    -------
    RedrawResult
        What was written.

    Raises
    ------
    StyleUnreadable
        The stroke file is missing, damaged, or none.
    ImageTooLarge
        The picture does not fit into the memory that is free.
    OutputUnwritable
        A result exists, or cannot be written.
    JobCancelled
        It was cancelled.
    """
    from ..image.files import write_picture
    from ..image.maps import write_map
    from ..image.picture import Picture
    from ..paint.strokes.painter import redraw
    from ..paint.strokes.relief import to_16_bit
    from ..paint.strokes.stroke_file import load_strokes

    kept = load_strokes(Path(request.strokes))
    listed = replace(
        kept.strokes,
        width=kept.strokes.width * request.width,
        length=kept.strokes.length * request.length,
        opacity=(kept.strokes.opacity * request.opacity).clip(0, 1),
    )
    scale = request.max_side / max(kept.size) if request.max_side else 1.0
    size = max(1, round(scale * kept.size[0])), max(1, round(scale * kept.size[1]))
    ask(Path(request.strokes).name, size[0] * size[1] * _BYTES_PER_PIXEL)
    painting = redraw(
        listed,
        kept.underpainting,
        size,
        kept.stroke_set,
        relief=kept.relief if request.relief is None else request.relief,
        control=control.part(0.0, 0.95, "Drawing strokes"),
    )
    overwrite = request.overwrite
    if request.height:
        write_map(to_16_bit(painting.height), request.height, overwrite=overwrite)
    if request.normal:
        normals = painting.normals(integers=True)
        write_map(normals, request.normal, overwrite=overwrite, spend=True)
    write_picture(Picture(painting.color), Path(request.output), overwrite=overwrite)
    control.progress(1.0, "Done")
    return RedrawResult(request.output, len(listed))
