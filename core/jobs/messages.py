"""What Blender (or the command line) asks of the worker, and what comes back.

All are frozen dataclasses of plain values that travel as JSON: they name files, never hold pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..styles.look import Look, StyleRef  # noqa: F401 (part of a request)

Algorithm = Literal["KMEANS", "DBSCAN", "AGGLOMERATIVE"]
Linkage = Literal["ward", "average"]


@dataclass(frozen=True)
class ImageRef:
    """An image by its files.

    ``key`` is the caller's own name for it and comes back in the result. ``paths`` has one file, or
    one per UDIM tile. ``colour_space`` is Blender's name (``sRGB``, ``Linear Rec.709``,
    ``Non-Color``, ...); empty means: tell from the file.
    """

    key: str
    paths: tuple[str, ...]
    colour_space: str = ""
    alpha_mode: Literal["STRAIGHT", "PREMUL", "CHANNEL_PACKED", "NONE"] = "STRAIGHT"


@dataclass(frozen=True)
class Failure:
    """One image that could not be done, with the sentence that says why and what to do."""

    key: str
    message: str


# --- analyze ---


@dataclass(frozen=True)
class AnalyzeRequest:
    """Describe images, group them by look, and draw the pictures of the outcome.

    ``groups`` = 0 chooses the number; ``distance`` = 0 chooses DBSCAN's eps by the k-distance knee
    (or, for agglomerative with ``groups`` = 0, cuts automatically). ``material_weight`` goes from 0
    (group by colour) to 1 (group by material). ``locked`` are groups that must come back unchanged.
    """

    images: tuple[ImageRef, ...]
    output_folder: str
    cache_folder: str = ""
    algorithm: Algorithm = "KMEANS"
    groups: int = 0
    distance: float = 0.0
    linkage: Linkage = "ward"
    material_weight: float = 0.5
    seed: int = 0
    locked: tuple[tuple[str, ...], ...] = ()
    thumbnail_size: int = 128


@dataclass(frozen=True)
class Group:
    """Images that look alike. ``name`` is made from the look ("Warm Brown, Coarse")."""

    name: str
    members: tuple[str, ...]
    typical: str
    palette: tuple[tuple[float, float, float], ...] = ()
    """Up to five main colours, sRGB-encoded in [0, 1], most common first."""


@dataclass(frozen=True)
class AnalyzeResult:
    """Groups, and how good they are in one sentence.

    ``score`` is the mean silhouette in [-1, 1] (0 where it is undefined). ``ungrouped`` are
    DBSCAN's noise. ``duplicates`` are sets of keys that show the same picture. ``pictures`` maps a
    kind
    (``map``, ``dendrogram``, ``silhouette``, ``palettes``) to a PNG, ``thumbnails`` a key to a PNG.
    """

    groups: tuple[Group, ...]
    ungrouped: tuple[str, ...] = ()
    score: float = 0.0
    sentence: str = ""
    duplicates: tuple[tuple[str, ...], ...] = ()
    thumbnails: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()


# --- stylize ---


@dataclass(frozen=True)
class StylizeItem:
    """One image, its look, and one output file per input file (never an existing file)."""

    image: ImageRef
    look: Look
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class StylizeRequest:
    """Stylize images one after the other; each is written as soon as it is done."""

    items: tuple[StylizeItem, ...]
    memory_limit: int = 0
    """Bytes the worker may use in all; 0: what is free now."""
    overwrite: bool = False
    """Replace results that exist; never asked for by Blender, which always finds new names."""


@dataclass(frozen=True)
class StylizeResult:
    """Keys with their written files, and those that failed."""

    written: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()


# --- refine ---


@dataclass(frozen=True)
class RefineRequest:
    """Make a specialist of the generator for one style, on the images that it will paint.

    ``picture`` is the style's picture, ``output`` the style file to write (never an existing one
    unless ``overwrite``). ``seconds`` is the budget; ``steps``, if not 0, is one that gives the same
    pixels again. ``preview``: a PNG that is replaced every few seconds; empty: none is made.
    """

    picture: str
    images: tuple[ImageRef, ...]
    output: str
    seconds: float = 120.0
    steps: int = 0
    seed: int = 0
    preview: str = ""
    overwrite: bool = False


@dataclass(frozen=True)
class RefineResult:
    """The style file, the number of steps, and the distance to the style's texture in the first and
    the last tenth of them."""

    style: str
    steps: int
    before: float
    after: float
    failures: tuple[Failure, ...] = ()


# --- regions ---


@dataclass(frozen=True)
class RegionsRequest:
    """Draw the regions into which a look splits an image, and what each is painted with, as a PNG."""

    image: ImageRef
    look: Look
    output: str


@dataclass(frozen=True)
class RegionsResult:
    """The picture, and how many regions there are."""

    output: str
    count: int
    failures: tuple[Failure, ...] = ()


# --- events ---


@dataclass(frozen=True)
class Progress:
    """``done`` in [0, 1] of the whole job; ``step`` says what is being done, in words."""

    done: float
    step: str = ""


@dataclass(frozen=True)
class ItemDone:
    """One image of a stylize job is on disk."""

    key: str
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Finished:
    """The job ended well; ``result`` is the dataclass that belongs to its request."""

    result: object


@dataclass(frozen=True)
class Failed:
    """The job ended badly: ``error`` is the class name, ``message`` the sentence for the artist."""

    error: str
    message: str
    detail: str = ""


Request = object
"""Any of the requests: here, and in ``frames_messages``."""
Event = Progress | ItemDone | Finished | Failed
