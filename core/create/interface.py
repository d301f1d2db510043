"""The common interface of the generators of Create: fitting, sampling, saving and loading.

Each kind of generator is a package below this one (see :data:`GENERATORS`) with two modules: ``fit``
with a function ``fit(images, *, budget, seed, on_step, cancel) -> Model``, and ``model`` with the class
of the fitted model and a function ``restore(tensors, metadata) -> Model``.

A fit depends on the images, the seed and the number of steps alone, never on the clock, so the same
number of steps gives the same pixels again. A fit that is cancelled returns the model as it is; before
the first step it raises JobCancelled.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated, Literal

import numpy as np

from ..control import NEVER, SILENT, Budget, CancelToken, Control, FitStep
from ..errors import BadRequest, FileDamaged, ModelUnreadable
from ..schema import Range
from ..tensor_file import Array, known_words, load_tensors, save_tensors
from .settings import MODEL_SUFFIX

GENERATORS = {"GAN": "gan", "VAE": "vae", "AUTOMATON": "automaton"}
"""Packages of the kinds of generators."""

_HEADER = "impasto_model"
_LARGEST = 1e3
"""Beyond every parameter that a fit has reached."""


class Model(ABC):
    """A fitted generator.

    Attributes
    ----------
    kind : str
        Its key in :data:`GENERATORS`.
    recipe : dict
        How it was made, as plain values: ``generator``, ``seed``, ``steps``, ``texture`` (its final
        distance to the images), and more that depends on the kind. ``learned_size``: [width, height]
        of the first image as it was learned; a sample of that size shows as much of the texture as
        the image does, a larger one more.
    """

    kind: str
    recipe: dict

    @abstractmethod
    def sample(
        self,
        size: tuple[int, int],
        *,
        seed: int = 0,
        seamless: bool = True,
        mix: Sequence[float] = (),
        control: Control = SILENT,
    ) -> np.ndarray:
        """Return a new picture; the same arguments give the same pixels.

        Parameters
        ----------
        size : (int, int)
            Width and height in pixels.
        seed : int, optional
            Another seed gives another picture.
        seamless : bool, optional
            Whether the picture tiles.
        mix : sequence of float, optional
            Weights of the images that the generator was fitted to; empty: the generator chooses.
        control : Control, optional
            Progress, and cancellation.

        Returns
        -------
        (height, width, 3) float32
            sRGB-encoded in [0, 1].

        Raises
        ------
        BadRequest
            The weights do not fit the images.
        JobCancelled
            The control was cancelled.
        """

    @abstractmethod
    def state(self) -> tuple[dict[str, np.ndarray], dict]:
        """Return what the model's ``restore`` takes.

        Returns
        -------
        tensors : dict of str to ndarray
            Arrays of any shape, such as ``(C,)``, and dtype, mostly float32.
        metadata : dict
            The rest, as plain values.
        """


class LoopingModel(Model):
    """A fitted generator that also makes animations."""

    @abstractmethod
    def loop(
        self,
        size: tuple[int, int],
        frames: int,
        *,
        seed: int = 0,
        damage: bool = False,
        on_frame: Callable[[int, np.ndarray], None],
        cancel: CancelToken = NEVER,
    ) -> None:
        """Make an animation whose end joins its beginning.

        Parameters
        ----------
        size : (int, int)
            Width and height in pixels.
        frames : int
            Length of the loop.
        seed : int, optional
            Another seed gives another animation.
        damage : bool, optional
            Whether holes open at the beginning, over which the texture grows before the end.
        on_frame : callable
            Called with the number of each frame, in order, and the frame, ``(height, width, 3)``
            float32, sRGB-encoded in [0, 1].
        cancel : CancelToken, optional
            Ends the work.

        Raises
        ------
        JobCancelled
            It was cancelled.
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
    """Fit a generator to images of one texture group.

    Parameters
    ----------
    kind : str
        A key of :data:`GENERATORS`.
    images : sequence of ndarray
        ``(H, W, 3)`` float32, sRGB-encoded in [0, 1]; at least one.
    budget : Budget
        Seconds or steps.
    seed : int, optional
        Seed of the fit.
    on_step : callable, optional
        Called with every :class:`~core.control.FitStep`.
    cancel : CancelToken, optional
        Ends the fit early.

    Returns
    -------
    Model
        The fitted generator.

    Raises
    ------
    BadRequest
        There is no such kind.
    JobCancelled
        Cancelled before the first step.
    """
    module = _module(kind, "fit")
    return module.fit(images, budget=budget, seed=seed, on_step=on_step, cancel=cancel)


def save_model(model: Model, path: Path, *, overwrite: bool = False) -> None:
    """Write a model atomically: safetensors, with the rest as JSON in the header.

    Parameters
    ----------
    model : Model
        What to save.
    path : Path
        The file.
    overwrite : bool, optional
        Whether to replace a file that exists.

    Raises
    ------
    OutputUnwritable
        The file exists (unless ``overwrite``), or cannot be written.
    """
    tensors, metadata = model.state()
    words = {"kind": model.kind, "recipe": model.recipe, **metadata}
    save_tensors(path, _HEADER, tensors, words, overwrite=overwrite)


def load_model(path: Path) -> Model:
    """Read a model that :func:`save_model` wrote.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Model
        The model as it was saved.

    Raises
    ------
    ModelUnreadable
        The file is missing, damaged, or no such model.
    """
    try:
        tensors, plain = load_tensors(path, _HEADER)
        words = known_words(_Words, plain)
        model = _module(words.kind, "model").restore(tensors, plain)
        known_words(_Recipe, words.recipe)
        return model
    except (FileDamaged, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise ModelUnreadable(
            f'"{path}" is not a generator that Impasto saved, or is damaged;'
            f" choose a {MODEL_SUFFIX} file."
        ) from error


@dataclass(frozen=True)
class _Words:
    """The JSON of a file."""

    kind: Literal["GAN", "VAE", "AUTOMATON"]
    recipe: dict


@dataclass(frozen=True)
class _Recipe:
    """Declare the fields that every recipe has."""

    steps: Annotated[int, Range(0)]
    texture: float
    seed: int = 0
    learned_size: tuple[Annotated[int, Range(1, 2**20)], Annotated[int, Range(1, 2**20)]] = (1, 1)


def check_networks(
    tensors: Mapping[str, np.ndarray], expected: Mapping[str, tuple[int, ...]]
) -> None:
    """Refuse parameters that are not those of a network of this version.

    Parameters
    ----------
    tensors : mapping of str to (...) array of any dtype, such as float32
        Parameters as they were read.
    expected : mapping of str to tuple of int
        The shapes of the network's own.

    Raises
    ------
    FileDamaged
        One is missing, surplus, or of another shape or kind.
    """
    if tensors.keys() != expected.keys():
        raise FileDamaged("it has other layers")
    for name, shape in expected.items():
        Array(shape, np.float32, -_LARGEST, _LARGEST).check(name, tensors[name])


def _module(kind: str, name: str) -> ModuleType:
    package = GENERATORS.get(kind)
    if package is None:
        raise BadRequest(f'There is no generator "{kind}"; choose {", ".join(GENERATORS)}.')
    return import_module(f"{__package__}.{package}.{name}")
