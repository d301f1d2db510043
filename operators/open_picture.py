"""Open a picture of the analysis."""

import bpy
from bpy.props import StringProperty

from ..scene.groups import pictures


class IMPASTO_OT_open_picture(bpy.types.Operator):
    """Show a picture of the analysis in an Image Editor"""

    bl_idname = "impasto.open_picture"
    bl_label = "Open Picture"
    bl_options = {"REGISTER", "UNDO"}

    kind: StringProperty(
        name="Kind", description="Which picture", default="map", options={"HIDDEN"}
    )

    def execute(self, context):
        image = pictures.load(context.scene.impasto, self.kind)
        if image is None:
            self.report({"ERROR"}, f'There is no picture "{self.kind}"; press Analyze first.')
            return {"CANCELLED"}
        if not bpy.app.background:
            pictures.show(context, image)
        return {"FINISHED"}


CLASSES = (IMPASTO_OT_open_picture,)
