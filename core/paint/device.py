"""The device that the networks of this process run on."""

from __future__ import annotations

from ..errors import BadRequest

_chosen = "AUTO"


def choose(name: str) -> None:
    """Choose the device of networks that are loaded from now on.

    Parameters
    ----------
    name : str
        ``AUTO``, ``CPU``, ``CUDA`` or ``MPS``.
    """
    global _chosen
    _chosen = name


def current() -> str:
    """Return the chosen device; without a choice, the GPU if there is one that torch can use.

    Returns
    -------
    str
        The name by which torch knows it: ``cpu``, ``cuda`` or ``mps``.

    Raises
    ------
    BadRequest
        The chosen one is not there.
    """
    import torch

    there = [
        name
        for name, found in (
            ("CUDA", torch.cuda.is_available()),
            ("MPS", torch.backends.mps.is_available()),
            ("CPU", True),
        )
        if found
    ]
    if _chosen == "AUTO":
        return there[0].lower()
    if _chosen not in there:
        raise BadRequest(
            f"torch {torch.__version__} finds no {_chosen} device on this machine;"
            f" set Device to {' or '.join(there)}."
        )
    return _chosen.lower()
