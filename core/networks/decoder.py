"""The decoder's weights for a style: what a style changes is folded into its convolutions.

See ``core/models/decoder.py`` for the network itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .codes import split_statistics
from .layout import BLOCKS, WIDTHS
from .weights import Weights, linear, product, silu

MAX_GAIN = 4.0
"""Of a channel: a nearly flat one would turn compression noise into paint."""

Adapter = Mapping[str, np.ndarray]
"""What Refine adds to weights: ``<convolution>.up``, ``.down``, and offsets by their parameter."""

Adapters = Sequence[tuple[Adapter, float]]
"""Adapters and their weights."""


def same_adapters(first: Adapters, second: Adapters) -> bool:
    """Return whether adapters are the very same objects, and weigh as much.

    Parameters
    ----------
    first, second : sequence of (Adapter, float)
        Adapters and their weights. Who compares keeps one of both, so that no others get their ids.

    Returns
    -------
    bool
        True if they are.
    """
    return [(id(a), share) for a, share in first] == [(id(b), share) for b, share in second]


def merge_adapters(weights: Weights, adapters: Adapters) -> Weights:
    """Return the decoder's weights with adapters added.

    Parameters
    ----------
    weights : mapping of str to ndarray
        Those of the decoder.
    adapters : sequence of (Adapter, float)
        Adapters and their weights.

    Returns
    -------
    dict of str to ndarray
        The changed weights, such as ``(out, in, 3, 3)`` float32.

    References
    ----------
    Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022, eq. 3.
    """
    merged = dict(weights)
    for adapter, share in adapters:
        for name, value in adapter.items():
            if name.endswith(".down"):
                continue
            target, added = name, value.astype(np.float32)
            if name.endswith(".up"):
                stem = name.removesuffix("up")
                target, added = (
                    f"{stem}weight",
                    product(added, adapter[f"{stem}down"].astype(np.float32)),
                )
            old = merged[target]
            merged[target] = old + np.float32(share) * added.reshape(old.shape)
    return merged


def content_affine(
    statistics: np.ndarray, codes: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return what gives the features of a content the statistics of a style.

    Parameters
    ----------
    statistics : (K, >= STATISTICS) float32
        Codes of the content, or the head of them.
    codes : (K, CODE_LENGTH) float32
        The styles.

    Returns
    -------
    list of ((K, C), (K, C)) float32
        Gains and shifts at each scale, finest first.
    """
    found = []
    pairs = zip(split_statistics(statistics), split_statistics(codes), strict=True)
    for (mean, deviation), (wanted, spread) in pairs:
        gain = np.minimum(spread / deviation, np.float32(MAX_GAIN))
        found.append((gain, wanted - mean * gain))
    return found


def _mapped(weights: Weights, codes: np.ndarray) -> np.ndarray:
    """Return codes ``(K, CODE_LENGTH)`` as the layers take them, ``(K, 256)``."""
    standard = (codes - weights["code_mean"]) / weights["code_std"]
    hidden = silu(linear(weights, "mapping.0", standard))
    return silu(linear(weights, "mapping.2", hidden))


def fold_style(weights: Weights, code: np.ndarray) -> dict[str, np.ndarray]:
    """Return the weights of the graph ``decoder`` for a style.

    Parameters
    ----------
    weights : mapping of str to ndarray
        Those of the decoder.
    code : (CODE_LENGTH,) float32
        The style.

    Returns
    -------
    dict of str to ndarray
        Arrays of any shape, such as ``(out, in, 3, 3)`` float32.
    """
    mapped = _mapped(weights, code[None])
    folded = _shared(weights)
    for i in range(len(BLOCKS)):
        block = f"blocks.{i}"
        scale, shift = np.split(linear(weights, f"{block}.modulation", mapped)[0], 2)
        first, second = (
            _kernel(weights, f"{block}.{part}", mapped) for part in ("first", "second")
        )
        moved = (np.float64(first) * shift[:, None, None]).sum((1, 2, 3))
        folded[f"{block}.first.weight"] = first * (1 + scale[:, None, None])
        bias = weights[f"{block}.first.bias"] + moved
        folded[f"{block}.first.bias"] = bias.astype(np.float32)
        folded[f"{block}.second.weight"] = second
        folded[f"{block}.second.bias"] = weights[f"{block}.second.bias"]
        gain = linear(weights, f"{block}.noise_gain", mapped)[0]
        folded[f"{block}.noise"] = gain[:, None, None, None]
    return folded


def _kernel(weights: Weights, name: str, mapped: np.ndarray) -> np.ndarray:
    """Return the kernel ``(out, in, 3, 3)`` of a convolution for a single style."""
    plain, basis = weights[f"{name}.weight"], weights[f"{name}.basis"]
    gates = linear(weights, f"{name}.gate", mapped)
    added = product(weights[f"{name}.spread"] * gates, basis.reshape(len(basis), -1))
    return plain + added.reshape(plain.shape)


def _shared(weights: Weights) -> dict[str, np.ndarray]:
    """Return the weights that no style changes."""
    names = ["to_pixels", *(f"narrow.{level}" for level in range(len(WIDTHS) - 1))]
    return {name: weights[name] for layer in names for name in (f"{layer}.weight", f"{layer}.bias")}


def weights_by_region(weights: Weights) -> dict[str, np.ndarray]:
    """Return the weights of the graph ``decoder_by_region``, which no style changes.

    Parameters
    ----------
    weights : mapping of str to ndarray
        Those of the decoder.

    Returns
    -------
    dict of str to ndarray
        Arrays of any shape, such as ``(out, in, 3, 3)`` float32.
    """
    found = _shared(weights)
    for i in range(len(BLOCKS)):
        for part in ("first", "second"):
            name = f"blocks.{i}.{part}"
            basis, bias = weights[f"{name}.basis"], weights[f"{name}.bias"]
            both = np.concatenate((weights[f"{name}.weight"], basis))
            found[f"{name}.both.weight"] = both
            found[f"{name}.both.bias"] = np.pad(bias, (0, len(basis)))
            found[f"{name}.spread"] = weights[f"{name}.spread"][..., None, None]
    return found


def styles_by_region(weights: Weights, codes: np.ndarray) -> dict[str, np.ndarray]:
    """Return what the graph ``decoder_by_region`` takes of the styles of regions.

    Parameters
    ----------
    weights : mapping of str to ndarray
        Those of the decoder.
    codes : (K, CODE_LENGTH) float32
        The style of each region.

    Returns
    -------
    dict of str to ndarray
        ``(C, K, 1, 1)`` float32 by the names of the graph's inputs.
    """
    mapped = _mapped(weights, codes)
    found = {}
    for i in range(len(BLOCKS)):
        block = f"blocks.{i}"
        scale, shift = np.split(linear(weights, f"{block}.modulation", mapped), 2, axis=1)
        found[f"{block}.scale"], found[f"{block}.shift"] = 1 + scale, shift
        found[f"{block}.noise"] = linear(weights, f"{block}.noise_gain", mapped)
        for part in ("first", "second"):
            name = f"{block}.{part}"
            found[f"{name}.gates"] = linear(weights, f"{name}.gate", mapped)
    return {name: as_kernels(rows) for name, rows in found.items()}


def as_kernels(rows: np.ndarray) -> np.ndarray:
    """Return values per region as the kernel of a 1x1 convolution that mixes them.

    Parameters
    ----------
    rows : (K, C) float32
        The values of each region.

    Returns
    -------
    (C, K, 1, 1) float32
        The kernel.
    """
    return np.ascontiguousarray(rows.T)[..., None, None]
