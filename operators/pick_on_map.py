"""Pick on Map: click on the style map in an Image Editor."""

import bpy

from ..translations import tip


class IMPASTO_OT_pick_on_map(bpy.types.Operator):
    """Click on the style map to pick a place on it"""

    bl_idname = "impasto.pick_on_map"
    bl_label = "Pick on Map"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context):
        if context.scene.impasto.plots.get("style map") is None:
            cls.poll_message_set(tip("Draw the style map first"))
            return False
        return True

    def invoke(self, context, event):
        context.window.cursor_modal_set("EYEDROPPER")
        context.window_manager.modal_handler_add(self)
        context.workspace.status_text_set("Click on the style map (Esc: Cancel)")
        return {"RUNNING_MODAL"}

    def modal(self, context, event):
        if event.type in {"ESC", "RIGHTMOUSE"}:
            return self._leave(context, {"CANCELLED"})
        if event.type != "LEFTMOUSE" or event.value != "PRESS":
            return {"PASS_THROUGH"}
        place = _place(context, event.mouse_x, event.mouse_y)
        if place is None:
            self.report({"WARNING"}, "Click inside the style map, in an Image Editor that shows it")
            return self._leave(context, {"CANCELLED"})
        settings = context.scene.impasto.create
        settings.how, settings.place = "PLACE", place
        return self._leave(context, {"FINISHED"})

    def execute(self, context):
        return {"FINISHED"}

    @staticmethod
    def _leave(context, how):
        context.window.cursor_modal_restore()
        context.workspace.status_text_set(None)
        return how


def _place(context, x: int, y: int) -> tuple[float, float] | None:
    """Return the place on the map under the mouse, with y down; None outside the map."""
    for area in context.screen.areas:
        region = next((r for r in area.regions if r.type == "WINDOW"), None)
        if area.type != "IMAGE_EDITOR" or region is None or area.spaces.active.image is None:
            continue
        if not area.spaces.active.image.name.startswith("Impasto Style Map"):
            continue
        u, v = region.view2d.region_to_view(x - region.x, y - region.y)
        if 0 <= u <= 1 and 0 <= v <= 1:
            return u, 1 - v
    return None


CLASSES = (IMPASTO_OT_pick_on_map,)
