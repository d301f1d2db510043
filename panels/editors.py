"""Show one panel in several editors, text in several lines, and a job with what halts and ends it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import bpy
from bpy.app.translations import pgettext_iface

if TYPE_CHECKING:
    from ..scene.jobs.job import SceneJob

_EDITORS = (("VIEW_3D", ""), ("IMAGE_EDITOR", "_image"))
_PIXELS_PER_LETTER = 7.0


def in_both_editors(*panels: type) -> list[type]:
    """A panel class per editor for each of the bodies, parents before children."""
    return [
        type(
            f"{body.__name__}{ending}",
            (body, bpy.types.Panel),
            {
                "__doc__": body.__doc__,
                "bl_idname": f"{body.__name__}{ending}",
                "bl_space_type": space,
                "bl_region_type": "UI",
                "bl_category": "Impasto",
                "bl_parent_id": f"{body.parent}{ending}" if body.parent else "",
            },
        )
        for space, ending in _EDITORS
        for body in panels
    ]


def paragraph(
    layout: bpy.types.UILayout, context: bpy.types.Context, text: str, icon: str = "NONE"
) -> None:
    """Labels that together say a sentence in the width of the sidebar."""
    scale = context.preferences.system.ui_scale
    width = context.region.width if context.region else 300
    letters = max(int(width / (_PIXELS_PER_LETTER * scale)) - (4 if icon == "NONE" else 8), 16)
    column = layout.column(align=True)
    column.scale_y = 0.8
    for index, line in enumerate(textwrap.wrap(text, letters)):
        column.label(text=line, icon=icon if index == 0 else "BLANK1" if icon != "NONE" else "NONE")


def job_progress(layout: bpy.types.UILayout, running: SceneJob) -> None:
    """How far the job is, then Cancel, and Pause or Resume.

    A preview belongs below: one that appears must not push a button away from under the pointer.
    """
    share = pgettext_iface("Paused") if running.paused else f"{running.progress:.0%}"
    layout.progress(factor=running.progress, text=f"{running.title}  {share}")
    job_buttons(layout, running)


def job_buttons(layout: bpy.types.UILayout, running: SceneJob) -> None:
    """Cancel, and Pause or Resume."""
    row = layout.row(align=True)
    row.operator("impasto.cancel_job", text="Cancel", icon="CANCEL")
    if running.paused:
        row.operator("impasto.pause_job", text="Resume", icon="PLAY")
    else:
        row.operator("impasto.pause_job", text="Pause", icon="PAUSE")
