"""The device that the networks of this process run on."""

from __future__ import annotations

import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import BadRequest

if TYPE_CHECKING:
    from ..networks.cpu import Networks

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
    if _chosen == "CPU" or (_chosen == "AUTO" and not _may_have_gpu()):
        return "cpu"
    if find_spec("torch") is None:
        raise BadRequest(
            f"Device {_chosen} needs torch, which is not installed here; set Device to CPU, or Worker"
            " Python to one with torch."
        )
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


def _may_have_gpu() -> bool:
    """Return whether torch is there and built for a GPU, without the seconds of importing it."""
    found = find_spec("torch")
    if found is None or found.origin is None:
        return False
    if sys.platform == "darwin":
        return True
    built = Path(found.origin).with_name("version.py").read_text("utf-8")
    return re.search(r"^(cuda|hip)\b[^=]*= *['\"]", built, re.MULTILINE) is not None


def networks() -> Networks:
    """Load the networks for the device of this process.

    Returns
    -------
    Networks
        By ONNX Runtime on the processor, by torch on a GPU.

    Raises
    ------
    BadRequest
        The chosen device is not there.
    """
    name = current()
    if name == "cpu":
        from ..networks.cpu import CpuNetworks

        return CpuNetworks()
    from ..models.networks import TorchNetworks

    return TorchNetworks(name)
