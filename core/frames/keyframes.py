"""Keyframes: an artist paints one frame or a few, and the look is carried through the shot.

Two things carry it: the painting itself, warped along the motion as far as it is valid, and, where
it is not, the network, which has first learned from the painted frames how the artist paints.

References
----------
Texler et al., "Interactive Video Stylization Using Few-Shot Patch-Based Training", SIGGRAPH 2020.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..errors import BadRequest
from ..generators import looks
from ..generators.batch import shared
from ..generators.refine import AdapterFit
from ..generators.stylizer import Stylizer, pad_to_stride, to_tensor
from ..generators.texture_loss import TextureTarget
from ..imaging.files import read_picture
from ..imaging.resize import resize
from ..jobs.frames_messages import FramesRequest, FramesResult, PropagateRequest
from ..jobs.messages import ItemDone, Progress
from ..styles.look import StyleRef
from ..styles.style import ZOOMS, Provenance, Style, save_style
from .run import restyle_frames
from .sequence import find_sequence

_CROP, _BATCH = 192, 2
_COLOUR, _FEATURES, _TEXTURE = 10.0, 1.0, 1.0
_RATE = 1.2e-2  # the goal is one picture, seen pixel by pixel: far clearer than a style
_LEARNING = 0.4  # share of the job's progress


def propagate(
    request: PropagateRequest,
    *,
    progress: Callable[[Progress], None],
    cancel: Callable[[], bool],
    item_done: Callable[[ItemDone], None],
) -> FramesResult:
    """Learn from the painted frames, then restyle all; raises as :func:`~.run.restyle_frames`.

    Raises
    ------
    BadRequest
        No frame is painted, or one that is painted is not in the sequence.
    """
    path = Path(request.style)
    if not path.exists():
        style = _learn(request, progress, cancel)
        path.parent.mkdir(parents=True, exist_ok=True)
        save_style(replace(style, identifier=path.stem), path)
    frames: FramesRequest = request.frames
    sequence = find_sequence(frames.sequence)
    size = sequence.read(sequence.frames[0]).size
    look = replace(
        frames.settings.look,
        styles=(StyleRef(str(path)),),
        strength=1.0,
        keep_colour=0.0,
        brush_scale=looks.REFERENCE_SIDE / max(size),  # so frames are painted at their own size
    )
    settings = replace(frames.settings, look=look, coherence="MOTION")

    def told(event: Progress) -> None:
        progress(Progress(_LEARNING + (1 - _LEARNING) * event.done, event.step))

    return restyle_frames(
        replace(frames, settings=settings), progress=told, cancel=cancel, item_done=item_done
    )


def _learn(
    request: PropagateRequest, progress: Callable[[Progress], None], cancel: Callable[[], bool]
) -> Style:
    painted = request.frames.settings.painted
    if not painted:
        raise BadRequest("No frame is painted yet; paint one, and save it.")
    sequence = find_sequence(request.frames.sequence)
    frames = {frame.number: frame for frame in sequence.frames}
    pairs = []
    for item in painted:
        if item.number not in frames:
            raise BadRequest(
                f"Frame {item.number} is painted, but not in the sequence; check the range."
            )
        before = looks.display(sequence.read(frames[item.number]))
        after = looks.display(read_picture(item.path))
        size = (before.shape[1], before.shape[0])
        pairs.append((before, np.clip(resize(after, size), 0, 1)))
    batch = shared(progress)

    def told(number: int, done: float) -> None:
        progress(Progress(_LEARNING * done, f"Learning from the painted frames, step {number}"))

    return imitate(
        batch.stylizer,
        pairs,
        seconds=request.seconds,
        steps=request.steps,
        seed=request.seed,
        told=told,
        cancel=cancel,
    )


def imitate(
    stylizer: Stylizer,
    pairs: Sequence[tuple[np.ndarray, np.ndarray]],
    *,
    seconds: float = 90.0,
    steps: int = 0,
    seed: int = 0,
    told: Callable[[int, float], None] = lambda number, done: None,
    cancel: Callable[[], bool] = lambda: False,
) -> Style:
    """A style whose adapter paints each first picture like the second.

    Parameters
    ----------
    pairs : (H, W, 3) float32 each, sRGB-encoded in [0, 1]
        Frames, and the same frames as the artist painted them.
    told : callable
        Given the number of the step and the share of the budget that is spent.

    Raises
    ------
    JobCancelled
        Cancelled before the first step was done.
    """
    begun = time.monotonic()
    rng = np.random.default_rng(seed)
    code = np.mean([stylizer.encode_style(after) for _, after in pairs], axis=0)
    fit = AdapterFit(stylizer, torch.from_numpy(code), seed, _RATE)
    with torch.no_grad():
        targets = [
            TextureTarget(
                fit.encoder, fit.on_device(pad_to_stride(to_tensor(after), seamless=False))
            )
            for _, after in pairs
        ]
    number = 0
    while fit.goes_on(number, begun, seconds, steps, cancel):
        done = number / steps if steps else min(1.0, (time.monotonic() - begun) / seconds)
        which = int(rng.integers(len(pairs)))
        crops = [_crops(*pairs[which], rng) for _ in range(_BATCH)]
        before, after = (fit.on_device(torch.cat(side)) for side in zip(*crops, strict=True))
        painted = fit.paint(fit.in_colours_of_style(before))
        seen = fit.encoder(painted)
        with torch.no_grad():
            wanted = fit.encoder(after)
        apart = torch.stack(
            [F.l1_loss(a, b) / (b.std() + 1e-3) for a, b in zip(seen, wanted, strict=True)]
        ).mean()
        loss = _COLOUR * F.l1_loss(painted, after) + _FEATURES * apart
        fit.step(loss + _TEXTURE * targets[which].feature_loss(seen), done)
        number += 1
        told(number, done)
    recipe = {"imitates": len(pairs), "steps": number, "seed": seed}
    codes = np.repeat(code[None].astype(np.float32), len(ZOOMS), axis=0)
    provenance = Provenance("Painted frames", recipe=recipe)
    adapters = ((fit.additions.export(), 1.0),)
    return Style("painted", "Painted frames", codes, provenance=provenance, adapters=adapters)


def _crops(
    before: np.ndarray, after: np.ndarray, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """The same random square of both, maybe mirrored, extended by reflection where it is small."""
    top, left = (int(rng.integers(max(1, side - _CROP + 1))) for side in before.shape[:2])
    mirrored = rng.random() < 0.5
    parts = []
    for image in (before, after):
        part = image[top : top + _CROP, left : left + _CROP]
        part = part[:, ::-1] if mirrored else part
        missing = [(0, _CROP - side) for side in part.shape[:2]]
        parts.append(to_tensor(np.pad(part, [*missing, (0, 0)], mode="symmetric")))
    return parts[0], parts[1]
