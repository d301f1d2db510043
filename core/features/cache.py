"""Raw descriptions on disk, by the content of the image files, and what is known of those files."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from ..errors import BadRequest
from ..image.reference import ImageRef
from .columns import LENGTH, VERSION
from .encoder import encoder_key

_log = logging.getLogger(__name__)

_BYTES_AT_MOST = 512 * 1024**2
_FILE = "descriptions.sqlite"
_LAYOUT = 2
"""To be raised when the tables change."""

_TABLES = """
CREATE TABLE descriptions (key TEXT PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE uses (key TEXT PRIMARY KEY, time REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE files (
    path TEXT PRIMARY KEY, stamp TEXT NOT NULL, digest BLOB NOT NULL, time REAL NOT NULL
) WITHOUT ROWID;
"""
_DAY = 24 * 3600.0
_FILES_KEPT = 90 * _DAY
_ROWS_AT_ONCE, _SECONDS_AT_ONCE = 256, 2.0
"""Rows are written when so many have come, or so much time has passed: a crash loses no more."""

_CHECK = 4
"""Bytes after each row, by which a damaged one is known."""

_ASKED_AT_ONCE = 500
_CLOCK_STEP = 2.0
"""Coarsest step of a file system's clock in seconds (FAT's)."""


class DescriptorCache:
    """An SQLite file of descriptions and of the digests of files, which several processes may use.

    A damaged file is made anew. If the disk is full or read-only, only the cache is lost, not the task.

    Parameters
    ----------
    folder : Path or None
        The folder; made when needed. None keeps nothing.
    bytes_at_most : int, optional
        Size of the descriptions that :meth:`prune` keeps.
    """

    def __init__(self, folder: Path | None, bytes_at_most: int = _BYTES_AT_MOST) -> None:
        self.folder = folder
        self.bytes_at_most = bytes_at_most
        self._connection: sqlite3.Connection | None = None
        self._rows: dict[str, np.ndarray] = {}
        self._digests: dict[str, tuple[str, bytes]] = {}
        self._written = time.monotonic()

    def get(self, key: str) -> np.ndarray | None:
        """Read a row.

        Parameters
        ----------
        key : str
            From :func:`content_key`.

        Returns
        -------
        (LENGTH,) float32 or None
            None if there is none, or it is damaged.
        """
        return self.get_many([key]).get(key)

    def get_many(self, keys: Sequence[str]) -> dict[str, np.ndarray]:
        """Read rows; they count as used now.

        Parameters
        ----------
        keys : sequence of str
            From :func:`content_key`.

        Returns
        -------
        dict of str to (LENGTH,) float32
            Those that there are, and are not damaged.
        """
        found = {key: self._rows[key] for key in keys if key in self._rows}
        wanted = sorted(set(keys) - found.keys())
        for key, content in self._looked_up("key, row", "descriptions", "uses", "key", wanted):
            if isinstance(content, bytes) and len(content) == 4 * LENGTH + _CHECK:
                row = np.frombuffer(content[:-_CHECK], np.float32)
                if content == _stored(row) and np.isfinite(row).all():
                    found[key] = row
        return found

    def put(self, key: str, row: np.ndarray) -> None:
        """Keep a row, which is written together with others, see :meth:`flush`.

        Parameters
        ----------
        key : str
            From :func:`content_key`.
        row : (LENGTH,) float32
            The raw description.
        """
        if self.folder is None:
            return
        self._rows[key] = row
        late = time.monotonic() - self._written > _SECONDS_AT_ONCE
        if late or len(self._rows) >= _ROWS_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what was kept since the last time."""
        rows, digests = self._rows, self._digests
        self._rows, self._digests, self._written = {}, {}, time.monotonic()
        if not rows and not digests:
            return
        with self._database() as connection:
            if connection is None:
                return
            now = _now(connection)
            plain = [(key, _stored(row.astype(np.float32))) for key, row in rows.items()]
            connection.executemany("INSERT OR REPLACE INTO descriptions VALUES (?, ?)", plain)
            connection.executemany(
                "INSERT OR REPLACE INTO uses VALUES (?, ?)", [(key, now) for key in rows]
            )
            connection.executemany(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)",
                [(path, stamp, digest, now) for path, (stamp, digest) in digests.items()],
            )

    def known_digests(self, paths: Sequence[str]) -> dict[str, bytes]:
        """Return the digests of files that are as they were when they were read last.

        As in Git, a file that had only just been written when it was read is not trusted: it may have
        changed again within the same step of the clock.

        Parameters
        ----------
        paths : sequence of str
            The files.

        Returns
        -------
        dict of str to bytes
            The others have to be read.
        """
        found: dict[str, bytes] = {}
        wanted = sorted({os.path.abspath(path) for path in paths})
        kept: dict[str, tuple[str, bytes]] = {}
        columns = "path, stamp, digest"
        for path, stamp, digest in self._looked_up(columns, "files", "files", "path", wanted):
            kept[path] = stamp, digest
        for path in paths:
            stamp, digest = kept.get(os.path.abspath(path), ("", b""))
            if stamp and stamp == _stamp(path):
                found[path] = digest
        return found

    def read_digest(self, path: str) -> bytes:
        """Read a file and return its digest; any thread may call this.

        Parameters
        ----------
        path : str
            The file.

        Returns
        -------
        bytes
            BLAKE2b of its content.

        Raises
        ------
        OSError
            It cannot be read.
        """
        before = _stamp(path)
        digest = file_digest(path)
        if self.folder is not None and before and before == _stamp(path):
            self._digests[os.path.abspath(path)] = before, digest
        return digest

    def _looked_up(
        self, columns: str, table: str, times: str, key: str, wanted: Sequence[str]
    ) -> Iterator[tuple]:
        """Yield what a table holds under keys; in the table of times they count as used now."""
        with self._database() as connection:
            if connection is None or not wanted:
                return
            now = _now(connection)
            for start in range(0, len(wanted), _ASKED_AT_ONCE):
                some = wanted[start : start + _ASKED_AT_ONCE]
                marks = ",".join("?" * len(some))
                chosen = f"SELECT {columns} FROM {table} WHERE {key} IN ({marks})"
                yield from connection.execute(chosen, some)
                # Once a day is enough to know which were not used for longest.
                connection.execute(
                    f"UPDATE {times} SET time = ? WHERE {key} IN ({marks}) AND time < ?",
                    (now, *some, now - _DAY),
                )

    def prune(self) -> int:
        """Delete the rows that were not used for longest until the others fit.

        Returns
        -------
        int
            Number of rows that were deleted.
        """
        self.flush()
        most = max(0, self.bytes_at_most // (4 * LENGTH))
        gone = 0
        with self._database() as connection:
            if connection is None:
                return 0
            surplus = connection.execute("SELECT count(*) FROM uses").fetchone()[0] - most
            if surplus > 0:
                oldest = "SELECT key FROM uses ORDER BY time LIMIT ?"
                connection.execute(f"DELETE FROM descriptions WHERE key IN ({oldest})", (surplus,))
                connection.execute(f"DELETE FROM uses WHERE key IN ({oldest})", (surplus,))
                gone = surplus
            connection.execute(
                "DELETE FROM files WHERE time < ?", (_now(connection) - _FILES_KEPT,)
            )
        if gone:
            with self._database() as connection:
                if connection is not None:
                    connection.execute("PRAGMA incremental_vacuum").fetchall()
        return gone

    def close(self) -> None:
        """Write what was kept, and close the file; it is opened again when needed."""
        self.flush()
        self._disconnect()

    def __del__(self) -> None:
        with suppress(sqlite3.Error, AttributeError):  # as far as this thread may
            self._disconnect()

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection | None]:
        """Yield the open file within a transaction, or None if there is no cache.

        What is wrong with the file ends the transaction, not the task.
        """
        try:
            connection = self._connected()
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)
            connection = None
        if connection is None:
            yield None
            return
        try:
            with connection:
                yield connection
        except sqlite3.Error as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        """Remove a damaged file, to be made anew; do without the cache after any other error."""
        self._disconnect()
        operational = isinstance(error, sqlite3.OperationalError)  # full, read-only, locked
        if isinstance(error, sqlite3.DatabaseError) and not operational and self._removed():
            _log.warning("The damaged descriptor cache %s is made anew: %s", self.folder, error)
        else:
            _log.warning("The descriptor cache %s cannot be used: %s", self.folder, error)
            self.folder = None

    def _connected(self) -> sqlite3.Connection | None:
        if self.folder is None or self._connection is not None:
            return self._connection
        self.folder.mkdir(parents=True, exist_ok=True)
        self._connection = _opened(self.folder / _FILE)
        return self._connection

    def _removed(self) -> bool:
        """Delete the file; return whether that was possible."""
        assert self.folder is not None
        try:
            for name in (_FILE, f"{_FILE}-journal"):
                (self.folder / name).unlink(missing_ok=True)
        except OSError:
            return False
        return True


