"""How much memory a picture needs, and how much there is."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import ImageTooLarge
from ..styles.look import Look
from . import pipeline
from .network import TILE
from .tiling import HALO

BYTES_PER_PIXEL = 44
"""Of a whole picture at its own size: float colors in and out, alpha, and the encoded file."""

BYTES_PER_WORKING_PIXEL = 56
"""Of the picture at working resolution: content, copy, painting, noise, masks."""

BYTES_PER_TILE_PIXEL = 420
"""Of a tile with its halo: the activations of encoder and decoder at their peak."""

_SMALLEST_TILE = 256


def available() -> int:
    """Bytes of memory that can be had without swapping."""
    if sys.platform == "linux":
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    if sys.platform == "win32":
        return _available_on_windows()
    # macOS counts as free only what nobody caches; half of all is what it gives up without pain.
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2


def _available_on_windows() -> int:
    class MemoryStatus(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *(
                (name, ctypes.c_ulonglong)
                for name in ("total", "available", "c", "d", "e", "f", "g")
            ),
        )

    status = MemoryStatus(length=ctypes.sizeof(MemoryStatus))
    ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))  # type: ignore[attr-defined]
    return status.available


def too_large(key: str, needed: int = 0, there: int = 0) -> ImageTooLarge:
    """The error for an image that does not fit."""
    figures = f" (needs {needed / 1e9:.1f} GB, {there / 1e9:.1f} GB are free)" if needed else ""
    return ImageTooLarge(
        f'"{key}" is too large for the memory that is free{figures}; '
        "choose a smaller output size or close other programs."
    )


def tile_for(sizes: Sequence[tuple[int, int]], look: Look, key: str, limit: int = 0) -> int:
    """The largest tile with which images ``(width, height)`` can be stylized.

    ``limit`` is in bytes; 0 stands for nine tenths of what is available now.

    Raises
    ------
    ImageTooLarge
        Not even the smallest tile would fit.
    """
    there = limit or int(available() * 0.9)
    plans = [pipeline.plan(size, look) for size in sizes]
    whole = sum(max(w * h, p.size[0] * p.size[1]) for (w, h), p in zip(sizes, plans, strict=True))
    working = sum(p.working[0] * p.working[1] for p in plans)
    fixed = BYTES_PER_PIXEL * whole + BYTES_PER_WORKING_PIXEL * working
    tile = TILE
    while tile > _SMALLEST_TILE and fixed + BYTES_PER_TILE_PIXEL * (tile + 2 * HALO) ** 2 > there:
        tile //= 2
    needed = fixed + BYTES_PER_TILE_PIXEL * min((tile + 2 * HALO) ** 2, working)
    if needed > there:
        raise too_large(key, needed, there)
    return tile
