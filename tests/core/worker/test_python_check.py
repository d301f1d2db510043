"""The question to a Python whether it has everything."""

from __future__ import annotations

import sys
import threading

import pytest

from impasto.core.errors import WorkerUnavailable
from impasto.core.worker import packages, python_check
from impasto.core.worker.python_check import PythonCheck


def test_a_python_that_has_all():
    threads = threading.active_count()
    check = PythonCheck(sys.executable)
    assert threading.active_count() == threads
    answer = check.result()
    assert check.done() and check.exception() is None
    for name in packages.NEEDED:
        assert name in answer


def test_a_python_that_is_none(tmp_path):
    check = PythonCheck(tmp_path / "none")
    assert check.done()
    with pytest.raises(WorkerUnavailable, match="cannot be started"):
        check.result()


def test_what_does_not_import_is_named(tmp_path):
    (tmp_path / "safetensors.py").write_text("raise ImportError('no such luck')")
    check = PythonCheck(sys.executable, ("-I", "-S"), [str(tmp_path), *sys.path])
    with pytest.raises(WorkerUnavailable, match=r"lacks .*safetensors \(no such luck\)"):
        check.result()


def test_a_python_that_says_nothing_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(python_check, "_PATIENCE", 0.2)
    silent = tmp_path / "python"
    silent.write_text("#!/bin/sh\nsleep 600\n")
    silent.chmod(0o755)
    with pytest.raises(WorkerUnavailable, match="no answer"):
        PythonCheck(silent).result()
