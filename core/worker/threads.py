"""How many threads the worker computes with, so that a core is left to Blender and its window."""

from __future__ import annotations

import os
import sys


def cores() -> int:
    """Count the processor cores that this process may use.

    Returns
    -------
    int
        At least 1.
    """
    affinity = getattr(os, "sched_getaffinity", None)  # what a container allows; Linux only
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def room(wanted: int, spare: int, available: int) -> int:
    """Decide how many threads to compute with.

    With two cores, none is spared: a job would take twice as long, and the worker's low priority
    gives the window what it needs.

    Parameters
    ----------
    wanted : int
        The number asked for; 0: one for each core but the spare ones.
    spare : int
        Cores to leave to others.
    available : int
        Cores that there are.

    Returns
    -------
    int
        At least 1.
    """
    if wanted:
        return wanted
    return max(available - spare, 1) if available > 2 else available


_WIDEST = (
    "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR X86_V4"  # of any NumPy
)


def wait_asleep() -> None:
    """Let threads that wait for others sleep, and OpenCV and NumPy compute as on other machines.

    To be called before OpenMP, OpenCV and NumPy are loaded. Spinning takes the cores from whoever
    they wait for: those of NumPy's OpenBLAS would do it for a tenth of a second after each product.
    But with a little spinning, passes of many small steps take two thirds of the time (GNU's OpenMP
    counts its rounds).
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GOMP_SPINCOUNT", "5000")
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")  # as a power of two, in cycles
    # IPP computes otherwise on each kind of processor; without it, OpenCV is as fast here.
    os.environ.setdefault("OPENCV_IPP", "disabled")
    # NumPy rounds sines and powers otherwise where registers are widest.
    os.environ.setdefault("NPY_DISABLE_CPU_FEATURES", _WIDEST)
    os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")  # or it warns that IPP is disabled


def prepare(wanted: int, spare: int) -> None:
    """Set the environment that libraries read once, when they are loaded.

    Parameters
    ----------
    wanted, spare : int
        See :func:`room`.
    """
    wait_asleep()
    os.environ["OPENCV_FOR_THREADS_NUM"] = str(room(wanted, spare, cores()))
    if wanted:
        os.environ["OMP_NUM_THREADS"] = str(wanted)


def limit(wanted: int, spare: int) -> bool:
    """Lower torch's own number of threads, which counts real cores only.

    Parameters
    ----------
    wanted, spare : int
        See :func:`room`.

    Returns
    -------
    bool
        False while torch is not loaded.
    """
    torch = sys.modules.get("torch")
    if torch is None:
        return False
    torch.set_num_threads(wanted or min(torch.get_num_threads(), room(0, spare, cores())))
    return True
