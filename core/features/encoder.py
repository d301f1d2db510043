"""The encoder block: texture statistics of the bundled encoder's features."""

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
    from ..models.encoder import Encoder

_WEIGHTS = Path(__file__).parent.parent / "models" / "weights" / "encoder.safetensors"
LENGTH = 832
_GRAY, _SWING = 0.5, 0.18
_BATCH = 8
_SIGN = 997


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder:
    """The bundled encoder, loaded once per process; loads torch."""
    from ..models import load_encoder

    return load_encoder()


@lru_cache(maxsize=1)
def encoder_weights() -> np.ndarray:
    """All weights of the bundled encoder in one row, float16; read without torch."""
    from safetensors import safe_open

    with safe_open(_WEIGHTS, framework="numpy") as file:
        return np.concatenate([file.get_tensor(name).ravel() for name in sorted(file.keys())])


@lru_cache(maxsize=1)
def encoder_key() -> str:
    """The digest of the bundled encoder's weights: new weights, new descriptions."""
    return hashlib.blake2b(encoder_weights().tobytes(), digest_size=8).hexdigest()


def encoder_signature() -> np.ndarray:
    """Some of the weights, ``(S,)`` float32: nearly equal weights, nearly equal features."""
    return encoder_weights()[::_SIGN].astype(np.float32)


def level(window: np.ndarray) -> np.ndarray:
    """A gray window ``(S, S)``, turned by 90 degrees if most of its lines stand upright.

    The encoder tells upright lines from level ones, but a plank stays wood when it is turned.
    """
    across = float(np.square(window[:, 1:] - window[:, :-1]).sum())
    down = float(np.square(window[1:] - window[:-1]).sum())
    return np.ascontiguousarray(np.rot90(window)) if across > down else window


class EncoderBlock(Stateless):
    """Pipeline step: gray samples -> ``(N, LENGTH)`` float32, log channel means and deviations.

    The encoder sees evenly lit gray, so that this block speaks of the material and only of it;
    color has a block of its own.
    """

    def transform(self, samples: Sequence[GraySample]) -> np.ndarray:
        """Describe each sample; the windows of one sample are averaged."""
        import torch

        from ..models.codes import feature_statistics

        encoder = shared_encoder()
        windows = np.stack([level(window) for s in samples for window in s.even])
        rows = []
        with torch.inference_mode():
            for start in range(0, len(windows), _BATCH):
                even = torch.from_numpy(windows[start : start + _BATCH])
                gray = (_GRAY + _SWING * even).clamp(0, 1)
                image = gray[:, None].expand(-1, 3, -1, -1)
                rows.append(feature_statistics(encoder(image)).numpy())
        table = np.log(np.concatenate(rows) + 0.02)
        ends = np.cumsum([len(s.even) for s in samples])
        return np.stack([part.mean(0) for part in np.split(table, ends[:-1])])
