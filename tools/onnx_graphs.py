"""Write the graphs of the bundled networks for ONNX Runtime: ``python tools/onnx_graphs.py``.

A graph has no weights: ``core/networks/session.py`` gives it those of the safetensors, with the style
folded in. So it changes only with the architecture in ``core/models/``, which
``tests/core/networks`` compares it with. There is one graph for each padding of rows and columns.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from impasto.core.networks import automaton, spatial_gan
from impasto.core.networks.layout import BLOCK_SCALES, BLOCKS, SCALES, WIDTHS
from impasto.core.networks.mosaic import CELL, CODES

GRAPHS = Path(__file__).parent.parent / "core/networks/graphs"
"""Where the graphs are."""

PADDINGS = ("reflect", "circular")

_OPSET, _IR = 21, 10
_FLOAT = TensorProto.FLOAT
_SLOPE = 0.2

Border = tuple[str, str]


class Graph:
    """Nodes and weights of a graph that is being built; names of values are made up."""

    def __init__(self, border: Border) -> None:
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []
        self._inputs: list = []
        self._rows, self._columns = border
        self._count = 0

    def input(self, name: str, *shape: int | str) -> str:
        """Declare an input."""
        self._inputs.append(helper.make_tensor_value_info(name, _FLOAT, shape))
        return name

    def weight(self, name: str, *shape: int) -> str:
        """Declare a weight, which a session must be given."""
        tensor = TensorProto(name=name, data_type=_FLOAT, dims=shape)
        tensor.data_location = TensorProto.EXTERNAL
        entry = tensor.external_data.add()
        entry.key, entry.value = "location", "weights"
        self._constants.append(tensor)
        return name

    def constant(self, value: object, dtype: type = np.float32) -> str:
        """Add a constant."""
        name = self._name()
        self._constants.append(numpy_helper.from_array(np.array(value, dtype), name))
        return name

    def node(self, kind: str, *inputs: str, output: str = "", **attributes: object) -> str:
        """Add a node; return its output."""
        output = output or self._name()
        self._nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def split(self, x: str, sizes: str, *outputs: str) -> None:
        """Part channels."""
        self._nodes.append(helper.make_node("Split", [x, sizes], outputs, axis=1))

    def convolve(
        self, x: str, weight: str, bias: str = "", *, size: int = 3, stride: int = 1
    ) -> str:
        """Convolve; a kernel of 3 x 3 pads with the graph's border."""
        if size == 3:
            after = 1 if stride == 1 else 0  # at stride 2, no kernel reaches past an even end
            x = self.pad(x, after=after)
        names = (x, weight, bias) if bias else (x, weight)
        return self.node("Conv", *names, kernel_shape=[size, size], strides=[stride, stride])

    def pad(self, x: str, after: int = 1) -> str:
        """Add a cell before, and maybe one after, the rows and columns."""
        if self._rows == self._columns:
            return self._pad_axes(x, self._rows, [0, 0, 1, 1, 0, 0, after, after])
        x = self._pad_axes(x, self._rows, [0, 0, 1, 0, 0, 0, after, 0])
        return self._pad_axes(x, self._columns, [0, 0, 0, 1, 0, 0, 0, after])

    def _pad_axes(self, x: str, border: str, amounts: Sequence[int]) -> str:
        mode = {"reflect": "reflect", "circular": "wrap"}[border]
        return self.node("Pad", x, self.constant(amounts, np.int64), mode=mode)

    def enlarge(self, x: str, factor: int = 2) -> str:
        """Upsample, across the border of a torus where there is one."""
        circular = "circular" in (self._rows, self._columns)
        large = self.node(
            *("Resize", self.pad(x) if circular else x, "", self.constant([1, 1, factor, factor])),
            mode="linear",
            coordinate_transformation_mode="half_pixel",
        )
        if not circular:
            return large
        return self.slice(large, (factor, factor), (-factor, -factor), (2, 3))

    def slice(self, x: str, first: Sequence[int], end: Sequence[int], axes: Sequence[int]) -> str:
        """Cut out a part."""
        return self.node("Slice", x, *(self.constant(v, np.int64) for v in (first, end, axes)))

    def unshuffle(self, x: str, channels: int) -> str:
        """Move blocks of 2 x 2 pixels into channels, in torch's order."""
        shuffled = self.node("SpaceToDepth", x, blocksize=2)
        order = np.arange(4 * channels).reshape(4, channels).T.ravel()
        return self.node("Gather", shuffled, self.constant(order, np.int64), axis=1)

    def shuffle(self, x: str, side: int = 2) -> str:
        """Move channels into blocks of pixels, in torch's order."""
        return self.node("DepthToSpace", x, blocksize=side, mode="CRD")

    def leaky(self, x: str) -> str:
        """Rectify, with a slope."""
        return self.node("LeakyRelu", x, alpha=_SLOPE)

    def model(self, name: str, outputs: dict[str, Sequence[int | str]]) -> ModelProto:
        """Return the finished model."""
        results = [helper.make_tensor_value_info(n, _FLOAT, s) for n, s in outputs.items()]
        graph = helper.make_graph(self._nodes, name, self._inputs, results, self._constants)
        opset = [helper.make_opsetid("", _OPSET)]
        return helper.make_model(
            graph, opset_imports=opset, ir_version=_IR, producer_name="impasto"
        )

    def _name(self) -> str:
        self._count += 1
        return f"v{self._count}"


