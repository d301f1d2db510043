"""Building blocks shared by the networks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..networks.layout import REFLECT, Border, PaddingMode

OnLayer = Callable[[], object]
"""Called by a network after each of its layers that takes noticeable time; may raise to stop it."""

_CACHED = 1 << 19
"""Number of values to process at a time where memory bandwidth limits: 2 MB fit a processor's cache."""


def convolve(
    x: Tensor, weight: Tensor, bias: Tensor | None, stride: int = 1, padding: int = 0
) -> Tensor:
    """Convolve maps; at inference on the CPU always by oneDNN.

    It adds in the same order on all processors with AVX2. By itself, torch leaves small maps, on one
    thread also large ones, to a library that does not.

    Parameters
    ----------
    x : (B, in, H, W) float32
        The maps.
    weight : (out, in, k, k) float32
        The kernels.
    bias : (out,) float32 or None
        Their bias.
    stride, padding : int
        As torch has them.

    Returns
    -------
    (B, out, H', W') float32
        The result.
    """
    if (
        torch.is_grad_enabled()
        or x.device.type != "cpu"
        or not torch.backends.mkldnn.is_available()
    ):
        return F.conv2d(x, weight, bias, stride, padding)
    return torch.mkldnn_convolution(
        *(x, weight, bias, (padding, padding), (stride, stride), (1, 1), 1)
    )


class Conv1x1(nn.Conv2d):
    """1x1 convolution.

    Parameters
    ----------
    in_channels, out_channels : int
        Channels.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(in_channels, out_channels, 1)

    def forward(self, input: Tensor) -> Tensor:
        """Convolve a batch of maps.

        Parameters
        ----------
        input : (B, in, H, W) float32
            The maps.

        Returns
        -------
        (B, out, H, W) float32
            The result.
        """
        return convolve(input, self.weight, self.bias)


class Conv3x3(nn.Conv2d):
    """3x3 convolution whose padding is chosen for each pass.

    Parameters
    ----------
    in_channels, out_channels : int
        Channels.
    stride : int
        1 or 2.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__(in_channels, out_channels, 3, stride=stride)

    def forward(self, x: Tensor, border: Border = REFLECT) -> Tensor:
        """Convolve a batch of maps.

        Parameters
        ----------
        x : (B, in, H, W) float32
            The maps; H and W are even.
        border : Border
            The padding.

        Returns
        -------
        (B, out, H / stride, W / stride) float32
            The result.
        """
        return self.convolve(x, self.weight, self.bias, border)

    def convolve(
        self, x: Tensor, weight: Tensor, bias: Tensor | None, border: Border = REFLECT
    ) -> Tensor:
        """Convolve with other weights, such as those that a modulation was folded into.

        Parameters
        ----------
        x : (B, in, H, W) float32
            The maps; H and W are even.
        weight : (out, in, 3, 3) float32
            The kernels.
        bias : (out,) float32 or None
            Their bias.
        border : Border
            The padding.

        Returns
        -------
        (B, out, H / stride, W / stride) float32
            The result.
        """
        if torch.is_grad_enabled() or min(x.shape[2:]) < 4:
            return convolve(pad(x, border), weight, bias, self.stride[0])
        return self._convolve_in_place(x, weight, bias, border)

    def _convolve_in_place(
        self, x: Tensor, weight: Tensor, bias: Tensor | None, border: Border
    ) -> Tensor:
        """Convolve without a padded copy of ``x``: zeros around it, then the edges once more."""
        rows, columns = border
        stride = self.stride[0]
        out = convolve(x, weight, bias, stride, padding=1)
        for end in (
            (0, 1) if stride == 1 else (0,)
        ):  # at stride 2, no kernel reaches past an even end
            strip = _pad_axis(_edge(x, 2, rows, end), columns, (1, 1, 0, 0))
            out[:, :, -end : out.shape[2] if end else 1] = convolve(strip, weight, bias, stride)
            strip = _pad_axis(_edge(x, 3, columns, end), rows, (0, 0, 1, 1))
            out[:, :, :, -end : out.shape[3] if end else 1] = convolve(strip, weight, bias, stride)
        return out


def ignore_layer() -> None:
    """Do nothing: the default of a network's ``on_layer``."""


def _edge(x: Tensor, axis: int, mode: PaddingMode, end: int) -> Tensor:
    """Return the three rows (or columns) under the kernel at the first or last place of an axis."""
    last = x.shape[axis] - 1
    first = 1 if mode == "reflect" else last
    index = [last - 1, last, last - 1 if mode == "reflect" else 0] if end else [first, 0, 1]
    return x.index_select(axis, torch.tensor(index, device=x.device))


def pad(x: Tensor, border: Border) -> Tensor:
    """Add one cell on each side of maps.

    Parameters
    ----------
    x : (B, C, H, W) float32
        The maps.
    border : Border
        The padding.

    Returns
    -------
    (B, C, H + 2, W + 2) float32
        The padded maps.
    """
    rows, columns = border
    if rows == columns:
        return _pad_axis(x, rows, (1, 1, 1, 1))
    return _pad_axis(_pad_axis(x, rows, (0, 0, 1, 1)), columns, (1, 1, 0, 0))


