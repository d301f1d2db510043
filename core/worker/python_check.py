"""Ask a Python whether it has what the worker needs, without waiting for the answer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from ..errors import WorkerUnavailable
from .process import WorkerProcess, site_arguments

_SCRIPT = Path(__file__).with_name("packages.py")

_PATIENCE = 120.0
"""Seconds after which a Python that does not answer is ended."""


class PythonCheck:
    """A question to a Python, under way; asked like a :class:`concurrent.futures.Future`.

    Parameters
    ----------
    python : str or Path
        The Python to ask.
    python_args : sequence of str
        Arguments for it.
    site_packages : str or sequence of str
        Folders with wheels, besides its own.
    own_packages : str or Path
        Folder for copies of wheels that others have replaced there; empty: none are made.
    """

    def __init__(
        self,
        python: str | Path,
        python_args: Sequence[str] = (),
        site_packages: str | Sequence[str] = (),
        own_packages: str | Path = "",
    ) -> None:
        self._python = python
        self._lines: list[str] = []
        self._process: WorkerProcess | None = None
        self._error: WorkerUnavailable | None = None
        self._until = time.monotonic() + _PATIENCE
        command = [str(python), *python_args, str(_SCRIPT)]
        command += site_arguments(site_packages, own_packages)
        try:
            self._process = WorkerProcess(command)
        except WorkerUnavailable as error:
            self._error = error

    def done(self) -> bool:
        """Take in what has been answered; return whether that is all.

        Returns
        -------
        bool
            False while the Python is at work.
        """
        process = self._process
        if process is None:
            return True
        self._lines += process.poll()
        if process.code is not None:
            self._process = None
            if process.code:
                last = (process.tail.splitlines() or ["no reason given"])[-1]
                self._error = self._refusal(last)
        elif time.monotonic() > self._until:
            process.kill()
            self._process = None
            self._error = self._refusal(f"it gave no answer for {_PATIENCE:.0f} seconds")
        return self._process is None

    def exception(self) -> WorkerUnavailable | None:
        """Wait for the answer; return what is the matter.

        Returns
        -------
        WorkerUnavailable or None
            None if the Python has everything.
        """
        while not self.done():
            time.sleep(0.02)
        return self._error

    def result(self) -> str:
        """Wait for the answer; return the versions. Without OpenEXR, say, the text says so.

        Returns
        -------
        str
            For example ``torch 2.13.0, numpy 1.26.4``.

        Raises
        ------
        WorkerUnavailable
            The Python cannot be started, or lacks packages; the sentence says which.
        """
        error = self.exception()
        if error is not None:
            raise error
        return ", ".join(" ".join(line.split()) for line in self._lines)

    def has(self, module: str) -> bool:
        """Return whether the Python has a module; to be asked when it has answered.

        Parameters
        ----------
        module : str
            Name of one of the modules that the worker needs for all or for some jobs.

        Returns
        -------
        bool
            True if it was imported.
        """
        return any(line.split()[:1] == [module] for line in self._lines)

    def _refusal(self, why: str) -> WorkerUnavailable:
        return WorkerUnavailable(
            f'"{self._python}" cannot run the worker: {why}. Install that there, or choose another '
            "External Python in the preferences."
        )
