"""Results of earlier analyses: the same textures with the same choices need no second one."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ..atomic import write_atomically
from ..errors import BadRequest, OutputUnwritable
from ..features.metric import PATH as METRIC
from ..notes import make_folder
from ..schema import from_plain, read_json, to_plain
from ._surplus import surplus
from .analyze import AnalyzeRequest, AnalyzeResult

_log = logging.getLogger(__name__)

_VERSION = 5
"""To be raised when the same points are grouped, named or drawn differently."""

_KEPT = 8
_FILE = "result.json"
_PLOTS = {f"{kind}.png" for kind in ("map", "dendrogram", "silhouette", "palettes")}


@dataclass(frozen=True)
class _Kept:
    """The JSON of a result. ``plots`` has the digests of its pictures by their names; they lie beside
    it and nowhere else."""

    result: AnalyzeResult
    plots: dict[str, str]
    checksum: str = ""

    def __post_init__(self) -> None:
        beside = all(name in _PLOTS for name in self.plots)
        if not beside or set(self.result.plots.values()) != self.plots.keys():
            raise BadRequest("The plots of a result have other names.")


def _checksum(kept: _Kept) -> str:
    return _digest(json.dumps(to_plain(replace(kept, checksum=""))).encode())


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=20).hexdigest()


class AnalysisCache:
    """A folder for each result, with its JSON and plots.

    Parameters
    ----------
    folder : Path or None
        Where results are kept; made when needed. None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def get(self, key: str, output: Path, thumbnails: Mapping[str, str]) -> AnalyzeResult | None:
        """Return the result under a key, or None; a damaged one counts as none.

        Parameters
        ----------
        key : str
            From :func:`analysis_key`.
        output : Path
            Folder that the plots are copied to.
        thumbnails : mapping of str to str
            Thumbnails as they are now, by key of the image.

        Returns
        -------
        AnalyzeResult or None
            The result.

        Raises
        ------
        OutputUnwritable
            The plots cannot be written.
        """
        if self.folder is None:
            return None
        place = self.folder / key
        try:
            kept = from_plain(_Kept, read_json((place / _FILE).read_bytes()))
            if kept.checksum != _checksum(kept):
                return None
            drawn = {name: (place / name).read_bytes() for name in kept.plots}
        except (OSError, BadRequest):
            return None
        if any(_digest(content) != kept.plots[name] for name, content in drawn.items()):
            return None
        make_folder(output)
        for name, content in drawn.items():
            write_atomically(output / name, content, overwrite=True)
        with suppress(OSError):
            place.touch()
        plots = {kind: str(output / name) for kind, name in kept.result.plots.items()}
        return replace(kept.result, plots=plots, thumbnails=dict(thumbnails))

    def put(self, key: str, result: AnalyzeResult) -> None:
        """Keep a result; if the disk is full or read-only, only the cache is lost, not the task.

        Parameters
        ----------
        key : str
            From :func:`analysis_key`.
        result : AnalyzeResult
            The result.
        """
        if self.folder is None:
            return
        place = self.folder / key
        names = {kind: Path(path).name for kind, path in result.plots.items()}
        bare = replace(result, plots=names, thumbnails={})
        digests = {}
        try:
            place.mkdir(parents=True, exist_ok=True)
            for kind, path in result.plots.items():
                content = Path(path).read_bytes()
                digests[names[kind]] = _digest(content)
                write_atomically(place / names[kind], content, overwrite=True, cache=True)
            kept = _Kept(bare, digests)
            kept = replace(kept, checksum=_checksum(kept))
            # Last, as plots without it do not count.
            text = json.dumps(to_plain(kept))
            write_atomically(place / _FILE, text.encode(), overwrite=True, cache=True)
            for former in surplus(self.folder, "*", _KEPT, place):
                shutil.rmtree(former, ignore_errors=True)
        except (OSError, OutputUnwritable) as error:
            _log.warning("The result cannot be kept in %s: %s", self.folder, error)


def analysis_key(request: AnalyzeRequest, keys: Sequence[str], contents: Sequence[str]) -> str:
    """Return a digest of everything that a result depends on.

    Parameters
    ----------
    request : AnalyzeRequest
        The choices.
    keys : sequence of str
        Keys of the images that were described.
    contents : sequence of str
        Their content keys, see :func:`core.features.cache.content_key`.

    Returns
    -------
    str
        Hexadecimal.
    """
    choices = replace(request, images=(), output_folder="", cache_folder="")
    digest = hashlib.blake2b(digest_size=20)
    digest.update(f"{_VERSION}\0{json.dumps(to_plain(choices))}".encode())
    if METRIC.is_file():
        digest.update(METRIC.read_bytes())
    for words in zip(keys, contents, strict=True):
        digest.update("\0".join(words).encode() + b"\n")
    return digest.hexdigest()
