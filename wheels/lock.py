"""The lock: which wheels there are, for which zip."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCK = HERE / "lock.csv"
VARIANTS = ("standard", "full")


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
    """The wheels of one zip; an empty filter takes all. ``full`` includes what ``standard`` has."""
    return [
        wheel
        for wheel in wheels
        if platform in ("", wheel.platform)
        and python in ("", wheel.python)
        and (variant == "full" or wheel.variant == "standard")
    ]


def sha256(path: Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
