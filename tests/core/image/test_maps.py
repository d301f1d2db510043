"""Maps are written as they are, and change only if their writer may spend them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from impasto.core.image.maps import write_map


@pytest.mark.parametrize("shape", [(7, 5), (7, 5, 3)])
@pytest.mark.parametrize("spend", [False, True])
def test_a_map_is_read_as_it_was(tmp_path, shape, spend):
    pixels = np.random.default_rng(0).integers(0, 65536, shape).astype(np.uint16)
    given = pixels.copy()
    write_map(given, tmp_path / "map.png", spend=spend)
    found = cv2.imread(str(tmp_path / "map.png"), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(found[..., ::-1] if len(shape) == 3 else found, pixels)
    assert spend or np.array_equal(given, pixels)