def _now(connection: sqlite3.Connection) -> float:
    """Return a time later than all that are kept: the clock may have been set back since."""
    latest = connection.execute("SELECT max(time) FROM uses").fetchone()[0]
    return max(time.time(), latest + 1e-3 if isinstance(latest, float) else 0.0)


def _stored(row: np.ndarray) -> bytes:
    """Return a row as it is kept: with its CRC."""
    content = row.tobytes()
    return content + zlib.crc32(content).to_bytes(_CHECK, "little")


def _opened(path: Path) -> sqlite3.Connection:
    """Open the file, and make its tables if they are missing or of another layout."""
    connection = sqlite3.connect(path, timeout=20)
    try:
        connection.execute("PRAGMA page_size = 16384")
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        if connection.execute("PRAGMA user_version").fetchone()[0] != _LAYOUT:
            # Another process may be making them at this moment: who comes second finds them made.
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("PRAGMA user_version").fetchone()[0] != _LAYOUT:
                for table in ("descriptions", "uses", "files"):
                    connection.execute(f"DROP TABLE IF EXISTS {table}")
                for statement in _TABLES.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {_LAYOUT}")
                _remove_former(path.parent)
            connection.commit()
    except BaseException:
        connection.close()
        raise
    return connection


def _remove_former(folder: Path) -> None:
    """Remove the files of earlier versions, one for each description."""
    for former in folder.glob("[0-9a-f][0-9a-f]"):
        shutil.rmtree(former, ignore_errors=True)


