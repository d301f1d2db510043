"""Raw descriptions on disk, by the content of the image files."""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

import numpy as np

from ..atomic import part_file
from ..errors import BadRequest, OutputUnwritable
from ..image.reference import ImageRef
from .columns import LENGTH, VERSION
from .encoder import encoder_key

_log = logging.getLogger(__name__)

_BYTES_AT_MOST = 512 * 1024**2


class DescriptorCache:
    """A folder with an ``.npy`` file for each description, without pickle.

    Parameters
    ----------
    folder : Path or None
        The folder; made when needed. None keeps nothing.
    bytes_at_most : int, optional
        Size that :meth:`prune` reduces the folder to.
    """

    def __init__(self, folder: Path | None, bytes_at_most: int = _BYTES_AT_MOST) -> None:
        self.folder = folder
        self.bytes_at_most = bytes_at_most

    def get(self, key: str) -> np.ndarray | None:
        """Read a row.

        Parameters
        ----------
        key : str
            From :func:`content_key`.

        Returns
        -------
        (LENGTH,) float32 or None
            None if there is none, or its file is damaged.
        """
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
        """Write a row; if the disk is full or read-only, only the cache is lost, not the task.

        Parameters
        ----------
        key : str
            From :func:`content_key`.
        row : (LENGTH,) float32
            The raw description.
        """
        if self.folder is None:
            return
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with part_file(path, overwrite=True, cache=True) as part, part.open("wb") as file:
                np.save(file, row.astype(np.float32), allow_pickle=False)
        except (OSError, OutputUnwritable) as error:
            _log.warning("The descriptor cache %s cannot be written: %s", self.folder, error)
            self.folder = None

    def prune(self) -> int:
        """Delete the files that were not used for longest until the others fit.

        Returns
        -------
        int
            Number of files that were deleted.
        """
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
    """Return a digest of everything that a description depends on: files, code and weights.

    Parameters
    ----------
    image : ImageRef
        The image.

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
        with open(path, "rb") as file:
            digest.update(hashlib.file_digest(file, "blake2b").digest())
    return digest.hexdigest()
