"""Keyframes: an artist paints one frame or a few, and the look is carried through the shot.

Two things carry it: the painting itself, warped along the motion as far as it is valid, and, where
it is not, the network, which has first learned from the painted frames how the artist paints.

References
----------
Texler et al., "Interactive Video Stylization Using Few-Shot Patch-Based Training", SIGGRAPH 2020.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..control import SILENT, Budget, Clock, Control
from ..errors import BadRequest
from ..image.files import read_picture
from ..image.resize import resize
from ..models.texture_loss import TextureTarget
from ..paint import pipeline
from ..paint.adapter_fit import AdapterFit
from ..paint.content import pad_to_stride, to_tensor
from ..paint.network import Stylizer
from ..styles.style import ZOOMS, Provenance, Style
from .sequence import Sequence as FrameSequence
from .settings import PaintedFrame

_CROP, _BATCH = 192, 2
_COLOR, _FEATURES, _TEXTURE = 10.0, 1.0, 1.0
_RATE = 1.2e-2  # the goal is one picture, seen pixel by pixel: far clearer than a style


def painted_pairs(
    sequence: FrameSequence, painted: Sequence[PaintedFrame]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Read painted frames beside the frames that they were painted from.

    Returns
    -------
    list of pairs of (H, W, 3) float32, sRGB-encoded in [0, 1]
        Frame, and the same frame as the artist painted it, at the frame's size.

    Raises
    ------
    BadRequest
        A painted frame is not in the sequence.
    ImageMissing, ImageUnreadable
        A frame or a painting cannot be read.
    """
    frames = {frame.number: frame for frame in sequence.frames}
    pairs = []
    for item in painted:
        if item.number not in frames:
            raise BadRequest(
                f"Frame {item.number} is painted, but not in the sequence; check the range."
            )
        before = pipeline.display(sequence.read(frames[item.number]))
        after = pipeline.display(read_picture(item.path))
        size = (before.shape[1], before.shape[0])
        pairs.append((before, np.clip(resize(after, size), 0, 1)))
    return pairs


def imitate(
    stylizer: Stylizer,
    pairs: Sequence[tuple[np.ndarray, np.ndarray]],
    *,
    budget: Budget,
    seed: int = 0,
    control: Control = SILENT,
) -> Style:
    """A style whose adapter paints each first picture like the second.

    Parameters
    ----------
    pairs : (H, W, 3) float32 each, sRGB-encoded in [0, 1]
        Frames, and the same frames as the artist painted them.
    budget : Budget
        How long to learn.
    seed : int
        Random seed.
    control : Control
        Hears of each step; once cancelled, what is learned so far is returned.

    Raises
    ------
    JobCancelled
        Cancelled before the first step was done.
    """
    clock = Clock(budget, control.cancel)
    rng = np.random.default_rng(seed)
    code = np.mean([stylizer.encode_style(after) for _, after in pairs], axis=0)
    fit = AdapterFit(stylizer, torch.from_numpy(code), seed, _RATE)
    with torch.no_grad():
        targets = [
            TextureTarget(fit.encoder, fit.on_device(pad_to_stride(to_tensor(after))))
            for _, after in pairs
        ]
    while clock.more():
        done = clock.done
        which = int(rng.integers(len(pairs)))
        crops = [_crops(*pairs[which], rng) for _ in range(_BATCH)]
        before, after = (fit.on_device(torch.cat(side)) for side in zip(*crops, strict=True))
        painted = fit.paint(fit.in_colors_of_style(before))
        seen = fit.encoder(painted)
        with torch.no_grad():
            wanted = fit.encoder(after)
        apart = torch.stack(
            [F.l1_loss(a, b) / (b.std() + 1e-3) for a, b in zip(seen, wanted, strict=True)]
        ).mean()
        loss = _COLOR * F.l1_loss(painted, after) + _FEATURES * apart
        fit.step(loss + _TEXTURE * targets[which].feature_loss(seen), done)
        clock.count()
        control.progress(done, f"Learning from the painted frames, step {clock.number}")
    recipe = {"imitates": len(pairs), "steps": clock.number, "seed": seed}
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
