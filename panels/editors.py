"""Show one panel in several editors."""

from __future__ import annotations

import bpy

_EDITORS = (("VIEW_3D", ""), ("IMAGE_EDITOR", "_image"), ("NODE_EDITOR", "_node"))

_ABOUT_NODES = {"IMPASTO_PT_stylize", "IMPASTO_PT_style"}
"""The panels that a Shader Editor has, with their sub-panels."""


class _InShaderEditor:
    """Mix-in that hides a panel in the editors of other node trees, which have the same sidebar."""

    @classmethod
    def poll(cls, context):
        if context.space_data.tree_type != "ShaderNodeTree":
            return False
        inherited = getattr(super(), "poll", None)
        return inherited is None or inherited(context)


def in_editors(*panels: type) -> list[type]:
    """Return a panel class per editor for each of the bodies, parents before children."""
    return [
        type(
            f"{body.__name__}{ending}",
            (*((_InShaderEditor,) if space == "NODE_EDITOR" else ()), body, bpy.types.Panel),
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
        if space != "NODE_EDITOR" or (body.parent or body.__name__) in _ABOUT_NODES
    ]
