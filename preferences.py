"""What an artist sets once: where the worker runs and where results go."""

import bpy
from bpy.props import EnumProperty, FloatProperty, StringProperty

from .scene.compat import RELATIVE_PATH


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
        layout.prop(self, "results")
        row = layout.row()
        row.active = self.results == "FOLDER"
        row.prop(self, "results_folder")
        layout.separator()
        layout.prop(self, "worker_python")
        layout.prop(self, "device")
        layout.prop(self, "memory_limit")


def get(context: bpy.types.Context) -> ImpastoPreferences:
    """The preferences of this extension."""
    return context.preferences.addons[__package__].preferences


register, unregister = bpy.utils.register_classes_factory((ImpastoPreferences,))
