"""The networks and styles of this process, loaded once and kept from task to task."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ..control import Control
from . import device
from .network import Stylizer
from .style_reader import StyleBook


@dataclass(frozen=True)
class Session:
    """The stylizer, and the styles that were read with it."""

    stylizer: Stylizer
    styles: StyleBook


def session(control: Control) -> Session:
    """Return the session of this process, loading the networks when it is first needed."""
    if not _load.cache_info().currsize:
        control.progress(0.0, "Loading the generator")
    return _load()


@cache
def _load() -> Session:
    stylizer = Stylizer(device.current())
    return Session(stylizer, StyleBook(stylizer))


def release() -> None:
    """Forget the networks and styles."""
    _load.cache_clear()
