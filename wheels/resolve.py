"""Choose the versions to lock: what ``uv pip compile`` resolves for each target."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import astuple, fields
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lock import LOCK, LockError, Wheel
from packaging.utils import canonicalize_name
from targets import DROPPED, FULL, GENERATIONS, PINS, PURE, STANDARD, Generation, Platform


def write_lock() -> None:
    """Resolve every target anew and write the lock, sorted, so that changes read as a diff."""
    wheels: list[Wheel] = []
    for generation in GENERATIONS:
        for platform in generation.platforms:
            wheels += _resolve(platform, generation)
    wheels.sort(key=lambda wheel: (wheel.python, wheel.platform, wheel.name))
    with LOCK.open("w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(field.name for field in fields(Wheel))
        writer.writerows(astuple(wheel) for wheel in wheels)


def _resolve(platform: Platform, generation: Generation) -> list[Wheel]:
    """Return the wheels of both variants of one target."""
    standard = _compile(list(STANDARD), platform, generation)
    full = standard
    if not platform.name.startswith("linux"):  # the index has only the CUDA build
        full = _compile([*STANDARD, *FULL], platform, generation)
    chosen = [
        _wheel(package, platform, generation, "standard" if name in standard else "full")
        for name, package in full.items()
    ]
    print(f"{platform.name}, Python {generation.python}: {len(chosen)} wheels")
    return chosen


def _compile(wanted: list[str], platform: Platform, generation: Generation) -> dict[str, dict]:
    """Return the packages of a pylock.toml by name, without what Blender ships.

    Raises
    ------
    LockError
        They do not fit together, or are not there as wheels.
    """
    left_out = sorted({*generation.ships, *DROPPED})
    with tempfile.TemporaryDirectory() as folder:
        constraints, lock = Path(folder, "constraints.txt"), Path(folder, "pylock.toml")
        pins = [pin for pin in PINS if not any(pin.partition("==")[0] in w for w in wanted)]
        constraints.write_text("\n".join([*pins, f"numpy=={generation.numpy}"]))
        answer = subprocess.run(
            [
                *(sys.executable, "-m", "uv", "pip", "compile", "-", "--quiet"),
                *("--format", "pylock.toml", "--output-file", str(lock)),
                *("--python-version", generation.python, "--python-platform", platform.uv),
                *("--only-binary", ":all:", "--constraint", str(constraints)),
                *(f"--no-emit-package={name}" for name in left_out),
            ],
            input="\n".join(_pinned(name) for name in wanted),
            env={**os.environ, "MACOSX_DEPLOYMENT_TARGET": "14.0"},  # for uv
            capture_output=True,
            text=True,
        )
        if answer.returncode != 0:
            raise LockError(answer.stderr.strip().replace("\n", " "))
        packages = tomllib.loads(lock.read_text())["packages"]
    return {canonicalize_name(package["name"]): package for package in packages}


def _pinned(name: str) -> str:
    return next((pin for pin in PINS if pin.partition("==")[0] == name), name)


def _wheel(package: dict, platform: Platform, generation: Generation, variant: str) -> Wheel:
    """Return the best of a package's wheels for a target."""
    best = min(
        package["wheels"],
        key=lambda wheel: _rank(_file(wheel), package["name"], platform, generation),
    )
    return Wheel(
        canonicalize_name(package["name"]),
        package["version"],
        platform.name,
        generation.python,
        variant,
        best["hashes"]["sha256"],
        _file(best),
    )


def _file(wheel: dict) -> str:
    source = urlsplit(wheel["url"]).path if "url" in wheel else wheel["path"]
    return wheel.get("name") or Path(unquote(source)).name


def _rank(file: str, name: str, platform: Platform, generation: Generation) -> tuple:
    """Return how well a file fits, the lowest best: exact Python, newest platform tag, pure last."""
    python, _, tags = file.removesuffix(".whl").split("-")[-3:]
    exact = "cp" + generation.python.replace(".", "")
    if tags == "any":
        return (0 if canonicalize_name(name) in PURE else 2, 0)
    places = [platform.tags.index(tag) for tag in tags.split(".") if tag in platform.tags]
    thin = not tags.endswith("universal2")
    return (1, exact not in python.split("."), not thin, min(places, default=len(platform.tags)))
