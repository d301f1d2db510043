"""Where the networks of this process run: chosen once, resolved when torch is loaded."""

from __future__ import annotations

_chosen = "AUTO"


def choose(name: str) -> None:
    """Choose ``AUTO``, ``CPU``, ``CUDA`` or ``MPS`` for networks that are loaded from now on."""
    global _chosen
    _chosen = name


def current() -> str:
    """The device for torch: what was chosen if it is there, else ``cpu``, which always works."""
    import torch

    there = {"CUDA": torch.cuda.is_available(), "MPS": torch.backends.mps.is_available()}
    wanted = tuple(there) if _chosen == "AUTO" else (_chosen,)
    return next((name.lower() for name in wanted if there.get(name)), "cpu")
