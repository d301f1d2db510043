"""Show one panel in several editors."""

from __future__ import annotations

import bpy

_EDITORS = (("VIEW_3D", ""), ("IMAGE_EDITOR", "_image"))


def in_both_editors(*panels: type) -> list[type]:
    """Return a panel class per editor for each of the bodies, parents before children."""
    return [
        type(
            f"{body.__name__}{ending}",
            (body, bpy.types.Panel),
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
    ]
