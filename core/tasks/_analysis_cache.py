"""Results of earlier analyses: the same textures with the same choices need no second one."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ..errors import BadRequest
from ..features.metric import PATH as METRIC
from ..schema import from_plain, to_plain
from .analyze import AnalyzeRequest, AnalyzeResult

_log = logging.getLogger(__name__)

_VERSION = 1
"""Raise it when the same points are to be grouped, named or drawn otherwise."""

_KEPT = 8
_FILE = "result.json"


class AnalysisCache:
    """A folder for each result: JSON, and its plots.

    Parameters
    ----------
    folder : Path or None
        Made when needed. None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def get(self, key: str, output: Path, thumbnails: Mapping[str, str]) -> AnalyzeResult | None:
        """The result under a key, or None; its pictures are copied to ``output``.

        A damaged outcome counts as none. ``thumbnails``: as they are now.
        """
        if self.folder is None:
            return None
        place = self.folder / key
        try:
            text = (place / _FILE).read_text(encoding="utf-8")
            result = from_plain(AnalyzeResult, json.loads(text))
            output.mkdir(parents=True, exist_ok=True)
            pictures = {
                kind: str(shutil.copyfile(place / name, output / name))
                for kind, name in result.pictures.items()
            }
            place.touch()
        except (OSError, ValueError, BadRequest):
            return None
        return replace(result, pictures=pictures, thumbnails=dict(thumbnails))

    def put(self, key: str, result: AnalyzeResult) -> None:
        """Keep a result; a full disk or a read-only folder only costs the cache, never the job."""
        if self.folder is None:
            return
        names = {kind: Path(path).name for kind, path in result.pictures.items()}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part = Path(tempfile.mkdtemp(dir=self.folder, suffix=".part"))
            try:
                for kind, path in result.pictures.items():
                    shutil.copyfile(path, part / names[kind])
                bare = replace(result, pictures=names, thumbnails={})
                (part / _FILE).write_text(json.dumps(to_plain(bare)), encoding="utf-8")
                shutil.rmtree(self.folder / key, ignore_errors=True)  # a damaged one
                part.replace(self.folder / key)
            finally:
                shutil.rmtree(part, ignore_errors=True)
            self._prune()
        except OSError as error:
            _log.warning("The outcome cannot be kept in %s: %s", self.folder, error)

    def _prune(self) -> None:
        assert self.folder is not None
        places = []
        for place in self.folder.iterdir():
            with suppress(OSError):  # another process may be at it, too
                places.append((place.stat().st_mtime, place))
        for _, place in sorted(places)[:-_KEPT]:
            shutil.rmtree(place, ignore_errors=True)


def analysis_key(request: AnalyzeRequest, keys: Sequence[str], contents: Sequence[str]) -> str:
    """What an outcome depends on, as a hexadecimal digest.

    ``keys`` and ``contents`` are those of the images that were described (see
    ``descriptors.cache.content_key``), in their order.
    """
    choices = replace(request, images=(), output_folder="", cache_folder="")
    digest = hashlib.blake2b(digest_size=20)
    digest.update(f"{_VERSION}\0{json.dumps(to_plain(choices))}".encode())
    if METRIC.is_file():
        digest.update(METRIC.read_bytes())
    for words in zip(keys, contents, strict=True):
        digest.update("\0".join(words).encode() + b"\n")
    return digest.hexdigest()
