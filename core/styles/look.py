"""The artist's choices for stylizing, as plain values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Literal

from ..errors import BadRequest

SUFFIX = ".impasto"
"""Suffix of style files. It is defined here because the command line and Blender's process, which use
it, load no numpy for it."""

Use = Literal["TEXTURES", "FRAMES"]
"""What a look is used on."""


@dataclass(frozen=True)
class StyleRef:
    """A style by where it comes from.

    Attributes
    ----------
    source : str
        The identifier of a built-in style, or the path of an image or of a saved style file.
    weight : float
        Its weight when several styles are blended; weights need not sum to 1.
    """

    source: str
    weight: float = 1.0


@dataclass(frozen=True)
class Parameter:
    """One setting of a look, as it is offered to people.

    Blender's properties, the command line's options and their help are made from it.

    Attributes
    ----------
    name : str
        Name of the field of :class:`Look`.
    default : float
        Default; its type (``bool``, ``int`` or ``float``) is the type of the setting.
    label : str
        Label in Blender, in title case.
    description : str
        Tooltip in Blender and help of the option, without a period at its end.
    minimum, maximum : float
        Smallest and largest value.
    soft_maximum : float
        End of Blender's slider, beyond which values may still be typed.
    unit : str
        ``"PIXELS"`` for a length in pixels, else empty.
    former_options : tuple of str
        Former spellings of the option; they still work.
    uses : tuple of str
        What looks that set it are used on; elsewhere they are refused, see :func:`check_use`.
    """

    name: str
    default: float
    label: str
    description: str
    minimum: float = 0.0
    maximum: float = math.inf
    soft_maximum: float = math.inf
    unit: Literal["", "PIXELS"] = ""
    former_options: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ("TEXTURES", "FRAMES")

    @property
    def kind(self) -> type:
        """Return the type of its values: ``bool``, ``int`` or ``float``."""
        return type(self.default)

    @property
    def options(self) -> tuple[str, ...]:
        """Return its options of the command line, the current spelling first."""
        return (f"--{self.name.replace('_', '-')}", *self.former_options)

    @property
    def metavar(self) -> str:
        """Return what the command line's help shows in place of a value."""
        if self.unit:
            return self.unit
        return f"{self.minimum:g}..{self.maximum:g}" if self.maximum < math.inf else "N"


def _parameter(default: float, label: str, description: str, **more: Any) -> Any:
    """Return a dataclass field that carries the rest of a :class:`Parameter`."""
    metadata = {"default": default, "label": label, "description": description, **more}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Look:
    """Settings with which an image is stylized.

    Attributes
    ----------
    styles : tuple of StyleRef
        Blended by their weights or, with ``regions``, painted each in regions of its own.
    strength : float
        In [0, 1]; 0 returns the input bit for bit.
    brush_scale : float
        Size of the style's features relative to the picture, in [0.25, 4]; 1 as in the style.
    keep_color : float
        In [0, 1]; 1 changes luminance only.
    seamless : bool
        Whether the result tiles.
    max_side : int
        Long side of the result in pixels; 0 keeps the source's size.
    seed : int
        Another seed gives other brush strokes.
    regions : int
        Number of regions into which a picture is split, each with its own style; 0: none.
    """

    styles: tuple[StyleRef, ...]
    strength: float = _parameter(
        1.0,
        "Strength",
        "How much of the style is applied; 0 leaves the texture as it is",
        maximum=1.0,
    )
    brush_scale: float = _parameter(
        1.0,
        "Brush Scale",
        "Stroke size. 1 matches the style image; larger is coarser",
        minimum=0.25,
        maximum=4.0,
    )
    keep_color: float = _parameter(
        0.0,
        "Preserve Color",
        "How much of the texture's own color is kept; at 1 only the brightness changes",
        maximum=1.0,
        former_options=("--keep-colour",),
    )
    seamless: bool = _parameter(
        False, "Seamless", "Keep tiling textures free of seams at the borders"
    )
    max_side: int = _parameter(
        0,
        "Max Size",
        "Maximum size of the longer side in pixels (0 = source size)",
        soft_maximum=8192,
        unit="PIXELS",
    )
    seed: int = _parameter(0, "Seed", "Random seed")
    regions: int = _parameter(
        0,
        "Regions",
        "Split each texture into this many regions and style each separately (0 = off)",
        maximum=8,
        uses=("TEXTURES",),
    )


PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        row.name: Parameter(name=row.name, **row.metadata)
        for row in fields(Look)
        if row.name != "styles"
    }
)
"""The settings of a look by the names of their fields: all fields of :class:`Look` but ``styles``."""


def check_use(look: Look, use: Use) -> None:
    """Refuse a look that sets what the job cannot do.

    Parameters
    ----------
    look : Look
        The look.
    use : str
        What it is to be used on.

    Raises
    ------
    BadRequest
        A setting of the look has no effect there.
    """
    for parameter in PARAMETERS.values():
        if use not in parameter.uses and getattr(look, parameter.name) != parameter.default:
            raise BadRequest(
                f"{parameter.label} cannot be used on {use.lower()}; "
                f"set it to {parameter.default:g}."
            )
