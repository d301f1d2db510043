"""The same command line gives the same pictures as before.

Results are compared with the files in ``expected``, by decoded pixels. On one kind of processor they
are equal; other kinds round the last bits differently, so a difference of one level of 255 is
allowed (in float files, of a hundredth of the value, or of white where it is darker). Training
amplifies rounding: after its single step, pictures of *create* and *refine* may differ by six levels.

Where pictures should change, look at the new ones and write the expected files anew with
``python -m pytest tests/golden --write-golden``.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import OpenEXR
import pytest

from .cases import CASES, Case, groups_of, run
from .scenes import draw_all

EXPECTED = Path(__file__).parent / "expected"


@pytest.fixture(scope="session")
def inputs(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("golden")
    draw_all(folder)
    return folder


def decoded(path: Path) -> np.ndarray:
    """The pixels of a file, of shape ``(height, width, channels)``, in the file's own depth."""
    if path.suffix == ".exr":
        return OpenEXR.File(str(path)).channels()["RGB"].pixels
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert pixels is not None, f"{path} cannot be read"
    return pixels


def difference(found: np.ndarray, wanted: np.ndarray) -> float:
    """The largest difference of two pictures of one kind, in levels of 255."""
    assert (found.dtype, found.shape) == (wanted.dtype, wanted.shape)
    apart = np.abs(found.astype(np.float64) - wanted)
    if wanted.dtype.kind == "f":
        return float((100 * apart / np.maximum(np.abs(wanted), 1)).max())
    return float(apart.max() * 255 / np.iinfo(wanted.dtype).max)


def expected(case: Case) -> list[Path]:
    """The files that belong to a case."""
    if not case.results:
        return [EXPECTED / f"{case.name}.json"]
    return [EXPECTED / f"{case.name}_{name}".replace("_out.", ".") for name in case.results]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nothing_changes(case: Case, inputs, tmp_path, request):
    printed = run(case, inputs, tmp_path)
    results = [tmp_path / name for name in case.results]
    if not results:
        results = [tmp_path / "groups.json"]
        results[0].write_text(json.dumps(groups_of(printed), indent=1) + "\n", encoding="utf-8")
    for result, file in zip(results, expected(case), strict=True):
        if request.config.getoption("--write-golden"):
            shutil.copyfile(result, file)
        if file.suffix == ".json":
            found, wanted = (json.loads(f.read_text(encoding="utf-8")) for f in (result, file))
            assert found.pop("score") == pytest.approx(wanted.pop("score"), abs=0.01)
            assert found == wanted
        else:
            apart = difference(decoded(result), decoded(file))
            assert apart <= case.tolerance, f"{result.name} differs by {apart:.2f} levels of 255"


def test_every_expected_file_belongs_to_a_case():
    assert set(EXPECTED.iterdir()) == {file for case in CASES for file in expected(case)}
