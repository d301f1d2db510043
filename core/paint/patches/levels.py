"""The levels of a painting, from a small picture to its full size."""

from __future__ import annotations

from dataclasses import dataclass

from .grid import Reach

_SMALLEST = 48
"""The short side of picture and exemplar is at least this long at the coarsest level, in pixels."""


@dataclass(frozen=True)
class Recipe:
    """The way a level of some size is painted.

    Attributes
    ----------
    stride : int
        Distance of patches in pixels.
    side : int
        Side of a patch in pixels.
    iterations : int
        Times that the patches are matched anew.
    guidance : float in [0, 1]
        Share of the guide in what patches are compared with.
    reach : Reach
        How far patches count in the picture.
    """

    stride: int
    side: int
    iterations: int
    guidance: float
    reach: Reach

    @property
    def effort(self) -> float:
        """Work for each pixel, compared with other levels."""
        return (self.iterations + 1) / self.stride**2


_RECIPES = (  # the size of the picture up to which each is used, in pixels
    (100, Recipe(1, 7, 4, 0.8, Reach(2, 1.2))),
    (200, Recipe(1, 7, 3, 0.7, Reach(2, 1.0))),
    (400, Recipe(2, 7, 3, 0.6, Reach(2, 0.7))),
    (800, Recipe(2, 7, 2, 0.55, Reach(1, 0.7))),
    (1500, Recipe(4, 9, 2, 0.55, Reach(1, 0.5))),
    (3000, Recipe(4, 9, 1, 0.55, Reach(1, 0.5))),
)
_LARGE = Recipe(8, 15, 1, 0.55, Reach(1, 0.4))


@dataclass(frozen=True)
class Level:
    """A size at which a picture is painted.

    Attributes
    ----------
    size : tuple of int
        Height and width of the picture in pixels.
    short : float
        Short side of the exemplar in pixels.
    recipe : Recipe
        How it is painted.
    """

    size: tuple[int, int]
    short: float
    recipe: Recipe

    @property
    def effort(self) -> float:
        """Work, compared with other levels."""
        return self.size[0] * self.size[1] * self.recipe.effort


def levels(height: int, width: int, brush_scale: float) -> list[Level]:
    """Plan the levels of a painting.

    Parameters
    ----------
    height, width : int
        Size of the picture in pixels.
    brush_scale : float
        Short side of the exemplar, compared with that of the picture.

    Returns
    -------
    list of Level
        From the smallest to the full size; each is twice the one before.
    """
    short = min(height, width)
    halvings = 0
    while short * min(1, brush_scale) / 2 ** (halvings + 1) >= _SMALLEST:
        halvings += 1
    planned = []
    for halving in range(halvings, -1, -1):
        scale = 2.0**-halving
        rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
        recipe = _recipe(rows, columns)
        planned.append(Level((rows, columns), short * scale * brush_scale, recipe))
    return planned


def _recipe(height: int, width: int) -> Recipe:
    size = max(min(height, width), max(height, width) / 4)
    return next((recipe for most, recipe in _RECIPES if size < most), _LARGE)
