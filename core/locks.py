"""Locks between processes: on files, and gone with the process that holds them, however it ends."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class Lock:
    """A new file that says that its maker is alive.

    Parameters
    ----------
    path : Path
        The file, which may not exist.
    stays : bool, optional
        It is not renamed, so that it can be held on Windows, too.

    Raises
    ------
    OSError
        It exists, or cannot be made.
    """

    def __init__(self, path: Path, *, stays: bool = False) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        if fcntl is None:
            if not stays:
                self.release()
            return
        with suppress(OSError):  # a file system without locks
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def release(self) -> None:
        """Give it up; the file stays."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def is_held(path: Path) -> bool:
    """Return whether a living process holds a lock on a file.

    Parameters
    ----------
    path : Path
        The file of a :class:`Lock`.

    Returns
    -------
    bool
        True, too, where it cannot be told.

    Raises
    ------
    OSError
        It cannot be opened.
    """
    if fcntl is None:
        return True
    handle = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def take_over(path: Path) -> bool:
    """Delete the file of a lock whose maker is gone.

    Parameters
    ----------
    path : Path
        The file of a :class:`Lock` that stays.

    Returns
    -------
    bool
        False if somebody holds it, or there is none.
    """
    try:
        if fcntl is not None and is_held(path):
            return False
        path.unlink()  # on Windows, a file that is open cannot be deleted
    except OSError:
        return False
    return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one process at a time run the body of a ``with`` statement.

    Parameters
    ----------
    path : Path
        A file that all of them name; made if need be, and kept.

    Yields
    ------
    None
        While the lock is held. Where the file system has no locks, at once.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        with suppress(OSError):
            _wait(handle)
        yield
    finally:
        os.close(handle)


@contextmanager
def claimed(path: Path) -> Iterator[bool]:
    """Tell the body of a ``with`` statement whether any other process runs it at this moment.

    Parameters
    ----------
    path : Path
        A file that all of them name; it is gone afterwards.

    Yields
    ------
    bool
        True if no other does. Where the file system has no locks, always.

    Raises
    ------
    OSError
        The file cannot be made.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    alone = False
    try:
        alone = _try(handle)
        yield alone
    finally:
        if alone and fcntl is not None:
            _unlink(path)
        os.close(handle)
        if alone and fcntl is None:
            _unlink(path)


def _unlink(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _try(handle: int) -> bool:
    """Take the lock unless another process has it."""
    try:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


def _wait(handle: int) -> None:
    """Wait until no other process has the lock."""
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX)
        return
    import msvcrt

    while True:
        try:
            msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
        except OSError as error:
            if error.errno == errno.EDEADLK:  # after ten seconds
                continue
            raise
        return
