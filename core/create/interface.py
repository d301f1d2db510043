"""One small interface for what invents pictures: the GAN, the VAE and the cellular automaton.

Each is a module that is named in :data:`GENERATORS` and has two functions::

    fit(images, *, budget, seed, on_step, cancel) -> Model
    restore(tensors, words) -> Model

``images`` are ``(H, W, 3)`` float32, sRGB-encoded in [0, 1]. ``on_step`` is called with every
:class:`~core.control.FitStep`; once ``cancel`` is set, the best model so far is returned (before the
first step, JobCancelled is raised). What is fitted depends on the images, the seed and the number of steps
alone, never on the clock, so that the same number of steps gives the same pixels again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F

from ..control import NEVER, SILENT, Budget, CancelToken, Control, FitStep
from ..errors import BadRequest, ModelUnreadable
from ..image.files import write_atomically
from .settings import MODEL_SUFFIX

GENERATORS = {"GAN": "gan.fit", "VAE": "vae.model", "AUTOMATON": "automaton.fit"}
"""Kind -> module below this package."""

_HEADER = "impasto_model"
_STRIDE = 16  # what sides of pictures must be multiples of, for every network


class Model(Protocol):
    """A fitted generator.

    Attributes
    ----------
    kind : str
        Its key in :data:`GENERATORS`.
    recipe : dict
        How it was made, as plain values: ``generator``, ``seed``, ``steps``, ``texture`` (its
        distance to the pictures in the end), and more of its own. ``learned_size``: [width, height]
        of the first picture as it was learned; a sample of that size shows as much of the texture
        as the picture did, a larger one more.
    """

    kind: str
    recipe: dict

    def sample(
        self,
        size: tuple[int, int],
        *,
        seed: int = 0,
        seamless: bool = True,
        mix: Sequence[float] = (),
        control: Control = SILENT,
    ) -> np.ndarray:
        """A new picture ``(height, width, 3)`` float32, sRGB-encoded in [0, 1].

        ``size`` is (width, height) in pixels. The same arguments give the same pixels.
        ``seamless``: it continues over its border. ``mix``: weights of the pictures that it was
        fitted to (empty: as the model likes).

        Raises
        ------
        JobCancelled
            The control was cancelled.
        """

    def state(self) -> tuple[dict[str, np.ndarray], dict]:
        """Tensors, and the rest as plain values: what ``restore`` of its package takes."""


class Sequencer(Protocol):
    """A model that moves, too."""

    def loop(
        self,
        size: tuple[int, int],
        frames: int,
        *,
        seed: int = 0,
        damage: bool = False,
        show: Callable[[int, np.ndarray], None],
        cancel: CancelToken = NEVER,
    ) -> None:
        """Make a sequence whose end joins its beginning; ``show`` is given each frame in order.

        ``damage``: holes open in it at the beginning, and it grows over them until the end.
        """


def fit(
    kind: str,
    images: Sequence[np.ndarray],
    *,
    budget: Budget,
    seed: int = 0,
    on_step: Callable[[FitStep], None] = lambda step: None,
    cancel: CancelToken = NEVER,
) -> Model:
    """Fit a generator of a kind to pictures of one texture group.

    Raises
    ------
    BadRequest
        There is no such kind.
    JobCancelled
        Cancelled before the first step.
    """
    return _package(kind).fit(images, budget=budget, seed=seed, on_step=on_step, cancel=cancel)


def save_model(model: Model, path: Path, *, overwrite: bool = False) -> None:
    """Write a model atomically: safetensors, and the rest as JSON in the header.

    Raises
    ------
    OutputUnwritable
        The file exists (unless ``overwrite``), or cannot be written.
    """
    from safetensors.numpy import save

    tensors, words = model.state()
    header = json.dumps({"kind": model.kind, "recipe": model.recipe, **words})
    content = save(
        {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()},
        metadata={_HEADER: header},
    )
    write_atomically(path, content, overwrite=overwrite)


def load_model(path: Path) -> Model:
    """Read a model that :func:`save_model` wrote.

    Raises
    ------
    ModelUnreadable
        The file is missing, damaged, or no such model.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            words = json.loads((file.metadata() or {})[_HEADER])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return _package(words.pop("kind")).restore(tensors, words)
    except (OSError, SafetensorError, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise ModelUnreadable(
            f'"{path}" is not a generator that Impasto saved; choose a {MODEL_SUFFIX} file.'
        ) from error


def _package(kind: str):
    name = GENERATORS.get(kind)
    if name is None:
        raise BadRequest(f'There is no generator "{kind}"; choose {", ".join(GENERATORS)}.')
    return import_module(f"{__package__}.{name}")


def to_square(image: np.ndarray, least: int) -> torch.Tensor:
    """``(H, W, 3)`` float32 in [0, 1] as ``(1, 3, H', W')``, no smaller than ``least``, in
    multiples of 16."""
    tensor = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None]
    missing = [max(0, least - side) for side in tensor.shape[2:]]
    while any(missing):  # reflection reaches no further than the picture itself
        now = [min(m, side - 1) for m, side in zip(missing, tensor.shape[2:], strict=True)]
        mode = "reflect" if min(tensor.shape[2:]) > 1 else "replicate"
        tensor = F.pad(tensor, (0, max(now[1], 0), 0, max(now[0], 0)), mode=mode)
        missing = [max(0, least - side) for side in tensor.shape[2:]]
    height, width = (side // _STRIDE * _STRIDE for side in tensor.shape[2:])
    return tensor[..., :height, :width].contiguous()


def mixture(mix: Sequence[float], count: int) -> list[float]:
    """Weights that sum to 1; without any, the first picture alone.

    Raises
    ------
    BadRequest
        There are more weights than pictures, or they are negative or all zero.
    """
    weights = [float(weight) for weight in mix] or [1.0]
    if len(weights) > count or min(weights) < 0 or sum(weights) <= 0:
        raise BadRequest(f"A mix has up to {count} weights, none negative and not all zero.")
    total = sum(weights)
    return [weight / total for weight in weights] + [0.0] * (count - len(weights))
