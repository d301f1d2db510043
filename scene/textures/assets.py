"""Mark restyled materials for the Asset Browser."""

from __future__ import annotations

from collections.abc import Iterable

import bpy

from . import find, results

TAG = "Impasto"


def mark(materials: Iterable[bpy.types.Material]) -> int:
    """Mark materials that have a result as assets, tagged with their styles; return how many."""
    marked = 0
    for material in materials:
        nodes = results.restyled_nodes([material])
        if not nodes or not material.is_editable:
            continue
        material.asset_mark()
        if not bpy.app.background:  # without a window it would render on the spot, for minutes
            material.asset_generate_preview()
        recipes = [node[find.RESULT].get(results.RECIPE, {}) for node in nodes]
        for tag in sorted({TAG, *(recipe.get("style", "") for recipe in recipes)} - {""}):
            material.asset_data.tags.new(tag, skip_if_exists=True)
        marked += 1
    return marked
