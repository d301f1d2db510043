"""The graphs that are committed are those that the tool makes."""

from __future__ import annotations

import pytest

pytest.importorskip("onnx")
from tools.onnx_graphs import GRAPHS, build


def test_the_graphs_are_up_to_date():
    files = build()
    assert {path.name for path in GRAPHS.glob("*.onnx")} == set(files)
    for name, data in files.items():
        assert (GRAPHS / name).read_bytes() == data, "run python tools/onnx_graphs.py"


def test_graphs_carry_no_weights():
    assert all(len(data) < 40_000 for data in build().values())
