"""Does this Python have the packages that the worker needs? Run by path: ``python packages.py``.

Only the standard library is imported here, as nothing else may be there. What is found is printed,
and the exit code says whether it is enough.
"""

from __future__ import annotations

import argparse
import importlib
import sys

NEEDED = (
    "torch",
    "numpy",
    "scipy",
    "sklearn",
    "cv2",
    "OpenImageIO",
    "PIL",
    "psutil",
    "safetensors",
    "threadpoolctl",
    "matplotlib",
)
"""Modules without which there is no worker."""

OPTIONAL = {"OpenEXR": "EXR files cannot be used", "av": "movies cannot be used"}
"""Modules that some jobs need, and what is the matter without them."""


def main() -> None:
    """Import everything; print the versions, and what is missing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--site", action="append", default=[], help="folder with wheels")
    sys.path.extend(parser.parse_args().site)
    lacking = []
    for name in (*NEEDED, *OPTIONAL):
        try:
            print(name, getattr(importlib.import_module(name), "__version__", ""), flush=True)
        except ImportError as error:
            if name in OPTIONAL:
                print(f"no {name}: {OPTIONAL[name]}")
            else:
                lacking.append(name if error.name == name else f"{name} ({error})")
    if lacking:
        sys.exit("it lacks " + ", ".join(lacking))


if __name__ == "__main__":
    main()
