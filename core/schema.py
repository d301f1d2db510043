"""Frozen dataclasses of plain values as JSON, there and back; what does not fit its type is refused.

A type may say more with ``Annotated[float, Range(0, 1)]``; numbers are always finite.
"""

from __future__ import annotations

import json
import math
import types
import typing
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from itertools import pairwise
from typing import Any, TypeVar

from .errors import BadRequest

T = TypeVar("T")

_DEEPEST = 32
"""Levels of lists and objects inside one another; none of our files has more than ten."""


@dataclass(frozen=True)
class Range:
    """Bounds of a number, both included.

    Attributes
    ----------
    low, high : float
        The bounds.
    """

    low: float = -math.inf
    high: float = math.inf

    def __call__(self, value: float) -> bool:
        """Return whether a number lies between them."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Length:
    """Bounds of the length of a text or tuple, both included.

    Attributes
    ----------
    least, most : int
        The bounds.
    """

    least: int = 0
    most: int = 2**31

    def __call__(self, value: str | tuple) -> bool:
        """Return whether a value is of such a length."""
        return self.least <= len(value) <= self.most


def rising(values: tuple[int, ...]) -> bool:
    """Return whether each number is larger than the one before it, so that none is there twice.

    Parameters
    ----------
    values : tuple of int
        The numbers.

    Returns
    -------
    bool
        True for none and for one, too.
    """
    return all(a < b for a, b in pairwise(values))


def plain_text(value: str) -> bool:
    """Return whether a text can be shown, and stand in a path: no control characters.

    Parameters
    ----------
    value : str
        The text.

    Returns
    -------
    bool
        True if it can.
    """
    return all(ord(letter) >= 32 and letter != "\x7f" for letter in value)


def read_json(text: str | bytes) -> Any:
    """Read JSON as it is in our own files: no number that is none, no key twice, not too deep.

    Parameters
    ----------
    text : str or bytes
        The file's content.

    Returns
    -------
    object
        Dicts, lists and plain values.

    Raises
    ------
    BadRequest
        It is nothing of the kind.
    """
    try:
        value = json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadRequest("It is not JSON.") from error
    if _deeper_than(value, _DEEPEST):
        raise BadRequest("It is nested too deeply.")
    return value


def to_plain(value: object) -> Any:
    """Turn dataclasses, at any depth, into what :mod:`json` can write.

    Parameters
    ----------
    value : object
        Dataclasses, tuples, lists, dicts and plain values.

    Returns
    -------
    object
        Dicts, lists and plain values.
    """
    if is_dataclass(value):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, (tuple, list)):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    return value


def from_plain(kind: type[T], value: object) -> T:
    """Build a dataclass from what :func:`to_plain` gave.

    Parameters
    ----------
    kind : type
        The dataclass.
    value : object
        Dicts, lists and plain values.

    Returns
    -------
    dataclass
        An instance of ``kind``.

    Raises
    ------
    BadRequest
        A field is unknown or missing, or a value is of the wrong type; the sentence names the place.
    """
    return _dataclass(kind, value, kind.__name__)


@cache
def _hints(kind: Any) -> dict[str, object]:
    return typing.get_type_hints(kind, include_extras=True)


def _build(hint: object, value: object, where: str) -> object:
    """Return ``value`` as ``hint`` asks, or raise BadRequest naming the place."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _dataclass(hint, value, where)
    if origin is typing.Annotated:
        return _checked(_build(arguments[0], value, where), arguments[1:], where)
    if origin in (types.UnionType, typing.Union):
        if value is None and type(None) in arguments:
            return None
        return _build(next(kind for kind in arguments if kind is not type(None)), value, where)
    if origin is typing.Literal and any(
        value == one and type(value) is type(one) for one in arguments
    ):
        return value
    if origin is tuple and isinstance(value, list):
        return _tuple(arguments, value, where)
    if origin is dict and isinstance(value, dict):
        return {k: _build(arguments[1], v, f"{where}[{k}]") for k, v in value.items()}
    if hint is float and type(value) in (int, float):
        with suppress(OverflowError):
            if math.isfinite(number := float(value)):  # type: ignore[arg-type]
                return number
    if hint in (str, int, bool) and type(value) is hint:
        return value
    if hint is dict and isinstance(value, dict):
        return value
    raise BadRequest(f"{where} cannot be {value!r:.60}.")


def _dataclass(kind: Any, value: object, where: str) -> Any:
    if not isinstance(value, dict):
        raise BadRequest(f"{where} must be an object.")
    hints = _hints(kind)
    if unknown := sorted(str(name) for name in value.keys() - hints.keys()):
        raise BadRequest(f"{where} has no field {unknown[0]}.")
    built = {name: _build(hints[name], v, f"{where}.{name}") for name, v in value.items()}
    try:
        return kind(**built)
    except TypeError as error:
        raise BadRequest(f"{where} lacks a field ({error}).") from error


def _checked(value: Any, checks: tuple[Callable[[Any], bool], ...], where: str) -> object:
    """Return a value that passes all checks."""
    if not all(check(value) for check in checks):
        raise BadRequest(f"{where} cannot be {value!r:.60}.")
    return value


def _tuple(arguments: tuple, value: list, where: str) -> tuple:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_build(arguments[0], v, f"{where}[{i}]") for i, v in enumerate(value))
    if len(arguments) != len(value):
        raise BadRequest(f"{where} must have {len(arguments)} values.")
    pairs = zip(arguments, value, strict=True)
    return tuple(_build(a, v, f"{where}[{i}]") for i, (a, v) in enumerate(pairs))


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice")
    return found


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _deeper_than(value: object, levels: int) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return False
    return levels == 0 or any(_deeper_than(item, levels - 1) for item in value)
