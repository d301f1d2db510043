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
    from ..networks.cpu import CpuNetworks
    from ..networks.sessions import Session

_WEIGHTS = Path(__file__).parent.parent / "models" / "weights" / "encoder.safetensors"
LENGTH = 448
"""Columns of the block."""

_GRAY, _DEVIATION = 0.5, 0.18
"""Mean and deviation of the gray windows that the encoder sees."""

_BATCH = 1
"""Windows at a time: their features fit the cache of one core."""

_SIGNATURE_STEP = 997


@lru_cache(maxsize=1)
def shared_describer() -> Session:
    """Return the part of the bundled encoder that describes gray windows, loaded once per process.

    It takes two fifths of the encoder's own time: features at 1/16 would not tell kinds apart
    better, and the first layer sees one channel in place of three equal ones. It computes with one
    thread, since several images are described at a time.

    Returns
    -------
    Session
        Takes ``gray (B, 1, S, S)`` float32 in [0, 1], gives means and deviations of its features.
    """
    from ..networks.sessions import Session
    from ..networks.weights import bundled

    weights = {n: w for n, w in bundled("encoder").items() if "4." not in n}
    stem = weights["stem.weight"]
    weights["stem.weight"] = stem.reshape(len(stem), 3, 4, *stem.shape[2:]).sum(1)
    return Session("describer", weights, portable=False)


@lru_cache(maxsize=1)
def shared_networks() -> CpuNetworks:
    """Return the bundled networks on the processor, loaded once per process.

    Returns
    -------
    CpuNetworks
        The networks.
    """
    from ..networks.cpu import CpuNetworks

    return CpuNetworks()


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
        describer = shared_describer()
        windows = np.stack([_upright_turned(window) for s in samples for window in s.even])
        rows = []
        for start in range(0, len(windows), _BATCH):
            gray = (_GRAY + _DEVIATION * windows[start : start + _BATCH]).clip(0, 1)
            rows.append(describer.run({"gray": gray[:, None]})[0])
        table = np.log(np.concatenate(rows) + 0.02)
        ends = np.cumsum([len(s.even) for s in samples])
        return np.stack([part.mean(0) for part in np.split(table, ends[:-1])])
