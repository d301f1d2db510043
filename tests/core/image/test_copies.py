"""Copies of pixels in memory: what Blender writes beside the pixels is not the image's own."""

from __future__ import annotations

import numpy as np
import OpenEXR
import pytest

from impasto.core.control import Control
from impasto.core.image.reference import ImageRef
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks.registry import run
from impasto.core.tasks.stylize import StylizeItem, StylizeRequest


@pytest.mark.parametrize("is_copy", [True, False])
def test_only_a_file_of_its_own_hands_on_its_attributes(tmp_path, is_copy):
    source, target = tmp_path / "copy.exr", tmp_path / "result.exr"
    color = np.random.default_rng(0).random((12, 16, 3), np.float32)
    header = {"Software": "Blender", "colorInteropID": "data"}
    OpenEXR.File({**header, "type": OpenEXR.scanlineimage}, {"RGB": color}).write(str(source))
    ref = ImageRef("a", (str(source),), "Linear Rec.709", is_copy=is_copy)
    look = Look((StyleRef("kiss"),), strength=0.0, engine="NETWORK")
    assert not run(StylizeRequest((StylizeItem(ref, look, (str(target),)),)), Control()).failures
    written = OpenEXR.File(str(target))
    assert ("Software" in written.header()) != is_copy
    assert written.header().get("colorInteropID", "") != "data" or not is_copy
    np.testing.assert_allclose(written.channels()["RGB"].pixels, color, atol=1e-6)
