"""Prepare a sequence: find its shots, and fit the style's statistics once for each of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from ..errors import ImpastoError, JobCancelled, NoImages
from ..generators import looks, memory
from ..generators.batch import StylizeBatch, shared
from ..imaging.picture import Picture
from ..jobs.frames_messages import (
    FramesSettings,
    PrepareFramesRequest,
    PrepareFramesResult,
    ShotInfo,
)
from ..jobs.messages import Failure, Progress
from ..styles.style import Style
from .sequence import Frame, Sequence, find_sequence
from .shot_file import ShotFile, anchors_of, fingerprint
from .shots import describe_frame, find_shots


def prepare_frames(
    request: PrepareFramesRequest,
    *,
    progress: Callable[[Progress], None],
    cancel: Callable[[], bool],
) -> PrepareFramesResult:
    """Write a shot file.

    Raises
    ------
    NoImages
        None of the frames can be read.
    OutputUnwritable
        The shot file exists, or cannot be written.
    JobCancelled
    """
    sequence = find_sequence(request.sequence)
    batch = shared(progress)
    shots, failures = measure_shots(
        batch, sequence, request.settings, request.memory_limit, progress, cancel
    )
    shots.save(Path(request.shot_file), overwrite=request.overwrite)
    progress(Progress(1.0, "Done"))
    return PrepareFramesResult(request.shot_file, len(shots.numbers), shots.shots, tuple(failures))


def measure_shots(
    batch: StylizeBatch,
    sequence: Sequence,
    settings: FramesSettings,
    memory_limit: int,
    progress: Callable[[Progress], None],
    cancel: Callable[[], bool],
) -> tuple[ShotFile, list[Failure]]:
    """Shots, anchors and statistics of a sequence, and the frames that cannot be read."""
    style = batch.styles.resolve(settings.look.styles)
    descriptors, numbers, failures = [], [], []
    size = None
    with ThreadPoolExecutor(2, "impasto-look") as pool:
        looked = pool.map(lambda frame: _look(sequence, frame), sequence.frames)
        for index, (frame, found) in enumerate(zip(sequence.frames, looked, strict=True)):
            if cancel():
                pool.shutdown(cancel_futures=True)
                raise JobCancelled("Cancelled.")
            done = index / len(sequence.frames)
            progress(Progress(0.8 * done, f"Looking at frame {frame.number}"))
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
    batch.stylizer.tile = memory.tile_for([size], settings.look, sequence.pattern, memory_limit)
    by_number = {frame.number: frame for frame in sequence.frames}
    infos, own = [], []
    for shot in find_shots(np.stack(descriptors)):
        if cancel():
            raise JobCancelled("Cancelled.")
        first, last = numbers[shot.start], numbers[shot.stop - 1]
        typical = tuple(numbers[k] for k in shot.keyframes)
        progress(
            Progress(0.8 + 0.2 * shot.start / len(numbers), f"Measuring the shot from {first}")
        )
        pictures = [sequence.read(by_number[number]) for number in typical]
        own.append(_measure(batch, pictures, settings, style))
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
    return picture.size, describe_frame(looks.display(picture))


def _measure(
    batch: StylizeBatch, pictures: list[Picture], settings: FramesSettings, style: Style
) -> np.ndarray:
    """The common content code ``(CODE_LENGTH,)`` of typical frames in the style's colours."""
    look = settings.look
    goal = looks.plan(pictures[0].size, look)
    works = [looks.to_work(p, goal, look.seamless, alpha_covers=True) for p in pictures]
    colours, masks = zip(*works, strict=True)
    return batch.stylizer.measure(
        colours, style.code(goal.zoom), masks, strength=look.strength, seamless=look.seamless
    )[0]
