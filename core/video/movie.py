"""Make movies of finished frames."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from ..atomic import part_file
from ..control import SILENT, Control, Failure
from ..errors import ImpastoError, NoImages, OutputUnwritable
from ..image.files import read_picture
from ..paint.working import display_colors

FPS = 24.0
"""Frames per second where neither the request nor the frames say."""

_CODECS = {".mp4": "mp4v", ".mov": "mp4v", ".mkv": "mp4v", ".avi": "MJPG"}


def write_movie(
    paths: Sequence[Path],
    movie: Path,
    fps: float,
    *,
    overwrite: bool = False,
    control: Control = SILENT,
) -> tuple[int, list[Failure]]:
    """Write frames as a movie: whole, or not at all.

    Parameters
    ----------
    paths : sequence of Path
        Files of the frames, in order.
    movie : Path
        Where it goes; its suffix decides the codec.
    fps : float
        Frames per second.
    overwrite : bool
        Replace a file that exists.
    control : Control
        Gets the progress.

    Returns
    -------
    frames : int
        How many frames there are in it.
    failures : list of Failure
        Frames that could not be read.

    Raises
    ------
    OutputUnwritable
        It exists, its suffix is unknown, or it cannot be written.
    NoImages
        No frame can be read.
    """
    if movie.suffix.lower() not in _CODECS:
        raise OutputUnwritable(
            f'Impasto cannot write "{movie.suffix}" movies; choose one of {", ".join(_CODECS)}.'
        )
    if movie.exists() and not overwrite:
        raise OutputUnwritable(f'"{movie}" exists; choose another name for the movie.')
    writer, size, count, failures = None, (0, 0), 0, []
    with part_file(movie, overwrite=overwrite, keep_suffix=True) as part:
        for index, path in enumerate(paths):
            try:
                color = display_colors(read_picture(path))
            except ImpastoError as error:
                failures.append(Failure(path.name, str(error)))
                continue
            if writer is None:
                size = (color.shape[1] // 2 * 2, color.shape[0] // 2 * 2)  # codecs want even ones
                codec = cv2.VideoWriter.fourcc(*_CODECS[movie.suffix.lower()])
                writer = cv2.VideoWriter(str(part), codec, fps, size)
                if not writer.isOpened():
                    raise OutputUnwritable(
                        f'The movie "{movie}" cannot be written; choose another folder.'
                    )
            pixels = (np.clip(color, 0, 1) * 255 + 0.5).astype(np.uint8)[..., ::-1]
            writer.write(np.ascontiguousarray(pixels[: size[1], : size[0]]))
            count += 1
            control.progress((index + 1) / len(paths))
        if writer is None:
            raise NoImages("None of the frames can be read.")
        writer.release()
    return count, failures
