"""Blender in a window that nobody sees: a screen, a pointer, a keyboard, and questions to the
inside."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from sandbox import Sandbox

HERE = Path(__file__).resolve().parent
SIZE = (1280, 960)

_BUSY = "can't modify blend data in this state"
"""What Blender answers for a moment, while Cycles renders previews of materials in a thread."""
_TRIES = 20

_PAGE = 8
"""Clicks of the wheel between two looks at a region that is longer than its window."""


class GuiFailure(AssertionError):
    """What should have appeared did not; the text says what, and a screenshot is kept."""


class Screen:
    """An X server, and a hand for its pointer and its keyboard."""

    def __init__(self, sandbox: Sandbox, number: int, size: tuple[int, int] = SIZE):
        self.sandbox = sandbox
        self.size = size
        self.display = f":{number}"
        socket_file = sandbox.root / f"tmp/.X11-unix/X{number}"
        for stale in (sandbox.root / f"tmp/.X{number}-lock", socket_file):
            stale.unlink(missing_ok=True)
        self._server = subprocess.Popen(
            sandbox.argv(
                *("Xvfb", self.display, "-screen", "0", f"{size[0]}x{size[1]}x24"),
                *("-nolisten", "tcp", "-noreset"),
            ),
            stderr=subprocess.DEVNULL,
        )
        wait_for(socket_file.exists, "the X server", 60)
        # One xdotool for all commands: to start one each time would take longer than most of them.
        self._hand = subprocess.Popen(
            sandbox.argv("stdbuf", "-oL", "xdotool", "-", DISPLAY=self.display),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def do(self, command: str) -> None:
        """One ``xdotool`` command; returns when X has it."""
        self._hand.stdin.write(f"{command} getmouselocation\n")
        if not self._hand.stdout.readline():
            raise GuiFailure(f"xdotool ended at {command!r}")

    def shot(self, file: Path) -> Path:
        """A screenshot, straight from X."""
        inside = "/w/shot.png"
        self.sandbox.run("import", "-window", "root", inside, DISPLAY=self.display)
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(self.sandbox.root / inside.lstrip("/"), file)
        return file

    def close(self) -> None:
        """End the shell and the server."""
        for process in (self._hand, self._server):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:  # a server that is still drawing does not listen
                process.kill()
                process.wait(10)


class Window:
    """One running Blender on a screen."""

    def __init__(
        self,
        screen: Screen,
        log: Path,
        *arguments: str,
        profile: str = "/w/profile",
        alone: bool = False,
    ):
        self.screen = screen
        self.log = log
        self.pictures = log.parent
        sandbox = screen.sandbox
        for name in ("agent.py",):
            shutil.copy(HERE / name, sandbox.work / name)
        address = sandbox.work / "agent.sock"
        address.unlink(missing_ok=True)
        log.parent.mkdir(parents=True, exist_ok=True)
        command = sandbox.argv(
            *("blender", "--window-geometry", "0", "0", str(screen.size[0]), str(screen.size[1])),
            *("--python", "/w/agent.py", *arguments, "--", "/w/agent.sock"),
            DISPLAY=screen.display,
            BLENDER_USER_RESOURCES=profile,
            PYTHONWARNINGS="default",
        )
        with log.open("w") as out:
            self.process = subprocess.Popen(
                sandbox.alone(command) if alone else command,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_for(address.exists, "Blender's first window", 90)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(address))
        self._replies = self._socket.makefile()
        self.expected: tuple[str, ...] = ()
        """Errors that a test provokes, and that the artist is rightly told."""
        self._known: dict[str, tuple[int, int, int]] = {}
        """Where buttons were found: how often the region was scrolled, and the place."""
        self._lines_read = 0
        self.clicks = 0
        """How often a button of the mouse was pressed."""

    # --- asking ------------------------------------------------------------------------------------

    def run(self, code: str, timeout: float = 60.0):
        """Run code inside; it may set ``answer``."""
        self._socket.settimeout(timeout)
        for _ in range(_TRIES):
            self._socket.sendall(json.dumps({"code": code}).encode() + b"\n")
            reply = json.loads(self._replies.readline())
            if _BUSY not in reply.get("error", ""):
                break
            time.sleep(0.5)
        if "error" in reply:
            raise GuiFailure(reply["error"])
        return reply["answer"]

    def ask(self, expression: str, timeout: float = 60.0):
        """The value of an expression inside."""
        return self.run(f"answer = {expression}", timeout)

    def until(self, expression: str, what: str, timeout: float = 60.0) -> None:
        """Wait until an expression is true inside."""
        try:
            wait_for(lambda: self.ask(expression), what, timeout)
        except GuiFailure:
            self.shot("failure")
            raise

    # --- doing -------------------------------------------------------------------------------------

    def move(self, x: float, y: float) -> None:
        """Move the pointer there, in two steps: Blender wants to see it come."""
        x, y = round(x), round(y)
        self.screen.do(f"mousemove {x + 1} {y} mousemove {x} {y}")

    def click(self, x: float, y: float, button: int = 1) -> None:
        """Move there and click."""
        self.move(x, y)
        time.sleep(0.15)
        self.clicks += 1
        self.screen.do(f"click {button}")
        time.sleep(0.15)

    def key(self, *names: str) -> None:
        """Press keys one after the other (``ctrl+z``, ``Escape``)."""
        self.screen.do("key --delay 60 " + " ".join(names))
        time.sleep(0.1)

    def type(self, text: str) -> None:
        """Type a text."""
        self.screen.do(f"type --args 1 --delay 15 '{text}'")
        time.sleep(0.1)

    def scroll(self, clicks: int, kind: str = "UI", editor: str = "VIEW_3D") -> None:
        """Turn the wheel over a region: positive goes down."""
        left, top, width, _ = self.ask(f"box({kind!r}, {editor!r})")
        # Near the top there is always a panel: beside panels, the wheel turns what is behind them.
        self.move(left + width * 0.5, top + 14)
        self.screen.do(f"click --repeat {abs(clicks)} --delay 30 {5 if clicks > 0 else 4}")
        time.sleep(0.4)

    def shot(self, name: str, smooth: bool = False) -> Path:
        """A screenshot among this run's pictures; ``smooth`` edges take a few seconds."""
        if smooth:
            self.run("smooth(True)")
            time.sleep(5.0)
        file = self.screen.shot(self.pictures / f"{name}.png")
        if smooth:
            self.run("smooth(False)")
        return file

    # --- finding -----------------------------------------------------------------------------------

    def under(self, x: float, y: float, kind: str = "UI", editor: str = "VIEW_3D") -> str:
        """The Python of the button at a place; empty where there is none."""
        self.move(x, y)
        time.sleep(0.02)
        return self.ask(f"under_pointer({kind!r}, {editor!r})")

    def find(
        self,
        pattern: str,
        *,
        kind: str = "UI",
        editor: str = "VIEW_3D",
        columns: tuple[float, ...] = (0.5,),
        from_top: bool = True,
    ) -> tuple[int, int]:
        """Where a button is, found as an artist does: by moving the pointer over the region.

        ``pattern`` is searched in the button's Python (``impasto.analyze_textures``); ``columns``
        are the parts of the width to look at. The region is scrolled up (``from_top``), then down
        page by page.
        """
        wanted = re.compile(pattern)

        def is_at(x: float, y: float) -> bool:
            seen.append(self.under(x, y, kind, editor))
            return bool(wanted.search(seen[-1]))

        seen: list[str] = []
        page, *place = self._known.get(pattern, (None,))
        if place and is_at(*place):
            return tuple(place)
        if from_top:
            self.scroll(-60, kind, editor)
        if page:
            self.scroll(_PAGE * page, kind, editor)
        if place and is_at(*place):
            return tuple(place)
        if page:
            self.scroll(-60, kind, editor)
        before: list[str] = []
        for page in range(6):
            left, top, width, height = self.ask(f"box({kind!r}, {editor!r})")
            seen.clear()
            for y in range(top + 8, top + height - 4, 12):
                for part in columns:
                    x = round(left + width * part)
                    if is_at(x, y):
                        self._known[pattern] = page, x, y + 4
                        return x, y + 4
            if seen == before:
                break
            before = list(seen)
            self.scroll(_PAGE, kind, editor)
        self.shot("failure")
        raise GuiFailure(f"no button {pattern!r}; there are: {sorted(set(seen))}")

    def press(self, pattern: str, **where) -> None:
        """Find a button and click it."""
        self.click(*self.find(pattern, **where))

    # --- ending ------------------------------------------------------------------------------------

    def alive(self) -> bool:
        """Whether Blender still runs."""
        return self.process.poll() is None

    def quit(self) -> int:
        """Quit as an artist does who has nothing to save; the exit code."""
        with contextlib.suppress(GuiFailure, OSError, ValueError):
            self.run("bpy.app.timers.register(leave, first_interval=0.1)")
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise GuiFailure("Blender did not quit") from None

    def kill(self) -> None:
        """The end of a Blender that hangs."""
        if self.alive():
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def complaints(self) -> list[str]:
        """Lines of the log that no artist should see, since this was last asked."""
        bad = re.compile(r"Traceback|Error|[Ww]arning|WARN|ERROR|Exception|leak", re.ASCII)
        lines = self.log.read_text().splitlines()
        new, self._lines_read = lines[self._lines_read :], len(lines)
        return [
            line
            for line in new
            if bad.search(line) and not any(text in line for text in self.expected)
        ]


def wait_for(condition, what: str, timeout: float) -> None:
    """Look again and again until ``condition()`` is true."""
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            raise GuiFailure(f"waited {timeout:.0f} s in vain for {what}")
        time.sleep(0.05)
