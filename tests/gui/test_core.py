"""The library on the Python and numpy of other Blenders: 3.13 and 3.14, numpy 2.

`make test` runs it on Python 3.11 with numpy 1.26, as Blender 4.2 to 5.0 have them. Here it needs no
window, only what the sandbox has for the worker; OpenEXR and scikit-image are not among it.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WHAT = (
    "tests/core/features",
    # test_analyze.py wants a newer scikit-learn than Debian 13 has (1.4; the zips carry 1.9).
    "tests/core/clustering/test_grouping.py",
    "tests/core/clustering/test_regions.py",
    "tests/core/models",
    "tests/core/styles",
    "tests/core/image/test_resize.py",
    "tests/core/image/test_alpha.py",
    "tests/core/paint/test_color_transfer.py",
    "tests/core/paint/test_texture.py",
    "tests/core/worker/test_protocol.py",
)


def test_core_on_this_python(sandbox, suite):
    """Its own tests pass."""
    checkout = sandbox.work / "checkout" / "impasto"
    files = subprocess.run(
        ["git", "ls-files", "core", "benchmarks", "tests", "__init__.py", "pyproject.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in files:
        target = checkout / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    done = subprocess.run(
        sandbox.argv(
            *("sh", "-c", 'cd /w/checkout/impasto && exec python3 -m pytest "$@"', "sh"),
            *("-q", "-x", "-p", "no:cacheprovider", *WHAT),
            PYTHONPATH="/w/checkout",
            LOKY_MAX_CPU_COUNT="1",  # joblib warns where it cannot count the cores
            PYTHONDONTWRITEBYTECODE="1",
        ),
        capture_output=True,
        text=True,
        timeout=900,
    )
    print(done.stdout[-3000:])
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    version = sandbox.run(
        "python3", "-c", "import sys, numpy; print(*sys.version_info[:2], numpy.__version__)"
    )
    major, minor, numpy = version.split()
    assert (int(major), int(minor)) >= (3, 13) and int(numpy.partition(".")[0]) >= 2
