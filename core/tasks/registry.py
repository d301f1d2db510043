"""Which task answers which request: what the worker and the command line both call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Generic, TypeVar, cast, get_type_hints

from ..control import Control
from ..errors import BadRequest

R = TypeVar("R")


class Request(Generic[R]):
    """Base of all requests; ``Request[R]`` is answered by an ``R``.

    Requests and results are frozen dataclasses of plain values: they travel as JSON and name files,
    they never hold pixels.
    """


@dataclass(frozen=True)
class Task:
    """A task.

    Attributes
    ----------
    request : type
        Class of its request.
    result : type
        Class of its result.
    run : callable
        Called as ``run(request, control)``; returns the result.
    """

    request: type
    result: type
    run: Callable[[Any, Control], Any]


_TASKS: dict[type, Task] = {}


def task(run: Callable[[Any, Control], R]) -> Callable[[Any, Control], R]:
    """Register a function ``run(request: SomeRequest, control: Control) -> SomeResult`` as a task.

    Parameters
    ----------
    run : callable
        Its annotations name the classes of request and result.

    Returns
    -------
    callable
        The same function.
    """
    hints = get_type_hints(run)
    found = Task(hints["request"], hints["return"], run)
    _TASKS[found.request] = found
    return run


def tasks() -> Iterator[Task]:
    """Yield all tasks: those in this package, and those that others registered.

    Yields
    ------
    Task
        In no particular order.
    """
    _import_all()
    yield from _TASKS.values()


def run(request: Request[R], control: Control) -> R:
    """Run the task of a request.

    Parameters
    ----------
    request : Request
        What is asked for.
    control : Control
        Hears of progress and finished items, and may cancel.

    Returns
    -------
    R
        The result that belongs to the request.

    Raises
    ------
    BadRequest
        No task answers this kind of request.
    ImpastoError
        Whatever the task raises.

    Examples
    --------
    >>> from impasto.core.image.reference import ImageRef
    >>> from impasto.core.styles.look import Look, StyleRef
    >>> from impasto.core.tasks.stylize import StylizeItem, StylizeRequest
    >>> look = Look((StyleRef("kiss"),))
    >>> item = StylizeItem(ImageRef("Wall", ("wall.png",)), look, ("wall_kiss.png",))
    >>> result = run(StylizeRequest((item,)), Control())
    >>> result.failures[0].message
    'The image file "wall.png" is missing; restore it, or remove the image from the scene.'
    """
    _import_all()
    found = _TASKS.get(type(request))
    if found is None:
        raise BadRequest(f'A "{type(request).__name__}" is not a request.')
    return cast(R, found.run(request, control))


@cache
def _import_all() -> None:
    """Import every task of this package; each is light until it runs."""
    package = __name__.rpartition(".")[0]
    for module in iter_modules(import_module(package).__path__):
        if not module.name.startswith("_"):
            import_module(f"{package}.{module.name}")