def _pad_axis(x: Tensor, mode: PaddingMode, amounts: tuple[int, int, int, int]) -> Tensor:
    """Pad in one mode; a single row or column has no neighbor to reflect, and is repeated."""
    short = (amounts[0] and x.shape[3] < 2) or (amounts[2] and x.shape[2] < 2)
    return F.pad(x, amounts, mode="replicate" if mode == "reflect" and short else mode)


class Upsample2x(nn.Module):
    """Bilinear upsampling by two, across the border of a torus where there is one."""

    def forward(self, x: Tensor, border: Border = REFLECT) -> Tensor:
        """Double the resolution of maps.

        Parameters
        ----------
        x : (B, C, H, W) float32
            The maps.
        border : Border
            Whether rows and columns are circular.

        Returns
        -------
        (B, C, 2 H, 2 W) float32
            The larger maps.
        """
        if "circular" not in border:
            return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        wide = F.interpolate(pad(x, border), scale_factor=2, mode="bilinear", align_corners=False)
        return wide[..., 2:-2, 2:-2]


class Bottleneck(nn.Module):
    """Residual block that squeezes channels before its 3x3 convolution, as SqueezeNet's fire module.

    Parameters
    ----------
    channels, squeeze : int
        Channels outside, and before the convolution.
    """

    def __init__(self, channels: int, squeeze: int) -> None:
        super().__init__()
        self.squeeze = Conv1x1(channels, squeeze)
        self.expand = Conv3x3(squeeze, channels)

    def forward(self, x: Tensor, border: Border = REFLECT) -> Tensor:
        """Apply the block to maps.

        Parameters
        ----------
        x : (B, channels, H, W) float32
            The maps.
        border : Border
            The padding.

        Returns
        -------
        (B, channels, H, W) float32
            The result, rectified.
        """
        return torch.relu_(self.expand(torch.relu_(self.squeeze(x)), border) + x)


def product(first: Tensor, second: Tensor) -> Tensor:
    """Multiply small matrices; at inference in double precision.

    Libraries add in an order that differs between processors and numbers of threads. In double
    precision, what that changes is lost when the result is rounded, so all machines get the same.

    Parameters
    ----------
    first : (..., n, k) float32
        Such as styles.
    second : (..., k, m) float32
        Such as weights.

    Returns
    -------
    (..., n, m) float32
        Their product.
    """
    if torch.is_grad_enabled() or first.device.type == "mps":  # which has no doubles
        return first @ second
    return (first.double() @ second.double()).float()


class Linear(nn.Linear):
    """A linear layer of which all machines get the same at inference; see :func:`product`."""

    def forward(self, input: Tensor) -> Tensor:
        """Apply the layer.

        Parameters
        ----------
        input : (n, in_features) float32
            Rows.

        Returns
        -------
        (n, out_features) float32
            The result.
        """
        return product(input, self.weight.t()) + self.bias


def as_batch(image: np.ndarray) -> Tensor:
    """Return an image as a batch of one, sharing memory where it can.

    Parameters
    ----------
    image : (H, W, C) float32
        The image.

    Returns
    -------
    (1, C, H, W) float32
        The batch.
    """
    return torch.from_numpy(np.ascontiguousarray(image, dtype=np.float32)).permute(2, 0, 1)[None]


def as_rows(maps: Tensor) -> Tensor:
    """Return maps as rows of channels: no copy where channels come last in memory.

    Parameters
    ----------
    maps : (1, C, h, w) float32
        The maps.

    Returns
    -------
    (h * w, C) float32
        The rows.
    """
    return maps.permute(0, 2, 3, 1).flatten(0, 2)


def chunks(rows: Tensor) -> Iterator[slice]:
    """Yield slices of rows, each as large as the processor's cache holds.

    Parameters
    ----------
    rows : (n, C) float32
        The rows.

    Yields
    ------
    slice
        Consecutive parts of all rows.
    """
    step = max(1, _CACHED // rows.shape[1])
    yield from (slice(first, first + step) for first in range(0, len(rows), step))


def as_maps(rows: Tensor, like: Tensor) -> Tensor:
    """Return rows as maps: the inverse of :func:`as_rows`.

    Parameters
    ----------
    rows : (h * w, C) float32
        The rows.
    like : (1, any, h, w) float32
        Has the height and width.

    Returns
    -------
    (1, C, h, w) float32
        The maps.
    """
    return rows.view(1, *like.shape[2:], -1).permute(0, 3, 1, 2)


class _Sorted(torch.autograd.Function):
    """NumPy sorts several times as fast as torch, and order is needed for gradients only."""

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


def sort_last(values: Tensor) -> Tensor:
    """Sort along the last axis, with a gradient.

    Parameters
    ----------
    values : (..., n) float32
        The values.

    Returns
    -------
    (..., n) float32
        The same, in ascending order.
    """
    if values.device.type == "cpu":
        return _Sorted.apply(values)  # type: ignore[no-any-return]
    return values.sort(dim=-1).values
