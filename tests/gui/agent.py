"""Runs inside a Blender with a window: answers the driver's questions, and measures what it is
asked to.

    blender --python agent.py -- /w/agent.sock

A question is one line of JSON, ``{"code": ...}``; the code sees this module's names. Its ``answer``
comes back as ``{"answer": ...}``, a failure as ``{"error": traceback}``. Everything happens in a
timer on Blender's main thread, between the artist's events, and survives a file load.
"""

import contextlib
import json
import os
import socket
import sys
import time
import traceback

import bpy
from mathutils import Vector  # noqa: F401 (for what is asked)

PATH = sys.argv[-1]
PAUSE = 0.01


def serve():
    """Accept one driver after the other and answer what has arrived; never wait."""
    global connection, received
    if connection is None:
        with contextlib.suppress(BlockingIOError):
            connection, _ = listener.accept()
            connection.setblocking(False)
            received = b""
        return PAUSE
    try:
        data = connection.recv(1 << 20)
    except BlockingIOError:
        return PAUSE
    if not data:
        connection.close()
        connection = None
        return PAUSE
    received += data
    while b"\n" in received:
        line, _, received = received.partition(b"\n")
        scope = {"answer": None}
        try:
            exec(json.loads(line)["code"], globals(), scope)
            reply = {"answer": scope["answer"]}
        except Exception:
            reply = {"error": traceback.format_exc()}
        connection.setblocking(True)
        connection.sendall(json.dumps(reply, default=str).encode() + b"\n")
        connection.setblocking(False)
    return 0.0


def place(editor="VIEW_3D"):
    """The window and the largest area of an editor, in the window opened last."""
    found = [
        (index, a.width * a.height, w, a)
        for index, w in enumerate(bpy.context.window_manager.windows)
        for a in w.screen.areas
        if a.type == editor
    ]
    return max(found, key=lambda entry: entry[:2])[2:]


def area(editor="VIEW_3D"):
    """The largest area of an editor."""
    return place(editor)[1]


def region(kind="UI", editor="VIEW_3D"):
    """A region of that area: its sidebar by default."""
    return next(r for r in area(editor).regions if r.type == kind)


def box(kind="UI", editor="VIEW_3D"):
    """A region's left, top, width and height on the screen, top-down."""
    first = bpy.context.window_manager.windows[0]
    w, r = place(editor)[0], region(kind, editor)
    return [w.x + r.x, first.height - w.y - r.y - r.height, r.width, r.height]


def under_pointer(kind="UI", editor="VIEW_3D"):
    """The Python of the button under the pointer: an operator call or a property's path; '' if
    none."""
    manager = bpy.context.window_manager
    w, a = place(editor)
    with bpy.context.temp_override(window=w, area=a, region=region(kind, editor)):
        for copy, options in (
            (bpy.ops.ui.copy_python_command_button, {}),
            (bpy.ops.ui.copy_data_path_button, {"full_path": True}),
        ):
            manager.clipboard = ""
            if copy.poll():
                copy(**options)
            if manager.clipboard:
                return manager.clipboard
    return ""


def time_draws(prefix):
    """Wrap ``draw`` of every panel whose class name starts so; the times go into
    ``draw_seconds``."""
    for panel in bpy.types.Panel.__subclasses__():
        if panel.__name__.startswith(prefix):
            for name in ("draw", "draw_header"):
                if hasattr(panel, name):
                    setattr(panel, name, _timed(panel.__name__, getattr(panel, name)))


def _timed(label, draw):
    def timed(self, context):
        start = time.perf_counter()
        draw(self, context)
        draw_seconds.setdefault(label, []).append(time.perf_counter() - start)

    return timed


def watch(path):
    """Note when an expression changes its value: for the time from a click to its effect."""
    changes.clear()
    seen = [eval(path)]

    def look():
        value = eval(path)
        if value != seen[0]:
            seen[0] = value
            changes.append(time.time())
        return 0.002 if not changes else None

    bpy.app.timers.register(look, persistent=True)


def smooth(on):
    """Turn the anti-aliasing of the viewport on or off."""
    bpy.context.preferences.system.viewport_aa = "8" if on else "OFF"


def leave():
    """Quit without a question."""
    bpy.ops.wm.quit_blender()


bpy.context.preferences.view.show_splash = False
# Anti-aliasing draws the viewport eight times after each change. On a processor, that alone keeps
# Blender busy for seconds; pictures turn it on again.
bpy.context.preferences.system.viewport_aa = "OFF"
bpy.context.preferences.view.smooth_view = 0
draw_seconds = {}
changes = []
connection, received = None, b""
with contextlib.suppress(FileNotFoundError):
    os.unlink(PATH)
listener = socket.socket(socket.AF_UNIX)
listener.bind(PATH)
listener.listen(1)
listener.setblocking(False)
bpy.app.timers.register(serve, persistent=True)
