"""The two registries, filled by decorators."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

STYLES: dict[str, Callable[..., np.ndarray]] = {}
"""Name -> ``f(rng, size, photo=None)``, a ``(size, size, 3)`` uint8 RGB picture of that style."""


CONTENTS: dict[str, Callable[..., np.ndarray]] = {}
"""Name -> ``f(rng, size)``, a ``(size, size, 3)`` uint8 RGB surface or graphic."""


def style(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """Register a style under the function's name."""
    STYLES[function.__name__] = function
    return function


def content(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """Register a content under the function's name."""
    CONTENTS[function.__name__] = function
    return function
