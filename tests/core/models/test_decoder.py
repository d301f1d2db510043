"""Styles in the decoder: alike however they are applied, and none of its units is dead."""

from __future__ import annotations

import pytest
import torch

from impasto.core.models.codes import feature_statistics, style_code
from impasto.core.models.loading import load_decoder, load_encoder
from impasto.core.models.styled_layers import StyledBlock, StyledConv, affine_by_region
from impasto.core.networks.layout import BLOCKS


def mixed(values: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """``(K, C)`` by ``(1, K, h, w)``: ``(1, C, h, w)``."""
    return torch.einsum("kc,bkhw->bchw", values, weights)


def test_scale_and_shift_are_those_of_each_region() -> None:
    torch.manual_seed(0)
    x = torch.randn(1, 16, 100, 190).contiguous(memory_format=torch.channels_last)
    weights = torch.rand(1, 4, 100, 190).softmax(1)
    scale, shift = torch.randn(2, 4, 16)
    expected = x * mixed(scale, weights) + mixed(shift, weights)
    torch.testing.assert_close(affine_by_region(x, scale, shift, weights), expected)
    torch.testing.assert_close(affine_by_region(x, scale, shift, weights, x), expected + x)


def test_a_block_paints_each_region_in_its_style() -> None:
    torch.manual_seed(2)
    block = StyledBlock(64, 48, 12)
    for parameter in block.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    block.requires_grad_(False).to(memory_format=torch.channels_last)
    x = torch.randn(1, 64, 96, 80).contiguous(memory_format=torch.channels_last)
    noise, mapped = torch.randn(1, 1, 96, 80), torch.randn(3, 256)
    weights = torch.zeros(1, 3, 96, 80)
    weights[:, 0, :30], weights[:, 1, 30:60], weights[:, 2, 60:] = 1, 1, 1
    found = block(x, mapped, noise, weights)
    for region, rows in enumerate((slice(0, 28), slice(32, 58), slice(62, 96))):
        alone = block(x, mapped[region : region + 1], noise, None)
        torch.testing.assert_close(found[:, :, rows], alone[:, :, rows], atol=1e-4, rtol=1e-4)
        assert not torch.allclose(found[:, :, rows], x[:, :, rows].relu(), atol=0.05)


@pytest.fixture
def styled() -> StyledConv:
    torch.manual_seed(1)
    layer = StyledConv(12, 20, 5)
    torch.nn.init.normal_(layer.gate.weight)
    return layer.requires_grad_(False).to(memory_format=torch.channels_last)


def test_styles_of_a_batch_are_those_of_its_pictures(styled: StyledConv) -> None:
    x, mapped = torch.randn(3, 12, 18, 14), torch.randn(3, 256)
    one_by_one = torch.cat([styled(x[i : i + 1], mapped[i : i + 1]) for i in range(3)])
    assert not torch.allclose(one_by_one[0], styled(x[:1], mapped[1:2])[0], atol=0.1)
    torch.testing.assert_close(styled(x, mapped), one_by_one, atol=1e-4, rtol=1e-4)


def test_a_region_is_convolved_in_its_own_style(styled: StyledConv) -> None:
    x = torch.randn(1, 12, 18, 14).contiguous(memory_format=torch.channels_last)
    mapped = torch.randn(2, 256)
    weights = torch.zeros(1, 2, 18, 14)
    weights[:, 0, :7], weights[:, 1, 7:] = 1, 1
    above, below = (styled(x, style[None]) for style in mapped)
    found = styled.by_region(x, mapped, weights, lambda rows, here: rows.mul_(2)) / 2
    torch.testing.assert_close(found[..., :7, :], above[..., :7, :], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(found[..., 7:, :], below[..., 7:, :], atol=1e-4, rtol=1e-4)


def test_hardly_any_unit_of_the_bundled_decoder_is_dead() -> None:
    """The first 12,000 steps trained a decoder of which nearly all inner units were."""
    torch.manual_seed(0)
    encoder, decoder = load_encoder(), load_decoder()
    alive: dict[int, torch.Tensor] = {}

    def watch(number: int, seen: torch.Tensor) -> None:
        share = (seen > 0).float().mean((0, 2, 3))
        alive[number] = torch.maximum(alive.get(number, share), share)

    for number, block in enumerate(decoder.blocks):
        block.second.register_forward_pre_hook(lambda _, args, n=number: watch(n, args[0]))
    with torch.inference_mode():
        for _ in range(6):
            style, content = torch.rand(2, 1, 3, 6, 6).sub(0.5).mul(1.5).add(torch.rand(3, 1, 1))
            style, content = (
                torch.nn.functional.interpolate(p, size=(96, 96), mode="bicubic").clamp(0, 1)
                for p in (style, content)
            )
            code, features = style_code(style, encoder(style)), encoder(content)
            noise = decoder.sample_noise(1, 96, 96)
            decoder(features, feature_statistics(features), code, noise)
    for number, (_, inner, _) in enumerate(BLOCKS):
        assert (alive[number] > 1e-3).sum() > 0.8 * inner
