"""Start the worker: run by a Python of its own, by path, possibly isolated (``-I``).

``python main.py --site FOLDER --own FOLDER --device AUTO --threads 0 --spare 1``. The extension's
folder is loaded as the package ``impasto``, whatever the folder is called.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def load_impasto() -> None:
    """Make this folder importable as ``impasto``."""
    spec = importlib.util.spec_from_file_location(
        "impasto", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
    )
    assert spec is not None and spec.loader is not None  # the file is there
    package = importlib.util.module_from_spec(spec)
    sys.modules["impasto"] = package
    spec.loader.exec_module(package)


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--site", action="append", default=[], help="folder with wheels")
    parser.add_argument("--own", default="", help="folder for copies of Impasto's own packages")
    parser.add_argument("--device", default="AUTO")
    parser.add_argument("--threads", type=int, default=0, help="0: one for each core")
    parser.add_argument(
        "--spare", type=int, default=0, help="cores left to others, if threads is 0"
    )
    parser.add_argument("--tasks", default="", help="module with more tasks, for tests")
    arguments = parser.parse_args()
    sys.path.extend(arguments.site)
    load_impasto()
    from impasto.core.libraries import leave_no_folders
    from impasto.core.worker import packages, threads

    threads.prepare(arguments.threads, arguments.spare)
    leave_no_folders()
    warnings = packages.settle(arguments.site, arguments.own).warnings
    from impasto.core.worker.server import serve

    serve(
        arguments.device,
        arguments.threads,
        arguments.spare,
        arguments.tasks,
        warnings,
        partial(packages.self_test, arguments.site, arguments.own) if arguments.own else None,
    )


if __name__ == "__main__":
    main()
