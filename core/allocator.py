"""Memory of the C library: large blocks are kept for the next layer instead of given back.

Each layer of a network at high resolution writes some hundred megabytes. By default glibc maps such
a block anew every time, and touching its pages for the first time costs more than the convolution
that fills them: on two cores, small convolutions at 1024 x 1024 run twice as fast without.
"""

from __future__ import annotations

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_MAX, _M_ARENA_MAX = -1, -2, -4, -8
_KEEP = 2**31 - 1
_PAD = 64 * 2**20
_ARENAS = 2


def _glibc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None


def keep_blocks() -> None:
    """Serve large blocks from the heap of this process from now on; does nothing except on glibc."""
    if library := _glibc():
        library.mallopt(_M_MMAP_MAX, 0)
        library.mallopt(_M_TRIM_THRESHOLD, _KEEP)
        library.mallopt(_M_TOP_PAD, _PAD)
        # Each arena keeps what its threads once needed; threads that come and go would fill many.
        library.mallopt(_M_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Return free memory to the system, after a job or a large part of one."""
    if library := _glibc():
        library.malloc_trim(0)
