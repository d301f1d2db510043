"""The encoder block of a description: texture statistics of the bundled encoder's features."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .stateless import Stateless
from .structure import GraySample

if TYPE_CHECKING:
    from torch import Tensor

    from ..models.encoder import Encoder

_WEIGHTS = Path(__file__).parent.parent / "models" / "weights" / "encoder.safetensors"
LENGTH = 448
"""Columns of the block."""

_GRAY, _DEVIATION = 0.5, 0.18
"""Mean and deviation of the gray windows that the encoder sees."""

_BATCH = 2
"""Windows at a time: their features fit the cache of one core."""

_SIGNATURE_STEP = 997


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder:
    """Return the bundled encoder, which is loaded once per process; this imports torch.

    Returns
    -------
    Encoder
        The encoder, in evaluation mode.
    """
    from ..models import load_encoder

    return load_encoder()


@lru_cache(maxsize=1)
def encoder_weights() -> np.ndarray:
    """Read the weights of the bundled encoder without torch.

    Returns
    -------
    (W,) float16
        All weights in one row.
    """
    from safetensors import safe_open

    with safe_open(_WEIGHTS, framework="numpy") as file:
        return np.concatenate([file.get_tensor(name).ravel() for name in sorted(file.keys())])


@lru_cache(maxsize=1)
def encoder_key() -> str:
    """Return a digest of the bundled encoder's weights, on which descriptions depend.

    Returns
    -------
    str
        Hexadecimal.
    """
    return hashlib.blake2b(encoder_weights().tobytes(), digest_size=8).hexdigest()


def encoder_signature() -> np.ndarray:
    """Return some of the bundled encoder's weights: if they are nearly equal, so are the features.

    Returns
    -------
    (S,) float32
        The weights.
    """
    return encoder_weights()[::_SIGNATURE_STEP].astype(np.float32)


def _upright_turned(window: np.ndarray) -> np.ndarray:
    """Turn a gray window ``(S, S)`` by 90 degrees if most of its lines are vertical.

    The encoder distinguishes vertical from horizontal lines, but planks stay planks when turned.
    """
    across = float(np.square(window[:, 1:] - window[:, :-1]).sum())
    down = float(np.square(window[1:] - window[:-1]).sum())
    return np.ascontiguousarray(np.rot90(window)) if across > down else window


def _features(encoder: Encoder, gray: Tensor) -> list[Tensor]:
    """Return features of gray windows ``(B, 1, S, S)`` at 1/2, 1/4 and 1/8 of their resolution.

    It takes two fifths of the encoder's own time: features at 1/16 would not tell kinds apart
    better, the first layer sees one channel in place of three equal ones, and maps as small as these
    are padded sooner in a copy than their borders are mended afterwards.
    """
    import torch
    from torch.nn.functional import conv2d, pixel_unshuffle

    from ..models.layers import REFLECT, Conv3x3, pad

    def convolved(layer: Conv3x3, maps: Tensor) -> Tensor:
        return conv2d(pad(maps, REFLECT), layer.weight, layer.bias, layer.stride)

    last = torch.channels_last
    weight = encoder.stem.weight.unflatten(1, (3, -1)).sum(1).contiguous(memory_format=last)
    texels = pixel_unshuffle(gray * 2 - 1, 2).contiguous(memory_format=last)
    found = [torch.relu_(conv2d(pad(texels, REFLECT), weight, encoder.stem.bias))]
    for down, block in ((encoder.down2, encoder.block2), (encoder.down3, encoder.block3)):
        smaller = torch.relu_(convolved(down, found[-1]))
        squeezed = torch.relu_(block.squeeze(smaller))
        found.append(torch.relu_(convolved(block.expand, squeezed) + smaller))
    return found


def _statistics(features: Sequence[Tensor]) -> Tensor:
    """Return what ``models.codes.feature_statistics`` does, 25 times as fast, without a gradient.

    Means and squares are measured from the first pixel, so that constant maps deviate by exactly 0.
    """
    import torch

    from ..models.codes import EPSILON

    parts = []
    for maps in features:
        pixels = maps.permute(0, 2, 3, 1).flatten(1, 2)  # no copy: channels come last in memory
        first = pixels[:, :1]
        away = pixels - first
        mean = away.mean(1)
        variance = (away.square_().mean(1) - mean.square()).clamp_(min=0)
        parts += [mean + first[:, 0], (variance + EPSILON).sqrt()]
    return torch.cat(parts, dim=1)


class EncoderBlock(Stateless):
    """Pipeline step that describes gray samples by log means and deviations of encoder features.

    The encoder sees evenly lit gray, so that this block describes the material only; color has another
    block.
    """

    def transform(self, samples: Sequence[GraySample]) -> np.ndarray:
        """Describe each sample; the windows of one sample are averaged.

        Parameters
        ----------
        samples : sequence of GraySample
            The samples.

        Returns
        -------
        (N, LENGTH) float32
            A row for each.
        """
        import torch

        encoder = shared_encoder()
        windows = np.stack([_upright_turned(window) for s in samples for window in s.even])
        rows = []
        with torch.inference_mode():
            for start in range(0, len(windows), _BATCH):
                even = torch.from_numpy(windows[start : start + _BATCH])
                gray = (_GRAY + _DEVIATION * even).clamp(0, 1)
                rows.append(_statistics(_features(encoder, gray[:, None])).numpy())
        table = np.log(np.concatenate(rows) + 0.02)
        ends = np.cumsum([len(s.even) for s in samples])
        return np.stack([part.mean(0) for part in np.split(table, ends[:-1])])
