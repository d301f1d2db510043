"""Frame numbers, in file names and in words. Light enough for Blender's process."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_LAST_NUMBER = re.compile(r"\d+(?!.*\d)")

_MOST = 5
"""Ranges that are spelled out."""


def split_number(path: Path) -> tuple[str, str, str] | None:
    """Split a file's name at its last number, which is the frame's.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    tuple of str, or None
        What comes before the digits, the digits, and what comes after, with the suffix; None without
        digits before the suffix.

    Examples
    --------
    >>> split_number(Path("shot2_0012.png"))
    ('shot2_', '0012', '.png')
    """
    found = _LAST_NUMBER.search(path.stem)
    if found is None:
        return None
    return path.stem[: found.start()], found[0], path.stem[found.end() :] + path.suffix


def frame_number(path: Path) -> int | None:
    """Return the last number in a file's name, which is the frame's.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    int or None
        None if there is none before the suffix.
    """
    parts = split_number(path)
    return int(parts[1]) if parts else None


def spelled(numbers: Iterable[int]) -> str:
    """Spell out frame numbers, at most five ranges of them.

    Parameters
    ----------
    numbers : iterable of int
        In any order.

    Returns
    -------
    str
        For messages.

    Examples
    --------
    >>> spelled([1, 2, 3, 7])
    'frames 1-3, 7'
    """
    ranges: list[list[int]] = []
    numbers = sorted(set(numbers))
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    shown = ", ".join(f"{a}-{b}" if b > a else f"{a}" for a, b in ranges[:_MOST])
    more = sum(b - a + 1 for a, b in ranges[_MOST:])
    return f"frame{'s'[: len(numbers) > 1]} {shown}" + (f" and {more} more" if more else "")
