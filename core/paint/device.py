"""The device that the networks of this process run on."""

from __future__ import annotations

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
    """Return the chosen device if it is available, else the CPU.

    Returns
    -------
    str
        The name by which torch knows it: ``cpu``, ``cuda`` or ``mps``.
    """
    import torch

    available = {"CUDA": torch.cuda.is_available(), "MPS": torch.backends.mps.is_available()}
    wanted = tuple(available) if _chosen == "AUTO" else (_chosen,)
    return next((name.lower() for name in wanted if available.get(name)), "cpu")
