"""What an artist sets once: where the worker runs and where results go."""

import bpy
from bpy.props import EnumProperty, FloatProperty, IntProperty, StringProperty

from .scene.compat import RELATIVE_PATH
from .scene.jobs import worker


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
        name="Worker Python",
        description=(
            "A Python with torch that does the work, for example one with a CUDA build. "
            "Empty: the Python of Blender"
        ),
        subtype="FILE_PATH",
    )
    device: EnumProperty(
        name="Device",
        description="What the networks run on",
        items=(
            ("AUTO", "Automatic", "The GPU if the worker's torch can use one, else the CPU"),
            ("CPU", "CPU", "Always the processor"),
            ("CUDA", "CUDA", "An NVIDIA GPU (or an AMD GPU with a ROCm torch)"),
            ("MPS", "Metal", "The GPU of an Apple machine"),
        ),
        default="AUTO",
    )
    threads: IntProperty(
        name="Threads",
        description=(
            "How many threads the worker computes with on the processor; "
            "0 takes all cores but one, which is left to Blender"
        ),
        min=0,
        soft_max=64,
    )
    memory_limit: FloatProperty(
        name="Memory Limit",
        description="Gigabytes that the worker may use; 0 means what is free when a job starts",
        min=0.0,
        soft_max=64.0,
        precision=1,
    )

    def draw(self, context):
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
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
        from .panels.editors import paragraph  # late: the panels need the preferences

        split = self.layout.split(factor=0.4)
        split.column()  # In line with the fields, whose labels stand here.
        split.column().operator("impasto.check_worker_python", icon="CHECKMARK")
        answer = worker.checked()
        if answer is None:
            return
        if not answer.done():
            self.layout.label(text="Checking...", icon="TIME")
        elif answer.exception() is None:
            paragraph(self.layout, context, answer.result(), icon="CHECKMARK")
        else:
            paragraph(self.layout, context, str(answer.exception()), icon="ERROR")


def get(context: bpy.types.Context) -> ImpastoPreferences:
    """The preferences of this extension."""
    return context.preferences.addons[__package__].preferences


register, unregister = bpy.utils.register_classes_factory((ImpastoPreferences,))
