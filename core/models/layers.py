"""Building blocks shared by the networks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

Border = Literal["reflect", "circular"]

OnLayer = Callable[[], object]
"""Called by a network after each of its layers that takes noticeable time; may raise to stop it."""

_CACHED = 1 << 19
"""Numbers at a time in what only passes over them: 2 MB, which a processor's cache holds."""


class Conv3x3(nn.Conv2d):
    """3x3 convolution whose border rule is chosen when it runs, not when it is built.

    ``reflect`` is what the networks are trained with; ``circular`` makes the result seamless.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__(in_channels, out_channels, 3, stride=stride)
        self.border: tuple[Border, Border] = ("reflect", "reflect")

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(B, in, H, W)`` to ``(B, out, H / stride, W / stride)`` for even H and W."""
        return self.convolve(x, self.weight, self.bias)

    def convolve(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """The same convolution with other weights (modulation folds itself into them)."""
        if torch.is_grad_enabled() or min(x.shape[2:]) < 4:
            return F.conv2d(pad(x, self.border), weight, bias, self.stride)
        return self._convolve_in_place(x, weight, bias)

    def _convolve_in_place(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """Without a padded copy of ``x``: zeros around everything, then the edges once more."""
        rows, columns = self.border
        stride = self.stride[0]
        out = F.conv2d(x, weight, bias, stride, padding=1)
        for end in (0, 1) if stride == 1 else (0,):  # at stride 2, an even end is never looked past
            strip = pad_axis(_edge(x, 2, rows, end), columns, (1, 1, 0, 0))
            out[:, :, -end : out.shape[2] if end else 1] = F.conv2d(strip, weight, bias, stride)
            strip = pad_axis(_edge(x, 3, columns, end), rows, (0, 0, 1, 1))
            out[:, :, :, -end : out.shape[3] if end else 1] = F.conv2d(strip, weight, bias, stride)
        return out


def ignore_layer() -> None:
    """Do nothing: the default of a network's ``on_layer``."""


def _edge(x: Tensor, axis: int, border: Border, end: int) -> Tensor:
    """The three rows (or columns) under the kernel at the first or last position of an axis."""
    last = x.shape[axis] - 1
    first = 1 if border == "reflect" else last
    index = [last - 1, last, last - 1 if border == "reflect" else 0] if end else [first, 0, 1]
    return x.index_select(axis, torch.tensor(index, device=x.device))


def pad(x: Tensor, border: tuple[Border, Border]) -> Tensor:
    """Put one cell around ``(B, C, H, W)`` by the rules for rows and columns."""
    rows, columns = border
    if rows == columns:
        return pad_axis(x, rows, (1, 1, 1, 1))
    return pad_axis(pad_axis(x, rows, (0, 0, 1, 1)), columns, (1, 1, 0, 0))


def pad_axis(x: Tensor, border: Border, amounts: tuple[int, int, int, int]) -> Tensor:
    """Pad with one rule; a single row or column has no neighbor to reflect, and is repeated."""
    short = (amounts[0] and x.shape[3] < 2) or (amounts[2] and x.shape[2] < 2)
    return F.pad(x, amounts, mode="replicate" if border == "reflect" and short else border)


def set_border(module: nn.Module, rows: Border, columns: Border) -> None:
    """Choose the border rules of everything in ``module`` that looks past its cell."""
    for child in module.modules():
        if isinstance(child, (Conv3x3, Upsample2x)):
            child.border = (rows, columns)


class Upsample2x(nn.Module):
    """Bilinear upsampling by two that knows a torus when it is on one."""

    def __init__(self) -> None:
        super().__init__()
        self.border: tuple[Border, Border] = ("reflect", "reflect")

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(B, C, H, W)`` to ``(B, C, 2 H, 2 W)``."""
        if "circular" not in self.border:
            return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        wide = F.interpolate(
            pad(x, self.border), scale_factor=2, mode="bilinear", align_corners=False
        )
        return wide[..., 2:-2, 2:-2]


class Bottleneck(nn.Module):
    """Residual block that squeezes channels before its 3x3 convolution (the fire idea)."""

    def __init__(self, channels: int, squeeze: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeeze, 1)
        self.expand = Conv3x3(squeeze, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return ``(B, channels, H, W)``, rectified."""
        return torch.relu_(self.expand(torch.relu_(self.squeeze(x))) + x)


def as_rows(maps: Tensor) -> Tensor:
    """``(1, C, h, w)`` as ``(h * w, C)``: no copy where channels come last in memory."""
    return maps.permute(0, 2, 3, 1).flatten(0, 2)


def chunks(rows: Tensor) -> Iterator[slice]:
    """Which of the rows ``(n, C)`` to go over at a time, so that the processor's cache holds them."""
    step = max(1, _CACHED // rows.shape[1])
    return (slice(first, first + step) for first in range(0, len(rows), step))


def as_maps(rows: Tensor, like: Tensor) -> Tensor:
    """:func:`as_rows` undone, for the height and width of ``like``."""
    return rows.view(1, *like.shape[2:], -1).permute(0, 3, 1, 2)


class _Ordered(torch.autograd.Function):
    """NumPy sorts several times as fast as torch, and needs no order where nothing is learned."""

    @staticmethod
    def forward(ctx, values: Tensor) -> Tensor:
        array = np.ascontiguousarray(values.detach().numpy())
        if not ctx.needs_input_grad[0]:
            return torch.from_numpy(np.sort(array, axis=-1))
        order = torch.from_numpy(np.argsort(array, axis=-1))
        ctx.save_for_backward(order)
        return torch.from_numpy(array).gather(-1, order)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> Tensor:  # type: ignore[override]
        (order,) = ctx.saved_tensors
        return torch.empty_like(gradient).scatter_(-1, order, gradient)


def ordered(values: Tensor) -> Tensor:
    """Sorted along the last axis, with a gradient."""
    if values.device.type == "cpu":
        return _Ordered.apply(values)  # type: ignore[no-any-return]
    return values.sort(dim=-1).values