def _stamp(path: str) -> str:
    """Return what changes when a file changes; empty if that cannot be told, or not yet."""
    try:
        state = os.stat(path)
    except OSError:
        return ""
    if time.time() - max(state.st_mtime, state.st_ctime) < _CLOCK_STEP:
        return ""
    return f"{state.st_size} {state.st_mtime_ns} {state.st_ctime_ns} {state.st_ino}"


def file_digest(path: str) -> bytes:
    """Read a file and return the digest of its content.

    Parameters
    ----------
    path : str
        The file.

    Returns
    -------
    bytes
        BLAKE2b.

    Raises
    ------
    OSError
        It cannot be read.
    """
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "blake2b").digest()


def content_key(image: ImageRef, digest_of: Callable[[str], bytes] = file_digest) -> str:
    """Return a digest of everything that a description depends on: files, code and weights.

    Parameters
    ----------
    image : ImageRef
        The image.
    digest_of : callable, optional
        Returns the digest of a file.

    Returns
    -------
    str
        Hexadecimal.

    Raises
    ------
    OSError
        A file cannot be read.
    BadRequest
        The image names no file.
    """
    if not image.paths:
        raise BadRequest(f'"{image.key}" has no file; save or pack the image first.')
    digest = hashlib.blake2b(digest_size=20)
    words = (str(VERSION), encoder_key(), image.color_space, image.alpha_mode)
    digest.update("\0".join(words).encode())
    for path in image.paths:
        digest.update(digest_of(path))
    return digest.hexdigest()
