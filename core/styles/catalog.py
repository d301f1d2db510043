"""The built-in styles, listed without loading torch or a single code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "builtin"


@dataclass(frozen=True)
class StyleInfo:
    """What a gallery needs to know of a style."""

    identifier: str
    name: str
    family: str
    license: str
    source: str
    thumbnail: Path
    file: Path


@cache
def builtin_styles() -> tuple[StyleInfo, ...]:
    """The styles that ship with Impasto, in the order in which a gallery shows them."""
    index = FOLDER / "index.json"
    if not index.exists():
        return ()
    rows = json.loads(index.read_text(encoding="utf-8"))
    return tuple(
        StyleInfo(
            row["identifier"],
            row["name"],
            row["family"],
            row["license"],
            row["source"],
            FOLDER / f"{row['identifier']}.png",
            FOLDER / f"{row['identifier']}.impasto",
        )
        for row in rows
    )
