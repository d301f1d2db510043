"""The progress of the running job, with the buttons that pause and cancel it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.app.translations import pgettext_iface

if TYPE_CHECKING:
    from ..scene.jobs.job import SceneJob


def job_progress(layout: bpy.types.UILayout, running: SceneJob) -> None:
    """Draw the progress, then Cancel, and Pause or Resume.

    A preview belongs below: one that appears must not push a button away from under the pointer.
    """
    share = pgettext_iface("Paused") if running.paused else f"{running.progress:.0%}"
    layout.progress(factor=running.progress, text=f"{running.title}  {share}")
    job_buttons(layout, running)


def job_buttons(layout: bpy.types.UILayout, running: SceneJob) -> None:
    """Draw Cancel, and Pause or Resume."""
    row = layout.row(align=True)
    row.operator("impasto.cancel_job", text="Cancel", icon="CANCEL")
    if running.paused:
        row.operator("impasto.pause_job", text="Resume", icon="PLAY")
    else:
        row.operator("impasto.pause_job", text="Pause", icon="PAUSE")
