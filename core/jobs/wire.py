"""Messages as JSON lines, there and back, strictly: what does not fit its type is refused."""

from __future__ import annotations

import json
import sys
import typing
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cache

from ..errors import BadRequest
from . import create_messages, frames_messages, messages

_KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        messages.AnalyzeRequest,
        messages.AnalyzeResult,
        messages.Failed,
        messages.Finished,
        messages.ItemDone,
        messages.Progress,
        messages.RefineRequest,
        messages.RefineResult,
        messages.RegionsRequest,
        messages.RegionsResult,
        messages.StylizeRequest,
        messages.StylizeResult,
        *create_messages.KINDS,
        *frames_messages.KINDS,
    )
}


def register(*kinds: type) -> None:
    """Let more dataclasses travel."""
    _KINDS.update({kind.__name__: kind for kind in kinds})


def encode(message: object, **more: object) -> str:
    """One line of JSON without its end; ``more`` are fields of the envelope, such as a job's
    number."""
    return json.dumps({**more, "kind": type(message).__name__, "body": _plain(message)})


def decode(line: str) -> tuple[object, dict]:
    """The message of a line, and the other fields of its envelope.

    Raises
    ------
    BadRequest
        No JSON, an unknown kind, an unknown or missing field, or a value of the wrong type.
    """
    try:
        envelope = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadRequest("A message is no JSON.") from error
    kind = _kind(envelope)
    if kind is None:
        raise BadRequest("A message is of no known kind.")
    del envelope["kind"]
    return _build(kind, envelope.pop("body", None), kind.__name__), envelope


def _kind(value: object) -> type | None:
    name = value.get("kind") if isinstance(value, dict) else None
    return _KINDS.get(name) if isinstance(name, str) else None


def _plain(value: object) -> object:
    if is_dataclass(value):
        plain = {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        return {"kind": type(value).__name__, **plain} if type(value).__name__ in _KINDS else plain
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return value


@cache
def _hints(kind: type) -> dict[str, object]:
    return typing.get_type_hints(kind, {**vars(messages), **vars(sys.modules[kind.__module__])})


def _build(hint: object, value: object, where: str) -> object:
    """``value`` as ``hint`` asks, or BadRequest naming the place."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _dataclass(hint, value, where)
    if hint is object and (kind := _kind(value)):
        return _dataclass(kind, value, where)
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


def _dataclass(kind: type, value: object, where: str) -> object:
    if not isinstance(value, dict):
        raise BadRequest(f"{where} must be an object.")
    values = {k: v for k, v in value.items() if k != "kind"}
    hints = _hints(kind)
    if unknown := sorted(values.keys() - hints.keys()):
        raise BadRequest(f"{where} has no field {unknown[0]}.")
    built = {k: _build(hints[k], v, f"{where}.{k}") for k, v in values.items()}
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
