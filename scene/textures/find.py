"""Find the image textures of materials, their uses, and which of them can be restyled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import bpy

from .. import compat
from . import paths, roles
from .scope import Scope, materials_in, materials_of, objects_in  # noqa: F401 (for callers)

Owner = bpy.types.Material | bpy.types.World | bpy.types.Light
"""What has a tree of shader nodes."""

ORIGINAL = "impasto_original"
"""Custom property of a restyled node: the image that it showed before; it keeps that in the file."""

RESULT = "impasto_result"
"""Custom property of a restyled node: the result, which it shows unless originals are shown."""

RECIPE = "impasto"
"""Custom property of a result image: the settings that it was made with."""

RELIEF = "impasto_relief"
"""Custom property of a restyled node that has relief: an identifier, which its parts have, too."""

PART = "impasto_relief_part"
"""Custom property of a node that was made for relief: the identifier of that relief."""

SPLIT = "impasto_split"
"""Custom property of a restyled node whose data uses a second node took over: an identifier."""

LAYERED = "impasto_layered"
"""Custom property of a restyled node that keeps its image: the result is a layer over it."""

PAINTING = "impasto_painting"
"""Custom property of a node that shows the result in such a layer."""

MASK = "impasto_mask"
"""Custom property of a node that was made to mask such a layer."""

KEPT = "impasto_kept"
"""Custom property of such a second node: the identifier of the first one."""

_OURS = {PART, PAINTING, MASK}
"""Custom properties of image nodes that are not the artist's textures."""

_DATA_SPACES = {"Non-Color", "Raw", "Utility - Raw", "Generic Data"}
_UNSUITABLE_TYPES = {"RENDER_RESULT", "COMPOSITING", "MULTILAYER"}


@dataclass(frozen=True)
class ImageUse:
    """A node that shows an image, in a material or in a node group that the material uses.

    Attributes
    ----------
    image : bpy.types.Image
        The original, also while the node shows a result.
    node : bpy.types.Node
        The node.
    material : bpy.types.Material, bpy.types.World or bpy.types.Light
        The material, or the world or light that uses the node.
    role : str
        What the node is for, in all materials that use it.
    entered : tuple of bpy.types.Node
        The group nodes in which the node is, outermost first.
    ends : tuple of paths.End
        The ends of the links of its color, in all materials that use it.
    torn : bool
        Whether its links lead to color and to data that cannot be told apart.
    """

    image: bpy.types.Image
    node: bpy.types.Node
    material: Owner
    role: roles.Role = "UNUSED"
    entered: tuple[bpy.types.Node, ...] = ()
    ends: tuple[paths.End, ...] = ()
    torn: bool = False

    @property
    def is_editable(self) -> bool:
        """Return whether the node can be changed.

        What is linked cannot; a library override would forget the original when it is saved.
        """
        trees = (self.material, self.node.id_data)
        return all(item.is_editable and item.override_library is None for item in trees)

    @property
    def takes_result(self) -> bool:
        """Return whether the node may show a result: not where the image is data.

        An unconnected node takes it, too, so that it is up to date when it is plugged in.
        """
        shown = self.role in roles.COLOR_ROLES or self.role == "UNUSED"
        return shown and not self.torn and isinstance(self.material, bpy.types.Material)


@dataclass
class Texture:
    """An image with all its uses in a scope.

    Attributes
    ----------
    image : bpy.types.Image
        The original.
    uses : list of ImageUse
        Its uses.
    skipped : str
        Why it cannot be restyled; empty if it can.
    note : str
        Where it keeps its look although it can be restyled; empty if it is restyled everywhere.
    """

    image: bpy.types.Image
    uses: list[ImageUse] = field(default_factory=list)
    skipped: str = ""
    note: str = ""

    @property
    def materials(self) -> list[bpy.types.Material]:
        """Return the materials that use it, each once, in the order found."""
        found = dict.fromkeys(use.material for use in self.uses)
        return [owner for owner in found if isinstance(owner, bpy.types.Material)]

    @property
    def role(self) -> roles.Role:
        """Return its most important role; a color role wins over data."""
        return roles.most_important(use.role for use in self.uses)


