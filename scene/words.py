"""Build the sentences of reports."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return a number and its noun: "1 texture", "2 textures"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def joined(*parts: str) -> str:
    """Join what is not empty into one report; only several sentences get their periods."""
    said = [part.strip().removesuffix(".") for part in parts if part.strip()]
    return ". ".join(said) + ("." if len(said) > 1 else "")


def listed(names: list[str], most: int = 3) -> str:
    """Return names as a list in words: "A", "A and B", "A, B, C and 2 more"."""
    shown = names[:most] if len(names) > most else names[:-1]
    rest = f"{len(names) - most} more" if len(names) > most else "".join(names[-1:])
    return f"{', '.join(shown)} and {rest}" if shown else rest
