"""The loss network: SqueezeNet 1.1 trained on ImageNet (DeepScale, BSD-2-Clause).

The encoder is distilled from it, and it measures style during training. It is never shipped.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

LAYERS = ("conv1", "fire2", "fire3", "fire4", "fire5", "fire6", "fire7")
_POOL_BEFORE = ("fire2", "fire4", "fire6")
_MEAN_BGR = (104.0, 117.0, 123.0)


class Teacher(nn.Module):
    """Frozen SqueezeNet 1.1 up to ``fire7``, reflect-padded and pixel-aligned.

    Max-pooling is padded instead of ceiled, so that position ``i`` at stride ``s`` is centered on
    pixel ``i * s``, as in our encoder, and borders are reflected: zero padding leaves bright
    frames in whatever is trained on these features.
    """

    def __init__(self, weights: Path) -> None:
        super().__init__()
        with np.load(weights) as arrays:
            self._names = [n for n in arrays.files if n.replace(".", "/").split("/")[0] in LAYERS]
            for name in self._names:
                tensor = torch.from_numpy(arrays[name].astype(np.float32))
                self.register_buffer(name.replace("/", "_").replace(".", "_"), tensor)
        self.register_buffer("mean", torch.tensor(_MEAN_BGR).view(1, 3, 1, 1))

    def _conv(self, x: Tensor, name: str, pad: int, stride: int = 1) -> Tensor:
        if pad:
            x = F.pad(x, (pad,) * 4, mode="reflect")
        weight, bias = (getattr(self, f"{name.replace('/', '_')}_{p}") for p in ("weight", "bias"))
        return F.relu_(F.conv2d(x, weight, bias, stride))

    def forward(self, image: Tensor, last: str = "fire7") -> dict[str, Tensor]:
        """Return rectified features by layer name, up to the layer ``last``.

        The image is ``(B, 3, H, W)`` RGB, sRGB-encoded in [0, 1].
        """
        x = image.flip(1) * 255 - self.mean
        features: dict[str, Tensor] = {}
        for name in LAYERS:
            if name == "conv1":
                x = self._conv(x, "conv1", 1, 2)
            else:
                if name in _POOL_BEFORE:
                    x = F.max_pool2d(x, 3, 2, padding=1)
                s = self._conv(x, f"{name}/squeeze1x1", 0)
                e1 = self._conv(s, f"{name}/expand1x1", 0)
                e3 = self._conv(s, f"{name}/expand3x3", 1)
                x = torch.cat((e1, e3), 1)
            features[name] = x
            if name == last:
                break
        return features
