"""The networks and styles of this process, loaded once and shared by its tasks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ..control import Control
from . import device
from .native import Exemplars
from .network import Stylizer
from .style_reader import StyleReader


@dataclass(frozen=True)
class Session:
    """The networks and the styles that tasks paint with.

    Attributes
    ----------
    stylizer : Stylizer
        The networks.
    styles : StyleReader
        Reads styles, and remembers those that were read.
    exemplars : Exemplars
        Has the pictures that patches are taken from.
    """

    stylizer: Stylizer
    styles: StyleReader
    exemplars: Exemplars


def session(control: Control) -> Session:
    """Return the session of this process; the first call loads the networks.

    Parameters
    ----------
    control : Control
        Gets the progress of loading.

    Returns
    -------
    Session
        The same one for every task.
    """
    if not _load.cache_info().currsize:
        control.progress(0.0, "Loading the generator")
    return _load()


@cache
def _load() -> Session:
    stylizer = Stylizer(device.networks())
    return Session(stylizer, StyleReader(stylizer), Exemplars(stylizer))


def release() -> None:
    """Drop the networks and styles; the next session loads them again."""
    _load.cache_clear()
