"""Choose a style, also by dropping an image on the sidebar."""

import bpy
from bpy.props import StringProperty

from ..scene.looks import gallery


class IMPASTO_OT_choose_style(bpy.types.Operator):
    """Choose an image or saved style (.impasto) to take the look from"""

    bl_idname = "impasto.choose_style"
    bl_label = "Use as Impasto Style"
    bl_options = {"REGISTER", "UNDO"}

    path: StringProperty(options={"HIDDEN", "SKIP_SAVE"})
    filepath: StringProperty(subtype="FILE_PATH", options={"SKIP_SAVE"})
    filter_glob: StringProperty(
        default=";".join(f"*{suffix}" for suffix in gallery.STYLE_SUFFIXES), options={"HIDDEN"}
    )

    def invoke(self, context, event):
        if self.filepath:
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        if not self.filepath.lower().endswith(gallery.STYLE_SUFFIXES):
            self.report(
                {"ERROR"}, f'"{self.filepath}" is not an image or Impasto style; choose another.'
            )
            return {"CANCELLED"}
        owner, _, name = self.path.rpartition(".")
        look = context.scene.path_resolve(owner) if owner else context.scene.impasto.shown_look
        setattr(look, name or "style", gallery.relative(self.filepath))
        return {"FINISHED"}


class IMPASTO_FH_style(bpy.types.FileHandler):
    bl_idname = "IMPASTO_FH_style"
    bl_label = "Impasto Style"
    bl_import_operator = "impasto.choose_style"
    bl_file_extensions = ";".join(gallery.STYLE_SUFFIXES)

    @classmethod
    def poll_drop(cls, context):
        # Elsewhere in the editor, a dropped image keeps its usual meaning.
        region = context.region
        return (
            region is not None and region.type == "UI" and region.active_panel_category == "Impasto"
        )


CLASSES = (IMPASTO_OT_choose_style, IMPASTO_FH_style)
