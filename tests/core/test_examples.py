"""The examples in docstrings run, and give what they show. They write into the current folder."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

CORE = Path(__file__).parents[2] / "core"
MODULES = [
    ".".join(("impasto", *path.relative_to(CORE.parent).with_suffix("").parts))
    for path in sorted(CORE.rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("module", MODULES)
def test_examples(module, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = doctest.testmod(importlib.import_module(module), report=True)
    assert result.attempted and not result.failed
