"""Build the sentences of reports."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return a number and its noun: "1 texture", "2 textures"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def joined(*parts: str) -> str:
    """Join what is not empty into one report; only several sentences get their periods."""
    said = [part.strip().removesuffix(".") for part in parts if part.strip()]
    return ". ".join(said) + ("." if len(said) > 1 else "")
