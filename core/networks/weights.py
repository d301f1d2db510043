"""Read the bundled weights: safetensors in half precision, as float32 arrays."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from safetensors import safe_open

FOLDER = Path(__file__).parent.parent / "models" / "weights"
"""Where the bundled weights are."""

Weights = Mapping[str, np.ndarray]
"""Arrays of a network by the names of its parameters."""


@lru_cache(maxsize=4)
def bundled(name: str) -> Weights:
    """Read the weights of a bundled network.

    Parameters
    ----------
    name : str
        ``encoder``, ``decoder``, ``style_vae`` or ``automaton``.

    Returns
    -------
    dict of str to ndarray
        Arrays of any shape, such as ``(out, in, 3, 3)``, float32; not to be changed.
    """
    with safe_open(FOLDER / f"{name}.safetensors", framework="numpy") as file:
        return {key: file.get_tensor(key).astype(np.float32) for key in file.keys()}  # noqa: SIM118


def shipped_steps() -> int:
    """Return for how many steps the bundled decoder was trained.

    Returns
    -------
    int
        The number of steps.
    """
    with safe_open(FOLDER / "decoder.safetensors", framework="numpy") as file:
        return int(file.metadata()["steps"])


def product(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Multiply small matrices in double precision.

    Libraries add in an order that differs between processors and numbers of threads. In double
    precision, what that changes is lost when the result is rounded, so all machines get the same.

    Parameters
    ----------
    first : (..., n, k) float32
        Such as styles.
    second : (..., k, m) float32
        Such as weights.

    Returns
    -------
    (..., n, m) float32
        Their product.
    """
    return (first.astype(np.float64) @ second.astype(np.float64)).astype(np.float32)


def linear(weights: Weights, name: str, rows: np.ndarray) -> np.ndarray:
    """Apply a linear layer.

    Parameters
    ----------
    weights : mapping of str to ndarray
        Have ``<name>.weight (out, in)`` and ``<name>.bias (out,)``.
    name : str
        Name of the layer.
    rows : (n, in) float32
        What it is applied to.

    Returns
    -------
    (n, out) float32
        The result.
    """
    return product(rows, weights[f"{name}.weight"].T) + weights[f"{name}.bias"]


def silu(x: np.ndarray) -> np.ndarray:
    """Return ``x`` times its logistic function, computed in double precision.

    Parameters
    ----------
    x : (...) float32
        Any numbers.

    Returns
    -------
    (...) float32
        The result.
    """
    wide = x.astype(np.float64)
    return (wide / (1 + np.exp(-wide))).astype(np.float32)
