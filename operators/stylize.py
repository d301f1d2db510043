"""Stylize what the artist points at."""

import bpy
from bpy.app.translations import pgettext_iface
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ..core.errors import BadRequest, ImpastoError
from ..scene.looks import gallery
from ..scene.props import POINTS, layered
from .job_operator import JobOperator


class IMPASTO_OT_stylize(JobOperator, bpy.types.Operator):
    """Restyle the textures of what is active, without analyzing; the originals are kept"""

    bl_idname = "impasto.stylize"
    bl_label = "Stylize"
    bl_options = {"UNDO"}  # no REGISTER: a redo would block Blender for the whole job

    kind: EnumProperty(
        name="Target",
        description="What to stylize",
        items=(
            ("AUTO", "Automatic", "What this editor points at"),
            *POINTS,
            ("NODE", "Active Node", "The active Image Texture node"),
            ("IMAGE", "Image", "The image in this editor"),
        ),
        options={"SKIP_SAVE"},
    )
    style: StringProperty(
        name="Style",
        description="Style to choose first. Leave empty for the current one",
        options={"SKIP_SAVE"},
    )
    users: EnumProperty(
        name="Users",
        description="What to do if other objects use the same materials",
        items=(
            ("ASK", "Ask", "Ask before anything changes"),
            ("SINGLE", "Make Single User", "Copy shared materials, so that nothing else changes"),
            ("ALL", "All Users", "Restyle everything that uses the same materials"),
        ),
        options={"SKIP_SAVE"},
    )
    layered: layered()
    preview: BoolProperty(
        name="Preview", description="Restyle at a low resolution", options={"SKIP_SAVE"}
    )

    # Without an annotation, as those of the base.
    _aim = None

    @classmethod
    def poll(cls, context):
        return cls.idle()

    @classmethod
    def description(cls, context, properties):
        style = gallery.builtin(properties.style)
        return gallery.tip_of(style) if style is not None else ""

    def invoke(self, context, event):
        if not self.properties.is_property_set("layered"):
            self.layered = context.scene.impasto.layered
        if not (self.style or context.scene.impasto.look.style):
            self._ask(context, "Style", self._draw_styles)
            return {"CANCELLED"}
        if self.users == "ASK":
            try:
                shared = self._sharing(context)
            except ImpastoError as error:
                self.report({"ERROR"}, str(error))
                return {"CANCELLED"}
            if shared:
                self._ask(context, "Shared with Others", self._draw_users(shared))
                return {"CANCELLED"}
            self.users = "ALL"  # there are no others
        return super().invoke(context, event)

    def start(self, context):
        from ..scene.looks import stylize  # late: it is slow to import

        if self.users == "ASK":
            shared = self._sharing(context)
            if shared:
                raise BadRequest(
                    f"{'; '.join(shared.rows)}. Choose Make Single User or All Users to go on."
                )
        if self.style:
            context.scene.impasto.look.style = self.style
        self._aim = self._target(context)
        return stylize.start_target(
            context,
            self._aim,
            preview=self.preview,
            single_user=self.users == "SINGLE",
            layered=self.layered,
        )

    def _conclude(self):
        from ..scene.looks import targets

        targets.show_in_editors(self._aim)
        return super()._conclude()

    def _target(self, context):
        from ..scene.looks import targets

        kind = targets.kind_in(context) if self.kind == "AUTO" else self.kind
        return targets.target_of(context, kind)

    def _sharing(self, context):
        from ..scene.textures import sharing

        target = self._target(context)
        target.textures()  # refuse now what cannot be stylized
        return sharing.sharing(target.find_objects(), target.uses())

    def _ask(self, context, title: str, draw) -> None:
        context.window_manager.popup_menu(
            lambda menu, _context: draw(menu.layout), title=pgettext_iface(title), icon="BRUSH_DATA"
        )

    def _again(self, layout, **values) -> None:
        """Draw this operator once more, with some properties set."""
        words = {
            name: values.pop(name) for name in ("text", "icon", "icon_value") if name in values
        }
        layout.operator_context = "INVOKE_DEFAULT"
        button = layout.operator(self.bl_idname, **words)
        for name in ("kind", "style", "users", "preview"):
            setattr(button, name, values.get(name, getattr(self, name)))

    def _draw_styles(self, layout) -> None:
        for key, name, _tip, icon, _number in gallery.builtin_items():
            self._again(layout, style=key, text=name, icon_value=icon)

    def _draw_users(self, shared):
        draw_again, separable = self._again, shared.separable
        rows = shared.rows

        def draw(layout) -> None:
            for row in rows:
                layout.label(text=row, icon="INFO", translate=False)
            if separable:
                draw_again(layout, users="SINGLE", text="Make Single User", icon="DUPLICATE")
            draw_again(layout, users="ALL", text="All Users", icon="COMMUNITY")

        return draw


CLASSES = (IMPASTO_OT_stylize,)
