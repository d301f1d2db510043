"""Find the shots of a sequence, choose their anchors, and measure the content code of each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ..control import Control, Failure
from ..errors import ImpastoError, NoImages, UnsupportedImage
from ..image.picture import Picture
from ..networks.codes import CODE_LENGTH
from ..paint import memory, working
from ..paint.guides import guide_size
from ..paint.network import Stylizer
from ..styles.style import Style
from .sequence import Frame, Sequence
from .settings import FramesSettings, ShotInfo
from .shot_file import ShotFile, choose_anchors, environment, settings_fingerprint
from .shots import describe_frame, find_shots


def measure_shots(
    stylizer: Stylizer,
    style: Style,
    sequence: Sequence,
    settings: FramesSettings,
    memory_limit: int,
    control: Control,
) -> tuple[ShotFile, list[Failure]]:
    """Decide for a sequence what all machines that restyle it must agree on.

    Parameters
    ----------
    stylizer : Stylizer
        Measures content codes.
    style : Style
        Of the look.
    sequence : Sequence
        Its frames are all read.
    settings : FramesSettings
        Of the run.
    memory_limit : int
        In bytes; 0: what is available.
    control : Control
        Gets the progress.

    Returns
    -------
    shots : ShotFile
        Of the frames that can be read.
    failures : list of Failure
        The others.

    Raises
    ------
    NoImages
        None of the frames can be read.
    ImageTooLarge
        A frame does not fit into memory.
    JobCancelled
        The control was cancelled.
    """
    thumbnails, numbers, size, failures = _describe_all(sequence, control)
    if not numbers:
        raise NoImages(f"None of the frames can be read: {failures[0].message}")
    tile = memory.tile_for([size], settings.look, sequence.pattern, memory_limit)
    infos, codes = [], []
    for shot in find_shots(np.stack(thumbnails), control.part(0.7, 0.8, "Finding the shots")):
        first, last = numbers[shot.start], numbers[shot.stop - 1]
        keyframes = tuple(numbers[k] for k in shot.keyframes)
        control.advance(0.8 + 0.2 * shot.start / len(numbers), f"Measuring the shot from {first}")
        pictures = [sequence.read(sequence.by_number[number]) for number in keyframes]
        codes.append(_content_code(stylizer, style, pictures, settings, tile))
        anchors = tuple(choose_anchors(first, last, settings, numbers))
        infos.append(ShotInfo(first, last, keyframes, anchors, shot.transition))
    fingerprint = settings_fingerprint(settings, style.codes)
    shots = ShotFile(
        *(fingerprint, tuple(numbers), size, tuple(infos), tuple(codes)),
        tile=tile,
        made_with=environment(stylizer.networks.device),
    )
    return shots, failures


def unlike(size: tuple[int, int], others: tuple[int, int]) -> UnsupportedImage:
    """Return the error for a frame that has another size than the others.

    Parameters
    ----------
    size, others : (width, height)
        Its size, and theirs, in pixels.

    Returns
    -------
    UnsupportedImage
        To raise or to report.
    """
    return UnsupportedImage(
        f"It is {size[0]} x {size[1]} pixels, unlike the other frames;"
        f" render it again at {others[0]} x {others[1]}."
    )


def _describe_all(
    sequence: Sequence, control: Control
) -> tuple[list[np.ndarray], list[int], tuple[int, int], list[Failure]]:
    """Return thumbnails, numbers and common size of the frames that can be used, and the others."""
    thumbnails: list[np.ndarray] = []
    numbers: list[int] = []
    failures = []
    size = (0, 0)
    with ThreadPoolExecutor(2, "impasto-look") as pool:
        described = pool.map(lambda frame: _describe(sequence, frame), sequence.frames)
        for index, (frame, found) in enumerate(zip(sequence.frames, described, strict=True)):
            if control.cancel.is_set():
                pool.shutdown(cancel_futures=True)
                control.cancel.raise_if_set()
            done = index / len(sequence.frames)
            control.progress(0.7 * done, f"Looking at frame {frame.number}")
            if isinstance(found, ImpastoError):
                failures.append(Failure(str(frame.number), str(found)))
                continue
            (width, height), thumbnail = found
            if not numbers:
                size = width, height
            if (width, height) != size:
                why = str(unlike((width, height), size))
                failures.append(Failure(str(frame.number), why))
                continue
            thumbnails.append(thumbnail)
            numbers.append(frame.number)
    return thumbnails, numbers, size, failures


def _describe(
    sequence: Sequence, frame: Frame
) -> tuple[tuple[int, int], np.ndarray] | ImpastoError:
    """Return the size and thumbnail of a frame, or why it cannot be read."""
    try:
        picture = sequence.read(frame)
    except ImpastoError as error:
        return error
    return picture.size, describe_frame(working.display_colors(picture))


def _content_code(
    stylizer: Stylizer,
    style: Style,
    pictures: list[Picture],
    settings: FramesSettings,
    tile: int,
) -> np.ndarray:
    """Return the common content code ``(CODE_LENGTH,)`` of typical frames in the style's colors."""
    look = settings.look
    if look.engine == "STROKES" and style.own_color:  # no network paints their guides
        return np.zeros(CODE_LENGTH, np.float32)
    if look.engine == "STROKES":  # their guides are painted at a size of their own
        goal = working.Plan(pictures[0].size, guide_size(pictures[0].size), 1.0)
    else:
        goal = working.plan(pictures[0].size, look)
    works = [working.to_work(p, goal, look.seamless, alpha_covers=True) for p in pictures]
    colors, masks = zip(*works, strict=True)
    return stylizer.measure(
        colors,
        style.code(goal.zoom),
        masks,
        strength=look.strength,
        seamless=look.seamless,
        tile=tile,
    )[0]
