"""Draw pictures from a fitted generator, and write them one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..control import Control
from ..errors import BadRequest
from ..image.files import write_picture
from ..image.picture import Picture
from ..memory import ask
from .interface import LoopingModel, Model
from .settings import MOST_PICTURES, MOST_PIXELS, SampleSettings

_NUMBER = "####"
_BYTES_PER_PIXEL = 150
"""While a picture is drawn: for large ones, 60 to 150 were measured."""


def check_settings(settings: SampleSettings, kind: str) -> None:
    """Refuse settings that contradict each other or the kind of generator.

    Parameters
    ----------
    settings : SampleSettings
        What to draw.
    kind : str
        The kind of generator.

    Raises
    ------
    BadRequest
        They do; the sentence says how.
    ImageTooLarge
        A picture of that size does not fit into the memory that is free.
    """
    if min(settings.size) < 1:
        raise BadRequest("A picture needs at least one pixel.")
    if max(settings.size) > MOST_PIXELS or max(settings.morph, settings.frames) > MOST_PICTURES:
        raise BadRequest(
            f"Pictures have at most {MOST_PIXELS} pixels a side, and there are at most"
            f" {MOST_PICTURES} of them; choose less."
        )
    width, height = settings.size
    ask(f"A texture of {width} x {height}", width * height * _BYTES_PER_PIXEL)
    if settings.frames and kind != "AUTOMATON":
        raise BadRequest("Only the cellular automaton moves; set the number of frames to 0.")
    if settings.damage and not settings.frames:
        raise BadRequest("Damage and regrowth take a sequence; set the number of frames.")
    if not settings.seamless and kind == "AUTOMATON":
        raise BadRequest("The cellular automaton's textures are always seamless.")
    if settings.mix and max(settings.morph, settings.frames) > 1:
        raise BadRequest(
            "A morph goes from texture to texture, and a loop has one; leave out the mix."
        )
    if settings.morph > 1 and kind == "AUTOMATON":
        raise BadRequest("The cellular automaton knows one texture; choose the GAN to morph.")


def output_files(output: str, settings: SampleSettings) -> tuple[str, ...]:
    """Return the files that will be written.

    Parameters
    ----------
    output : str
        Path of a PNG; ``####`` stands for the number of the picture.
    settings : SampleSettings
        What to draw.

    Returns
    -------
    tuple of str
        Their paths, in order.

    Raises
    ------
    BadRequest
        There are several, and ``output`` has no place for the number.
    """
    count = settings.frames or (settings.morph if settings.morph > 1 else 0)
    if not count:
        return (output.replace(_NUMBER, "0001"),)
    if _NUMBER not in output:
        raise BadRequest(f"Several pictures need {_NUMBER} in their name, for the number.")
    return tuple(output.replace(_NUMBER, f"{number + 1:04d}") for number in range(count))


def draw_samples(
    model: Model,
    settings: SampleSettings,
    output: str,
    control: Control,
    *,
    overwrite: bool = False,
) -> tuple[str, ...]:
    """Draw a still, a morph or a loop, and write each picture as soon as it is done.

    Parameters
    ----------
    model : Model
        The fitted generator.
    settings : SampleSettings
        What to draw; see :func:`check_settings`.
    output : str
        See :func:`output_files`.
    control : Control
        Progress, and cancellation.
    overwrite : bool, optional
        Whether to replace files that exist.

    Returns
    -------
    tuple of str
        The written files, in order.

    Raises
    ------
    BadRequest
        The settings do not suit the model or the output.
    OutputUnwritable
        A file exists (unless ``overwrite``), or cannot be written.
    ImageTooLarge
        A picture of that size does not fit into the memory that is free.
    JobCancelled
        It was cancelled; pictures that are written stay.
    """
    check_settings(settings, model.kind)
    paths = output_files(output, settings)
    if settings.frames and isinstance(model, LoopingModel):

        def write_frame(number: int, frame: np.ndarray) -> None:
            write_picture(Picture(frame), Path(paths[number]), overwrite=overwrite)
            control.progress((number + 1) / len(paths))

        model.loop(
            settings.size,
            settings.frames,
            seed=settings.seed,
            damage=settings.damage,
            on_frame=write_frame,
            cancel=control.cancel,
        )
        return paths
    for number, path in enumerate(paths):
        share = number / max(1, len(paths) - 1)
        mix = (1 - share, share) if len(paths) > 1 else settings.mix
        painted = model.sample(
            settings.size,
            seed=settings.seed,
            seamless=settings.seamless,
            mix=mix,
            control=control.part(number / len(paths), (number + 1) / len(paths)),
        )
        write_picture(Picture(painted), Path(path), overwrite=overwrite)
    return paths
