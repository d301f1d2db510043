"""The border rules of the convolutions."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from impasto.core.models.layers import Conv3x3, Upsample2x, pad
from impasto.core.networks.layout import CIRCULAR

RULES = [("reflect", "reflect"), ("circular", "circular"), ("reflect", "circular")]


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("size", [(4, 6), (2, 2), (16, 10)])
def test_the_fast_border_equals_padding(rules, stride, size):
    torch.manual_seed(0)
    conv = Conv3x3(3, 5, stride)
    x = torch.randn(2, 3, *size)
    padded = F.conv2d(pad(x, rules), conv.weight, conv.bias, stride)
    with torch.inference_mode():
        fast = conv(x, rules)
    assert torch.allclose(fast, padded, atol=1e-5)


def test_upsampling_turns_with_the_torus():
    up = Upsample2x()
    x = torch.randn(1, 2, 6, 8)
    turned = up(x.roll((2, 3), (2, 3)), CIRCULAR)
    assert torch.allclose(turned, up(x, CIRCULAR).roll((4, 6), (2, 3)), atol=1e-6)
