"""What an artist does with Impasto: each method is one thing done with the mouse and the keyboard."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from window import SIZE, GuiFailure, Window

MODULE = "bl_ext.user_default.impasto"
HOME = "root"
"""Where Blender's file browser opens first."""

CHOSEN_FILE = """[
    a.spaces.active.params.filename
    for w in bpy.context.window_manager.windows
    for a in w.screen.areas
    if a.type == "FILE_BROWSER"
]"""


class Artist(Window):
    """A Blender window with somebody before it."""

    def __init__(self, *given, **options):
        super().__init__(*given, **options)
        time.sleep(2.0)  # The first drawing takes a while, and clicks before it are lost.

    # --- preferences -------------------------------------------------------------------------------

    def open_preferences(self, section: str) -> tuple[int, int, int, int]:
        """Edit > Preferences, on a section; the window's left, top, width and height."""
        self.run(
            f"bpy.context.preferences.active_section = {section!r}; bpy.ops.screen.userpref_show()"
        )
        time.sleep(1.5)
        return self.last_window()

    def last_window(self) -> tuple[int, int, int, int]:
        """Left, top, width and height of the window that opened last."""
        left, bottom, width, height = self.ask(
            "[(w.x, w.y, w.width, w.height) for w in bpy.context.window_manager.windows][-1]"
        )
        return left, SIZE[1] - bottom - height, width, height

    def close_preferences(self) -> None:
        """Close every window but the first."""
        self.run(
            "windows = list(bpy.context.window_manager.windows)[1:]\n"
            "for w in windows:\n"
            "    with bpy.context.temp_override(window=w): bpy.ops.wm.window_close()"
        )
        time.sleep(0.5)

    def install(self, package: Path) -> None:
        """Get Extensions > Install from Disk, pick the file, press the button."""
        home = self.screen.sandbox.root / HOME
        for old in home.glob("*.zip"):
            old.unlink()
        shutil.copy(package, home / package.name)
        left, top, width, _ = self.open_preferences("EXTENSIONS")
        self.click(left + width - 22, top + 20)  # The drop-down arrow at the upper right.
        time.sleep(0.5)
        self.key("Up", "Return")  # Its last entry is Install from Disk.
        time.sleep(2.0)
        left, top, width, height = self.last_window()
        for _ in range(5):
            self.click(left + 330, top + 80)  # The only file.
            if package.name in self.ask(CHOSEN_FILE):
                break
        self.shot("install-from-disk")
        self.click(left + width - 65, top + height - 20)  # Install from Disk.
        self.until("'impasto' in str(bpy.context.preferences.addons.keys())", "the installation", 60)
        time.sleep(1.0)
        self.shot("installed")
        self.close_preferences()

    def switch(self, on: bool) -> None:
        """Tick or untick Impasto's box under Preferences > Add-ons."""
        self.open_preferences("ADDONS")
        verb = "enable" if on else "disable"
        self.press(f"addon_{verb}.*{MODULE}", kind="WINDOW", editor="PREFERENCES", columns=(0.05, 0.07, 0.09))
        self.until(f"('{MODULE}' in bpy.context.preferences.addons) == {on}", f"to {verb} it", 20)
        self.shot(f"preferences-{verb}d")
        self.close_preferences()

    # --- the sidebar -------------------------------------------------------------------------------

    def open_tab(self, editor: str = "VIEW_3D") -> None:
        """Press N and choose the tab *Impasto*."""
        if not self.ask(f"area({editor!r}).spaces.active.show_region_ui"):
            left, top, width, height = self.ask(f"box('WINDOW', {editor!r})")
            self.move(left + width / 2, top + height / 2)
            self.key("n")
        time.sleep(0.8)
        for _ in range(20):
            try:
                self.run(f"region('UI', {editor!r}).active_panel_category = 'Impasto'")
                break
            except GuiFailure:  # Read-only until the sidebar has been drawn.
                time.sleep(0.2)
        self.run(f"region('UI', {editor!r}).tag_redraw()")
        time.sleep(0.8)

    def workers(self) -> list[int]:
        """Process ids of Impasto's workers inside the sandbox."""
        root = str(self.screen.sandbox.root)
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "root").readlink() == Path(root):
                    command = (process / "cmdline").read_bytes()
                    if b"worker" in command and b"python" in command:
                        found.append(int(process.name))
            except OSError:
                continue
        return found
