"""Results of earlier analyses: the same textures with the same choices need no second one."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..atomic import write_atomically
from ..errors import BadRequest, OutputUnwritable
from ..features.metric import PATH as METRIC
from ..schema import from_plain, to_plain
from ._surplus import surplus
from .analyze import AnalyzeRequest, AnalyzeResult

_log = logging.getLogger(__name__)

_VERSION = 5
"""To be raised when the same points are grouped, named or drawn differently."""

_KEPT = 8
_FILE = "result.json"


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
        """
        if self.folder is None:
            return None
        place = self.folder / key
        try:
            text = (place / _FILE).read_text(encoding="utf-8")
            result = from_plain(AnalyzeResult, json.loads(text))
            output.mkdir(parents=True, exist_ok=True)
            plots = {
                kind: str(shutil.copyfile(place / name, output / name))
                for kind, name in result.plots.items()
            }
            place.touch()
        except (OSError, ValueError, BadRequest):
            return None
        return replace(result, plots=plots, thumbnails=dict(thumbnails))

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
        try:
            place.mkdir(parents=True, exist_ok=True)
            for kind, path in result.plots.items():
                content = Path(path).read_bytes()
                write_atomically(place / names[kind], content, overwrite=True, cache=True)
            # Last, as plots without it do not count.
            text = json.dumps(to_plain(bare))
            write_atomically(place / _FILE, text.encode(), overwrite=True, cache=True)
            for former in surplus(self.folder, "*", _KEPT):
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
