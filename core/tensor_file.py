"""Our own files of arrays: safetensors, with the rest as JSON in the header, and a checksum of both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from .atomic import write_atomically
from .errors import BadRequest, FileDamaged
from .schema import from_plain, read_json

T = TypeVar("T")

_CHECKSUM = "checksum"
_MOST_BYTES = 2**31
"""Of a file; the largest of ours have a few hundred megabytes."""


@dataclass(frozen=True)
class Array:
    """Say what an array of a file must be like.

    Attributes
    ----------
    shape : tuple of int
        Its shape; -1: any number above 0.
    dtype : type
        ``np.floating`` takes any precision.
    low, high : float
        Bounds of its numbers, both included. Numbers are finite in any case.
    """

    shape: tuple[int, ...]
    dtype: Any
    low: float = -np.inf
    high: float = np.inf

    def check(self, name: str, array: np.ndarray) -> None:
        """Refuse an array that is not like it.

        Parameters
        ----------
        name : str
            Its name, for the error.
        array : (...) array of any dtype, such as float32
            The array.

        Raises
        ------
        FileDamaged
            It is not.
        """
        alike = len(array.shape) == len(self.shape) and all(
            there == wanted or (wanted < 0 < there)
            for there, wanted in zip(array.shape, self.shape, strict=True)
        )
        if not alike or not np.issubdtype(array.dtype, self.dtype):
            raise FileDamaged(f"{name} cannot be {array.dtype} of shape {array.shape}")
        if array.size and not (
            np.isfinite(array).all() and self.low <= array.min() and array.max() <= self.high
        ):
            raise FileDamaged(f"{name} has numbers that cannot be")


def save_tensors(
    path: Path,
    kind: str,
    tensors: Mapping[str, np.ndarray],
    words: Mapping[str, Any],
    *,
    overwrite: bool = False,
) -> None:
    """Write arrays and what belongs to them: whole, or not at all.

    Parameters
    ----------
    path : Path
        The file.
    kind : str
        What it is; see :func:`load_tensors`.
    tensors : mapping of str to (...) array of any dtype, such as float32
        The arrays.
    words : mapping
        Plain values.
    overwrite : bool, optional
        Replace a file that exists; else it is refused.

    Raises
    ------
    OutputUnwritable
        The file exists, its folder is missing or read-only, or the disk is full.
    """
    write_atomically(path, encoded_tensors(kind, tensors, words), overwrite=overwrite)


def encoded_tensors(
    kind: str, tensors: Mapping[str, np.ndarray], words: Mapping[str, Any]
) -> bytes:
    """Return the content of a file of arrays.

    Parameters
    ----------
    kind : str
        What it is; see :func:`load_tensors`.
    tensors : mapping of str to (...) array of any dtype, such as float32
        The arrays.
    words : mapping
        Plain values.

    Returns
    -------
    bytes
        All of it.
    """
    from safetensors.numpy import save

    arrays = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    # Not beside the words, which safetensors would write in any order: bytes should be the same.
    arrays[_CHECKSUM] = _checksum(words, arrays)
    return save(arrays, metadata={kind: json.dumps(words)})


def load_tensors(path: Path, kind: str) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Read what :func:`save_tensors` wrote.

    Parameters
    ----------
    path : Path
        The file.
    kind : str
        What it must be.

    Returns
    -------
    tensors : dict of str to (...) array of any dtype, such as float32
        The arrays.
    words : dict
        Plain values.

    Raises
    ------
    FileDamaged
        It is no such file, or another one than was written: files of former versions have no
        checksum.
    """
    from safetensors import SafetensorError, safe_open

    try:
        if path.stat().st_size > _MOST_BYTES:
            raise FileDamaged("it is too large")
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            text = metadata[kind]
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        words = read_json(text)
    except (OSError, SafetensorError, BadRequest) as error:
        raise FileDamaged(str(error)) from error
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise FileDamaged(f"it has no {kind}, or arrays of an unknown kind") from error
    if not isinstance(words, dict) or len(metadata) > 1:
        raise FileDamaged(f"its {kind} is no object, or not alone")
    checksum = tensors.pop(_CHECKSUM, None)
    if checksum is not None and not np.array_equal(checksum, _checksum(words, tensors)):
        raise FileDamaged("its checksum is wrong")
    return tensors, words


def known_words(kind: type[T], words: Mapping[str, Any]) -> T:
    """Build a dataclass from the plain values of a file; those that it does not know are left.

    Parameters
    ----------
    kind : type
        The dataclass.
    words : mapping
        Of the file.

    Returns
    -------
    dataclass
        An instance of ``kind``.

    Raises
    ------
    FileDamaged
        A field is missing, or a value is of the wrong type or out of range.
    """
    fields = kind.__dataclass_fields__  # type: ignore[attr-defined]
    try:
        return from_plain(kind, {name: value for name, value in words.items() if name in fields})
    except BadRequest as error:
        raise FileDamaged(str(error)) from error


def _checksum(words: Mapping[str, Any], tensors: Mapping[str, np.ndarray]) -> np.ndarray:
    """Digest words and arrays as ``(20,)`` uint8."""
    digest = hashlib.blake2b(json.dumps(words).encode(), digest_size=20)
    for name in sorted(tensors):
        array = np.ascontiguousarray(tensors[name])
        digest.update(f"{name}\0{array.dtype.str}\0{array.shape}\0".encode())
        digest.update(array.data.cast("B") if array.size else b"")
    return np.frombuffer(digest.digest(), np.uint8)
