"""Preferences of the add-on: where the worker runs and where results go."""

import bpy
from bpy.props import EnumProperty, FloatProperty, IntProperty, StringProperty

from .scene.compat import RELATIVE_PATH
from .scene.jobs import worker
from .scene.options import worker_settings
from .widgets import paragraph, split_layout


class ImpastoPreferences(bpy.types.AddonPreferences):
    bl_idname = __package__

    results: EnumProperty(
        name="Results",
        description="Where restyled images are kept",
        items=(
            ("FOLDER", "Image Files", "Write image files into the results folder"),
            ("PACKED", "Packed", "Pack the restyled images into the .blend file"),
        ),
        default="FOLDER",
    )
    results_folder: StringProperty(
        name="Results Folder",
        description="Folder for restyled images; // is the folder of the .blend file",
        subtype="DIR_PATH",
        options=RELATIVE_PATH,
        default="//impasto/",
    )
    worker_python: StringProperty(
        name="External Python",
        description=(
            "A Python with torch that does the work, for example with a CUDA build. "
            "Leave empty to use Blender's own"
        ),
        subtype="FILE_PATH",
    )
    device: EnumProperty(
        name="Device",
        description="What paints. Analyze, Create and regions always use the CPU",
        items=(
            ("AUTO", "Automatic", "The GPU if torch can use one, else the CPU"),
            ("CPU", "CPU", "Always the CPU"),
            ("CUDA", "CUDA", "An NVIDIA GPU (or an AMD GPU with a ROCm torch)"),
            ("MPS", "Metal", "The GPU of a Mac"),
        ),
        default="AUTO",
    )
    threads: IntProperty(
        name="Threads",
        description="CPU threads (0 = all but one)",
        min=0,
        soft_max=64,
    )
    memory_limit: FloatProperty(
        name="Memory Limit",
        description="Memory that jobs may use, in gigabytes (0 = what is free when a job starts)",
        min=0.0,
        soft_max=64.0,
        precision=1,
    )

    def draw(self, context):
        layout = split_layout(self)
        layout.prop(self, "results")
        row = layout.row()
        row.active = self.results == "FOLDER"
        row.prop(self, "results_folder")
        layout.separator()
        layout.prop(self, "worker_python")
        self._draw_check(context)
        layout.prop(self, "device")
        layout.prop(self, "threads")
        layout.prop(self, "memory_limit")

    def _draw_check(self, context):
        split = self.layout.split(factor=0.4)
        split.column()  # Empty, so that the button is in line with the fields.
        split.column().operator("impasto.check_worker_python", text="Test", icon="CHECKMARK")
        answer = worker.checked(worker_settings(context))
        if answer is None:
            return
        if not answer.done():
            self.layout.label(text="Checking...", icon="TIME")
        elif answer.exception() is None:
            paragraph(self.layout, context, answer.result(), icon="CHECKMARK")
        else:
            paragraph(self.layout, context, str(answer.exception()), icon="ERROR")


register, unregister = bpy.utils.register_classes_factory((ImpastoPreferences,))