def _trunk(g: Graph, half: str, scales: int, last: bool = True) -> list[str]:
    """Add the encoder's layers after its stem; return the features, finest first."""
    found = [half]
    for level, squeeze in zip(range(1, scales), (32, 48, 64), strict=False):
        width, before, number = WIDTHS[level], WIDTHS[level - 1], level + 1
        down, block = f"down{number}", f"block{number}"
        weight = g.weight(f"{down}.weight", width, before, 3, 3)
        x = g.node("Relu", g.convolve(found[-1], weight, g.weight(f"{down}.bias", width), stride=2))
        weight = g.weight(f"{block}.squeeze.weight", squeeze, width, 1, 1)
        s = g.convolve(x, weight, g.weight(f"{block}.squeeze.bias", squeeze), size=1)
        weight = g.weight(f"{block}.expand.weight", width, squeeze, 3, 3)
        s = g.convolve(g.node("Relu", s), weight, g.weight(f"{block}.expand.bias", width))
        name = SCALES[level] if last else ""
        found.append(g.node("Relu", g.node("Add", s, x), output=name))
    return found


def encoder(border: Border) -> ModelProto:
    """Return the encoder: images, and a map of their colors, to features at four scales."""
    g = Graph(border)
    image = g.node("Transpose", g.input("image", 1, "H", "W", 3), perm=[0, 3, 1, 2])
    moved = g.convolve(image, g.input("matrix", 3, 3, 1, 1), g.input("offset", 3), size=1)
    clipped = g.node("Clip", moved, g.constant(0), g.constant(1))
    centered = g.node("Sub", g.node("Mul", clipped, g.constant(2)), g.constant(1))
    weight, bias = g.weight("stem.weight", WIDTHS[0], 12, 3, 3), g.weight("stem.bias", WIDTHS[0])
    half = g.convolve(g.unshuffle(centered, 3), weight, bias)
    _trunk(g, g.node("Relu", half, output=SCALES[0]), 4)
    outputs = {n: (1, w, f"H{n}", f"W{n}") for n, w in zip(SCALES, WIDTHS, strict=True)}
    return g.model("encoder", outputs)


def describer(border: Border) -> ModelProto:
    """Return the part of the encoder that describes textures: gray windows to statistics of features.

    Means and squares are measured from the first pixel, so that constant maps deviate by exactly 0.
    """
    g = Graph(border)
    gray = g.input("gray", "B", 1, "H", "W")
    centered = g.node("Sub", g.node("Mul", gray, g.constant(2)), g.constant(1))
    weight, bias = g.weight("stem.weight", WIDTHS[0], 4, 3, 3), g.weight("stem.bias", WIDTHS[0])
    half = g.node("Relu", g.convolve(g.node("SpaceToDepth", centered, blocksize=2), weight, bias))
    parts = []
    places = g.constant([2, 3], np.int64)
    first = [g.constant(value, np.int64) for value in ([0, 0], [1, 1], [2, 3])]
    for maps in _trunk(g, half, 3, last=False):
        start = g.node("Slice", maps, *first)
        away = g.node("Sub", maps, start)
        mean = g.node("ReduceMean", away, places, keepdims=1)
        square = g.node("ReduceMean", g.node("Mul", away, away), places, keepdims=1)
        variance = g.node("Sub", square, g.node("Mul", mean, mean))
        variance = g.node("Add", g.node("Max", variance, g.constant(0)), g.constant(1e-5))
        parts += [g.node("Add", mean, start), g.node("Sqrt", variance)]
    g.node("Flatten", g.node("Concat", *parts, axis=1), output="statistics")
    return g.model("describer", {"statistics": ("B", 2 * sum(WIDTHS[:3]))})


