"""The wheels inside the zips: choose and lock them, fetch them, list them in a manifest.

    python wheels/wheels.py lock  [--find-links WHERE]   choose versions, write lock.csv
    python wheels/wheels.py fetch [--find-links WHERE] [filters]   download what is locked, verify
    it python wheels/wheels.py list  [filters]              what is locked, with sizes
    python wheels/wheels.py check                        is the lock complete and free of Blender's
    own?

Filters: ``--platform linux-x64``, ``--python 3.11``, ``--variant small``.

The public index has no CPU build of torch for Linux (its wheels are CUDA builds of more than 500
MB). Point ``--find-links`` at a folder or page that has ``torch-<version>+cpu-*-manylinux*.whl``:
PyTorch publishes one beside its CUDA builds, or build it from source with ``USE_CUDA=0``. Where
none is found, the lock says so and the full Linux zip of that Python cannot be built; the small
zips never need it.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from targets import (
    DROPPED,
    FULL,
    GENERATIONS,
    PINS,
    PLATFORMS,
    PURE,
    SMALL,
    Generation,
    Platform,
)

HERE = Path(__file__).resolve().parent
LOCK = HERE / "lock.csv"
VARIANTS = ("small", "full")


class LockError(Exception):
    """The lock and the files, or the lock and itself, disagree."""


@dataclass(frozen=True)
class Wheel:
    """One locked file. ``variant`` is the smallest zip that carries it."""

    name: str
    version: str
    platform: str
    python: str
    variant: str
    sha256: str
    file: str

    @property
    def path(self) -> Path:
        """Where the file lies once fetched."""
        return HERE / self.file


def read_lock(path: Path = LOCK) -> list[Wheel]:
    """Every locked wheel, one per platform and Python."""
    with path.open(newline="") as lines:
        return [Wheel(**row) for row in csv.DictReader(lines)]


def choose(
    wheels: Iterable[Wheel], *, platform: str = "", python: str = "", variant: str = "full"
) -> list[Wheel]:
    """The wheels of one zip; an empty filter takes all. ``full`` includes what ``small`` has."""
    return [
        wheel
        for wheel in wheels
        if platform in ("", wheel.platform)
        and python in ("", wheel.python)
        and (variant == "full" or wheel.variant == "small")
    ]


# --- lock ------------------------------------------------------------------------------------------


def write_lock(find_links: list[str]) -> None:
    """Resolve every target anew and write the lock, sorted, so that changes read as a diff."""
    wheels: list[Wheel] = []
    for generation in GENERATIONS:
        for platform in PLATFORMS:
            wheels += _resolve(platform, generation, find_links)
    wheels.sort(key=lambda wheel: (wheel.python, wheel.platform, wheel.name))
    with LOCK.open("w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(field.name for field in fields(Wheel))
        writer.writerows(astuple(wheel) for wheel in wheels)


def _resolve(platform: Platform, generation: Generation, find_links: list[str]) -> list[Wheel]:
    """Both variants of one target.

    pip reads dependency conditions (``; platform_system == "Windows"``) for the machine it runs on.
    So it only proposes versions that fit together; which of them are needed is decided here, with
    the target's own conditions.
    """
    target = f"{platform.name}, Python {generation.python}"
    pip = _Pip(platform, generation, find_links)
    proposals = pip.propose([*SMALL, f"numpy=={generation.numpy}"])
    chosen: dict[str, Wheel] = {}
    for variant, wanted in (("small", SMALL), ("full", FULL)):
        pending = [canonicalize_name(name) for name in wanted]
        while pending:
            name = pending.pop()
            if name in chosen or name in generation.ships or name in DROPPED:
                continue
            if name == "torch":
                proposals |= pip.propose_torch()
            elif name not in proposals:
                proposals |= pip.propose([name, f"numpy=={generation.numpy}"])
            if name not in proposals:
                print(f"{target}: no CPU build of {name}; see --find-links")
                continue
            if name in PURE:
                proposals |= pip.propose_pure(name, proposals[name]["metadata"]["version"])
            chosen[name] = _wheel(proposals[name], platform, generation, variant)
            pending += _needs(proposals[name], platform, generation)
    print(f"{target}: {len(chosen)} wheels")
    return list(chosen.values())


class _Pip:
    """Asks pip what it would install on another machine."""

    def __init__(self, platform: Platform, generation: Generation, find_links: list[str]):
        self._linux = platform.name.startswith("linux")
        self._python = generation.python
        self._where = [f"--find-links={where}" for where in find_links]
        self._target = ["--implementation", "cp", *(f"--platform={tag}" for tag in platform.tags)]

    def propose(
        self, wanted: list[str], *extra: str, target: list[str] | None = None
    ) -> dict[str, dict]:
        """pip's report per distribution, dependencies included; ``target`` overrides the platform."""
        with tempfile.TemporaryDirectory() as folder:
            pins = Path(folder, "pins.txt")
            pins.write_text("\n".join(PINS))
            answer = subprocess.run(
                [
                    *(sys.executable, "-m", "pip", "install", "--quiet", "--dry-run"),
                    *("--ignore-installed", "--target", folder, "--report", "-"),
                    *("--only-binary=:all:", "--python-version", self._python),
                    *("--constraint", str(pins), *self._where, *extra),
                    *(target or self._target),
                    *wanted,
                ],
                capture_output=True,
                text=True,
            )
        if answer.returncode != 0:
            raise LockError(answer.stderr)
        report = json.loads(answer.stdout)["install"]
        return {canonicalize_name(entry["metadata"]["name"]): entry for entry in report}

    def propose_pure(self, name: str, version: str) -> dict[str, dict]:
        """The wheel that runs everywhere."""
        anywhere = ["--implementation", "py", "--abi", "none", "--platform", "any"]
        return self.propose([f"{name}=={version}"], "--no-deps", target=anywhere)

    def propose_torch(self) -> dict[str, dict]:
        """torch alone: its CUDA dependencies are declared for Linux, wherever pip is asked for."""
        wanted = next(pin for pin in PINS if pin.startswith("torch=="))
        try:
            return self.propose([wanted + "+cpu" * self._linux], "--no-deps")
        except LockError:
            if self._linux:
                return {}
            raise


