"""Choose the versions to lock: what pip proposes, under the conditions of each target."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
from dataclasses import astuple, fields
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lock import LOCK, LockError, Wheel, sha256
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from targets import DROPPED, FULL, GENERATIONS, PINS, PLATFORMS, PURE, SMALL, Generation, Platform


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
            needs = proposals[name]["metadata"].get("requires_dist", ())
            pending += needed(needs, platform, generation)
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
