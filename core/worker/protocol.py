"""The lines between Blender and its worker: one JSON object each.

To the worker: a request with its ``job`` number, or a command (``cancel``, ``pause`` or ``resume``
with that number). From it: events with the ``job`` number, and warnings about itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from ..control import ItemDone, Progress
from ..errors import BadRequest
from ..schema import from_plain, to_plain
from ..tasks.registry import tasks
from ..video.settings import FrameDone


@dataclass(frozen=True)
class Finished:
    """A job ended well.

    Attributes
    ----------
    result : object
        The result that belongs to the request.
    """

    result: object


@dataclass(frozen=True)
class Failed:
    """A job ended badly.

    Attributes
    ----------
    error : str
        Name of the error's class.
    message : str
        The sentence for the artist.
    detail : str
        A traceback or the worker's last words, for the log.
    """

    error: str
    message: str
    detail: str = ""


@dataclass(frozen=True)
class Warnings:
    """The worker has started, but not all is well; it comes before the events of any job.

    Attributes
    ----------
    messages : tuple of str
        Sentences for the artist.
    """

    messages: tuple[str, ...]


Event = Progress | ItemDone | Finished | Failed

_EVENTS = (Progress, ItemDone, FrameDone, Failed, Warnings)


def encode(message: object, job: int | None) -> str:
    """Return the line for a request or an event.

    Parameters
    ----------
    message : object
        A request, or an event.
    job : int or None
        Number of the job that it belongs to.

    Returns
    -------
    str
        One JSON object, without a line end.
    """
    if isinstance(message, Finished):
        result = message.result
        return json.dumps(
            {"job": job, "kind": "Finished", "result": type(result).__name__, **_body(result)}
        )
    return json.dumps({"job": job, "kind": type(message).__name__, **_body(message)})


def decode(envelope: object) -> object:
    """Return the request or event of a line.

    Parameters
    ----------
    envelope : object
        What :mod:`json` read from the line.

    Returns
    -------
    object
        A request or an event.

    Raises
    ------
    BadRequest
        An unknown kind, an unknown or missing field, or a value of the wrong type.
    """
    if not isinstance(envelope, dict):
        raise BadRequest("A message is no object.")
    finished = envelope.get("kind") == "Finished"
    name = envelope.get("result" if finished else "kind")
    kind = _kinds().get(name) if isinstance(name, str) else None
    if kind is None:
        raise BadRequest("A message is of no known kind.")
    built: object = from_plain(kind, envelope.get("body"))
    return Finished(built) if finished else built


def _body(message: object) -> dict:
    return {"body": to_plain(message)}


@cache
def _kinds() -> dict[str, type]:
    kinds = [*_EVENTS]
    for task in tasks():
        kinds += [task.request, task.result]
    return {kind.__name__: kind for kind in kinds}