Rise = Callable[[int, str], str]
Block = Callable[[int, str], str]


def _decoder(g: Graph, name: str, first: str, block: Block, rise: Rise) -> ModelProto:
    """Add what the decoders share, and return the model."""
    x = block(0, first)
    x = block(2, block(1, rise(0, x)))
    x = block(3, rise(1, x))
    x = block(4, rise(2, x))
    weight = g.weight("to_pixels.weight", 12, WIDTHS[0], 3, 3)
    x = g.node("Sigmoid", g.convolve(x, weight, g.weight("to_pixels.bias", 12)))
    g.node("Transpose", g.shuffle(x), perm=[0, 2, 3, 1], output="painting")
    return g.model(name, {"painting": (1, "H", "W", 3)})


def _narrow(g: Graph, level: int, x: str) -> str:
    inside, outside = WIDTHS[3 - level], WIDTHS[2 - level]
    weight = g.weight(f"narrow.{level}.weight", outside, inside, 1, 1)
    return g.convolve(x, weight, g.weight(f"narrow.{level}.bias", outside), size=1)


def _contents(g: Graph) -> list[str]:
    return [g.input(n, 1, w, f"H{n}", f"W{n}") for n, w in zip(SCALES, WIDTHS, strict=True)]


def _noise(g: Graph) -> list[str]:
    return [
        g.input(f"noise.{i}", 1, 1, f"H{SCALES[s]}", f"W{SCALES[s]}")
        for i, s in enumerate(BLOCK_SCALES)
    ]


def decoder(border: Border) -> ModelProto:
    """Return the decoder for one style, which is folded into its weights."""
    g = Graph(border)
    contents, noise = _contents(g), _noise(g)
    gains = [g.input(f"gain.{i}", 1, w, 1, 1) for i, w in enumerate(WIDTHS)]
    shifts = [g.input(f"shift.{i}", 1, w, 1, 1) for i, w in enumerate(WIDTHS)]

    def block(i: int, x: str) -> str:
        outside, inside, _ = BLOCKS[i]
        weight = g.weight(f"blocks.{i}.first.weight", inside, outside, 3, 3)
        h = g.convolve(x, weight, g.weight(f"blocks.{i}.first.bias", inside))
        grain = g.convolve(noise[i], g.weight(f"blocks.{i}.noise", inside, 1, 1, 1), size=1)
        h = g.node("LeakyRelu", g.node("Add", h, grain), alpha=_SLOPE)
        weight = g.weight(f"blocks.{i}.second.weight", outside, inside, 3, 3)
        h = g.convolve(h, weight, g.weight(f"blocks.{i}.second.bias", outside))
        return g.node("Relu", g.node("Add", h, x))

    def rise(level: int, x: str) -> str:
        # Shifted while small: bilinear upsampling keeps constants.
        scale = 2 - level
        above = g.enlarge(g.node("Add", _narrow(g, level, x), shifts[scale]))
        return g.node("Add", above, g.node("Mul", contents[scale], gains[scale]))

    first = g.node("Add", g.node("Mul", contents[3], gains[3]), shifts[3])
    return _decoder(g, "decoder", first, block, rise)


