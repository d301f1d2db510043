"""From an exception, or a dead worker, to the sentence that an artist reads."""

from __future__ import annotations

import signal
import sys
import traceback

from ..errors import (
    ImageTooLarge,
    ImpastoError,
    JobCancelled,
    WorkerDied,
    WorkerUnavailable,
    is_out_of_memory,
)
from .protocol import Failed


def explain(error: BaseException) -> Failed:
    """Return how a job ends that an exception broke off.

    Parameters
    ----------
    error : BaseException
        A deliberate error becomes its sentence, any other one carries its traceback.

    Returns
    -------
    Failed
        The end of the job.
    """
    if isinstance(error, ImpastoError):
        return Failed(type(error).__name__, str(error))
    detail = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    if isinstance(error, ImportError):
        package = error.name or f"package ({error})"
        return Failed(
            WorkerUnavailable.__name__,
            f'The Python "{sys.executable}" has no working {package}; install it '
            "there, or choose another External Python in the preferences.",
            detail,
        )
    if is_out_of_memory(error):
        return Failed(
            ImageTooLarge.__name__,
            "There was not enough memory; choose a smaller output size, close other programs, or "
            "work on the CPU if this was a GPU's.",
            detail,
        )
    return Failed(type(error).__name__, f"Something unexpected happened ({error}).", detail)


def cancelled() -> Failed:
    """Return how a cancelled job ends.

    Returns
    -------
    Failed
        The end of the job.
    """
    return Failed(JobCancelled.__name__, "Cancelled.")


def stuck(step: str, seconds: float) -> Failed:
    """Return how a job ends whose worker has hung.

    Parameters
    ----------
    step : str
        What the job was doing.
    seconds : float
        How long the worker was silent.

    Returns
    -------
    Failed
        The end of the job.
    """
    return Failed(
        WorkerDied.__name__,
        f"The worker said nothing for {round(seconds / 60)} minutes, {_while(step)}; it was ended. "
        "Try a smaller output size.",
    )


def describe_exit(step: str, code: int, spoke: bool, tail: str) -> Failed:
    """Return how a job ends whose worker process has ended.

    Parameters
    ----------
    step : str
        What the job was doing.
    code : int
        Exit code of the process; negative: the signal that killed it.
    spoke : bool
        Whether the worker ever sent a line.
    tail : str
        The end of its standard error.

    Returns
    -------
    Failed
        The end of the job, with the likely cause.
    """
    if code == -getattr(signal, "SIGKILL", 9):
        why = "The worker was killed, most likely because memory ran out"
        advice = "choose a smaller output size or close other programs, and try again."
    elif code > 0 and not spoke:
        last = tail.splitlines()[-1] if tail else f"code {code}"
        return Failed(
            WorkerUnavailable.__name__,
            f"The worker could not be started ({last}); choose another External Python in the "
            "preferences, 3.11 or newer.",
            tail,
        )
    else:
        why = f"The worker ended unexpectedly (code {code})"
        advice = "try again; the console shows its last words."
    return Failed(
        WorkerDied.__name__, f"{why}, {_while(step)}. Finished images are kept; {advice}", tail
    )


def _while(step: str) -> str:
    return f'while it was at: "{step}"' if step else "while it was starting"
