"""Raw descriptions on disk, found again by what is in the image files."""

from __future__ import annotations

import hashlib
import logging
import os
from contextlib import suppress
from pathlib import Path

import numpy as np

from ..errors import BadRequest
from ..image.reference import ImageRef
from .columns import LENGTH, VERSION
from .encoder import encoder_key

_log = logging.getLogger(__name__)

BYTES_AT_MOST = 512 * 1024**2


class DescriptorCache:
    """One ``.npy`` file per description; no pickle, written whole or not at all.

    Parameters
    ----------
    folder : Path or None
        Made when needed. None keeps nothing.
    bytes_at_most : int
        What :meth:`prune` leaves; the files not used for longest go first.
    """

    def __init__(self, folder: Path | None, bytes_at_most: int = BYTES_AT_MOST) -> None:
        self.folder = folder
        self.bytes_at_most = bytes_at_most

    def get(self, key: str) -> np.ndarray | None:
        """The row ``(LENGTH,)`` float32 under a key, or None; a damaged file counts as none."""
        if self.folder is None:
            return None
        path = self._path(key)
        try:
            row = np.load(path, allow_pickle=False)
            os.utime(path)
        except (OSError, ValueError, EOFError):
            return None
        sound = row.shape == (LENGTH,) and row.dtype == np.float32 and bool(np.isfinite(row).all())
        return row if sound else None

    def put(self, key: str, row: np.ndarray) -> None:
        """Keep a row; a full disk or a read-only folder only costs the cache, never the job."""
        if self.folder is None:
            return
        path = self._path(key)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                np.save(file, row.astype(np.float32), allow_pickle=False)
            part.replace(path)
        except OSError as error:
            _log.warning("The descriptor cache %s cannot be written: %s", self.folder, error)
            with suppress(OSError):
                part.unlink()
            self.folder = None

    def prune(self) -> int:
        """Delete the files not used for longest until the rest fits; return how many went."""
        if self.folder is None or not self.folder.is_dir():
            return 0
        files = sorted((f.stat().st_mtime, f.stat().st_size, f) for f in self.folder.glob("*/*"))
        surplus = sum(size for _, size, _ in files) - self.bytes_at_most
        gone = 0
        for _, size, path in files:
            if surplus <= 0:
                break
            path.unlink(missing_ok=True)
            surplus -= size
            gone += 1
        return gone

    def _path(self, key: str) -> Path:
        assert self.folder is not None
        return self.folder / key[:2] / f"{key}.npy"


def content_key(image: ImageRef) -> str:
    """What a description depends on, as a hexadecimal digest: files, reading, code and weights.

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
        with open(path, "rb") as file:
            digest.update(hashlib.file_digest(file, "blake2b").digest())
    return digest.hexdigest()
