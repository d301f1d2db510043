"""Work some steps ahead, so that both cores have something to do."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

T = TypeVar("T")


def prefetched(items: Iterator[T], ahead: int = 1) -> Generator[T, None, None]:
    """The same items in their order, found in a thread while those before them are used, no more than
    ``ahead`` of them in advance.

    What ``items`` raises is raised here; where this is closed early, so is ``items``, after the step
    that it is at. So close it (``contextlib.closing``) where the loop may be left by an exception,
    which else keeps it alive as long as its traceback.
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
