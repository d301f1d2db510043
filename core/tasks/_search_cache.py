"""Earlier searches for duplicates: what was compared with each other need not be compared again."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np

from ..atomic import write_atomically
from ..errors import BadRequest, OutputUnwritable
from ..schema import Range, from_plain, read_json, to_plain
from ._surplus import surplus

_log = logging.getLogger(__name__)

_VERSION = 2
"""To be raised when other pictures count as the same."""

_KEPT = 4
Links = list[tuple[int, int, str]]


_Row = Annotated[int, Range(0)]


@dataclass(frozen=True)
class _Search:
    """The JSON of a search."""

    version: Annotated[int, Range(_VERSION, _VERSION)]
    contents: tuple[str, ...]
    links: tuple[tuple[_Row, _Row, str], ...]
    checksum: str = ""


def _checksum(search: _Search) -> str:
    text = json.dumps(to_plain(replace(search, checksum="")))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class SearchCache:
    """A folder with a JSON file for each of the last few searches.

    Parameters
    ----------
    folder : Path or None
        The folder; made when needed. None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def get(self, contents: Sequence[str]) -> tuple[np.ndarray, Links]:
        """Return what the search that has most images in common has found.

        Parameters
        ----------
        contents : sequence of str
            Content key of each image.

        Returns
        -------
        searched : (N,) bool
            Images that were compared with each other.
        links : list of (int, int, str)
            Rows of those that show the same picture, and how the second differs.
        """
        rows: dict[str, int] = {}
        for row, content in enumerate(contents):
            rows.setdefault(content, row)
        best: tuple[list[int], Links] = [], []
        for path in self.folder.glob("*.json") if self.folder else ():
            with suppress(OSError, BadRequest, IndexError):
                search = from_plain(_Search, read_json(path.read_bytes()))
                known = search.contents
                common = [rows[content] for content in known if content in rows]
                if search.checksum == _checksum(search) and len(common) > len(best[0]):
                    links = [
                        (rows[known[one]], rows[known[other]], kind)
                        for one, other, kind in search.links
                        if known[one] in rows and known[other] in rows
                    ]
                    best = common, [link for link in links if link[0] != link[1]]
        searched = np.zeros(len(contents), bool)
        searched[best[0]] = True
        return searched, best[1]

    def put(self, contents: Sequence[str], links: Sequence[tuple[int, int, str]]) -> None:
        """Keep a search; if the disk is full or read-only, only the cache is lost, not the task.

        Parameters
        ----------
        contents : sequence of str
            Content key of each image.
        links : sequence of (int, int, str)
            See :class:`~core.clustering.duplicates.Search`.
        """
        if self.folder is None:
            return
        joined = "\n".join(sorted(contents)).encode()
        path = self.folder / f"{hashlib.blake2b(joined, digest_size=16).hexdigest()}.json"
        search = _Search(_VERSION, tuple(contents), tuple((int(a), int(b), k) for a, b, k in links))
        text = json.dumps(to_plain(replace(search, checksum=_checksum(search))))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(path, text.encode(), overwrite=True, cache=True)
            for former in surplus(self.folder, "*.json", _KEPT, path):
                former.unlink(missing_ok=True)
        except (OSError, OutputUnwritable) as error:
            _log.warning("The search cannot be kept in %s: %s", self.folder, error)
