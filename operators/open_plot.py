"""Open a plot in an Image Editor."""

import bpy
from bpy.props import StringProperty

from ..scene import plots


class IMPASTO_OT_open_plot(bpy.types.Operator):
    """Show a plot in an Image Editor"""

    bl_idname = "impasto.open_plot"
    bl_label = "Open Plot"
    bl_options = {"REGISTER", "UNDO"}

    kind: StringProperty(name="Kind", description="Which plot", default="map", options={"HIDDEN"})

    def execute(self, context):
        image = plots.load(context.scene.impasto, self.kind)
        if image is None:
            self.report({"ERROR"}, f'There is no plot "{self.kind}"; press Analyze first.')
            return {"CANCELLED"}
        if not bpy.app.background:
            plots.show(context, image)
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_open_plot,)
