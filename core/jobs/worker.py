"""Start the worker: run by a Python of its own, by path, possibly isolated (``-I``).

``python worker.py --site FOLDER --device AUTO --threads 0 --spare 1``. Loads Impasto's core under
the name ``impasto_core``, so that neither the folder of the extension nor a package called
``core`` elsewhere gets in the way.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path

CORE = Path(__file__).resolve().parent.parent


def load_core() -> None:
    """Make ``impasto_core`` importable."""
    spec = importlib.util.spec_from_file_location(
        "impasto_core", CORE / "__init__.py", submodule_search_locations=[str(CORE)]
    )
    assert spec is not None and spec.loader is not None  # the file is beside this one
    package = importlib.util.module_from_spec(spec)
    sys.modules["impasto_core"] = package
    spec.loader.exec_module(package)


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--site", action="append", default=[], help="folder with wheels")
    parser.add_argument("--device", default="AUTO")
    parser.add_argument("--threads", type=int, default=0, help="0: one for each core")
    parser.add_argument(
        "--spare", type=int, default=0, help="cores left to others, if threads is 0"
    )
    parser.add_argument("--handlers", default="", help="module with more handlers, for tests")
    arguments = parser.parse_args()
    sys.path.extend(arguments.site)
    load_core()
    from impasto_core.jobs import threads

    threads.prepare(arguments.threads, arguments.spare)
    from impasto_core.jobs.serve import serve

    serve(arguments.device, arguments.threads, arguments.spare, arguments.handlers)


if __name__ == "__main__":
    main()
