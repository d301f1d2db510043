"""Frozen dataclasses of plain values as JSON, there and back; what does not fit its type is refused."""

from __future__ import annotations

import typing
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

from .errors import BadRequest

T = TypeVar("T")


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
    return typing.get_type_hints(kind)


def _build(hint: object, value: object, where: str) -> object:
    """Return ``value`` as ``hint`` asks, or raise BadRequest naming the place."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _dataclass(hint, value, where)
    if origin is typing.Literal and value in arguments:
        return value
    if origin is tuple and isinstance(value, list):
        return _tuple(arguments, value, where)
    if origin is dict and isinstance(value, dict):
        return {k: _build(arguments[1], v, f"{where}[{k}]") for k, v in value.items()}
    if hint is float and type(value) in (int, float):
        with suppress(OverflowError):
            return float(value)  # type: ignore[arg-type]
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


def _tuple(arguments: tuple, value: list, where: str) -> tuple:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_build(arguments[0], v, f"{where}[{i}]") for i, v in enumerate(value))
    if len(arguments) != len(value):
        raise BadRequest(f"{where} must have {len(arguments)} values.")
    pairs = zip(arguments, value, strict=True)
    return tuple(_build(a, v, f"{where}[{i}]") for i, (a, v) in enumerate(pairs))
