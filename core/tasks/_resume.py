"""Which images of a folder an earlier run of Stylize has finished."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ..atomic import Part
from ..image.files import is_damaged
from ..networks.weights import shipped_steps
from ..notes import FOLDER, Notes, make_folder
from ..schema import to_plain
from ..styles.catalog import builtin_styles
from .stylize import StylizeItem

_VERSION = 1
"""To be raised when the same images and looks give other pixels."""


class StylizeNotes:
    """The notes of a folder of stylized images.

    Parameters
    ----------
    folder : Path
        The folder, in which a folder for the notes is made.

    Raises
    ------
    OutputUnwritable
        That cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        make_folder(folder / FOLDER)
        self._notes = Notes(folder, is_damaged)
        self._keys: dict[tuple[str, ...], str] = {}
        self._styles: dict[str, str] = {}

    def finished(self, item: StylizeItem, *, overwrite: bool) -> bool:
        """Return whether an item is there already.

        Parameters
        ----------
        item : StylizeItem
            The image, its look and its files.
        overwrite : bool
            Other files may be replaced.

        Returns
        -------
        bool
            False if it is to be painted.

        Raises
        ------
        OutputTaken
            Another file is in its place, and may not be replaced.
        """
        name, files = Path(item.outputs[0]).name, [*map(Path, _files(item))]
        return self._notes.finished(name, self._key(item), files, overwrite=overwrite)

    def keep(self, item: StylizeItem, parts: Sequence[Part], *, overwrite: bool) -> bool:
        """Let the written files of an item take their names, and note them.

        Parameters
        ----------
        item : StylizeItem
            The item.
        parts : sequence of Part
            Its files.
        overwrite : bool
            Other files may be replaced.

        Returns
        -------
        bool
            False if another run has finished the same item meanwhile.

        Raises
        ------
        OutputTaken
            Another file is in its place by now, and may not be replaced.
        OutputUnwritable
            A file cannot be written.
        """
        name = Path(item.outputs[0]).name
        return self._notes.keep(name, self._key(item), parts, overwrite=overwrite)

    def _key(self, item: StylizeItem) -> str:
        """Digest all that the pixels of an item depend on, as it is when it is asked for first."""
        if item.outputs not in self._keys:
            # All fields of an item count, those to come, too: files by their content or their name.
            digested = replace(
                item,
                image=replace(item.image, key="", paths=tuple(map(_digest, item.image.paths))),
                outputs=tuple(Path(file).name for file in _files(item)),
                heights=(),
                normals=(),
                strokes=(),
                guides=tuple(
                    replace(g, style=_digest(g.style), texture=_digest(g.texture))
                    for g in item.guides
                ),
                mesh=item.mesh and _digest(item.mesh),
            )
            styles = [self._style(style.source) for style in item.look.styles]
            said = [_VERSION, shipped_steps(), to_plain(digested), styles]
            digest = hashlib.blake2b(json.dumps(said).encode(), digest_size=20)
            self._keys[item.outputs] = digest.hexdigest()
        return self._keys[item.outputs]

    def _style(self, source: str) -> str:
        if source not in self._styles:
            names = {info.identifier: info.file for info in builtin_styles()}
            self._styles[source] = _digest(str(names.get(source, source)))
        return self._styles[source]


def _files(item: StylizeItem) -> Iterator[str]:
    """Yield all files of an item in the order in which they are written."""
    for index in range(len(item.outputs)):
        for kind in (item.strokes, item.heights, item.normals):
            yield from kind[index : index + 1]
    yield from item.outputs


def _digest(path: str) -> str:
    """Digest a file; one that cannot be read is named when it is needed."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "blake2b").hexdigest()
    except OSError:
        return "missing"