def original_of(node: bpy.types.Node) -> bpy.types.Image | None:
    """Return the image that a node showed before it was restyled, else the current one."""
    original = node.get(ORIGINAL)
    # The artist may have chosen another image for the node since.
    return original if original and node.image in {original, node.get(RESULT)} else node.image


def trees_in(owners: Iterable[Owner]) -> list[bpy.types.NodeTree]:
    """Return the node trees of the materials, also of their node groups, each once."""
    found: dict[bpy.types.NodeTree, None] = {}
    waiting = [compat.node_tree(owner) for owner in owners]
    while waiting:
        tree = waiting.pop()
        if tree is not None and tree not in found:
            found[tree] = None
            waiting += [paths.group_tree(node) for node in tree.nodes]
    return list(found)


def every_tree() -> list[bpy.types.NodeTree]:
    """Return all trees of shader nodes in the file, whether something uses them or not."""
    groups = (tree for tree in bpy.data.node_groups if tree.type == "SHADER")
    trees = (owner.node_tree for owner in every_owner())
    return [tree for tree in (*trees, *groups) if tree is not None]


def every_owner() -> list[Owner]:
    """Return all materials, worlds and lights of the file."""
    return [*bpy.data.materials, *bpy.data.worlds, *bpy.data.lights]


def users_of(trees: Iterable[bpy.types.NodeTree]) -> list[Owner]:
    """Return the materials, worlds and lights that use one of the trees, also in node groups."""
    wanted = set(trees)
    return [owner for owner in every_owner() if not wanted.isdisjoint(trees_in([owner]))]


def uses_in(owners: Iterable[Owner]) -> list[ImageUse]:
    """Return every image node of the materials, also in node groups at any depth.

    What a node in a group is for depends on all materials of the file that use the group.
    """
    owners = list(owners)
    uses = list(_raw_uses(owners))
    shared = {use.node.id_data for use in uses if use.entered}
    others = [owner for owner in users_of(shared) if owner not in owners] if shared else []
    ends: dict[int, list[paths.End]] = {}
    for use in (*uses, *_raw_uses(others)):
        ends.setdefault(use.node.as_pointer(), []).extend(use.ends)
    return [_judged(use, ends[use.node.as_pointer()]) for use in uses]


def _judged(use: ImageUse, ends: list[paths.End]) -> ImageUse:
    """Return a use with its role, given the ends of its node in all materials."""
    role = roles.role_of(ends)
    alpha = use.node.outputs.get("Alpha")
    if not ends and alpha is not None and alpha.is_linked:
        role = "ALPHA"
    torn = role in roles.COLOR_ROLES and roles.is_torn(ends)
    return replace(use, role=role, ends=tuple(ends), torn=torn)


def _raw_uses(
    owners: Iterable[Owner], only: set[bpy.types.Image] | None = None
) -> Iterator[ImageUse]:
    """Yield the uses of all images or some, each with the ends that it has in this material."""
    for owner in owners:
        tree = compat.node_tree(owner)
        if tree is None:
            continue
        for node, entered in _image_nodes(tree, ()):
            image = original_of(node)
            if image is not None and (only is None or image in only):
                ends = tuple(paths.ends_of(node, (node.id_data, entered)))
                yield ImageUse(image, node, owner, entered=entered, ends=ends)


def _image_nodes(
    tree: bpy.types.NodeTree, entered: tuple[bpy.types.Node, ...]
) -> Iterator[tuple[bpy.types.Node, tuple[bpy.types.Node, ...]]]:
    for node in tree.nodes:
        inner = paths.group_tree(node)
        if node.type in {"TEX_IMAGE", "TEX_ENVIRONMENT"} and _OURS.isdisjoint(node.keys()):
            yield node, entered
        elif inner is not None and node not in entered:
            yield from _image_nodes(inner, (*entered, node))


