"""Drop a file on the window under a point, as a file manager does: the source's half of XDND.

    python3 drop.py X Y FILE

Exit code 3: the window there takes no drops.
"""

import sys
import time
from pathlib import Path

from Xlib import X, display
from Xlib.protocol import event

VERSION = 5
PATIENCE = 20.0
"""Seconds to wait for each answer of the other side."""


class Source:
    """A window that nobody sees, from which something is dragged."""

    def __init__(self, x, y, file):
        self.display = display.Display()
        self.atom = self.display.intern_atom
        self.root = self.display.screen().root
        self.window = self.root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        self.window.set_selection_owner(self.atom("XdndSelection"), X.CurrentTime)
        self.x, self.y = x, y
        self.uris = f"{Path(file).as_uri()}\r\n".encode()

    def target(self):
        """The topmost window at the point that says it takes drops."""
        for window in reversed(self.root.query_tree().children):
            box = window.get_geometry()
            inside = 0 <= self.x - box.x < box.width and 0 <= self.y - box.y < box.height
            if inside and window.get_full_property(self.atom("XdndAware"), X.AnyPropertyType):
                return window
        return None

    def say(self, target, kind, *values):
        """Send one of the protocol's messages."""
        data = (self.window.id, *values, *(0,) * (4 - len(values)))
        message = event.ClientMessage(
            window=target, client_type=self.atom(kind), data=(32, list(data))
        )
        target.send_event(message)
        self.display.flush()

    def wait(self, kind):
        """Serve whoever asks for the data until a message of that kind comes; its values."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if not self.display.pending_events():
                time.sleep(0.01)
                continue
            came = self.display.next_event()
            if came.type == X.SelectionRequest:
                self.hand_over(came)
            elif came.type == X.ClientMessage and came.client_type == self.atom(kind):
                return came.data[1]
        sys.exit(f"no {kind} came")

    def hand_over(self, asked):
        """Give the list of files to who asks for the selection."""
        asked.requestor.change_property(asked.property, asked.target, 8, self.uris)
        asked.requestor.send_event(
            event.SelectionNotify(
                time=asked.time,
                requestor=asked.requestor,
                selection=asked.selection,
                target=asked.target,
                property=asked.property,
            )
        )
        self.display.flush()

    def drop(self):
        """Enter, move, let go."""
        target = self.target()
        if target is None:
            sys.exit(3)
        self.say(target, "XdndEnter", VERSION << 24, self.atom("text/uri-list"))
        place = self.x << 16 | self.y
        for _ in range(2):
            self.say(target, "XdndPosition", 0, place, X.CurrentTime, self.atom("XdndActionCopy"))
            self.wait("XdndStatus")
        self.say(target, "XdndDrop", 0, X.CurrentTime)
        self.wait("XdndFinished")


if __name__ == "__main__":
    Source(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]).drop()
