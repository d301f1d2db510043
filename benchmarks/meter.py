"""Seconds and peak memory of other processes, and the yardstick that they are held against."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

NICENESS = 5
"""The worker steps back behind Blender's window by this much; so does the yardstick."""


def peak_memory(pid: int) -> int | None:
    """Most bytes that a running process has had in memory so far; None where only Linux tells."""
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        if found := re.search(r"VmHWM:\s+(\d+) kB", status):
            return int(found[1]) * 1024
    return None


def forget_files(folder: Path) -> None:
    """Ask the system to drop the files below a folder from its cache, as after a restart.

    Needs no rights. Pages that another process has mapped stay.
    """
    if not hasattr(os, "posix_fadvise"):
        return
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


@dataclass(frozen=True)
class Yardstick:
    """What one run of the reference network took: a feed-forward style network, 720 x 720.

    ``start`` counts from a new process to its first picture, ``picture`` is the median of the
    pictures after it; both in seconds. ``memory`` is in bytes.
    """

    start: float
    picture: float
    memory: int | None

    def pixels(self, count: float) -> float:
        """Seconds for so many pixels, at the speed of one picture."""
        return self.picture * count / 720**2


def measure_yardstick(model: Path, threads: int) -> Yardstick:
    """Run the reference network in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.yardstick", str(model), str(threads)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Yardstick(**json.loads(answer.stdout))