def _wheel(entry: dict, platform: Platform, generation: Generation, variant: str) -> Wheel:
    source = entry["download_info"]
    file = Path(unquote(urlsplit(source["url"]).path))
    digest = source["archive_info"].get("hashes", {}).get("sha256") or sha256(file)
    return Wheel(
        canonicalize_name(entry["metadata"]["name"]),
        entry["metadata"]["version"],
        platform.name,
        generation.python,
        variant,
        digest,
        file.name,
    )


def _needs(entry: dict, platform: Platform, generation: Generation) -> list[str]:
    """The distributions that one needs on the target."""
    conditions = {
        **platform.markers,
        "python_version": generation.python,
        "python_full_version": generation.python + ".0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }
    needs = [Requirement(text) for text in entry["metadata"].get("requires_dist", ())]
    return [
        canonicalize_name(need.name)
        for need in needs
        if need.marker is None or need.marker.evaluate(conditions)
    ]


def sha256(path: Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- fetch -----------------------------------------------------------------------------------------


def fetch(wheels: Iterable[Wheel], find_links: list[str] | tuple[str, ...] = ()) -> None:
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
                    *("--python-version", python, "--dest", str(HERE)),
                    *(f"--platform={tag}" for tag in platforms[platform].tags),
                    *(f"--find-links={where}" for where in find_links),
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
        for platform in PLATFORMS:
            target = f"{platform.name}, Python {generation.python}"
            names = {
                wheel.name
                for wheel in choose(wheels, platform=platform.name, python=generation.python)
            }
            for name in SMALL:
                if canonicalize_name(name) not in names:
                    problems.append(f"{target}: {name} is missing")
            for name in sorted(names & (generation.ships | DROPPED.keys())):
                problems.append(f"{target}: {name} must not be carried")
    for wheel in wheels:
        if not fits(wheel):
            problems.append(f"{wheel.file} does not fit {wheel.platform}, Python {wheel.python}")
    return problems


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
    parser.add_argument("--find-links", action="append", default=[], metavar="WHERE")
    parser.add_argument("--platform", default="", choices=[p.name for p in PLATFORMS])
    parser.add_argument("--python", default="", choices=[g.python for g in GENERATIONS])
    parser.add_argument("--variant", default="full", choices=VARIANTS)
    given = parser.parse_args(arguments)
    try:
        if given.verb == "lock":
            write_lock(given.find_links)
        locked = read_lock()
        wanted = choose(locked, platform=given.platform, python=given.python, variant=given.variant)
        if given.verb == "fetch":
            fetch(wanted, given.find_links)
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
