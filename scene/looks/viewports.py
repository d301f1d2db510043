"""Say how to see a result where no viewport shows textures."""

from __future__ import annotations

import bpy


def note() -> str:
    """Return such a sentence if there are 3D Viewports, and all of them show plain surfaces."""
    if bpy.app.background:
        return ""
    shadings = [
        area.spaces.active.shading
        for window in bpy.context.window_manager.windows
        for area in window.screen.areas
        if area.type == "VIEW_3D"
    ]
    plain = [
        shading.type == "WIREFRAME" or (shading.type == "SOLID" and shading.color_type != "TEXTURE")
        for shading in shadings
    ]
    return "Switch the viewport to Material Preview to see it" if plain and all(plain) else ""
