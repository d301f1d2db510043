"""What an artist does with Impasto: each method is one thing done with the mouse and the
keyboard."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path

from window import SIZE, GuiFailure, Window, wait_for

MODULE = "bl_ext.user_default.impasto"
HOME = "root"
"""Where Blender's file browser opens first."""

CHOSEN_FILE = """[
    a.spaces.active.params.filename
    for w in bpy.context.window_manager.windows
    for a in w.screen.areas
    if a.type == "FILE_BROWSER"
]"""

HEADER = 28
"""Pixels from a folded panel to the next."""

RESTYLED = """[
    n.name
    for m in bpy.data.materials
    for n in (m.node_tree.nodes if m.node_tree else ())
    if n.type == "TEX_IMAGE" and n.image and "(Impasto" in n.image.name
]"""
LOOK = "bpy.context.scene.impasto.shown_look"
STYLE_OF_GROUP = f"{LOOK}.style"


class Artist(Window):
    """A Blender window with somebody before it."""

    JOBS = f"sys.modules['{MODULE}.scene.jobs.queue']"
    JOB = f"{JOBS}.current()"

    def __init__(self, *given, **options):
        super().__init__(*given, **options)
        self.work = self.screen.sandbox.work
        time.sleep(2.0)  # The first drawing takes a while, and clicks before it are lost.

    # --- preferences -------------------------------------------------------------------------------

    def open_preferences(self, section: str) -> tuple[int, int, int, int]:
        """Edit > Preferences, on a section; the window's left, top, width and height."""
        # It opens around the pointer: near an edge, half of it would be off the screen.
        self.move(SIZE[0] / 2, SIZE[1] / 2)
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
        for patience in (0.5, 1, 2, 4):  # A busy machine draws late, and loses clicks till then.
            left, top, width, _ = self.open_preferences("EXTENSIONS")
            time.sleep(patience)
            self.click(left + width - 22, top + 20)  # The drop-down arrow at the upper right.
            time.sleep(patience)
            self.key("Up", "Return")  # Its last entry is Install from Disk.
            time.sleep(4 * patience)
            if self.ask(CHOSEN_FILE):
                break
            self.shot("failure")
            self.close_preferences()
        else:
            raise GuiFailure("Install from Disk opens no file browser")
        left, top, width, height = self.last_window()
        for _ in range(5):
            self.click(left + 330, top + 80)  # The only file.
            if package.name in self.ask(CHOSEN_FILE):
                break
        self.shot("install-from-disk")
        self.click(left + width - 65, top + height - 20)  # Install from Disk.
        self.until(
            "'impasto' in str(bpy.context.preferences.addons.keys())", "the installation", 60
        )
        time.sleep(1.0)
        self.shot("installed")
        self.close_preferences()

    def switch(self, on: bool) -> None:
        """Tick or untick Impasto's box under Preferences > Add-ons."""
        self.open_preferences("ADDONS")
        verb = "enable" if on else "disable"
        self.press(
            f"addon_{verb}.*{MODULE}",
            kind="WINDOW",
            editor="PREFERENCES",
            columns=(0.05, 0.07, 0.09),
        )
        self.until(f"('{MODULE}' in bpy.context.preferences.addons) == {on}", f"to {verb} it", 20)
        self.shot(f"preferences-{verb}d")
        self.close_preferences()

    def expand(self) -> None:
        """Preferences > Add-ons, Impasto's box unfolded."""
        self.open_preferences("ADDONS")
        self.press(
            f"addon_expand.*{MODULE}", kind="WINDOW", editor="PREFERENCES", columns=(0.04, 0.3)
        )
        time.sleep(0.5)

    def set_worker_python(self, path: str) -> None:
        """Type a path into the preferences, and have it checked."""
        self.expand()
        self.fill("worker_python", path)
        self.press(r"impasto\.check_worker_python", kind="WINDOW", editor="PREFERENCES")
        options = f"sys.modules['{MODULE}.scene.options'].worker_settings(bpy.context)"
        checked = f"sys.modules['{MODULE}.scene.jobs.worker'].checked({options})"
        self.until(f"{checked} and {checked}.done()", "the check", 120)
        time.sleep(1.0)
        self.shot("preferences")
        self.close_preferences()

    def fill(self, name: str, text: str) -> None:
        """Type into a field of the preferences, which is found by its value: Ctrl C copies it."""
        where = f"bpy.context.preferences.addons['{MODULE}'].preferences.{name}"
        self.run(f"{where} = 'find me'")
        if not self._point_at_value("find me"):
            self.scroll(20, "WINDOW", "PREFERENCES")
            if not self._point_at_value("find me"):
                self.shot("failure")
                raise GuiFailure(f"no field {name} in the preferences")
        self.screen.do("click --repeat 2 --delay 80 1")
        time.sleep(0.3)
        self.key("ctrl+a")
        self.type(text)
        self.key("Return")
        self.until(f"{where} == {text!r}", f"{name} to be entered", 5)

    def _point_at_value(self, value: str) -> bool:
        """Move down the preferences to the field with that value; whether there is one."""
        left, top, width, height = self.ask("box('WINDOW', 'PREFERENCES')")
        for y in range(top + 20, top + height, 12):
            self.run("bpy.context.window_manager.clipboard = ''")
            self.move(left + width * 0.6, y)
            time.sleep(0.05)
            self.key("ctrl+c")
            if self.ask("bpy.context.window_manager.clipboard") == value:
                return True
        return False

    def uninstall(self) -> None:
        """What *Uninstall* in the drop-down under Get Extensions calls."""
        self.run(
            "repos = bpy.context.preferences.extensions.repos\n"
            "index = [repo.module for repo in repos].index('user_default')\n"
            "bpy.ops.extensions.package_uninstall(repo_index=index, pkg_id='impasto')"
        )
        self.until(f"'{MODULE}' not in bpy.context.preferences.addons", "to uninstall it", 30)
        time.sleep(1.0)

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

    def panels(self) -> list[str]:
        """Titles of the tab's panels, from top to bottom."""
        return self.ask(
            "[p.bl_label for p in bpy.types.Panel.__subclasses__()"
            " if getattr(p, 'bl_category', '') == 'Impasto' and p.bl_space_type == 'VIEW_3D'"
            " and not getattr(p, 'bl_parent_id', '')]"
        )

    def drawn(self) -> set[str]:
        """Titles of the panels that are open, after ``time_draws``."""
        self.run("draw_seconds.clear(); region().tag_redraw()")
        time.sleep(0.8)
        return set(self.panels()) & set(
            self.ask("[getattr(bpy.types, name).bl_label for name in draw_seconds]")
        )

    def fold_all(self) -> None:
        """Fold all panels of the tab: Ctrl on the header of the last one folds the others."""
        self.run("time_draws('IMPASTO_PT_')")
        self.scroll(60)
        left, top, _, height = self.ask("box()")
        self.move(left + 60, top + height - 16)
        self.screen.do("keydown ctrl")
        self.screen.do("click 1")
        self.screen.do("keyup ctrl")
        time.sleep(0.5)
        self.scroll(-60)
        for title in self.drawn():
            self.toggle(title)

    def toggle(self, title: str) -> None:
        """Open or fold a panel, while those above it are folded."""
        left, top, _, _ = self.ask("box()")
        self.click(left + 60, top + 14 + HEADER * self.panels().index(title))
        time.sleep(0.5)

    def open_sub_panel(self, panel: str, below: str) -> None:
        """Open the sub-panel whose header is the first below a button."""
        left, *_ = self.ask("box()")
        _, y = self.find(below)
        self.click(left + 60, y + 30)
        self.run("draw_seconds.clear(); region().tag_redraw()")
        self.until(f"{panel!r} in draw_seconds", f"{panel} to open", 5)

    def wait_idle(self, timeout: float = 400.0) -> None:
        """Wait until no job runs and the operator around it has ended."""
        time.sleep(0.3)
        self.until(f"{self.JOB} is None", "the job to end", timeout)
        time.sleep(0.4)

    def start_long_job(self) -> None:
        """Analyze if need be, then stylize the textures of 4096 squared with a small one."""
        if not self.ask("len(bpy.context.scene.impasto.groups)"):
            self.press(r"impasto\.analyze_textures")
            self.wait_idle()
            self.run(
                "for group in bpy.context.scene.impasto.groups:\n"
                "    group.look.style = '/w/scene/Weave 1.png'\n"
                "bpy.ops.wm.save_mainfile()"  # The next window begins here.
            )
        self.press(r"impasto\.stylize_textures")
        working = f"{self.JOB} and {self.JOB}.step.startswith('Stylizing')"
        self.until(working, "the long job to begin", 120)

    def watch_progress(self, timeout: float = 400.0, shot: str = "") -> list[float]:
        """The progress of the running job until it ends; a screenshot when some is done."""
        seen: list[float] = []
        end = time.monotonic() + timeout
        self.until(f"{self.JOB} is not None", "the job to start", 10)
        while time.monotonic() < end:
            now = self.ask(f"{self.JOB}.progress if {self.JOB} else None")
            if now is None:
                time.sleep(0.4)
                return seen
            seen.append(now)
            if shot and now > 0.3:
                self.over_viewport()  # No tooltip in the picture.
                time.sleep(0.3)
                self.shot(shot)
                shot = ""
            time.sleep(0.1)
        raise GuiFailure(f"the job did not end; its progress was {seen[-1]}")

    def toggle_pause(self, paused: bool) -> None:
        """Press Pause, or Resume; paused, the worker must come to rest."""
        state = "job and job.paused" if paused else "not (job and job.paused)"  # it may end at once
        pressed = f"bool((lambda job: {state})({self.JOB}))"
        for _ in range(3):  # A panel that grows can push the button away from under the pointer.
            self.press(r"impasto\.pause_job", columns=(0.75,))
            time.sleep(0.3)
            if self.ask(pressed):
                break
        self.until(pressed, "the button to be pressed", 5)
        if paused:
            wait_for(lambda: self._work_done(1.0) < 0.05, "the worker to rest", 60)

    def _work_done(self, seconds: float) -> float:
        """Seconds of processor time that the workers take in that time."""

        def taken() -> float:
            fields = [
                Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
                for worker in self.workers()
            ]
            return sum(int(own) + int(of_system) for *_, own, of_system in (f[:13] for f in fields))

        before = taken()
        time.sleep(seconds)
        return (taken() - before) / os.sysconf("SC_CLK_TCK")

    def why_disabled(self, operator: str) -> str:
        """What the tooltip of a disabled button says."""
        return self.run(
            f"try: bpy.ops.{operator}()\nexcept RuntimeError as error: answer = str(error)"
        )

    def pick_style(self, index: int) -> None:
        """Open the gallery of the active group and click one of its thumbnails."""
        x, y = self.find(r"look\.gallery", columns=(0.7,))  # The list of names...
        # The picture above the list answers to the same name: the list is the lowest that does.
        y = max(low for low in range(y, y + 170, 8) if "look.gallery" in self.under(x, low))
        row = y + 150  # The second row; the gallery opens below the picture.
        for _ in range(4):
            self.click(x - 30, y - 75)  # ...and above it the picture of the chosen one.
            time.sleep(2.0)  # Blender draws the thumbnails one after the other.
            self.shot(f"gallery-{index}")
            self.click(x - 30 - 95 * index, row)
            time.sleep(0.6)
            if self.ask(STYLE_OF_GROUP):
                return
            # The gallery was not open yet, and the click went to what is behind it.
            self.run("area().spaces.active.region_3d.view_perspective = 'PERSP'")
        raise GuiFailure("the gallery does not open")

    def drop(self, file: str, x: float, y: float) -> None:
        """Drag a file from elsewhere to that place, and let go."""
        self.move(x, y)
        sandbox = self.screen.sandbox
        shutil.copy(Path(__file__).with_name("drop.py"), sandbox.work)
        at = (str(round(x)), str(round(y)))
        sandbox.run("python3", "/w/drop.py", *at, file, DISPLAY=self.screen.display)
        time.sleep(1.0)

    def revert_all(self) -> None:
        """Revert > All; the menu is beside Previous."""
        _, y = self.find(r"impasto\.previous_version", columns=(0.35,))
        left, _, width, _ = self.ask("box()")
        for _ in range(3):
            self.click(left + 0.75 * width, y)
            time.sleep(0.8)
            self.shot("revert")
            self.key("Up", "Return")
            time.sleep(0.8)
            if not self.ask(RESTYLED):
                return
        raise GuiFailure("the menu Revert does not open")

    # --- the rest of Blender
    # -----------------------------------------------------------------------

    def over_viewport(self) -> None:
        """Put the pointer where keys mean the 3D Viewport."""
        left, top, width, height = self.ask("box('WINDOW')")
        self.move(left + width * 0.3, top + height * 0.7)

    def open(self, file: str) -> None:
        """Open a .blend file, show its textures and the tab."""
        self.run(f"bpy.ops.wm.open_mainfile(filepath={file!r})")
        self.until(f"bpy.data.filepath == {file!r}", "the file", 30)
        time.sleep(1.0)
        self.show_materials()
        self.run(
            "for item in bpy.context.scene.objects: item.select_set(item.type == 'MESH')\n"
            "w, a = place()\n"
            "with bpy.context.temp_override(window=w, area=a, region=region('WINDOW')):\n"
            "    bpy.ops.view3d.view_selected()\n"
            "for item in bpy.context.scene.objects: item.select_set(False)\n"
            "view = a.spaces.active.region_3d\n"  # Beside the sidebar.
            "view.view_location += view.view_rotation @ Vector((view.view_distance * 0.2, 0, 0))"
        )
        self.open_tab()

    def undo(self, steps: int = 1) -> None:
        """Ctrl Z over the viewport; negative steps redo."""
        self.over_viewport()
        self.key(*(["ctrl+z"] * steps or ["ctrl+shift+z"] * -steps))
        time.sleep(0.6)

    def show_materials(self) -> None:
        """Solid shading with the textures."""
        self.run("area().spaces.active.shading.color_type = 'TEXTURE'")
        time.sleep(0.8)

    def workers(self) -> list[int]:
        """Process ids of Impasto's workers inside the sandbox."""
        found = []
        for process in self.screen.sandbox.processes():
            with contextlib.suppress(OSError):  # It has ended meanwhile.
                command = Path(f"/proc/{process}/cmdline").read_bytes()
                if b"worker/main.py" in command:
                    found.append(process)
        return found
