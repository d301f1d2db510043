"""Numbers of frames, and files that hold many of them."""

from __future__ import annotations

from collections.abc import Iterable

MOVIES = (".mp4", ".mov", ".mkv", ".avi", ".webm", ".m4v", ".mpg", ".ogv")

_MOST = 5
"""Ranges that are spelled out."""


def spelled(numbers: Iterable[int]) -> str:
    """Frame numbers as a person would write them: ``frame 7``, ``frames 1-3, 7, 9 and 12 more``."""
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