def decoder_by_region(border: Border) -> ModelProto:
    """Return the decoder for a style in each region, mixed at every pixel."""
    g = Graph(border)
    contents, noise = _contents(g), _noise(g)
    shares = [g.input(f"shares.{i}", 1, "K", f"H{n}", f"W{n}") for i, n in enumerate(SCALES)]
    gains = [g.input(f"gain.{i}", w, "K", 1, 1) for i, w in enumerate(WIDTHS)]
    shifts = [g.input(f"shift.{i}", w, "K", 1, 1) for i, w in enumerate(WIDTHS)]

    def affine(x: str, scale: int, gain: str, shift: str) -> str:
        factor, added = (g.convolve(shares[scale], part, size=1) for part in (gain, shift))
        return g.node("Add", g.node("Mul", x, factor), added)

    def convolve(i: int, part: str, x: str) -> str:
        outside, inside, rank = BLOCKS[i]
        before, after = (outside, inside) if part == "first" else (inside, outside)
        name = f"blocks.{i}.{part}"
        weight = g.weight(f"{name}.both.weight", after + rank, before, 3, 3)
        both = g.convolve(x, weight, g.weight(f"{name}.both.bias", after + rank))
        sizes = g.constant([after, rank], np.int64)
        plain, low = f"{name}.plain", f"{name}.low"
        g.split(both, sizes, plain, low)
        gates = g.convolve(
            shares[BLOCK_SCALES[i]], g.input(f"{name}.gates", rank, "K", 1, 1), size=1
        )
        spread = g.weight(f"{name}.spread", after, rank, 1, 1)
        return g.node("Add", plain, g.convolve(g.node("Mul", low, gates), spread, size=1))

    def block(i: int, x: str) -> str:
        outside, inside, _ = BLOCKS[i]
        scale = BLOCK_SCALES[i]
        gain = g.input(f"blocks.{i}.scale", outside, "K", 1, 1)
        h = affine(x, scale, gain, g.input(f"blocks.{i}.shift", outside, "K", 1, 1))
        h = convolve(i, "first", h)
        amounts = g.input(f"blocks.{i}.noise", inside, "K", 1, 1)
        grain = g.convolve(g.node("Mul", shares[scale], noise[i]), amounts, size=1)
        h = g.node("LeakyRelu", g.node("Add", h, grain), alpha=_SLOPE)
        return g.node("Relu", g.node("Add", convolve(i, "second", h), x))

    def rise(level: int, x: str) -> str:
        scale = 2 - level
        above = g.enlarge(_narrow(g, level, x))
        return g.node("Add", affine(contents[scale], scale, gains[scale], shifts[scale]), above)

    return _decoder(
        g, "decoder_by_region", affine(contents[3], 3, gains[3], shifts[3]), block, rise
    )


def generator(border: Border) -> ModelProto:
    """Return the generator of the spatial GAN for one material, which is folded into its weights."""
    g = Graph(border)

    def convolve(name: str, x: str, inside: int, outside: int) -> str:
        weight = g.weight(f"{name}.weight", outside, inside, 3, 3)
        return g.convolve(x, weight, g.weight(f"{name}.bias", outside))

    def centered(x: str) -> str:
        return g.node("Sub", g.node("Mul", x, g.constant(2)), g.constant(1))

    x, inside = centered(g.input("layout", 1, spatial_gan.LAYOUT, "H4", "W4")), spatial_gan.LAYOUT
    draft = g.node("Transpose", g.input("draft", 1, "H", "W", 3), perm=[0, 3, 1, 2])
    for level, (channels, width) in enumerate(
        zip(spatial_gan.NOISE, spatial_gan.WIDTHS, strict=True)
    ):
        if level:
            x = g.node("Concat", g.enlarge(x), g.unshuffle(centered(draft), 3), axis=1)
            inside += spatial_gan.DRAFT
        scale = spatial_gan.NOISE_SCALES[level]
        noise = g.input(f"noise.{level}", 1, channels, f"H{scale}", f"W{scale}")
        x = g.node("Concat", x, noise, axis=1)
        x = g.leaky(convolve(f"layers.{level}.0", x, inside + channels, width))
        x = g.leaky(convolve(f"layers.{level}.1", x, width, width))
        if not level:
            x = g.node("Add", x, g.leaky(convolve("middle", x, width, width)))
        inside = width
    x = g.node("Add", draft, g.shuffle(convolve("paint", x, inside, spatial_gan.DRAFT)))
    x = g.node("Clip", x, g.constant(0), g.constant(1))
    g.node("Transpose", x, perm=[0, 2, 3, 1], output="painting")
    return g.model("generator", {"painting": (1, "H", "W", 3)})


