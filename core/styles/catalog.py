"""The built-in styles, listed without loading torch or any style code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "builtin"


@dataclass(frozen=True)
class StyleInfo:
    """A built-in style as a gallery lists it.

    Attributes
    ----------
    identifier : str
        Unique name; what a request calls the style by.
    name : str
        Name to show.
    family : str
        The group of similar styles that it belongs to.
    license, source : str
        License and origin of the picture that it was made from.
    thumbnail : Path
        A PNG.
    file : Path
        The style file.
    work, artist, year : str
        The picture's title, in English, its artist and year; empty where unknown.
    medium : bool
        Whether it is a medium, made without a picture; see ``media.py``.
    """

    identifier: str
    name: str
    family: str
    license: str
    source: str
    thumbnail: Path
    file: Path
    work: str = ""
    artist: str = ""
    year: str = ""
    medium: bool = False

    @property
    def credit(self) -> str:
        """Title, artist and year of the picture, as far as known; else where it is from."""
        return ", ".join(filter(None, (self.work, self.artist, self.year))) or self.source

    @property
    def rights(self) -> str:
        """The license in a word or two."""
        return "Public domain" if self.license.startswith("PD") else self.license


@cache
def builtin_styles() -> tuple[StyleInfo, ...]:
    """Return the styles that ship with Impasto.

    Returns
    -------
    tuple of StyleInfo
        In the order in which a gallery shows them. Keys of the index that are not listed in
        :class:`StyleInfo` are ignored.

    Examples
    --------
    >>> "kiss" in {style.identifier for style in builtin_styles()}
    True
    """
    index = FOLDER / "index.json"
    if not index.exists():
        return ()
    rows = json.loads(index.read_text(encoding="utf-8"))
    return tuple(
        StyleInfo(
            identifier=row["identifier"],
            name=row["name"],
            family=row["family"],
            license=row["license"],
            source=row["source"],
            thumbnail=FOLDER / f"{row['identifier']}.png",
            file=FOLDER / f"{row['identifier']}.impasto",
            work=row.get("work", ""),
            artist=row.get("artist", ""),
            year=row.get("year", ""),
            medium=row.get("medium", False),
        )
        for row in rows
    )


def pictured_styles() -> tuple[StyleInfo, ...]:
    """Return the built-in styles that were made from pictures, without the media.

    Returns
    -------
    tuple of StyleInfo
        In the order in which a gallery shows them.
    """
    return tuple(style for style in builtin_styles() if not style.medium)
