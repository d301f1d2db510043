"""Notes on finished results: what each was made with, and by what its files are known again.

A folder of results has a folder ``.impasto`` with a JSON file for each. A result is finished where its
note has the key of what is asked for, and all of its files are there with the size and digest that
the note says. Files and their note change together, one process at a time, and whatever moment a run
is killed at, the next one can tell.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

from .atomic import FileMark, Part, has_mark, mark_of, write_atomically
from .errors import BadRequest, OutputTaken, OutputUnwritable
from .locks import locked
from .schema import Length, Range, from_plain, plain_text, read_json, to_plain

FOLDER = ".impasto"
_LOCK = "lock"

State = Literal["missing", "finished", "replaceable", "unknown"]


@dataclass(frozen=True)
class _Mark:
    """A :class:`~.atomic.FileMark` as it is in a note."""

    size: Annotated[int, Range(0)]
    digest: Annotated[str, Length(40, 40)]


@dataclass(frozen=True)
class _Note:
    """A note. ``replaces`` has the marks of files that were there before, in case the run was killed
    between the note and the files."""

    key: str
    files: dict[str, _Mark]
    replaces: dict[str, _Mark] = field(default_factory=dict)
    source: Annotated[str, plain_text] = ""
    remarks: tuple[str, ...] = ()
    checksum: str = ""


def _checksum(note: _Note) -> str:
    text = json.dumps(to_plain(replace(note, checksum="")))
    return hashlib.blake2b(text.encode(), digest_size=20).hexdigest()


class Notes:
    """The notes of a folder of results.

    Parameters
    ----------
    folder : Path
        The folder of the results; that of the notes is made by :func:`make_folder`.
    is_damaged : callable
        Says of a file that is not as its note says whether it is no picture any more; one that is
        may be somebody's work, and is not replaced.
    """

    def __init__(self, folder: Path, is_damaged: Callable[[Path], bool]) -> None:
        self._folder, self._is_damaged = folder, is_damaged

    def path(self, name: str) -> Path:
        """Return the file of a note.

        Parameters
        ----------
        name : str
            Name of the result.

        Returns
        -------
        Path
            May not exist.
        """
        return note_path(self._folder, name)

    def source(self, name: str) -> str:
        """Return the name of the file that a result was made of.

        Parameters
        ----------
        name : str
            Name of the result.

        Returns
        -------
        str
            Empty if that is not known.
        """
        note = self._read(name)
        return note.source if note else ""

    def remarks(self, name: str) -> tuple[str, ...]:
        """Return the sentences that were noted with a result.

        Parameters
        ----------
        name : str
            Name of the result.

        Returns
        -------
        tuple of str
            None if there is no note.
        """
        note = self._read(name)
        return note.remarks if note else ()

    def former_key(self, name: str, files: Sequence[Path]) -> str:
        """Return the key of a result that is as it was finished, so that a newer one may replace it.

        Parameters
        ----------
        name : str
            Name of the result.
        files : sequence of Path
            Its files.

        Returns
        -------
        str
            Empty if there is none, or it was changed since.
        """
        note = self._read(name)
        known = note is not None and {*map(self._name, files)} >= note.files.keys()
        return note.key if note and known and self._is_intact(note) else ""

    def finished(
        self,
        name: str,
        key: str,
        files: Sequence[Path],
        *,
        overwrite: bool = False,
        former: str = "",
    ) -> bool:
        """Return whether a result is there already.

        Parameters
        ----------
        name : str
            Name of the result.
        key : str
            Digest of what it is made with.
        files : sequence of Path
            Its files.
        overwrite : bool, optional
            Other files may be replaced.
        former : str, optional
            The key of a result that may be replaced.

        Returns
        -------
        bool
            False if it is to be made.

        Raises
        ------
        OutputTaken
            Another file is in its place, and may not be replaced.
        """
        if not overwrite:
            self.check_free(name, files)
        return self._state(name, key, files, overwrite, former) == "finished"

    def check_free(self, name: str, files: Sequence[Path]) -> None:
        """Refuse a result whose place is taken by a file that never was one.

        Parameters
        ----------
        name : str
            Name of the result.
        files : sequence of Path
            Its files.

        Raises
        ------
        OutputTaken
            There is one.
        """
        if not self.path(name).exists() and any(file.exists() for file in files):
            raise _in_the_way(files)

    def keep(
        self,
        name: str,
        key: str,
        parts: Sequence[Part],
        *,
        overwrite: bool = False,
        former: str = "",
        source: str = "",
        remarks: tuple[str, ...] = (),
    ) -> bool:
        """Let the written parts of a result take their names, and note them.

        Parameters
        ----------
        name : str
            Name of the result.
        key : str
            Digest of what it is made with.
        parts : sequence of Part
            Written and verified.
        overwrite, former : optional
            As in :meth:`finished`.
        source : str, optional
            Name of the file that it was made of.
        remarks : tuple of str, optional
            Sentences to note.

        Returns
        -------
        bool
            False if another run has finished the same result meanwhile, which is left as it is.

        Raises
        ------
        OutputTaken
            Another file is in its place by now, and may not be replaced.
        OutputUnwritable
            The note or a file cannot be written.
        """
        files = [part.target for part in parts]
        try:
            marks = [part.mark for part in parts]
            with locked(self._folder / FOLDER / _LOCK):
                state = self._state(name, key, files, overwrite, former)
                if state == "finished":
                    return False
                # Of files without a note that can be read, it is known only now whose they are.
                if state == "unknown" and not all(
                    not file.exists() or has_mark(file, mark) or self._is_damaged(file)
                    for file, mark in zip(files, marks, strict=True)
                ):
                    raise _in_the_way(files)
                note = _Note(
                    key,
                    {
                        self._name(f): _Mark(m.size, m.digest)
                        for f, m in zip(files, marks, strict=True)
                    },
                    self._marks_of(files),
                    source,
                    remarks,
                )
                note = replace(note, checksum=_checksum(note))
                text = json.dumps(to_plain(note)).encode()
                write_atomically(self.path(name), text, overwrite=True)
                for part in parts:
                    part.rename(overwrite=state != "missing")
        except OSError as error:
            raise OutputUnwritable(
                f'"{files[-1]}" cannot be written ({error.strerror or error});'
                " free some space, or choose another folder."
            ) from error
        return True

    def _state(
        self, name: str, key: str, files: Sequence[Path], overwrite: bool, former: str
    ) -> State:
        """Return what is in the place of a result, or raise OutputTaken."""
        there = [file for file in files if file.exists()]
        if not there:
            return "missing"
        note = self._read(name)
        if note is None:
            return "replaceable" if overwrite else "unknown"
        if note.key == key and self._is_intact(note):
            return "finished"
        if overwrite:
            return "replaceable"
        if note.key not in (key, former):
            raise OutputTaken(
                f'"{_first(files)}" was made with other settings or by another version;'
                " choose another folder, or allow it to be overwritten."
            )
        for file in there:
            known = self._has(note.files, file) or self._has(note.replaces, file)
            if not known and not self._is_damaged(file):
                raise OutputTaken(
                    f'"{file}" was changed since it was finished, and is left as it is;'
                    " delete it to have it made again, or allow it to be overwritten."
                )
        return "replaceable"

    def _is_intact(self, note: _Note) -> bool:
        """Return whether all files that a note names are as it says."""
        return all(
            has_mark(self._folder / name, FileMark(mark.size, mark.digest))
            for name, mark in note.files.items()
        )

    def _has(self, marks: dict[str, _Mark], file: Path) -> bool:
        mark = marks.get(self._name(file))
        return mark is not None and has_mark(file, FileMark(mark.size, mark.digest))

    def _marks_of(self, files: Sequence[Path]) -> dict[str, _Mark]:
        """Return the marks of the files that are there."""
        found = {}
        for file in files:
            with suppress(OSError):
                mark = mark_of(file)
                found[self._name(file)] = _Mark(mark.size, mark.digest)
        return found

    def _name(self, file: Path) -> str:
        """Return how a note calls a file: so that the folder may be moved."""
        inside = file.is_relative_to(self._folder)
        return file.relative_to(self._folder).as_posix() if inside else str(file)

    def _read(self, name: str) -> _Note | None:
        """Read a note; None where there is none, or it is damaged."""
        try:
            note = from_plain(_Note, read_json(self.path(name).read_bytes()))
        except (OSError, BadRequest):
            return None
        return note if note.checksum == _checksum(note) else None


def note_path(folder: Path, name: str) -> Path:
    """Return the file of a note.

    Parameters
    ----------
    folder : Path
        The folder of the results.
    name : str
        Name of the result.

    Returns
    -------
    Path
        May not exist.
    """
    return folder / FOLDER / f"{name}.json"


def make_folder(path: Path) -> None:
    """Make a folder for results, unless it is there.

    Parameters
    ----------
    path : Path
        The folder.

    Raises
    ------
    OutputUnwritable
        It cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputUnwritable(
            f'Results cannot be written to "{path}" ({error.strerror}); choose another folder.'
        ) from error


def _in_the_way(files: Sequence[Path]) -> OutputTaken:
    return OutputTaken(
        f'"{_first(files)}" is in the way; choose another folder, or allow it to be overwritten.'
    )


def _first(files: Sequence[Path]) -> Path:
    """Return the first of the files that is there."""
    return next((file for file in files if file.exists()), files[0])
