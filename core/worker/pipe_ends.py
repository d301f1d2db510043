"""Pipes to another process that are read and written without waiting, on every system.

Blender's window must not stand still for a worker that is slow, and a thread in its process would
run beside code that is made for one. So whoever polls takes what is there.
"""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from typing import IO, Any, Protocol

_PIECE = 1 << 16
"""Bytes that are read at a time: what a pipe of Linux holds."""


class PipeEnd(Protocol):
    """This process's end of a pipe."""

    def read(self) -> bytes:
        """Return what is there.

        Returns
        -------
        bytes
            Nothing (``b""``) if nothing is there, and also once the pipe has ended.
        """

    def write(self, data: memoryview) -> int:
        """Write as much as there is room for.

        Parameters
        ----------
        data : memoryview
            What to write.

        Returns
        -------
        int
            How many bytes of it are written; the rest has to be offered again.

        Raises
        ------
        OSError
            Nobody reads any more.
        """

    def close(self) -> None:
        """Close this end; closing it twice does no harm."""


def pipe_end(pipe: IO[bytes]) -> PipeEnd:
    """Make an end of a pipe that does not wait.

    Parameters
    ----------
    pipe : binary file
        This process's end, without a buffer.

    Returns
    -------
    PipeEnd
        It owns the file from now on.
    """
    return WindowsPipe(pipe) if sys.platform == "win32" else PosixPipe(pipe)


class PosixPipe(PipeEnd):
    """The end of a pipe on Linux and macOS, in non-blocking mode.

    Parameters
    ----------
    pipe : binary file
        This process's end, without a buffer.
    """

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        os.set_blocking(pipe.fileno(), False)  # the other process's end stays as it is

    def read(self) -> bytes:
        try:
            return os.read(self._pipe.fileno(), _PIECE)
        except BlockingIOError:
            return b""

    def write(self, data: memoryview) -> int:
        # Some Blender 4.2 do not ignore the signal, and would end with a worker that has died.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE})
        try:
            return os.write(self._pipe.fileno(), data)
        except BlockingIOError:
            return 0
        except BrokenPipeError:
            if signal.SIGPIPE in signal.sigpending():
                signal.sigwait({signal.SIGPIPE})
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def close(self) -> None:
        self._pipe.close()


class WindowsPipe(PipeEnd):
    """The end of a pipe on Windows.

    Reading asks first how much is there. Writing puts the handle into no-wait mode, in which data
    is taken whole or not at all; until Python 3.12 ``os.set_blocking`` does not know pipes there.

    Parameters
    ----------
    pipe : binary file
        This process's end, without a buffer.
    winapi, msvcrt : module, optional
        The calls of the system; given by tests on other systems.
    """

    _NO_WAIT = 1  # PIPE_NOWAIT
    _ROOM = 4096
    """Bytes that an anonymous pipe holds there."""

    def __init__(self, pipe: IO[bytes], winapi: Any = None, msvcrt: Any = None) -> None:
        self._winapi = winapi or import_module("_winapi")
        self._handle = (msvcrt or import_module("msvcrt")).get_osfhandle(pipe.fileno())
        self._pipe, self._waits = pipe, True

    def read(self) -> bytes:
        try:
            there, _ = self._winapi.PeekNamedPipe(self._handle)
            if not there:
                return b""
            data, _ = self._winapi.ReadFile(self._handle, min(there, _PIECE))
        except OSError:  # "the pipe has been ended"
            return b""
        return data

    def write(self, data: memoryview) -> int:
        if self._waits:
            self._winapi.SetNamedPipeHandleState(self._handle, self._NO_WAIT, None, None)
            self._waits = False
        size = min(len(data), self._ROOM)
        while size:
            written, _ = self._winapi.WriteFile(self._handle, data[:size])
            if written:
                return written
            size //= 2  # there may be room for less
        return 0

    def close(self) -> None:
        self._pipe.close()
