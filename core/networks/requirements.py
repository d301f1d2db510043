"""What only torch can do: fits. Everything else runs without it."""

from __future__ import annotations

from importlib.util import find_spec

from ..errors import TorchMissing


def require_torch(what: str) -> None:
    """Refuse what needs torch where it is not installed, before any work.

    Parameters
    ----------
    what : str
        What was asked for, as the sentence begins, such as ``Refine``.

    Raises
    ------
    TorchMissing
        It is not installed.
    """
    if find_spec("torch") is None:
        raise TorchMissing(
            f"{what} needs torch, which is not installed here; choose an External Python with torch, or"
            " on Windows and macOS install the full zip of Impasto."
        )
