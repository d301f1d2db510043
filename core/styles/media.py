"""Media: stroke sets that no picture was measured for, which paint in the texture's own colors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .stroke_set import DIRECTIONS, StrokeSet

_PAPER = (0.965, 0.955, 0.93)
_TINTED = (0.86, 0.82, 0.75)


@dataclass(frozen=True)
class Medium:
    """A medium as the gallery lists it.

    Attributes
    ----------
    identifier : str
        Unique name.
    name : str
        Name to show.
    strokes : StrokeSet
        Its strokes.
    """

    identifier: str
    name: str
    strokes: StrokeSet


def _along(degrees: float, spread: float) -> np.ndarray:
    """Return a histogram of directions around one, in degrees counter-clockwise."""
    bins = (np.arange(DIRECTIONS) + 0.5) * 180 / DIRECTIONS
    apart = (bins + degrees + 90) % 180 - 90  # y points down
    weights = np.exp(-0.5 * (apart / spread) ** 2) + 1e-3
    return (weights / weights.sum()).astype(np.float32)


MEDIA: tuple[Medium, ...] = (
    Medium(
        "oil-impasto",
        "Oil Impasto",
        StrokeSet(width=0.05, finest=0.2, aspect=3.4, contrast=0.05, roughness=0.6, relief=0.95),
    ),
    Medium(
        "palette-knife",
        "Palette Knife",
        StrokeSet(
            *(0.085, 0.22, 2.1),
            softness=0.03,
            roughness=0.4,
            bristles=3.0,
            contrast=0.02,
            streak=1.0,
            opacity=1.0,
            color_jitter=(3.0, 2.0, 2.0),
            angle_jitter=0.3,
            curvature=0.03,
            retouch=0.05,
            relief=1.0,
        ),
    ),
    Medium(
        "gouache",
        "Gouache",
        StrokeSet(
            *(0.06, 0.18, 3.0),
            softness=0.1,
            roughness=0.25,
            contrast=0.008,
            opacity=1.0,
            color_jitter=(1.2, 0.8, 0.8),
            retouch=0.04,
            relief=0.12,
        ),
    ),
    Medium(
        "watercolor",
        "Watercolor",
        StrokeSet(
            *(0.11, 0.14, 2.2),
            softness=0.22,
            roughness=0.45,
            bristles=3.0,
            contrast=0.02,
            streak=0.3,
            rim=0.22,
            opacity=0.42,
            color_jitter=(2.5, 2.0, 2.0),
            density=2.2,
            retouch=0.06,
            relief=0.0,
            ground=_PAPER,
        ),
    ),
    Medium(
        "pastel",
        "Pastel",
        StrokeSet(
            *(0.028, 0.4, 4.5),
            softness=0.3,
            roughness=0.9,
            bristles=12.0,
            contrast=0.035,
            streak=0.12,
            opacity=0.82,
            color_jitter=(4.0, 3.0, 3.0),
            angle_jitter=0.2,
            density=1.9,
            retouch=0.3,
            relief=0.2,
            ground=_TINTED,
            layers=3,
        ),
    ),
    Medium(
        "charcoal",
        "Charcoal",
        StrokeSet(
            *(0.05, 0.5, 7.0),
            softness=0.5,
            roughness=1.0,
            bristles=13.0,
            contrast=0.05,
            streak=0.15,
            opacity=0.6,
            angle_jitter=0.12,
            density=0.8,
            relief=0.05,
            ground=_PAPER,
            saturation=0.0,
            ink=True,
            directions=_along(50, 18),
            layers=2,
        ),
    ),
    Medium(
        "colored-pencil",
        "Colored Pencil",
        StrokeSet(
            *(0.011, 0.6, 11.0),
            softness=0.35,
            roughness=0.8,
            bristles=5.0,
            contrast=0.04,
            streak=0.2,
            opacity=0.62,
            color_jitter=(5.0, 4.0, 4.0),
            angle_jitter=0.1,
            curvature=0.08,
            density=1.5,
            retouch=0.4,
            relief=0.05,
            ground=_PAPER,
            layers=3,
            directions=_along(45, 12),
        ),
    ),
    Medium(
        "ink-hatching",
        "Ink Hatching",
        StrokeSet(
            *(0.022, 0.5, 12.0),
            softness=0.2,
            roughness=0.3,
            contrast=0.0,
            opacity=1.0,
            color_jitter=(1.0, 0.0, 0.0),
            angle_jitter=0.06,
            density=0.24,
            relief=0.08,
            ground=_PAPER,
            saturation=0.3,
            ink=True,
            directions=_along(40, 10),
            layers=2,
        ),
    ),
    Medium(
        "etching",
        "Etching",
        StrokeSet(
            *(0.014, 0.45, 16.0),
            softness=0.25,
            roughness=0.35,
            contrast=0.0,
            opacity=0.95,
            color_jitter=(2.0, 0.0, 0.0),
            angle_jitter=0.05,
            density=0.3,
            relief=0.15,
            ground=(0.95, 0.92, 0.85),
            saturation=0.15,
            ink=True,
            layers=2,
        ),
    ),
    Medium(
        "pointillism",
        "Pointillism",
        StrokeSet(
            *(0.016, 0.75, 1.05),
            softness=0.2,
            roughness=0.15,
            contrast=0.012,
            color_jitter=(7.0, 8.0, 9.0),
            angle_jitter=1.0,
            density=2.4,
            retouch=0.8,
            relief=0.45,
            layers=2,
        ),
    ),
    Medium(
        "mosaic",
        "Mosaic",
        StrokeSet(
            *(0.03, 1.0, 1.0),
            softness=0.02,
            roughness=0.1,
            contrast=0.012,
            opacity=1.0,
            color_jitter=(3.5, 1.5, 1.5),
            angle_jitter=0.04,
            curvature=0.0,
            density=0.46,
            scatter=0.12,
            relief=0.75,
            ground=(0.3, 0.28, 0.26),
            layers=1,
        ),
    ),
    Medium(
        "linocut",
        "Linocut",
        StrokeSet(
            *(0.05, 0.55, 5.0),
            softness=0.04,
            roughness=0.5,
            bristles=3.0,
            contrast=0.0,
            opacity=1.0,
            color_jitter=(0.0, 0.0, 0.0),
            angle_jitter=0.08,
            density=0.7,
            relief=0.12,
            ground=_PAPER,
            saturation=0.6,
            ink=True,
            layers=2,
        ),
    ),
)
"""All media, in the order in which a gallery shows them."""
