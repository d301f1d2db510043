"""Modulation by regions equals that of each region, mixed."""

from __future__ import annotations

import torch
from bl_ext.user_default.impasto.core.networks.decoder import (
    add_noise_by_region,
    affine_by_region,
)


def mixed(values: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """``(K, C)`` by ``(1, K, h, w)``: ``(1, C, h, w)``."""
    return torch.einsum("kc,bkhw->bchw", values, weights)


def test_scale_shift_and_noise_are_those_of_each_region() -> None:
    torch.manual_seed(0)
    x = torch.randn(1, 16, 100, 90).contiguous(memory_format=torch.channels_last)
    weights = torch.rand(1, 4, 100, 90).softmax(1)
    scale, shift, gain = torch.randn(3, 4, 16)
    noise = torch.randn(1, 1, 100, 90)
    expected = x * mixed(scale, weights) + mixed(shift, weights)
    torch.testing.assert_close(affine_by_region(x, scale, shift, weights), expected)
    expected = x + noise * mixed(gain, weights)
    torch.testing.assert_close(add_noise_by_region(x, noise, gain, weights), expected)
