"""Pictures to fit generators to."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture(scope="session")
def textures() -> list[np.ndarray]:
    """Warm stripes and green blobs, 96 x 128."""
    y, x = np.mgrid[:96, :128].astype(np.float32)
    stripes = 0.5 + 0.4 * np.sin(x / 3)
    blobs = 0.5 + 0.25 * (np.sin(x / 5) + np.cos(y / 5))
    tints = ([1, 0.6, 0.4], [0.3, 0.8, 0.4])
    pairs = zip((stripes, blobs), tints, strict=True)
    return [(p[..., None] * np.float32(t)).astype(np.float32) for p, t in pairs]
