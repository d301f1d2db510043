"""The node group "Impasto Layer": lays a painting over the original."""

from __future__ import annotations

import bpy

NAME = "Impasto Layer"
MARK = "impasto_layer"
"""Custom property of the node group: its version."""

ORIGINAL, PAINTING, STRENGTH, KEEP, MASK = (
    "Original",
    "Painting",
    "Strength",
    "Preserve Color",
    "Mask",
)
"""Its inputs; the original comes first, as a muted node passes the first color on."""

COLOR = "Color"
"""Its output."""

_VERSION = 1

# Ottosson 2020, "A perceptual color space for image processing", from linear Rec.709.
_TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_FROM_LMS = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)
_LIGHTNESS = (0.2104542553, 0.7936177850, -0.0040720468)


def is_layer(node: bpy.types.Node) -> bool:
    """Return whether a node lays a painting over an original."""
    tree = getattr(node, "node_tree", None)
    return node.type == "GROUP" and tree is not None and MARK in tree


def is_used() -> bool:
    """Return whether there is a layer in the file; quick enough for a poll."""
    return any(MARK in tree and tree.users for tree in bpy.data.node_groups)


def get() -> bpy.types.NodeTree:
    """Return the node group of this file; make it if there is none yet."""
    return next((tree for tree in bpy.data.node_groups if _is_it(tree)), None) or _make()


def remove_unused() -> None:
    """Remove the node group from the file if no node uses it."""
    for tree in [tree for tree in bpy.data.node_groups if _is_it(tree) and tree.users == 0]:
        bpy.data.node_groups.remove(tree)


def _is_it(tree: bpy.types.NodeTree) -> bool:
    return tree.get(MARK) == _VERSION and tree.library is None


def _make() -> bpy.types.NodeTree:
    """Make the node group: Mix(Original, Painting with some color of the original, Strength x Mask)."""
    tree = bpy.data.node_groups.new(NAME, "ShaderNodeTree")
    tree[MARK] = _VERSION
    for name in (ORIGINAL, PAINTING):
        socket = tree.interface.new_socket(name, in_out="INPUT", socket_type="NodeSocketColor")
        socket.hide_value = True
    for name, default, said in (
        (STRENGTH, 1.0, "How much of the painting is seen"),
        (KEEP, 0.0, "How much of the original's color is kept; at 1 only the brightness changes"),
        (MASK, 1.0, "Where the painting is seen: link an image, an attribute or any other value"),
    ):
        socket = tree.interface.new_socket(name, in_out="INPUT", socket_type="NodeSocketFloat")
        socket.subtype, socket.description = "FACTOR", said
        socket.min_value, socket.max_value, socket.default_value = 0.0, 1.0, default
    tree.interface.new_socket(COLOR, in_out="OUTPUT", socket_type="NodeSocketColor")
    _Wiring(tree).run()
    return tree


class _Wiring:
    """Makes the nodes inside, column by column."""

    def __init__(self, tree: bpy.types.NodeTree) -> None:
        self._tree = tree
        self._column = 0
        self._row = 0

    def run(self) -> None:
        entry = self._node("NodeGroupInput")
        old, new = (self._to_lms(entry.outputs[name]) for name in (ORIGINAL, PAINTING))
        # In OKLab, lightness is the same sum of the cube roots for all colors of equal lightness:
        # what else differs between the two is chroma, of which a share is taken.
        apart = self._vector("SUBTRACT", old, new)
        lightness = self._vector("DOT_PRODUCT", apart, _LIGHTNESS)
        chroma = self._vector("SUBTRACT", apart, lightness)
        taken = self._vector("SCALE", chroma)
        self._link(entry.outputs[KEEP], taken.node.inputs["Scale"])
        mixed = self._vector("ADD", new, taken)
        cube = self._vector("MULTIPLY", self._vector("MULTIPLY", mixed, mixed), mixed)
        color = self._vector("MAXIMUM", self._matrix(cube, _FROM_LMS), (0.0, 0.0, 0.0))
        amount = self._node("ShaderNodeMath")
        amount.operation, amount.use_clamp = "MULTIPLY", True
        self._link(entry.outputs[STRENGTH], amount.inputs[0])
        self._link(entry.outputs[MASK], amount.inputs[1])
        mix = self._node("ShaderNodeMix")
        mix.data_type = "RGBA"
        self._link(amount.outputs[0], mix.inputs["Factor"])
        first, second = (s for s in mix.inputs if s.type == "RGBA")
        self._link(entry.outputs[ORIGINAL], first)
        self._link(color, second)
        result = next(s for s in mix.outputs if s.type == "RGBA")
        self._link(result, self._node("NodeGroupOutput").inputs[COLOR])

    def _to_lms(self, color: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
        """Return the cube roots of a color's LMS."""
        return self._matrix(color, _TO_LMS, power=1 / 3)

    def _matrix(
        self, source: bpy.types.NodeSocket, rows: tuple, power: float = 0.0
    ) -> bpy.types.NodeSocket:
        combined = self._node("ShaderNodeCombineXYZ")
        for row, target in zip(rows, combined.inputs, strict=True):
            value = self._vector("DOT_PRODUCT", source, row)
            if power:
                root = self._node("ShaderNodeMath")
                root.operation, root.inputs[1].default_value = "POWER", power
                self._link(value, root.inputs[0])
                value = root.outputs[0]
            self._link(value, target)
        return combined.outputs[0]

    def _vector(self, operation: str, *sources) -> bpy.types.NodeSocket:
        """Return the output of a Vector Math node that is given sockets or vectors."""
        node = self._node("ShaderNodeVectorMath")
        node.operation = operation
        for source, target in zip(sources, node.inputs, strict=False):
            if isinstance(source, tuple):
                target.default_value = source
            else:
                self._link(source, target)
        return next(socket for socket in node.outputs if socket.enabled)

    def _node(self, kind: str) -> bpy.types.Node:
        node = self._tree.nodes.new(kind)
        node.location = (self._column * 180, self._row * -180)
        self._row += 1
        if self._row > 4:
            self._column, self._row = self._column + 1, 0
        return node

    def _link(self, source: bpy.types.NodeSocket, target: bpy.types.NodeSocket) -> None:
        self._tree.links.new(source, target)
