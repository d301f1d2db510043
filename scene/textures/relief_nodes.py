"""The nodes of one texture's relief: an image, a Normal Map, and what adds it to other normals."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import bpy

from . import find, paths, relief_group

LABEL = "Relief"

HEIGHT = "impasto_height"
"""Custom property of the node of a normal map: the height map, which it keeps in the file."""

_COLUMNS = {"TEX_IMAGE": 760, "NORMAL_MAP": 460, "GROUP": 240}
"""Distance of each kind of node from the left side of the shader."""

_USUAL_HEIGHT = 400
"""Height of a node that has not been drawn yet."""

_ALIKE = ("interpolation", "extension", "projection", "projection_blend")


def uv_map_of(
    node: bpy.types.Node, entered: tuple[bpy.types.Node, ...], *, mapped: bool = True
) -> str | None:
    """Return the UV map that an image lies on: "" for the active one, None if it is not sure.

    The node is inside of the ``entered`` group nodes, outermost first. Unless it may be ``mapped``, the
    texture must lie just where the UVs say.
    """
    if not mapped and not _as_it_is(node):
        return None
    if node.type != "TEX_IMAGE" or node.projection != "FLAT":
        return None
    link = _link(node.inputs["Vector"])
    if link is None:
        return ""
    while link is not None:
        source = link.from_node
        if source.type == "REROUTE" or (source.type == "MAPPING" and mapped):
            link = _link(source.inputs[0])
        elif source.type == "GROUP_INPUT" and entered:
            *entered, outer = entered
            link = _link(
                next(s for s in outer.inputs if s.identifier == link.from_socket.identifier)
            )
        elif getattr(source, "from_instancer", False):
            return None
        elif source.type == "TEX_COORD" and link.from_socket.name == "UV":
            return ""
        else:
            return source.uv_map if source.type == "UVMAP" else None
    return None


def _as_it_is(node: bpy.types.Node) -> bool:
    """Return whether a node's own mapping, which old files have, changes nothing."""
    own = node.texture_mapping
    moved = (*own.translation, *own.rotation, *(s - 1 for s in own.scale))
    return not any(moved) and (own.mapping_x, own.mapping_y) == ("X", "Y")


def normal_inputs(node: bpy.types.Node) -> list[bpy.types.NodeSocket]:
    """Return the Normal inputs of the shaders in its tree that an image node gives their color."""
    tree = node.id_data
    shaders = {
        end.node.as_pointer(): end.node
        for end in paths.ends_of(node, (tree, ()))
        if end.role == "BASE_COLOR" and end.tree == tree and "Normal" in end.node.inputs
    }
    return [shader.inputs["Normal"] for shader in shaders.values()]


def owners(tree: bpy.types.NodeTree, key: str) -> list[bpy.types.Node]:
    """Return the restyled nodes that have a relief: one, or also copies of it."""
    return [node for node in tree.nodes if node.get(find.RELIEF) == key]


def images(node: bpy.types.Node) -> set[bpy.types.Image | None]:
    """Return the maps of a restyled node's relief."""
    parts = _parts(node.id_data, node.get(find.RELIEF))
    shown = [part for part in parts if part.type == "TEX_IMAGE"]
    return {part.image for part in shown} | {part.get(HEIGHT) for part in shown}


def maps(node: bpy.types.Node) -> tuple[bpy.types.Image | None, bpy.types.Image | None]:
    """Return the normal map and the height map of a restyled node's relief, or None and None."""
    shown = (p for p in _parts(node.id_data, node.get(find.RELIEF)) if p.type == "TEX_IMAGE")
    picture = next(shown, None)
    return (None, None) if picture is None else (picture.image, picture.get(HEIGHT))


def strength_of(node: bpy.types.Node) -> bpy.types.NodeSocket | None:
    """Return the socket that says how strong the relief of a restyled node is, if it has relief."""
    parts = _parts(node.id_data, node.get(find.RELIEF))
    part = next((part for part in parts if part.type == "NORMAL_MAP"), None)
    return part.inputs["Strength"] if part is not None else None


def add(
    node: bpy.types.Node,
    normal: bpy.types.Image,
    height: bpy.types.Image | None,
    sockets: list[bpy.types.NodeSocket],
    uv_map: str,
) -> None:
    """Give a node relief; nodes of earlier relief are used again, with what the artist set there."""
    tree = node.id_data
    if find.RELIEF not in node:
        node[find.RELIEF] = uuid.uuid4().hex
    _remove_broken(tree, node[find.RELIEF])
    workshop = _Workshop(node, sockets[0].node)
    pictures, maps = workshop.all("TEX_IMAGE"), workshop.all("NORMAL_MAP")
    # The parts of a copied node have its identifier, too, and a mapping of their own.
    alone = len(owners(tree, node[find.RELIEF])) == 1
    for picture in pictures:
        picture.image = normal
        picture[HEIGHT] = height
        if alone or workshop.is_new(picture):
            map_alike(picture, node)
    for part in maps:
        if not part.inputs["Color"].is_linked:
            tree.links.new(pictures[0].outputs["Color"], part.inputs["Color"])
        if alone or workshop.is_new(part):
            part.uv_map = uv_map
    for socket in sockets:
        if not _is_fed(socket, maps):
            _plug(workshop, maps[0], socket)
    for part in maps:
        show(part, True)


def show(part: bpy.types.Node, visible: bool) -> None:
    """Show or hide the relief of a Normal Map node by its links, whatever its strength is."""
    for link in part.outputs["Normal"].links:
        link.is_muted = not visible


