"""The wheels inside the zips: choose and lock them, fetch them, list them, check them.

    python wheels/wheels.py lock    choose versions, write lock.csv
    python wheels/wheels.py fetch   download what is locked, verify it
    python wheels/wheels.py list    what is locked, with sizes
    python wheels/wheels.py check   is the lock complete and free of what Blender ships? Of wheels
                                    that are fetched: is there all that they depend on?

``fetch`` and ``list`` take filters: ``--platform linux-x64 --python 3.11 --variant standard``.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from email import message_from_bytes
from pathlib import Path

import lock
import resolve
from lock import VARIANTS, LockError, Wheel, choose, read_lock, sha256
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from targets import DROPPED, GENERATIONS, PLATFORMS, STANDARD, Generation, Platform

# --- fetch -----------------------------------------------------------------------------------------


def fetch(wheels: Iterable[Wheel]) -> None:
    """Download what is not here yet; every file, old or new, must have the locked hash."""
    missing: dict[tuple[str, str], dict[str, Wheel]] = {}
    for wheel in wheels:
        if not wheel.path.exists():
            missing.setdefault((wheel.platform, wheel.python), {})[wheel.file] = wheel
        elif sha256(wheel.path) != wheel.sha256:
            raise LockError(f"{wheel.file} is damaged: delete it and fetch again")
    platforms = {platform.name: platform for platform in PLATFORMS}
    for (platform, python), batch in missing.items():
        lines = [f"{w.name}=={w.version} --hash=sha256:{w.sha256}" for w in batch.values()]
        with tempfile.TemporaryDirectory() as folder:
            wanted = Path(folder, "wanted.txt")
            wanted.write_text("\n".join(lines))
            subprocess.run(
                [
                    *(sys.executable, "-m", "pip", "download", "-qq", "--no-deps"),
                    *("--require-hashes", "--only-binary=:all:", "--implementation", "cp"),
                    *("--python-version", python, "--dest", str(lock.HERE)),
                    *(f"--platform={tag}" for tag in platforms[platform].tags),
                    *("--requirement", str(wanted)),
                ],
                check=True,
            )
        for wheel in batch.values():
            if not wheel.path.exists() or sha256(wheel.path) != wheel.sha256:
                raise LockError(f"{wheel.file} did not arrive as it is locked")


# --- check -----------------------------------------------------------------------------------------


def check(wheels: list[Wheel]) -> list[str]:
    """What is wrong with the lock, one sentence each."""
    problems = []
    for generation in GENERATIONS:
        for platform in generation.platforms:
            target = f"{platform.name}, Python {generation.python}"
            chosen = choose(wheels, platform=platform.name, python=generation.python)
            names = {wheel.name for wheel in chosen}
            for wheel in chosen:
                if wheel.path.exists():
                    needs = set(needed(requires(wheel.path), platform, generation))
                    lacking = needs - names - generation.ships - DROPPED.keys()
                    problems += [f"{target}: {wheel.name} needs {name}" for name in sorted(lacking)]
            for name in STANDARD:
                if canonicalize_name(name) not in names:
                    problems.append(f"{target}: {name} is missing")
            for name in sorted(names & (generation.ships | DROPPED.keys())):
                problems.append(f"{target}: {name} must not be carried")
    for wheel in wheels:
        if not fits(wheel):
            problems.append(f"{wheel.file} does not fit {wheel.platform}, Python {wheel.python}")
    return problems


def needed(requires: list[str], platform: Platform, generation: Generation) -> list[str]:
    """The distributions that a wheel with these ``Requires-Dist`` needs on the target."""
    conditions = {
        **platform.markers,
        "python_version": generation.python,
        "python_full_version": generation.python + ".0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }
    needs = [Requirement(text) for text in requires]
    return [
        canonicalize_name(need.name)
        for need in needs
        if need.marker is None or need.marker.evaluate(conditions)
    ]


def requires(file: Path) -> list[str]:
    """What a wheel declares to depend on."""
    with zipfile.ZipFile(file) as archive:
        (name,) = (n for n in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", n))
        return message_from_bytes(archive.read(name)).get_all("Requires-Dist", [])


def fits(wheel: Wheel) -> bool:
    """Whether the file name's tags run on the wheel's platform and Python."""
    pythons, abis, platforms = wheel.file.removesuffix(".whl").split("-")[-3:]
    tags = next(platform.tags for platform in PLATFORMS if platform.name == wheel.platform)
    exact = "cp" + wheel.python.replace(".", "")
    python_fits = exact in pythons.split(".") or "py3" in pythons.split(".") or abis == "abi3"
    apple = wheel.platform == "macos-arm64" and platforms.endswith(("_arm64", "_universal2"))
    return python_fits and (platforms == "any" or apple or bool({*tags} & {*platforms.split(".")}))


def main(arguments: list[str] | None = None) -> int:
    """The command line in this module's docstring."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", choices=("lock", "fetch", "list", "check"))
    parser.add_argument("--platform", default="", choices=[p.name for p in PLATFORMS])
    parser.add_argument("--python", default="", choices=[g.python for g in GENERATIONS])
    parser.add_argument("--variant", default="full", choices=VARIANTS)
    given = parser.parse_args(arguments)
    try:
        if given.verb == "lock":
            resolve.write_lock()
        locked = read_lock()
        wanted = choose(locked, platform=given.platform, python=given.python, variant=given.variant)
        if given.verb == "fetch":
            fetch(wanted)
        elif given.verb == "list":
            for wheel in wanted:
                size = f"{wheel.path.stat().st_size / 1e6:7.1f} MB" if wheel.path.exists() else ""
                print(
                    f"{wheel.python:5} {wheel.platform:12} {wheel.variant:6} {size:>10} {wheel.file}"
                )
    except (LockError, subprocess.CalledProcessError) as error:
        print(f"wheels: {error}", file=sys.stderr)
        return 1
    problems = check(locked)
    print(*problems, sep="\n", end="\n" * bool(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