def automaton_step(border: Border) -> ModelProto:
    """Return a step of the cellular automaton."""
    g, channels, hidden = Graph(border), automaton.CHANNELS, automaton.HIDDEN
    state = g.input("state", 1, channels, "H", "W")
    both = g.node("Concat", state, g.input("codes", 1, CODES, "H", "W"), axis=1)
    updated = g.input("updated", 1, 1, "H", "W")
    block = [automaton.BLOCK, automaton.BLOCK]
    far = g.node("AveragePool", both, kernel_shape=block, strides=block)
    inside = channels + CODES
    far = g.convolve(far, g.weight("far", hidden, inside, 3, 3), g.weight("bias", hidden))
    near = g.convolve(both, g.weight("near", hidden, inside, 3, 3))
    x = g.node("Relu", g.node("Add", near, g.enlarge(far, automaton.BLOCK)))
    weight = g.weight("change", 2 * channels, hidden, 1, 1)
    x = g.convolve(x, weight, g.weight("change_bias", 2 * channels), size=1)
    new = g.node("Tanh", g.slice(x, [0], [channels], [1]))
    gate = g.node("Sigmoid", g.slice(x, [channels], [2 * channels], [1]))
    change = g.node("Mul", g.node("Mul", gate, updated), g.node("Sub", new, state))
    g.node("Add", state, change, output="changed")
    return g.model("automaton_step", {"changed": (1, channels, "H", "W")})


def automaton_painter(border: Border) -> ModelProto:
    """Return the painter of the cellular automaton, with its colors folded in."""
    g = Graph(border)

    def convolve(name: str, x: str) -> str:
        shape = automaton.PAINTER[name]
        return g.convolve(x, g.weight(name, *shape), g.weight(f"{name}_bias", shape[0]))

    state = g.input("state", 1, automaton.CHANNELS, "H", "W")
    x = g.enlarge(g.leaky(convolve("coarse", state)))
    x = g.leaky(convolve("half", x))
    x = g.leaky(g.shuffle(convolve("fine", x)))
    # A mean of 2 x 2, see ``Stepper.paint`` in ``core/models/automaton.py``.
    x = g.node("Pad", x, g.constant([0, 0, 0, 0, 0, 0, 1, 1], np.int64), mode="wrap")
    x = g.node("AveragePool", x, kernel_shape=[2, 2])
    x = g.node("Add", convolve("last", x), g.shuffle(convolve("plain", state), CELL))
    x = g.node("Clip", x, g.constant(0), g.constant(1))
    g.node("Transpose", x, perm=[0, 2, 3, 1], output="painting")
    return g.model("automaton_painter", {"painting": (1, "4H", "4W", 3)})


NETWORKS: dict[str, tuple[Callable[[Border], ModelProto], Sequence[Border]]] = {
    "encoder": (encoder, tuple(product(PADDINGS, repeat=2))),
    "describer": (describer, (("reflect", "reflect"),)),
    "decoder": (decoder, tuple(product(PADDINGS, repeat=2))),
    "decoder_by_region": (decoder_by_region, tuple(product(PADDINGS, repeat=2))),
    "generator": (generator, tuple(product(PADDINGS, repeat=2))),
    "automaton_step": (automaton_step, (("circular", "circular"),)),
    "automaton_painter": (automaton_painter, (("circular", "circular"),)),
}
"""How each network is built, and for which borders."""


def build() -> dict[str, bytes]:
    """Return all graphs by the names of their files."""
    files = {}
    for name, (make, borders) in NETWORKS.items():
        for border in borders:
            model = make(border)
            files[f"{name}_{border[0]}_{border[1]}.onnx"] = model.SerializeToString(
                deterministic=True
            )
    return files


def main() -> None:
    """Write the graphs, or check that those that are there are these."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say whether they are up to date")
    check = parser.parse_args().check
    files = build()
    if check:
        old = [n for n, data in files.items() if (GRAPHS / n).read_bytes() != data]
        raise SystemExit(f"out of date: {', '.join(old)}" if old else 0)
    GRAPHS.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (GRAPHS / name).write_bytes(data)
    print(f"{len(files)} graphs, {sum(map(len, files.values()))} bytes, in {GRAPHS}")


if __name__ == "__main__":
    main()
