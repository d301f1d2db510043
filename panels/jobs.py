"""Jobs: the running job, those that ended, and the background process."""

from __future__ import annotations

from ..scene.jobs import queue, worker
from ..widgets import paragraph
from .progress import draw_preview, job_buttons, remaining

_ICONS = {"FINISHED": "CHECKMARK", "CANCELLED": "CANCEL", "FAILED": "ERROR", "RUNNING": "TIME"}
_SHOWN = 5


class IMPASTO_PT_jobs:
    bl_label = "Jobs"
    bl_options = {"DEFAULT_CLOSED"}
    parent = ""

    def draw(self, context):
        layout = self.layout
        running = queue.current()
        if running is not None:
            layout.label(text=running.title, icon="TIME")
            layout.progress(factor=running.progress, text=remaining(running))
            job_buttons(layout, running)  # Above what changes its height.
            paragraph(layout, context, running.step)
            draw_preview(layout)
        ended = [job for job in queue.history if not job.running][:_SHOWN]
        for job in ended:
            box = layout.box()
            paragraph(box, context, f"{job.title}. {job.message}", icon=_ICONS[job.state])
            messages = dict.fromkeys(failure.message for failure in job.failures)
            for message in list(messages)[:_SHOWN]:
                paragraph(box, context, message, icon="ERROR")
        for message in worker.warnings():
            paragraph(layout, context, message, icon="ERROR")
        if not ended and running is None:
            layout.label(text="No jobs yet", icon="INFO")
        layout.operator("impasto.release_memory", icon="MEMORY")


PANELS = (IMPASTO_PT_jobs,)
