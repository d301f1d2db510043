"""Write files whole or not at all: beside the target as ``<name>.part``, then renamed.

A crash, a full disk or a cancel at any moment leaves the target as it was.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import OutputUnwritable

_DISK_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}


def write_atomically(
    path: Path, content: bytes | memoryview, *, overwrite: bool = False, cache: bool = False
) -> None:
    """Write a file whole or not at all.

    Parameters
    ----------
    path : Path
        The file.
    content : bytes or memoryview
        All of it.
    overwrite : bool, optional
        Replace a file that exists; else it is refused.
    cache : bool, optional
        As in :func:`part_file`.

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
    with part_file(path, overwrite=overwrite, cache=cache) as part:
        part.write_bytes(content)


@contextmanager
def part_file(
    path: Path, *, overwrite: bool = False, cache: bool = False, keep_suffix: bool = False
) -> Iterator[Path]:
    """Let the body of a ``with`` statement write a file that then takes the place of ``path``.

    Parameters
    ----------
    path : Path
        The file.
    overwrite : bool, optional
        Replace a file that exists; else it is refused.
    cache : bool, optional
        The file only saves time: it is not forced onto the disk, and several processes may write it at
        once.
    keep_suffix : bool, optional
        The part file ends as ``path`` does, for libraries that choose a format by it.

    Yields
    ------
    Path
        The part file, which is deleted if the body raises.

    Raises
    ------
    OutputUnwritable
        The file exists, its folder is missing or read-only, or the disk is full. Any ``OSError`` of
        the body is taken for one of these.
    """
    check_output(path, overwrite=overwrite)
    process = f".{os.getpid()}" if cache else ""
    ending = f"{process}.part"
    part = path.with_name(
        f"{path.stem}{ending}{path.suffix}" if keep_suffix else f"{path.name}{ending}"
    )
    try:
        try:
            yield part
            if not cache:
                with part.open("r+b") as file:
                    os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
    except OSError as error:
        raise OutputUnwritable(_reason(path, error)) from error


def check_output(path: Path, *, overwrite: bool = False) -> None:
    """Refuse an output file before any work is done for it.

    Parameters
    ----------
    path : Path
        The file.
    overwrite : bool, optional
        It may exist.

    Raises
    ------
    OutputUnwritable
        The file exists, or its folder does not.
    """
    try:
        exists, folder_exists = path.exists(), path.parent.is_dir()
    except OSError as error:
        raise OutputUnwritable(_reason(path, error)) from error
    if not folder_exists:
        raise OutputUnwritable(_no_folder(path))
    if exists and not overwrite:
        raise OutputUnwritable(
            f'"{path.name}" exists already; choose another name or allow overwriting.'
        )


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
