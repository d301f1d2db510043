"""The shots of a sequence, and the style's statistics of each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ..control import Control, Failure
from ..errors import ImpastoError, NoImages
from ..image.picture import Picture
from ..paint import memory, pipeline
from ..paint.session import Session
from ..styles.style import Style
from .sequence import Frame, Sequence
from .settings import FramesSettings, ShotInfo
from .shot_file import ShotFile, anchors_of, fingerprint
from .shots import describe_frame, find_shots


def measure_shots(
    batch: Session,
    sequence: Sequence,
    settings: FramesSettings,
    memory_limit: int,
    control: Control,
) -> tuple[ShotFile, list[Failure]]:
    """Shots, anchors and statistics of a sequence, and the frames that cannot be read."""
    style = batch.styles.resolve(settings.look.styles)
    descriptors, numbers, failures = [], [], []
    size = None
    with ThreadPoolExecutor(2, "impasto-look") as pool:
        looked = pool.map(lambda frame: _look(sequence, frame), sequence.frames)
        for index, (frame, found) in enumerate(zip(sequence.frames, looked, strict=True)):
            if control.cancel.is_set():
                pool.shutdown(cancel_futures=True)
                control.cancel.raise_if_set()
            done = index / len(sequence.frames)
            control.progress(0.8 * done, f"Looking at frame {frame.number}")
            if isinstance(found, ImpastoError):
                failures.append(Failure(str(frame.number), str(found)))
                continue
            seen, descriptor = found
            size = size or seen
            if seen != size:
                why = f"It is {seen[0]} x {seen[1]} pixels, unlike the first frame"
                failures.append(Failure(str(frame.number), f"{why}; render it again at that size."))
                continue
            descriptors.append(descriptor)
            numbers.append(frame.number)
    if not numbers or size is None:
        raise NoImages(f"None of the frames can be read: {failures[0].message}")
    tile = memory.tile_for([size], settings.look, sequence.pattern, memory_limit)
    by_number = {frame.number: frame for frame in sequence.frames}
    infos, own = [], []
    for shot in find_shots(np.stack(descriptors)):
        first, last = numbers[shot.start], numbers[shot.stop - 1]
        typical = tuple(numbers[k] for k in shot.keyframes)
        control.advance(0.8 + 0.2 * shot.start / len(numbers), f"Measuring the shot from {first}")
        pictures = [sequence.read(by_number[number]) for number in typical]
        own.append(_measure(batch, pictures, settings, style, tile))
        anchors = tuple(anchors_of(first, last, settings, numbers))
        infos.append(ShotInfo(first, last, typical, anchors))
    made_for = fingerprint(settings, style.codes)
    return ShotFile(made_for, tuple(numbers), tuple(infos), tuple(own)), failures


def _look(sequence: Sequence, frame: Frame) -> tuple[tuple[int, int], np.ndarray] | ImpastoError:
    """Size and descriptor of a frame, or why it cannot be read."""
    try:
        picture = sequence.read(frame)
    except ImpastoError as error:
        return error
    return picture.size, describe_frame(pipeline.display(picture))


def _measure(
    batch: Session, pictures: list[Picture], settings: FramesSettings, style: Style, tile: int
) -> np.ndarray:
    """The common content code ``(CODE_LENGTH,)`` of typical frames in the style's colors."""
    look = settings.look
    goal = pipeline.plan(pictures[0].size, look)
    works = [pipeline.to_work(p, goal, look.seamless, alpha_covers=True) for p in pictures]
    colors, masks = zip(*works, strict=True)
    return batch.stylizer.measure(
        colors,
        style.code(goal.zoom),
        masks,
        strength=look.strength,
        seamless=look.seamless,
        tile=tile,
    )[0]