def remove(tree: bpy.types.NodeTree, key: str) -> None:
    """Remove the nodes of a relief, and restore the links that were there before."""
    parts = _parts(tree, key)
    for part in parts:
        if part.type == "GROUP":
            _bridge(part)
    for part in parts:
        tree.nodes.remove(part)


def map_alike(picture: bpy.types.Node, node: bpy.types.Node) -> None:
    """Map a picture as another node maps its own."""
    for name in _ALIKE:
        if hasattr(node, name):  # an environment texture has no extension
            setattr(picture, name, getattr(node, name))
    for prop in node.texture_mapping.bl_rna.properties:
        if not prop.is_readonly:
            value = getattr(node.texture_mapping, prop.identifier)
            setattr(picture.texture_mapping, prop.identifier, value)
    links, vector = node.id_data.links, picture.inputs["Vector"]
    for link in list(vector.links):
        links.remove(link)
    if node.inputs["Vector"].is_linked:
        model = node.inputs["Vector"].links[0]
        source, muted = model.from_socket, model.is_muted
        links.new(source, vector).is_muted = muted


def height_of(node: bpy.types.Node) -> float:
    """Return the height of a node on screen."""
    return node.dimensions.y or _USUAL_HEIGHT


class _Workshop:
    """Finds and makes the nodes of one relief, placed below all others, left of the shader."""

    def __init__(self, node: bpy.types.Node, shader: bpy.types.Node) -> None:
        self.tree = node.id_data
        self._key = node[find.RELIEF]
        self._right = _place(shader)[0]
        self._top = min(_bottom(other) for other in self.tree.nodes if other.type != "FRAME") - 80
        self._made: set[int] = set()

    def all(self, kind: str) -> list[bpy.types.Node]:
        """Return the nodes of a kind; if there is none, make one."""
        return [p for p in _parts(self.tree, self._key) if p.type == kind] or [self.new(kind)]

    def new(self, kind: str) -> bpy.types.Node:
        """Make a node in the frame of this relief."""
        made = {
            "TEX_IMAGE": "ShaderNodeTexImage",
            "NORMAL_MAP": "ShaderNodeNormalMap",
            "GROUP": "ShaderNodeGroup",
            "FRAME": "NodeFrame",
        }[kind]
        node = self.tree.nodes.new(made)
        node.select = False
        node[find.PART] = self._key
        self._made.add(node.as_pointer())
        if kind == "FRAME":
            node.label = relief_group.NAME
            return node
        node.label = "" if kind == "GROUP" else LABEL
        node.location = (self._right - _COLUMNS[kind], self._top)
        if kind == "GROUP":  # several are placed one below the other
            node.node_tree = relief_group.get()
            groups = sum(p.type == "GROUP" for p in _parts(self.tree, self._key))
            node.location.y -= 160 * (groups - 1)
        node.parent = self.all("FRAME")[0]
        return node

    def is_new(self, node: bpy.types.Node) -> bool:
        """Return whether a node was made now."""
        return node.as_pointer() in self._made


def _plug(workshop: _Workshop, part: bpy.types.Node, socket: bpy.types.NodeSocket) -> None:
    """Link a Normal Map node to a shader, together with what was linked there before."""
    links = workshop.tree.links
    if not socket.is_linked:
        links.new(part.outputs["Normal"], socket)
        return
    former, muted = socket.links[0].from_socket, socket.links[0].is_muted
    group = workshop.new("GROUP")
    links.new(former, group.inputs[relief_group.NORMAL]).is_muted = muted
    links.new(part.outputs["Normal"], group.inputs[relief_group.RELIEF])
    links.new(group.outputs[relief_group.NORMAL], socket)


def _bridge(group: bpy.types.Node) -> None:
    """Link the ends of a group node to what was linked to them before it was put between."""
    entry = group.inputs.get(relief_group.NORMAL)
    exit_ = group.outputs.get(relief_group.NORMAL)
    if entry is None or exit_ is None or not entry.is_linked:
        return
    former, muted = entry.links[0].from_socket, entry.links[0].is_muted
    for socket in [link.to_socket for link in exit_.links]:
        group.id_data.links.new(former, socket).is_muted = muted


def _remove_broken(tree: bpy.types.NodeTree, key: str) -> None:
    """Remove group nodes whose node group the artist has deleted."""
    for part in _parts(tree, key):
        if part.type == "GROUP" and part.node_tree is None:
            tree.nodes.remove(part)


def _is_fed(socket: bpy.types.NodeSocket, sources: Iterable[bpy.types.Node]) -> bool:
    """Return whether a socket gets something from one of the nodes, directly or through others."""
    wanted = {source.as_pointer() for source in sources}
    seen: set[int] = set()
    waiting = [link.from_node for link in socket.links]
    while waiting:
        node = waiting.pop()
        if node.as_pointer() in wanted:
            return True
        if node.as_pointer() not in seen:
            seen.add(node.as_pointer())
            waiting += [link.from_node for entry in node.inputs for link in entry.links]
    return False


def _parts(tree: bpy.types.NodeTree, key: str | None) -> list[bpy.types.Node]:
    return [node for node in tree.nodes if key and node.get(find.PART) == key]


def _link(socket: bpy.types.NodeSocket) -> bpy.types.NodeLink | None:
    """Return the link that a socket gets its value from, if any."""
    return next((link for link in socket.links if link.is_valid and not link.is_muted), None)


def _place(node: bpy.types.Node) -> tuple[float, float]:
    """Return where a node is in its tree; its location counts from the frame that it is in."""
    x, y = node.location
    while node.parent is not None:
        node = node.parent
        x, y = x + node.location.x, y + node.location.y
    return x, y


def _bottom(node: bpy.types.Node) -> float:
    return _place(node)[1] - height_of(node)
