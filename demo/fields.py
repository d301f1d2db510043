"""Shader nodes written as arithmetic: ``0.5 + waves * noise`` instead of a page of sockets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import bpy

Number: TypeAlias = "Field | float"


def linear(color: str) -> tuple[float, float, float, float]:
    """Scene-linear RGBA of a hex color such as ``"c8552b"`` (sRGB, IEC 61966-2-1)."""
    codes = [int(color[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in codes)
    return (r, g, b, 1.0)


@dataclass(frozen=True)
class Field:
    """A number or a color at every point of a texture: the output of a node."""

    socket: bpy.types.NodeSocket

    @property
    def tree(self) -> bpy.types.NodeTree:
        return self.socket.id_data

    def _math(self, operation: str, *values: Number) -> Field:
        node = self.tree.nodes.new("ShaderNodeMath")
        node.operation = operation
        for slot, value in zip(node.inputs, values, strict=False):
            plug(slot, value)
        return Field(node.outputs[0])

    def __add__(self, other: Number) -> Field:
        return self._math("ADD", self, other)

    def __sub__(self, other: Number) -> Field:
        return self._math("SUBTRACT", self, other)

    def __mul__(self, other: Number) -> Field:
        return self._math("MULTIPLY", self, other)

    def __truediv__(self, other: Number) -> Field:
        return self._math("DIVIDE", self, other)

    def __mod__(self, other: Number) -> Field:
        return self._math("FLOORED_MODULO", self, other)

    def __rsub__(self, other: float) -> Field:
        return self._math("SUBTRACT", other, self)

    __radd__, __rmul__ = __add__, __mul__

    def __abs__(self) -> Field:
        return self._math("ABSOLUTE", self)

    def floor(self) -> Field:
        return self._math("FLOOR", self)

    def sine(self, turns: float = 1.0) -> Field:
        """Sine of this many whole turns for each unit."""
        return self._math("SINE", self * (2 * math.pi * turns))

    def turns(self, x: Number) -> Field:
        """Direction of the point (x, this), in turns from -0.5 to 0.5."""
        return self._math("ARCTAN2", self, x) * (1 / (2 * math.pi))

    def root(self) -> Field:
        return self._math("SQRT", self)

    def power(self, exponent: float) -> Field:
        return self._math("POWER", self, exponent)

    def larger(self, other: Number) -> Field:
        return self._math("MAXIMUM", self, other)

    def smaller(self, other: Number) -> Field:
        return self._math("MINIMUM", self, other)

    def step(self, low: float, high: float) -> Field:
        """0 below ``low``, 1 above ``high``, smooth between; falling if ``low > high``."""
        node = self.tree.nodes.new("ShaderNodeMapRange")
        node.interpolation_type = "SMOOTHSTEP"
        falling = low > high
        plug(node.inputs[0], self)
        limits = (high, low, 1.0, 0.0) if falling else (low, high, 0.0, 1.0)
        for slot, value in zip(node.inputs[1:5], limits, strict=True):
            plug(slot, value)
        return Field(node.outputs[0])

    def ramp(self, *colors: str) -> Field:
        """Colors at even distances over [0, 1]."""
        node = self.tree.nodes.new("ShaderNodeValToRGB")
        points = node.color_ramp.elements
        while len(points) < len(colors):
            points.new(0.5)
        for index, color in enumerate(colors):
            points[index].position = index / (len(colors) - 1)
            points[index].color = linear(color)
        plug(node.inputs[0], self)
        return Field(node.outputs[0])

    def over(self, below: Field | str, mask: Number) -> Field:
        """This color where ``mask`` is 1, ``below`` where it is 0."""
        return mix(self.tree, "MIX", mask, below, self)

    def tinted(self, amount: Number) -> Field:
        """This color, times a number."""
        node = self.tree.nodes.new("ShaderNodeVectorMath")
        node.operation = "SCALE"
        plug(node.inputs[0], self)
        plug(node.inputs["Scale"], amount)
        return Field(node.outputs[0])


def plug(slot: bpy.types.NodeSocket, value: Field | float | str | Sequence[float]) -> None:
    """Link a field to a socket, or set the socket's own value."""
    if isinstance(value, Field):
        value.tree.links.new(value.socket, slot)
    else:
        slot.default_value = linear(value) if isinstance(value, str) else value


def mix(tree, blend: str, mask: Number, below: Field | str, above: Field | str) -> Field:
    """Blender's Mix Color node."""
    node = tree.nodes.new("ShaderNodeMix")
    node.data_type, node.blend_type = "RGBA", blend
    for slot, value in ((0, mask), (6, below), (7, above)):
        plug(node.inputs[slot], value)
    return Field(node.outputs[2])


class Sheet:
    """The unit square of a texture: ``u`` to the right, ``v`` up, and patterns that wrap round."""

    def __init__(self, tree: bpy.types.NodeTree) -> None:
        self.tree = tree
        uv = tree.nodes.new("ShaderNodeTexCoord").outputs["UV"]
        split = tree.nodes.new("ShaderNodeSeparateXYZ")
        tree.links.new(uv, split.inputs[0])
        self.u, self.v = Field(split.outputs[0]), Field(split.outputs[1])

    def vector(self, x: Number, y: Number, z: Number = 0.0) -> Field:
        node = self.tree.nodes.new("ShaderNodeCombineXYZ")
        for slot, value in zip(node.inputs, (x, y, z), strict=True):
            plug(slot, value)
        return Field(node.outputs[0])

    def color(self, code: str) -> Field:
        node = self.tree.nodes.new("ShaderNodeRGB")
        node.outputs[0].default_value = linear(code)
        return Field(node.outputs[0])

    def random(self, *place: Number, seed: float = 0.0) -> Field:
        """One number in [0, 1] for each place."""
        node = self.tree.nodes.new("ShaderNodeTexWhiteNoise")
        node.noise_dimensions = "4D"
        x, y = (*place, 0.0)[:2]
        plug(node.inputs["Vector"], self.vector(x, y, seed))
        plug(node.inputs["W"], seed)
        return Field(node.outputs["Value"])

    def noise(
        self, across: float, up: float | None = None, *, detail=4.0, rough=0.55, seed=0.0
    ) -> Field:
        """Seamless noise with about this many features across and up; about [0.2, 0.8].

        The square is rolled up to a torus in four dimensions, where both its edges meet.
        """
        node = self.tree.nodes.new("ShaderNodeTexNoise")
        node.noise_dimensions = "4D"
        self._roll_up(node, across, up or across, seed)
        node.inputs["Scale"].default_value = 1.0
        node.inputs["Detail"].default_value = detail
        node.inputs["Roughness"].default_value = rough
        return Field(node.outputs[0])

    def cells(self, across: float, *, output: str = "Distance", edge=False, seed=0.0) -> Field:
        """Seamless cells (Worley noise), or the distance to their edges."""
        node = self.tree.nodes.new("ShaderNodeTexVoronoi")
        node.voronoi_dimensions = "4D"
        node.feature = "DISTANCE_TO_EDGE" if edge else "F1"
        self._roll_up(node, across, across, seed)
        node.inputs["Scale"].default_value = 1.0
        return Field(node.outputs[output])

    def _roll_up(self, node, across: float, up: float, seed: float) -> None:
        a, b = across / (2 * math.pi), up / (2 * math.pi)
        quarter = self.u + 0.25, self.v + 0.25
        x, y = self.u.sine() * a + seed * 7.3, quarter[0].sine() * a
        plug(node.inputs["Vector"], self.vector(x, y, self.v.sine() * b + seed))
        plug(node.inputs["W"], quarter[1].sine() * b - seed * 3.1)
