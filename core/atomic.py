"""Write files whole or not at all: beside the target under a name of its own, read back, then renamed.

A crash, a full disk or a cancel at any moment leaves the target as it was. Processes that write the
same file at once do not meet: each has a part file of its own, and whether the target may be replaced
is decided again at the moment of the rename.
"""

from __future__ import annotations

import errno
import hashlib
import os
import platform
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .errors import OutputTaken, OutputUnwritable
from .locks import Lock, is_held

_DISK_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}

_HOST = hashlib.blake2b(platform.node().encode(), digest_size=2).hexdigest()
_PART = re.compile(r"\.([0-9a-f]{4})[0-9a-f]{8}\.part(\.\w+)?$")
_DAY = 24 * 3600.0
_CHUNK = 1 << 20

_swept: set[Path] = set()
"""Folders that were looked through for parts of processes that are gone."""


@dataclass(frozen=True)
class FileMark:
    """The size and digest of a file, by which it is known again.

    Attributes
    ----------
    size : int
        In bytes.
    digest : str
        BLAKE2b of the content, hexadecimal.
    """

    size: int
    digest: str


def mark_of(path: Path) -> FileMark:
    """Read a file, and return its mark.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    FileMark
        Of its content.

    Raises
    ------
    OSError
        It cannot be read.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, _new_digest)
        return FileMark(file.tell(), digest.hexdigest())


def has_mark(path: Path, mark: FileMark) -> bool:
    """Return whether a file is there and has a mark; where its size differs, it is not read.

    Parameters
    ----------
    path : Path
        The file.
    mark : FileMark
        The mark.

    Returns
    -------
    bool
        True if it has.
    """
    try:
        return path.stat().st_size == mark.size and mark_of(path) == mark
    except OSError:
        return False


class Part:
    """A file that is written beside its target, to be renamed or discarded.

    Parameters
    ----------
    target : Path
        The file whose place it takes.
    keep_suffix : bool, optional
        It ends as ``target`` does, for libraries that choose a format by it.

    Attributes
    ----------
    path : Path
        Where it is written.
    target : Path
        As given.

    Raises
    ------
    OSError
        It cannot be made.
    """

    def __init__(self, target: Path, *, keep_suffix: bool = False) -> None:
        _sweep(target.parent)
        ending = f".{_HOST}{secrets.token_hex(4)}.part{target.suffix if keep_suffix else ''}"
        # Names have 255 bytes at most.
        begin = os.fsencode(target.name)[: 255 - len(os.fsencode(ending))]
        name = begin.decode(errors="ignore") + ending
        self.target, self.path = target, target.with_name(name)
        self._lock = Lock(self.path)

    def write(self, content: bytes | memoryview, *, sync: bool = True) -> None:
        """Write all of it, and read it back.

        Parameters
        ----------
        content : bytes or memoryview
            The file.
        sync : bool, optional
            Force it onto the disk.

        Raises
        ------
        OSError
            It could not be written, or reads as something else.
        """
        view = memoryview(content).cast("B")
        with self.path.open("wb", buffering=0) as file:
            left = view
            while left:
                left = left[file.write(left) :]
            if sync:
                os.fsync(file.fileno())
        with self.path.open("rb", buffering=0) as file:
            for start in range(0, len(view), _CHUNK):
                # As bytes: comparing views takes a hundred times as long.
                if _read(file, _CHUNK) != bytes(view[start : start + _CHUNK]):
                    raise OSError(errno.EIO, "it reads as something else than was written")
            if file.read(1):
                raise OSError(errno.EIO, "it reads as something else than was written")

    def sync(self) -> None:
        """Force what a library has written onto the disk.

        Raises
        ------
        OSError
            There is no such file, or the disk is full.
        """
        with self.path.open("r+b") as file:
            if not file.read(1):
                raise OSError(errno.ENOENT, "No such file or directory: nothing was written")
            os.fsync(file.fileno())

    @cached_property
    def mark(self) -> FileMark:
        """The mark of what was written."""
        return mark_of(self.path)

    def rename(self, *, overwrite: bool) -> None:
        """Let it take the place of its target.

        Parameters
        ----------
        overwrite : bool
            Replace a file that exists by now; else it is refused.

        Raises
        ------
        OutputTaken
            The target exists.
        OSError
            It cannot be renamed.
        """
        self._lock.release()
        try:
            if overwrite:
                self.path.replace(self.target)
            else:
                _rename_new(self.path, self.target)
        except FileExistsError as error:
            raise _taken(self.target) from error

    def discard(self) -> None:
        """Delete it, if it is still there."""
        self._lock.release()
        with suppress(OSError):
            self.path.unlink()


def write_atomically(
    path: Path, content: bytes | memoryview, *, overwrite: bool = False, cache: bool = False
) -> None:
    """Write a file whole or not at all; it is read back before it takes its name.

    Parameters
    ----------
    path : Path
        The file.
    content : bytes or memoryview
        All of it.
    overwrite : bool, optional
        Replace a file that exists; else it is refused.
    cache : bool, optional
        The file only saves time: it is not forced onto the disk.

    Raises
    ------
    OutputUnwritable
        The file exists, its folder is missing or read-only, or the disk is full.

    Examples
    --------
    >>> write_atomically(Path("note.txt"), b"whole")
    >>> Path("note.txt").read_bytes()
    b'whole'
    """
    with new_part(path, overwrite=overwrite) as part:
        part.write(content, sync=not cache)
        part.rename(overwrite=overwrite)


@contextmanager
def new_part(path: Path, *, overwrite: bool = False, keep_suffix: bool = False) -> Iterator[Part]:
    """Make a part file, which is deleted unless the body of the ``with`` statement renames it.

    Parameters
    ----------
    path : Path
        Its target.
    overwrite : bool, optional
        The target may exist; else it is refused.
    keep_suffix : bool, optional
        As in :class:`Part`.

    Yields
    ------
    Part
        To be written and renamed.

    Raises
    ------
    OutputUnwritable
        The file exists, its folder is missing or read-only, or the disk is full. Any ``OSError`` of
        the body is taken for one of these.
    """
    check_output(path, overwrite=overwrite)
    try:
        part = Part(path, keep_suffix=keep_suffix)
        try:
            yield part
        finally:
            part.discard()
    except OSError as error:
        raise OutputUnwritable(_reason(path, error)) from error


def check_output(path: Path, *, overwrite: bool = False, room: int = 1) -> None:
    """Refuse an output file before any work is done for it.

    Parameters
    ----------
    path : Path
        The file.
    overwrite : bool, optional
        It may exist.
    room : int, optional
        Bytes that it will need at least.

    Raises
    ------
    OutputUnwritable
        The file exists, its folder does not or is read-only, or its disk has no room.
    """
    try:
        exists, folder_exists = path.exists(), path.parent.is_dir()
    except OSError as error:
        raise OutputUnwritable(_reason(path, error)) from error
    if not folder_exists:
        raise OutputUnwritable(_no_folder(path))
    if exists and not overwrite:
        raise _taken(path)
    if not os.access(path.parent, os.W_OK):
        raise OutputUnwritable(_reason(path, OSError(errno.EROFS, "")))
    with suppress(OSError):
        disk = shutil.disk_usage(path.parent)
        if disk.total and disk.free < room:  # some say nothing, of either
            raise OutputUnwritable(_reason(path, OSError(errno.ENOSPC, "")))


def _taken(path: Path) -> OutputTaken:
    return OutputTaken(f'"{path.name}" exists already; choose another name or allow overwriting.')


def _new_digest() -> Any:
    return hashlib.blake2b(digest_size=20)


def _read(file: object, count: int) -> bytes:
    """Read so many bytes, or all that there are: a system may give fewer at a time."""
    parts = []
    while count and (part := file.read(count)):  # type: ignore[attr-defined]
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _rename_new(part: Path, target: Path) -> None:
    """Rename a file unless the new name is taken, which the system decides in one step."""
    if os.name == "nt":
        part.rename(target)
        return
    try:
        os.link(part, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
    else:
        with suppress(OSError):
            part.unlink()
        return
    if target.exists():  # FAT and some networks know no links: the best that can be done there
        raise FileExistsError(errno.EEXIST, "", str(target))
    part.replace(target)


def _sweep(folder: Path) -> None:
    """Delete the parts of processes that were killed, once for each folder."""
    if folder in _swept:
        return
    _swept.add(folder)
    with suppress(OSError):
        for name in os.listdir(folder):
            if found := _PART.search(name):
                with suppress(OSError):
                    path = folder / name
                    old = time.time() - path.stat().st_mtime > _DAY
                    # What another machine holds cannot be told by a lock on every network.
                    if old or (found[1] == _HOST and not is_held(path)):
                        path.unlink()


def _reason(path: Path, error: OSError) -> str:
    """Return the sentence for an artist."""
    if error.errno in _DISK_FULL:
        return f'The disk is full: "{path.name}" was not written; free some space and try again.'
    if error.errno in _NOT_ALLOWED:
        return (
            f'"{path.name}" cannot be written: the folder "{path.parent}" is read-only, or the file is'
            " in use by another program; choose another folder."
        )
    if not path.parent.is_dir():
        return _no_folder(path)
    reason = error.strerror or error
    return f'"{path.name}" cannot be written ({reason}); choose another name or folder.'


def _no_folder(path: Path) -> str:
    return f'The folder "{path.parent}" does not exist; create it or choose another folder.'
