"""Keyframes: the artist paints a frame or a few, and the network learns to paint the others like them.

It paints what the artist's paintings, which are carried along the motion, do not show.

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
from ..models.layers import as_batch
from ..models.texture_loss import TextureTarget
from ..paint import working
from ..paint.adapter_fit import AdapterFit
from ..paint.content import pad_to_stride
from ..paint.network import Stylizer
from ..styles.style import ZOOMS, Provenance, Style
from .sequence import Sequence as FrameSequence
from .settings import PaintedFrame

_CROP, _BATCH = 192, 2
_COLOR, _FEATURES, _TEXTURE = 10.0, 1.0, 1.0
_RATE = 1.2e-2  # high, as the goal is a painting pixel by pixel, which is far clearer than a style


def painted_pairs(
    sequence: FrameSequence, painted: Sequence[PaintedFrame]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Read frames that the artist painted, and the frames that they were painted from.

    Parameters
    ----------
    sequence : Sequence
        The frames.
    painted : sequence of PaintedFrame
        The paintings.

    Returns
    -------
    list of pairs of (H, W, 3) float32
        Frame and painting, sRGB-encoded in [0, 1], at the frame's size.

    Raises
    ------
    BadRequest
        A painted frame is not in the sequence.
    ImageMissing, ImageUnreadable
        A frame or a painting cannot be read.
    """
    frames = sequence.by_number
    pairs = []
    for item in painted:
        if item.number not in frames:
            raise BadRequest(
                f"Frame {item.number} is painted, but not in the sequence; check the range."
            )
        before = working.display_colors(sequence.read(frames[item.number]))
        after = working.display_colors(read_picture(item.path))
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
    """Fit a style whose adapter paints frames as the artist did.

    Parameters
    ----------
    stylizer : Stylizer
        What the adapter is for.
    pairs : sequence of pairs of (H, W, 3) float32
        Frames and their paintings, sRGB-encoded in [0, 1].
    budget : Budget
        How long to learn.
    seed : int
        Of the crops and the adapter's first weights.
    control : Control
        Gets the progress; once cancelled, the style learned so far is returned.

    Returns
    -------
    Style
        Named ``Painted frames``.

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
            TextureTarget(fit.encoder, fit.to_device(as_batch(pad_to_stride(after))))
            for _, after in pairs
        ]
    while clock.more():
        done = clock.done
        which = int(rng.integers(len(pairs)))
        crops = [_crops(*pairs[which], rng) for _ in range(_BATCH)]
        before, after = (fit.to_device(torch.cat(side)) for side in zip(*crops, strict=True))
        fit.step(_loss(fit, before, after, targets[which]), done)
        clock.count()
        control.progress(done, f"Learning from the painted frames, step {clock.number}")
    recipe = {"imitates": len(pairs), "steps": clock.number, "seed": seed}
    codes = np.repeat(code[None].astype(np.float32), len(ZOOMS), axis=0)
    provenance = Provenance("Painted frames", recipe=recipe)
    adapters = ((fit.additions.export(), 1.0),)
    return Style("painted", "Painted frames", codes, provenance=provenance, adapters=adapters)


def _loss(fit: AdapterFit, before: Tensor, after: Tensor, target: TextureTarget) -> Tensor:
    """Compare what the network makes of crops with the artist's: colors, features, and texture."""
    painted = fit.paint(fit.transfer_colors(before))
    features = fit.encoder(painted)
    with torch.no_grad():
        wanted = fit.encoder(after)
    difference = torch.stack(
        [F.l1_loss(a, b) / (b.std() + 1e-3) for a, b in zip(features, wanted, strict=True)]
    ).mean()
    loss = _COLOR * F.l1_loss(painted, after) + _FEATURES * difference
    return loss + _TEXTURE * target.feature_loss(features)


def _crops(
    before: np.ndarray, after: np.ndarray, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Cut the same random square out of both, maybe mirrored, extended by reflection if small."""
    top, left = (int(rng.integers(max(1, side - _CROP + 1))) for side in before.shape[:2])
    mirrored = rng.random() < 0.5
    parts = []
    for image in (before, after):
        part = image[top : top + _CROP, left : left + _CROP]
        part = part[:, ::-1] if mirrored else part
        missing = [(0, _CROP - side) for side in part.shape[:2]]
        parts.append(as_batch(np.pad(part, [*missing, (0, 0)], mode="symmetric")))
    return parts[0], parts[1]