def textures_in(owners: Iterable[Owner]) -> list[Texture]:
    """Return the images of the materials with their uses, sorted by name."""
    textures: dict[bpy.types.Image, Texture] = {}
    for use in uses_in(owners):
        textures.setdefault(use.image, Texture(use.image)).uses.append(use)
    packed = _packed(textures)
    for texture in textures.values():
        texture.skipped = _reason_to_skip(texture, packed.get(texture.image, []))
        if not texture.skipped:
            texture.note = _note_on_kept(texture)
    return sorted(textures.values(), key=lambda texture: texture.image.name_full)


def _packed(images: Iterable[bpy.types.Image]) -> dict[bpy.types.Image, list[paths.End]]:
    """Return those images that hold several kinds of data, by any node of the file, and those ends.

    Their other nodes are left alone, too: one may multiply their occlusion into a color.
    """
    found: dict[bpy.types.Image, list[paths.End]] = {}
    by_node: dict[int, list[ImageUse]] = {}
    for use in _raw_uses(every_owner(), set(images)):
        by_node.setdefault(use.node.as_pointer(), []).append(use)
    for uses in by_node.values():
        ends = [end for use in uses for end in use.ends]
        if roles.data_ends(ends) and roles.is_packed(ends):
            found.setdefault(uses[0].image, []).extend(roles.data_ends(ends))
    return found


def _reason_to_skip(texture: Texture, packed: list[paths.End]) -> str:
    image = texture.image
    if image.type == "MULTILAYER":
        return "Several layers; save the one that is used as an image first"
    if image.type in _UNSUITABLE_TYPES or image.source == "VIEWER":
        return "Render or compositor result; save it as an image first"
    if image.source in {"SEQUENCE", "MOVIE"}:
        return "Image sequence or movie, not a texture"
    if texture.role == "UNUSED":
        return "Not connected to a shader"
    if image.colorspace_settings.name in _DATA_SPACES:
        return f"{image.colorspace_settings.name} data, not restyled"
    if texture.role not in roles.COLOR_ROLES:
        return f"{roles.LABELS[texture.role]} data, not restyled"
    if packed:
        return f"{_listed(end.role for end in packed)} data in one image, not restyled"
    colors = [use for use in texture.uses if use.role in roles.COLOR_ROLES]
    if any(use.takes_result and use.is_editable for use in colors):
        return ""
    if all(use.torn for use in colors):
        data = roles.data_ends(end for use in colors for end in use.ends)
        return (
            f"The same links use it as color and as {_listed(end.role for end in data)} data;"
            " give each use an Image Texture node of its own to restyle it"
        )
    kinds = {type(use.material) for use in colors if not use.torn}
    if kinds == {bpy.types.World}:
        return "Image of the world, not restyled"
    if bpy.types.Material not in kinds:
        return "Image of a light, not restyled"
    return "In linked materials only, which cannot be changed; make them local to restyle it"


def _note_on_kept(texture: Texture) -> str:
    """Return where an image that is restyled elsewhere is left alone."""
    kept: dict[str, dict[str, None]] = {}
    for use in texture.uses:
        if use.takes_result and use.is_editable:
            for end in roles.data_ends(use.ends):
                kept.setdefault(f"{roles.LABELS[end.role]} data", {})[use.material.name] = None
            continue
        if use.role not in roles.COLOR_ROLES:
            why = f"{roles.LABELS[use.role]} data"
        elif isinstance(use.material, bpy.types.Material):
            why = "color and data by the same links" if use.torn else "part of a linked material"
        else:
            why = f"image of a {use.material.bl_rna.name.lower()}"
        kept.setdefault(why, {})[use.material.name] = None
    listed = "; ".join(f"{why} ({', '.join(names)})" for why, names in kept.items())
    return f"Restyled only where it is color; left alone as {listed}" if kept else ""


def _listed(found: Iterable[roles.Role]) -> str:
    wanted = set(found)
    return " and ".join(label for role, label in roles.LABELS.items() if role in wanted)
