"""Work one step ahead, so that both cores have something to do."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

T = TypeVar("T")


def prefetched(items: Iterator[T]) -> Generator[T, None, None]:
    """The same items in their order, each found in a thread while the one before it is used.

    What ``items`` raises is raised here; where this is closed early, so is ``items``, after the step
    that it is at. So close it (``contextlib.closing``) where the loop may be left by an exception,
    which else keeps it alive as long as its traceback.
    """
    end = object()
    with ThreadPoolExecutor(1, "impasto-ahead") as pool:
        try:
            pending = pool.submit(next, items, end)
            while (item := pending.result()) is not end:
                pending = pool.submit(next, items, end)
                yield cast(T, item)
        finally:
            pool.submit(getattr(items, "close", lambda: None))
