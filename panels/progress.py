"""The progress of the running job, with the buttons that pause and cancel it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.app.translations import pgettext_iface

from ..scene import icons
from ..scene.jobs import queue

if TYPE_CHECKING:
    from ..scene.jobs.job import SceneJob


def job_progress(layout: bpy.types.UILayout, running: SceneJob) -> None:
    """Draw the progress, then Cancel, and Pause or Resume.

    A preview belongs below: one that appears must not push a button away from under the pointer.
    """
    layout.progress(factor=running.progress, text=f"{running.title}  {remaining(running)}")
    job_buttons(layout, running)


def remaining(running: SceneJob) -> str:
    """Return how far a job is, and the time that is left."""
    if running.paused:
        return pgettext_iface("Paused")
    left = running.seconds_left
    if left is None:
        return f"{running.progress:.0%}"
    minutes, seconds = divmod(round(left), 60)
    said = pgettext_iface("{share}  {time} left")
    return said.format(share=f"{running.progress:.0%}", time=f"{minutes}:{seconds:02d}")


def draw_preview(layout: bpy.types.UILayout) -> None:
    """Draw the picture that the running job replaces now and then, if it has one."""
    running = queue.current()
    if running is not None and (preview := icons.changing(running.preview)):
        layout.template_icon(preview, scale=9)


def job_buttons(layout: bpy.types.UILayout, running: SceneJob) -> None:
    """Draw Cancel, and Pause or Resume."""
    row = layout.row(align=True)
    row.operator("impasto.cancel_job", text="Cancel", icon="CANCEL")
    if running.paused:
        row.operator("impasto.pause_job", text="Resume", icon="PLAY")
    else:
        row.operator("impasto.pause_job", text="Pause", icon="PAUSE")
