"""Exit codes, and how an error becomes one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from ..control import Failure
from ..errors import ImpastoError, JobCancelled, NoImages, is_out_of_memory
from ..worker.failures import explain
from .report import Report

OK, SOME_FAILED, WRONG, NOTHING, CANCELLED = 0, 1, 2, 3, 130

EXIT_CODES = """exit codes:
  0    everything was done
  1    some images failed; the others are done
  2    the command line is wrong, or nothing could be done
  3    there was nothing to do
  130  cancelled with Ctrl-C; finished images are kept
"""


def run_guarded(command: Callable[[], int], report: Report) -> int:
    """Run a command; errors become a sentence and an exit code, bugs a traceback as well.

    Parameters
    ----------
    command : callable
        Returns the exit code.
    report : Report
        Where errors are printed.

    Returns
    -------
    int
        The exit code.
    """
    try:
        return command()
    except NoImages as error:
        report.error("NoImages", str(error))
        return NOTHING
    except (KeyboardInterrupt, JobCancelled):
        report.error("JobCancelled", "Cancelled; finished images are kept.")
        return CANCELLED
    except BrokenPipeError:  # nobody reads any more (``| head``): as good as Ctrl-C
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CANCELLED
    except Exception as error:
        failed = explain(error)
        foreseen = isinstance(error, (ImpastoError, ImportError)) or is_out_of_memory(error)
        report.error(failed.error, failed.message, "" if foreseen else failed.detail)
        return WRONG
    finally:
        report.end()


def report_failures(failures: Sequence[Failure], done: int, report: Report) -> int:
    """Report the items that failed, and decide the exit code.

    Parameters
    ----------
    failures : sequence of Failure
        Items that failed.
    done : int
        Number of items that were done.
    report : Report
        Where the failures are printed.

    Returns
    -------
    int
        The exit code.
    """
    for failure in failures:
        report.failure(failure)
    if failures:
        return SOME_FAILED if done else WRONG
    return OK
