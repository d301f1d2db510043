"""The check of the Python that does the work."""

from __future__ import annotations

import bpy
import pytest

from impasto.scene.jobs import worker
from impasto.scene.options import worker_settings

check = bpy.ops.impasto.check_worker_python


def test_the_python_that_has_all():
    assert check() == {"FINISHED"}
    assert "torch" in worker.checked(worker_settings(bpy.context)).result()


def test_a_python_that_is_none(options, tmp_path):
    options.worker_python = str(tmp_path / "python")
    assert worker.checked(worker_settings(bpy.context)) is None, (
        "an answer belongs to the Python that gave it"
    )
    with pytest.raises(RuntimeError, match="cannot be started"):
        check()
    assert "cannot be started" in str(worker.checked(worker_settings(bpy.context)).exception())
