"""Load results, show them in place of the originals, compare and revert."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import bpy

from . import find, layer_group, layers, relief, split, versions
from .find import RECIPE
from .names import tile_paths


@dataclass(frozen=True)
class Plan:
    """The destination of the result of one image, decided before the job starts.

    Attributes
    ----------
    source_uid : int
        Session UID of the original.
    material_uids : frozenset of int
        Session UIDs of the materials that show it.
    name : str
        Name of the result's image.
    path : Path
        File that the worker writes, with ``<UDIM>`` for tiles.
    tiles : tuple of int
        UDIM tile numbers.
    color_space, alpha_mode : str
        As the original has them.
    pack : bool
        Whether the result is packed into the .blend file.
    recipe : dict
        The settings that it is made with.
    height, normal : Plan or None
        The maps of its relief, if it gets relief.
    """

    source_uid: int
    material_uids: frozenset[int]
    name: str
    path: Path
    tiles: tuple[int, ...]
    color_space: str
    alpha_mode: str
    pack: bool
    recipe: dict = field(default_factory=dict)
    height: Plan | None = None
    normal: Plan | None = None

    @property
    def parts(self) -> list[Plan]:
        """Return this plan, and those of the normal and the height map if they were written."""
        maps = [plan for plan in (self.normal, self.height) if plan is not None]
        files = [path for plan in maps for path in tile_paths(plan.path, plan.tiles)]
        return [self, *maps] if all(path.is_file() for path in files) else [self]


def load(plan: Plan) -> bpy.types.Image:
    """Load a written result as a new image, and pack it if that is planned."""
    first = tile_paths(plan.path, plan.tiles)[0]
    image = bpy.data.images.load(str(first), check_existing=False)
    image.name = plan.name
    if plan.tiles:
        image.source = "TILED"
        image.filepath = str(plan.path)
    if plan.color_space:  # empty where this Blender could not load the original
        image.colorspace_settings.name = plan.color_space
    image.alpha_mode = plan.alpha_mode
    if plan.pack:
        image.pack()  # its file is one of the job's temporary ones
        image.filepath_raw = f"//{plan.path.name}"
    elif bpy.data.filepath:
        image.filepath_raw = _relative(plan.path)
    image[RECIPE] = plan.recipe
    return image


def read(image: bpy.types.Image) -> None:
    """Make Blender decode an image now, not together with others at the next redraw."""
    _ = image.size[0]


def assign(
    original: bpy.types.Image,
    result: bpy.types.Image,
    materials: Iterable[bpy.types.Material],
    uses: Iterable[find.ImageUse] | None = None,
    *,
    layered: bool = False,
) -> list[str]:
    """Show a result in every node of the materials that shows the original as color.

    What is data keeps the original. With ``layered``, the node keeps it, too, and the result is laid
    over it. Earlier results without users are removed from the file. ``uses`` are those of the
    materials, if they are known. Returns the names of materials that could not be changed because
    they are linked.
    """
    locked: list[str] = []
    earlier: set[bpy.types.Image | None] = set()
    former: list[bpy.types.Node] = []
    for use in find.uses_in(materials) if uses is None else uses:
        if use.image != original:
            continue
        node = use.node
        if not use.is_editable:
            if use.takes_result:
                locked.append(use.material.name)
            continue
        if not use.takes_result:
            earlier.add(node.get(find.RESULT))
            former.append(node)  # color until the artist linked it elsewhere
            continue
        split.keep_data(use)
        if node.get(find.RESULT) != result:  # a node in a group has several uses
            earlier |= versions.remember(node)
        last = node.get(find.RESULT) if find.LAYERED in node else None
        node[find.ORIGINAL] = original
        node[find.RESULT] = result
        if layered:
            node.image = original
            _set_values(layers.add(node, result), last, result)
        else:
            layers.remove(node)
            node.image = result
    for node in former:  # last, as it may remove nodes
        _restore(node)
    for image in earlier - {None, result}:
        if image.users == 0:
            bpy.data.images.remove(image)
    return list(dict.fromkeys(locked))


def show(materials: Iterable[bpy.types.Material] | None, originals: bool) -> int:
    """Show originals or results in all restyled nodes; return the number of nodes.

    Without materials: in the whole file, also where nothing uses a node group any more.
    """
    trees = _trees(materials)
    nodes = [node for node in _restyled(trees) if node.get(find.RESULT)]
    for node in nodes:
        if find.LAYERED in node:
            layers.show(node, not originals)
        else:
            node.image = node[find.ORIGINAL if originals else find.RESULT]
    if nodes:
        relief.show(trees, not originals)
    return len(nodes)


def compare(originals: bool) -> int:
    """Show originals or results everywhere in the file; return the number of nodes."""
    count = show(None, originals)
    if count:
        for scene in bpy.data.scenes:  # they may share materials
            scene.impasto.showing_originals = originals
    return count


def revert(
    materials: Iterable[bpy.types.Material] | None,
    only: Iterable[bpy.types.Image] | None = None,
) -> int:
    """Restore the originals (only of some images, if given); return the number of nodes.

    Without materials: in the whole file. Relief and layers whose texture the artist has deleted or
    replaced are removed as well, and count.
    """
    trees = _trees(materials)
    chosen = None if only is None else set(only)
    nodes = [node for node in _restyled(trees) if chosen is None or node[find.ORIGINAL] in chosen]
    for node in nodes:
        _restore(node)
    count = len(nodes) + layers.remove_orphans(_trees(materials))
    # The trees anew, as the node groups of layers and of relief may be gone.
    count += relief.remove_orphans(_trees(materials))
    _end_comparison()
    return count


def revert_uses(uses: Iterable[find.ImageUse]) -> int:
    """Restore the originals in the nodes of some uses; return the number of nodes."""
    nodes = {use.node.as_pointer(): use.node for use in uses if use.is_editable}
    restyled = [node for node in nodes.values() if node.get(find.ORIGINAL)]
    for node in restyled:
        _restore(node)
    _end_comparison()
    return len(restyled)


def _end_comparison() -> None:
    """Let the scenes show results again if there is nothing left to compare."""
    if not any(node.get(find.RESULT) for node in _restyled(find.every_tree())):
        for scene in bpy.data.scenes:
            scene.impasto.showing_originals = False


def trees_showing(shown: Iterable[bpy.types.Image]) -> list[bpy.types.NodeTree]:
    """Return the trees of shader nodes in which one of the images is a result."""
    wanted = set(shown)
    return [
        tree
        for tree in find.every_tree()
        if any(node.get(find.RESULT) in wanted for node in tree.nodes)
    ]


def _restore(node: bpy.types.Node) -> None:
    """Give a restyled node its original back, and its links."""
    if find.original_of(node) != node.get(find.ORIGINAL):
        return
    node.image = node[find.ORIGINAL]
    layers.remove(node)
    relief.remove(node)
    split.undo(node)
    versions.forget(node)
    for key in (find.ORIGINAL, find.RESULT):
        if key in node:
            del node[key]


def _set_values(
    layer: bpy.types.Node, last: bpy.types.Image | None, result: bpy.types.Image
) -> None:
    """Give a layer the values of its look; what the artist turned since the last result stays."""
    before = last.get(RECIPE, {}) if last is not None else {}
    for socket, name in ((layer_group.STRENGTH, "strength"), (layer_group.KEEP, "keep_color")):
        value = result.get(RECIPE, {}).get(name)
        if value is not None and value != before.get(name):
            layer.inputs[socket].default_value = value


def shown_image(node: bpy.types.Node) -> bpy.types.Image | None:
    """Return the image that an image node shows, or the one that is laid over it."""
    layer = layers.layer_of(node) if find.LAYERED in node else None
    return node.image if layer is None or layer.mute else node.get(find.RESULT)


def is_preview(node: bpy.types.Node) -> bool:
    """Return whether the result of a node is a preview."""
    result = node.get(find.RESULT)
    return result is not None and bool(result.get(RECIPE, {}).get("preview"))


def any_restyled() -> bool:
    """Return whether a result is in use; quick enough for a poll."""
    return any(RECIPE in image and image.users for image in bpy.data.images)


def restyled_nodes(materials: Iterable[bpy.types.Material]) -> list[bpy.types.Node]:
    """Return the nodes that have a result, whether they show it or the original."""
    return _restyled(find.trees_in(materials))


def _restyled(trees: Iterable[bpy.types.NodeTree]) -> list[bpy.types.Node]:
    return [
        node
        for tree in trees
        if tree.is_editable
        for node in tree.nodes
        if node.get(find.ORIGINAL) and find.original_of(node) == node[find.ORIGINAL]
    ]


def _trees(materials: Iterable[bpy.types.Material] | None) -> list[bpy.types.NodeTree]:
    return find.every_tree() if materials is None else find.trees_in(materials)


def _relative(path: Path) -> str:
    try:
        return bpy.path.relpath(str(path))
    except ValueError:  # another drive on Windows
        return str(path)
