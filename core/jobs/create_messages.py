"""What is asked of the worker about inventing pictures, and what comes back.

As in ``messages``: frozen dataclasses of plain values that name files. Their handlers are in
``core/create/job.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .messages import Failure, ImageRef

Generator = Literal["GAN", "VAE", "AUTOMATON"]

MODEL_SUFFIX = ".impasto-model"
"""Of the files in which fitted generators are kept."""


@dataclass(frozen=True)
class SampleSettings:
    """What to draw from a fitted generator.

    ``size`` is (width, height) in pixels. ``mix``: weights of the images that it was fitted to, in
    their order (the VAE: the place on its map); empty: as it likes. ``steps``: images that lead
    from the first image of ``mix`` to the second, if above 1. ``frames``: of a loop, if above 0;
    only the automaton moves. ``damage``: in the loop, holes are torn and grown over.
    """

    size: tuple[int, int] = (1024, 1024)
    seed: int = 0
    seamless: bool = True
    mix: tuple[float, ...] = ()
    morph: int = 0
    frames: int = 0
    damage: bool = False


@dataclass(frozen=True)
class CreateRequest:
    """Fit a generator to images of one group, save it, and draw from it.

    ``output`` is a PNG (with ``####`` for the number of a frame or of a step of a morph), ``model``
    the file of the generator; neither exists yet, unless ``overwrite``. ``seconds`` is the budget
    of the fit; ``steps``, if not 0, is one that gives the same pixels again. ``detail``: pixels that
    the short side of the images is brought to. ``preview``: a PNG that is replaced every few
    seconds, with a sample and the losses; empty: none is made.

    A cancel keeps the best so far: the model is written, and a small sample.
    """

    images: tuple[ImageRef, ...]
    generator: Generator
    output: str
    model: str
    sample: SampleSettings = SampleSettings()
    seconds: float = 60.0
    steps: int = 0
    seed: int = 0
    detail: int = 384
    preview: str = ""
    overwrite: bool = False


@dataclass(frozen=True)
class SampleRequest:
    """Draw from a generator that was fitted earlier; ``output`` as in :class:`CreateRequest`."""

    model: str
    output: str
    sample: SampleSettings = SampleSettings()
    overwrite: bool = False


@dataclass(frozen=True)
class CreateResult:
    """Written pictures, in order, the file of the generator, and how it was made.

    ``recipe`` has plain values only: ``generator``, ``seed``, ``steps``, ``texture`` and more.
    ``cancelled``: the fit was cut short, or the sample is smaller than was asked for.
    """

    outputs: tuple[str, ...]
    model: str
    recipe: dict = field(default_factory=dict)
    cancelled: bool = False
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True)
class StyleMapRequest:
    """Draw the map of styles, painted on an image, as a PNG.

    ``own``: style files or pictures of the artist that are on the map, too.
    """

    content: ImageRef
    output: str
    own: tuple[str, ...] = ()


@dataclass(frozen=True)
class InventStyleRequest:
    """Write a style that nobody painted.

    ``how``: ``PLACE`` on the map (``x`` to the right and ``y`` down, in [0, 1]); ``SURPRISE``: drawn
    from the family of the style ``first``, the more daring the larger ``boldness``; ``BETWEEN`` the
    styles ``first`` and ``second``, ``share`` of the way. ``axes``: offsets along the main axes of
    all looks, in deviations. ``content``: what its thumbnail is painted on.
    """

    output: str
    name: str
    content: ImageRef
    how: Literal["PLACE", "SURPRISE", "BETWEEN"] = "SURPRISE"
    first: str = ""
    second: str = ""
    share: float = 0.5
    x: float = 0.5
    y: float = 0.5
    axes: tuple[float, ...] = ()
    boldness: float = 1.0
    seed: int = 0
    own: tuple[str, ...] = ()


@dataclass(frozen=True)
class StyleMapResult:
    """The picture, and where its styles lie: names and places (x, y)."""

    output: str
    names: tuple[str, ...] = ()
    places: tuple[tuple[float, float], ...] = ()
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True)
class InventStyleResult:
    """The written style file."""

    style: str
    failures: tuple[Failure, ...] = ()


KINDS = (
    CreateRequest,
    CreateResult,
    InventStyleRequest,
    InventStyleResult,
    SampleRequest,
    StyleMapRequest,
    StyleMapResult,
)
"""What travels on a line of its own."""
