"""One small interface for what invents pictures: the GAN, the VAE and the cellular automaton.

Each is a package beside this module that is named in :data:`GENERATORS` and has two functions::

    fit(images, *, budget, seed, progress, cancel) -> Model
    restore(tensors, words) -> Model

``images`` are ``(H, W, 3)`` float32, sRGB-encoded in [0, 1]. ``progress`` is told every
:class:`Step`; when ``cancel()`` becomes true, the best model so far is returned (before the first
step, JobCancelled is raised). What is fitted depends on the images, the seed and the number of steps
alone, never on the clock, so that the same number of steps gives the same pixels again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F

from ..errors import BadRequest, JobCancelled, ModelUnreadable
from ..imaging.files import write_atomically
from ..jobs.create_messages import MODEL_SUFFIX

GENERATORS = {"GAN": "gan", "VAE": "vae", "AUTOMATON": "automaton"}
"""Kind -> package beside this module."""

_HEADER = "impasto_model"
_STRIDE = 16  # what sides of pictures must be multiples of, for every network


def heed(cancel: Callable[[], bool]) -> None:
    """Raise JobCancelled where ``cancel()`` is true."""
    if cancel():
        raise JobCancelled("Cancelled.")


@dataclass(frozen=True)
class Budget:
    """How long to fit: for some seconds or, where ``steps`` is not 0, for exactly so many steps."""

    seconds: float = 60.0
    steps: int = 0


@dataclass(frozen=True)
class Step:
    """What is told after each step of a fit.

    Attributes
    ----------
    number : int
        Steps made so far.
    done : float
        Share of the budget, in [0, 1].
    losses : dict
        Values of this step by name, for the plot; ``texture`` is the one that is judged by.
    sample : callable
        Draws how it looks now, ``(H, W, 3)`` float32, sRGB-encoded; takes a moment.
    """

    number: int
    done: float
    losses: Mapping[str, float]
    sample: Callable[[], np.ndarray]


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
        progress: Callable[[float], None] = lambda done: None,
        cancel: Callable[[], bool] = lambda: False,
    ) -> np.ndarray:
        """A new picture ``(height, width, 3)`` float32, sRGB-encoded in [0, 1].

        ``size`` is (width, height) in pixels. The same arguments give the same pixels.
        ``seamless``: it continues over its border. ``mix``: weights of the pictures that it was
        fitted to (empty: as the model likes).

        Raises
        ------
        JobCancelled
            ``cancel()`` became true.
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
        cancel: Callable[[], bool] = lambda: False,
    ) -> None:
        """Make a sequence whose end joins its beginning; ``show`` is given each frame in order.

        ``damage``: holes open in it at the beginning, and it grows over them until the end.
        """


class Clock:
    """Counts steps, and tells when the budget is spent.

    A budget in seconds ends before the step that would overrun it; the setting-up since the clock
    was made counts.
    """

    def __init__(self, budget: Budget, cancel: Callable[[], bool]) -> None:
        self._budget, self._cancel = budget, cancel
        self._begun = self._last = time.monotonic()
        self._step = 0.0
        self.number = 0

    def more(self) -> bool:
        """Whether to make another step.

        Raises
        ------
        JobCancelled
            Cancelled before the first step.
        """
        if self._cancel():
            if not self.number:
                raise JobCancelled("Cancelled.")
            return False
        if self._budget.steps:
            return self.number < self._budget.steps
        spent = time.monotonic() - self._begun
        return not self.number or spent + self._step <= self._budget.seconds

    def tick(self) -> None:
        """A step was made."""
        now = time.monotonic()
        lasted, self._last = now - self._last, now
        # The first step has set-up in it.
        self._step = lasted if self.number < 2 else 0.7 * self._step + 0.3 * lasted
        self.number += 1

    @property
    def done(self) -> float:
        """Share of the budget, in [0, 1]."""
        if self._budget.steps:
            return min(1.0, self.number / self._budget.steps)
        return min(1.0, (time.monotonic() - self._begun) / max(1e-9, self._budget.seconds))


def fit(
    kind: str,
    images: Sequence[np.ndarray],
    *,
    budget: Budget,
    seed: int = 0,
    progress: Callable[[Step], None] = lambda step: None,
    cancel: Callable[[], bool] = lambda: False,
) -> Model:
    """Fit a generator of a kind to pictures of one texture group.

    Raises
    ------
    BadRequest
        There is no such kind.
    JobCancelled
        Cancelled before the first step.
    """
    return _package(kind).fit(images, budget=budget, seed=seed, progress=progress, cancel=cancel)


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
