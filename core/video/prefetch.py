"""Prepare items in a thread ahead of their use, so that both cores have something to do."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

T = TypeVar("T")


def prefetch(items: Iterator[T], ahead: int = 1) -> Generator[T, None, None]:
    """Take items in a thread while those before them are used.

    What ``items`` raises is raised here. Close the generator (``contextlib.closing``) where its loop
    may be left by an exception, whose traceback would else keep it alive; ``items`` is then closed,
    too, after the step that it is at.

    Parameters
    ----------
    items : iterator
        Advanced in another thread.
    ahead : int
        How many items are prepared in advance at most.

    Yields
    ------
    object
        The same items in their order.
    """
    end = object()
    with ThreadPoolExecutor(1, "impasto-ahead") as pool:
        try:
            pending = deque(pool.submit(next, items, end) for _ in range(ahead))
            while (item := pending.popleft().result()) is not end:
                pending.append(pool.submit(next, items, end))
                yield cast(T, item)
        finally:
            pool.submit(getattr(items, "close", lambda: None))
