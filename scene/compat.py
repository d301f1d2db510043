"""Handle every difference between Blender versions that matters to Impasto."""

from __future__ import annotations

import bpy

MAX_NAME_BYTES = 255 if bpy.app.version >= (5, 0, 0) else 63
"""Longest name of a data-block, in bytes of UTF-8."""


def node_tree(owner: bpy.types.ID) -> bpy.types.NodeTree | None:
    """Return the nodes that a material, world or light renders with.

    Before 5.0 they can be switched off.
    """
    if bpy.app.version < (5, 0, 0) and not owner.use_nodes:
        return None
    return owner.node_tree


def data_given_to(modifier: bpy.types.NodesModifier) -> list[bpy.types.ID]:
    """Return the data-blocks that are inputs of a Geometry Nodes modifier.

    Since 5.2 inputs are properties; before, they are custom properties.
    """
    if hasattr(modifier, "properties"):
        inputs = modifier.properties.inputs
        rows = (getattr(inputs, prop.identifier) for prop in inputs.bl_rna.properties)
        values = [getattr(row, "value", None) for row in rows]
    else:
        values = list(modifier.values())
    return [value for value in values if isinstance(value, bpy.types.ID)]


def use_nodes(material: bpy.types.Material) -> None:
    """Give a new material its nodes; since 5.0 it has them."""
    if bpy.app.version < (5, 0, 0):
        material.use_nodes = True


def compositor_tree(scene: bpy.types.Scene) -> bpy.types.NodeTree:
    """Return the compositing nodes of a scene; a new tree passes the render through unchanged.

    Since 5.0 the tree is a node group of the file, and the scene points to it.
    """
    if bpy.app.version < (5, 0, 0):
        scene.use_nodes = True  # adds nodes if there are none yet
        return scene.node_tree
    if scene.compositing_node_group is None:
        tree = bpy.data.node_groups.new("Compositing Nodes", "CompositorNodeTree")
        tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
        render, output = tree.nodes.new("CompositorNodeRLayers"), tree.nodes.new("NodeGroupOutput")
        output.location.x = 400
        tree.links.new(render.outputs["Image"], output.inputs["Image"])
        scene.compositing_node_group = tree
    return scene.compositing_node_group


def choose_multilayer(settings: bpy.types.ImageFormatSettings) -> None:
    """Render to OpenEXR MultiLayer, all passes in one part."""
    if bpy.app.version >= (5, 0, 0):
        settings.media_type = "MULTI_LAYER_IMAGE"
        settings.use_exr_interleave = True
    settings.file_format = "OPEN_EXR_MULTILAYER"


def strips(editor: bpy.types.SequenceEditor):
    """Return the strips of a sequence editor; before 4.4 they were called sequences."""
    return editor.strips if hasattr(editor, "strips") else editor.sequences


def shown_part(strip) -> tuple[int, int]:
    """Return the index of a strip's first visible image, and the number of visible images.

    Blender 5.2 has new names for them, and 6.0 only those.
    """
    if hasattr(strip, "left_handle_offset"):
        first, length = strip.content_trim_start + strip.left_handle_offset, strip.duration
    else:
        first = strip.animation_offset_start + strip.frame_offset_start
        length = strip.frame_final_duration
    return max(0, int(first)), int(length)


def register_presets(folder: str) -> None:
    """Add the folder ``presets`` in a folder to where presets are looked for; not before 4.3."""
    if hasattr(bpy.utils, "register_preset_path"):
        bpy.utils.register_preset_path(folder)


def unregister_presets(folder: str) -> None:
    """Undo :func:`register_presets`."""
    if hasattr(bpy.utils, "unregister_preset_path"):
        bpy.utils.unregister_preset_path(folder)


READS_AVIF = "AVIF" in bpy.types.ImageFormatSettings.bl_rna.properties["file_format"].enum_items
"""Whether this Blender reads AVIF files: those that write them do."""

RELATIVE_PATH = {"PATH_SUPPORTS_BLEND_RELATIVE"} if bpy.app.version >= (4, 5, 0) else set()
"""Options of a property that takes ``//`` paths; without them, 4.5 and later draw it in red."""
