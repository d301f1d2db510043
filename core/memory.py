"""Memory, asked for before it is taken: what can be had, and the sentence where that is not enough."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from .errors import ImageTooLarge

_SHARE = 0.9
"""Of what is free, as estimates are none too exact, and other programs go on."""

_GROUP = Path("/sys/fs/cgroup")
"""Where Linux says what a container may use."""


def available(limit: int = 0) -> int:
    """Return how much memory can be had now without swapping.

    Parameters
    ----------
    limit : int, optional
        In bytes; 0: none but those of the system.

    Returns
    -------
    int
        In bytes: ``limit``, or nine tenths of what the machine, the container and the process may have.
    """
    if limit:
        return limit
    import psutil

    most = psutil.virtual_memory().available
    with suppress(OSError, ValueError):  # "max", or another system
        bound = int((_GROUP / "memory.max").read_text())
        most = min(most, bound - int((_GROUP / "memory.current").read_text()))
    with suppress(ImportError, OSError):
        import resource

        bound, _ = resource.getrlimit(resource.RLIMIT_AS)
        if bound != resource.RLIM_INFINITY:
            most = min(most, bound - psutil.Process().memory_info().vms)
    return max(0, int(most * _SHARE))


def ask(what: str, needed: int, limit: int = 0) -> None:
    """Refuse work for which there is not enough memory.

    Parameters
    ----------
    what : str
        Name of the image that is too large, for the error.
    needed : int
        In bytes.
    limit : int, optional
        As in :func:`available`.

    Raises
    ------
    ImageTooLarge
        It does not fit.
    """
    there = available(limit)
    if needed > there:
        raise too_large(what, needed, there)


def too_large(what: str, needed: int = 0, there: int = 0) -> ImageTooLarge:
    """Return the error for an image that does not fit the memory.

    Parameters
    ----------
    what : str
        Name of the image.
    needed, there : int, optional
        Bytes, if they are known.

    Returns
    -------
    ImageTooLarge
        To raise or to report.
    """
    figures = f" (needs {needed / 1e9:.1f} GB, {there / 1e9:.1f} GB are free)" if needed else ""
    return ImageTooLarge(
        f'"{what}" is too large for the memory that is free{figures}; '
        "choose a smaller output size or close other programs."
    )
