"""The live values of layers."""

from __future__ import annotations

import bpy
from bpy.app.translations import pgettext_iface

from ..scene import lookup
from ..scene.looks import layers
from ..scene.textures import layer_group, masks, relief_nodes, results

_MOST = 3
"""Layers that are shown at a time."""


def draw_layers(layout: bpy.types.UILayout, context: bpy.types.Context) -> bool:
    """Draw the values of the layers of what is active; return whether there are any."""
    pairs = layers.shown(context)
    for node, layer in pairs[:_MOST]:
        column = layout.column(align=True)
        column.active = not layer.mute
        if len(pairs) > 1:
            name = node.image.name if node.image is not None else node.name
            column.label(text=name, icon="IMAGE_DATA", translate=False)
        sockets = {name: layer.inputs[name] for name in (layer_group.STRENGTH, layer_group.KEEP)}
        sockets["Relief"] = relief_nodes.strength_of(node)
        for name, socket in sockets.items():
            if socket is None:
                continue
            if socket.is_linked:
                column.label(text=name, icon="LINKED")
            else:
                column.prop(socket, "default_value", text=name, slider=name != "Relief")
        row = column.row(align=True)
        source = masks.source_of(layer)
        label = pgettext_iface("Mask") if source is None else source.label or source.name
        row.operator_menu_enum("impasto.mask_layer", "kind", text=label, icon="MOD_MASK")
    if len(pairs) > _MOST:
        said = pgettext_iface("and {count} more")
        layout.label(text=said.format(count=len(pairs) - _MOST), translate=False)
    if any(results.is_preview(node) for node, _ in pairs):
        layout.label(text="Preview; press Stylize to finish", icon="INFO")
    settings = context.scene.impasto
    group = lookup.active_group(context.scene) if settings.shows_group else None
    if len(pairs) > 1 or (pairs and group is not None and len(group.members) > 1):
        layout.operator("impasto.copy_layer", icon="DUPLICATE")
    return bool(pairs)
