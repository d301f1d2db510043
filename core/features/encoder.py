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

    from ..models.encoder import Encoder, Features

_WEIGHTS = Path(__file__).parent.parent / "models" / "weights" / "encoder.safetensors"
LENGTH = 832
"""Columns of the block."""

_GRAY, _DEVIATION = 0.5, 0.18
"""Mean and deviation of the gray windows that the encoder sees."""

_BATCH = 4
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


def _statistics(features: Features) -> Tensor:
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
                image = gray[:, None].expand(-1, 3, -1, -1)
                rows.append(_statistics(encoder(image)).numpy())
        table = np.log(np.concatenate(rows) + 0.02)
        ends = np.cumsum([len(s.even) for s in samples])
        return np.stack([part.mean(0) for part in np.split(table, ends[:-1])])
