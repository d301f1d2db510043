"""The encoder block: texture statistics of the bundled encoder's features."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from .stateless import Stateless
from .structure import GreySample

if TYPE_CHECKING:
    from ..networks.encoder import Encoder

LENGTH = 832
_GREY, _SWING = 0.5, 0.18
_BATCH = 8


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder:
    """The bundled encoder, loaded once per process; loads torch."""
    from ..networks import load_encoder

    return load_encoder()


class EncoderBlock(Stateless):
    """Pipeline step: grey samples -> ``(N, LENGTH)`` float32, log channel means and deviations.

    The encoder sees evenly lit grey, so that this block speaks of the material and only of it;
    colour has a block of its own.
    """

    def transform(self, samples: Sequence[GreySample]) -> np.ndarray:
        """Describe each sample; the windows of one sample are averaged."""
        import torch

        from ..networks.codes import feature_statistics

        encoder = shared_encoder()
        windows = np.concatenate([s.even for s in samples])
        rows = []
        with torch.inference_mode():
            for start in range(0, len(windows), _BATCH):
                even = torch.from_numpy(windows[start : start + _BATCH])
                grey = (_GREY + _SWING * even).clamp(0, 1)
                image = grey[:, None].expand(-1, 3, -1, -1)
                rows.append(feature_statistics(encoder(image)).numpy())
        table = np.log(np.concatenate(rows) + 0.02)
        ends = np.cumsum([len(s.even) for s in samples])
        return np.stack([part.mean(0) for part in np.split(table, ends[:-1])])
