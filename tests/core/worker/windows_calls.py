"""The calls of Windows that serve pipes, played on Linux: they refuse what would wait there."""

from __future__ import annotations

import errno
import fcntl
import os
import select
import struct
import termios

_ROOM = 4096
_OFFSET = 1000
"""A handle is no file descriptor; who mixes them up finds nothing."""


class WindowsCalls:
    """In the place of the modules ``_winapi`` and ``msvcrt``."""

    def __init__(self) -> None:
        self._no_wait: set[int] = set()

    def get_osfhandle(self, fd: int) -> int:
        os.fstat(fd)
        return fd + _OFFSET

    def PeekNamedPipe(self, handle: int, size: int = 0) -> tuple[int, int]:
        assert size == 0
        there = _unread(handle - _OFFSET)
        if not there and _events(handle, select.POLLIN) & select.POLLHUP:
            raise BrokenPipeError(errno.EPIPE, "The pipe has been ended")
        return there, 0

    def ReadFile(self, handle: int, size: int) -> tuple[bytes, int]:
        assert 0 < size <= _unread(handle - _OFFSET), "this would wait"
        return os.read(handle - _OFFSET, size), 0

    def SetNamedPipeHandleState(self, handle: int, mode: int, count: None, timeout: None) -> None:
        assert mode == 1, "PIPE_NOWAIT"
        fcntl.fcntl(handle - _OFFSET, fcntl.F_SETPIPE_SZ, _ROOM)
        os.set_blocking(handle - _OFFSET, False)
        self._no_wait.add(handle)

    def WriteFile(self, handle: int, data: memoryview) -> tuple[int, int]:
        assert handle in self._no_wait, "this could wait"
        if _events(handle, select.POLLOUT) & select.POLLERR:
            raise BrokenPipeError(errno.EPIPE, "The pipe is being closed")
        if len(data) > _ROOM - _unread(handle - _OFFSET):
            return 0, 0
        try:
            return os.write(handle - _OFFSET, data), 0
        except BlockingIOError:
            return 0, 0


def _unread(fd: int) -> int:
    return struct.unpack("i", fcntl.ioctl(fd, termios.FIONREAD, b"\0" * 4))[0]


def _events(handle: int, wanted: int) -> int:
    poll = select.poll()
    poll.register(handle - _OFFSET, wanted)
    return dict(poll.poll(0)).get(handle - _OFFSET, 0)
