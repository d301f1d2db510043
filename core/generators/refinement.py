"""The Refine job: from files to a style file that carries its adapter."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..errors import ImpastoError, NoImages, OutputUnwritable
from ..imaging.colour import linear_to_srgb
from ..imaging.files import read_picture, write_picture
from ..imaging.picture import Picture
from ..imaging.resize import resize
from ..jobs.messages import Failure, ImageRef, Progress, RefineRequest, RefineResult
from ..networks.adapter import Adapter
from ..styles.style import Style, save_style
from .batch import shared
from .refine import Step, refine
from .stylebook import at_zoom, read_style_picture
from .stylizer import Stylizer

_SIDE = 1024  # of the contents: what is painted at a time is far smaller
_PREVIEW_SIDE = 384
_PREVIEW_SECONDS = 8.0
_THUMBNAIL = 128


def refine_style(
    request: RefineRequest,
    *,
    progress: Callable[[Progress], None],
    cancel: Callable[[], bool],
) -> RefineResult:
    """Refine and save; when cancelled, the best so far is saved.

    Raises
    ------
    OutputUnwritable
        The style file exists, or cannot be written.
    StyleUnreadable
        The style's picture is missing or none.
    NoImages
        None of the images can be read.
    JobCancelled
        Cancelled before there was anything to save.
    """
    output = Path(request.output)
    if output.exists() and not request.overwrite:
        raise OutputUnwritable(f'"{output}" exists; choose another name for the style.')
    batch = shared(progress)
    colour = read_style_picture(Path(request.picture))
    style = batch.styles.resolve_source(request.picture)
    contents, failures = read_contents(request.images, _SIDE)
    if not contents:
        raise NoImages(f"None of the textures can be read: {failures[0].message}")
    preview = _Preview(request.preview, batch.stylizer, style, contents[0])
    textures: list[float] = []

    def told(step: Step, adapter: Callable[[], Adapter]) -> None:
        textures.append(step.texture)
        preview.show(adapter)
        progress(Progress(0.98 * step.done, f'Refining "{style.name}", step {step.number}'))

    refined = refine(
        batch.stylizer,
        style,
        at_zoom(colour, 1.0),
        contents,
        seconds=request.seconds,
        steps=request.steps,
        seed=request.seed,
        told=told,
        cancel=cancel,
    )
    thumbnail = small(preview.paint(refined.adapters[0][0]), _THUMBNAIL)
    thumbnail = (thumbnail * 255 + 0.5).astype(np.uint8)
    save_style(replace(refined, identifier=output.stem, thumbnail=thumbnail), output)
    tenth = max(1, len(textures) // 10)
    before, after = (float(np.mean(part)) for part in (textures[:tenth], textures[-tenth:]))
    progress(Progress(1.0, "Done"))
    return RefineResult(str(output), len(textures), before, after, tuple(failures))


def read_contents(images: Sequence[ImageRef], side: int) -> tuple[list[np.ndarray], list[Failure]]:
    """Contents ``(H, W, 3)`` float32, sRGB-encoded in [0, 1], no larger than ``side``; and what
    cannot be read."""
    contents, failures = [], []
    for image in images:
        try:
            picture = read_picture(
                image.paths[0], colour_space=image.colour_space, alpha_mode=image.alpha_mode
            )
        except ImpastoError as error:
            failures.append(Failure(image.key, str(error)))
            continue
        colour = picture.colour
        if picture.encoding == "linear":
            colour = linear_to_srgb(np.clip(colour, 0, 1))
        contents.append(small(colour, side))
    return contents, failures


def small(colour: np.ndarray, side: int) -> np.ndarray:
    """No larger than ``side``; in [0, 1]."""
    height, width = colour.shape[:2]
    factor = min(1.0, side / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.clip(resize(colour, size), 0, 1)


class _Preview:
    """A picture of how far the fit is, replaced every few seconds."""

    def __init__(self, path: str, stylizer: Stylizer, style: Style, content: np.ndarray) -> None:
        self._path = Path(path) if path else None
        self._stylizer, self._code = stylizer, style.code(1.0)
        self._content = small(content, _PREVIEW_SIDE)
        self._shown = 0.0

    def paint(self, adapter: Adapter) -> np.ndarray:
        """The content as the adapter paints it now, ``(H, W, 3)`` float32, sRGB-encoded."""
        return self._stylizer.paint(self._content, self._code, adapters=((adapter, 1.0),))

    def show(self, adapter: Callable[[], Adapter]) -> None:
        if self._path is None or time.monotonic() - self._shown < _PREVIEW_SECONDS:
            return
        self._shown = time.monotonic()
        write_picture(Picture(self.paint(adapter())), self._path, overwrite=True)
