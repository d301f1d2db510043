"""The artist's choices for stylizing, as plain values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, Literal, get_args

from ..errors import BadRequest
from ..image.formats import IMAGE_SUFFIXES

SUFFIX = ".impasto"
"""Suffix of style files. It is defined here because the command line and Blender's process, which use
it, load no numpy for it."""

Use = Literal["TEXTURES", "FRAMES"]
"""Kinds of jobs that use a look."""

EngineName = Literal["NETWORK", "PATCHES", "STROKES"]
"""Names of the engines, which paint."""

ENGINES: tuple[EngineName, ...] = get_args(EngineName)

AUTO = "AUTO"
"""In the place of an engine: the one that suits the style, see :func:`with_engine`."""


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
class Choice:
    """One value of a setting that is chosen from a list.

    Attributes
    ----------
    name : str
        The value, in capitals; the command line takes it in small letters, too.
    label, description : str
        Label and tooltip in Blender.
    uses : tuple of str
        What looks with this value are used on; elsewhere they are refused, see :func:`check_use`.
    """

    name: str
    label: str
    description: str
    uses: tuple[Use, ...] = ("TEXTURES", "FRAMES")


@dataclass(frozen=True)
class Parameter:
    """One setting of a look, as it is offered to people.

    Blender's properties, the command line's options and their help are made from it.

    Attributes
    ----------
    name : str
        Name of the field of :class:`Look`.
    default : float or str
        Default; its type (``bool``, ``int``, ``float`` or ``str``) is the type of the setting.
    label : str
        Label in Blender, in title case.
    description : str
        Tooltip in Blender and help of the option, without a period at its end.
    minimum, maximum : float
        Smallest and largest value.
    soft_maximum : float
        End of Blender's slider, beyond which values may still be typed.
    unit : str
        ``"PIXELS"`` for a length in pixels, ``"ANGLE"`` for an angle in radians, else empty.
    choices : tuple of Choice
        What a setting of type ``str`` may be.
    engines : tuple of str
        The engines that it has an effect on.
    frames_default : float or str, optional
        Default where the look is used on frames, if that is another one.
    former_options : tuple of str
        Former spellings of the option; they still work.
    uses : tuple of str
        What looks that set it are used on; elsewhere they are refused, see :func:`check_use`.
    """

    name: str
    default: float | str
    label: str
    description: str
    minimum: float = 0.0
    maximum: float = math.inf
    soft_maximum: float = math.inf
    unit: Literal["", "PIXELS", "ANGLE"] = ""
    choices: tuple[Choice, ...] = ()
    engines: tuple[EngineName, ...] = ENGINES
    frames_default: float | str | None = None
    former_options: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ("TEXTURES", "FRAMES")

    @property
    def kind(self) -> type:
        """Return the type of its values: ``bool``, ``int``, ``float`` or ``str``."""
        return type(self.default)

    def default_for(self, use: Use) -> float | str:
        """Return the default of a look that is used on something.

        Parameters
        ----------
        use : str
            What the look is used on.

        Returns
        -------
        float or str
            The default.
        """
        if use == "FRAMES" and self.frames_default is not None:
            return self.frames_default
        return self.default

    def choices_for(self, use: Use) -> tuple[Choice, ...]:
        """Return what it may be in a look that is used on something.

        Parameters
        ----------
        use : str
            What the look is used on.

        Returns
        -------
        tuple of Choice
            The choices.
        """
        return tuple(choice for choice in self.choices if use in choice.uses)

    @property
    def options(self) -> tuple[str, ...]:
        """Return its options of the command line, the current spelling first.

        What is on by default has one that switches it off.
        """
        if self.default is True:
            return (f"--no-{self.name.replace('_', '-')}",)
        return (f"--{self.name.replace('_', '-')}", *self.former_options)

    @property
    def metavar(self) -> str:
        """Return what the command line's help shows in place of a value."""
        if self.choices:
            return "|".join(choice.name.lower() for choice in self.choices)
        if self.unit:
            return self.unit
        return f"{self.minimum:g}..{self.maximum:g}" if self.maximum < math.inf else "N"


def _parameter(default: float | str, label: str, description: str, **more: Any) -> Any:
    """Return a dataclass field that carries the rest of a :class:`Parameter`."""
    metadata = {"default": default, "label": label, "description": description, **more}
    return field(default=default, metadata=metadata)


GRAIN = 0.3
"""Default of a look's grain. More embosses flat areas, less takes the paint from them."""

_STROKES: dict[str, Any] = {"engines": ("STROKES",)}
"""Settings that only strokes have."""


@dataclass(frozen=True)
class Look:
    """Settings with which an image is stylized.

    Attributes
    ----------
    styles : tuple of StyleRef
        Blended by their weights or, with ``regions``, painted each in regions of its own.
    engine : str
        What paints: one of :data:`ENGINES`, or :data:`AUTO`.
    strength : float
        In [0, 1]; 0 returns the input bit for bit.
    brush_scale : float
        Size of the style's features relative to the picture, in [0.25, 4]; 1 as in the style.
    grain : float
        Roughness of the paint in flat areas, in [0, 1]; 0 leaves them smooth.
    fineness : float
        In [0, 1]; the smallest strokes of 1 are a quarter as wide as those of 0.
    direction : str
        What strokes follow: ``"SHAPES"``, ``"STYLE"`` or ``"ANGLE"``.
    angle : float
        Direction of all strokes with ``"ANGLE"``, in radians against the horizontal.
    opacity : float
        Of the strokes, in [0, 1]; 1 is as opaque as the style's paint.
    jitter : float
        Variation of the strokes' color and direction, in [0, 2]; 1 is that of the style.
    relief : float
        Thickness of the paint, in [0, 1]; 0 writes no relief.
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
    across_seams : bool
        Paint on across the seams of the meshes that the texture lies on.
    paint_ramps : bool
        Also paint ramps and palettes, which otherwise only get other colors.
    """

    styles: tuple[StyleRef, ...]
    engine: str = _parameter(
        AUTO,
        "Engine",
        "What paints the image",
        choices=(
            Choice(
                AUTO,
                "Automatic",
                "Patches for an image of your own, strokes for all other styles",
                uses=("TEXTURES",),
            ),
            Choice("STROKES", "Strokes", "Brush strokes like the style's, with relief"),
            Choice(
                "PATCHES",
                "Patches",
                "Pieces of the style image are put together. Sharp",
                uses=("TEXTURES",),
            ),
            Choice("NETWORK", "Network", "A neural network recolors and textures. Fast"),
        ),
        frames_default="NETWORK",
    )
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
    grain: float = _parameter(
        GRAIN,
        "Grain",
        "Roughness of the paint where the texture is flat; 0 leaves flat areas smooth",
        maximum=1.0,
        engines=("PATCHES", "NETWORK"),
    )
    fineness: float = _parameter(
        0.5,
        "Fineness",
        "How small the smallest strokes are; finer strokes keep more detail",
        maximum=1.0,
        **_STROKES,
    )
    direction: str = _parameter(
        "SHAPES",
        "Direction",
        "What the strokes follow",
        choices=(
            Choice("SHAPES", "Shapes", "Along the edges and the grain of the texture"),
            Choice("STYLE", "Style", "In the directions of the style's own strokes"),
            Choice("ANGLE", "Angle", "All in one direction"),
        ),
        **_STROKES,
    )
    angle: float = _parameter(
        0.0,
        "Angle",
        "Direction of all strokes, if Direction is Angle",
        minimum=-3.1416,
        maximum=3.1416,
        unit="ANGLE",
        **_STROKES,
    )
    opacity: float = _parameter(
        1.0, "Opacity", "Opacity of the strokes; 1 is that of the style", maximum=1.0, **_STROKES
    )
    jitter: float = _parameter(
        1.0,
        "Jitter",
        "Variation of the strokes' color and direction; 1 is that of the style",
        maximum=2.0,
        **_STROKES,
    )
    relief: float = _parameter(
        0.5,
        "Relief",
        "Thickness of the paint; light plays on it. 0 leaves the surface flat",
        maximum=1.0,
        **_STROKES,
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
    across_seams: bool = _parameter(
        True,
        "Across Seams",
        "Paint on across UV seams, so that they do not show on the mesh",
        uses=("TEXTURES",),
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
    paint_ramps: bool = _parameter(
        False,
        "Paint Ramps",
        "Also paint color ramps and palettes; otherwise, only their colors are changed",
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


def with_engine(look: Look) -> Look:
    """Return a look with the engine that suits its style, where that is left open.

    An image is painted with its own patches: in a blind comparison they were put first for 36 of 40
    pairs, strokes for four. Styles without an image have strokes of their own, and so have regions,
    which take several styles.

    Parameters
    ----------
    look : Look
        Its engine may be :data:`AUTO`.

    Returns
    -------
    Look
        Its engine is one of :data:`ENGINES`.

    Examples
    --------
    >>> with_engine(Look((StyleRef("kiss"),))).engine
    'STROKES'
    >>> with_engine(Look((StyleRef("/pictures/linocut.jpg"),))).engine
    'PATCHES'
    """
    if look.engine != AUTO:
        return look
    heaviest = max(look.styles, key=lambda style: style.weight, default=StyleRef(""))
    image = PurePath(heaviest.source).suffix.lower() in IMAGE_SUFFIXES
    return replace(look, engine="PATCHES" if image and look.regions < 2 else "STROKES")


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
        default, value = parameter.default_for(use), getattr(look, parameter.name)
        if use not in parameter.uses and value != default:
            raise BadRequest(
                f"{parameter.label} cannot be used on {use.lower()}; set it to {shown(default)}."
            )
        possible = parameter.choices_for(use)
        for choice in set(parameter.choices) - set(possible):
            if choice.name == value:
                names = " or ".join(other.label for other in possible)
                raise BadRequest(
                    f"{choice.label} cannot be used on {use.lower()};"
                    f" set {parameter.label} to {names}."
                )


def check_engine(look: Look) -> None:
    """Refuse a look with settings that its engine does not have.

    Blender keeps such settings for when the engine is changed back, so only the command line asks.

    Parameters
    ----------
    look : Look
        The look.

    Raises
    ------
    BadRequest
        A setting of the look has no effect with its engine.
    """
    engine = with_engine(look).engine
    for parameter in PARAMETERS.values():
        if engine in parameter.engines or getattr(look, parameter.name) == parameter.default:
            continue
        raise BadRequest(
            f"{parameter.options[0]} has no effect with --engine {engine.lower()}; "
            f"it is for: {', '.join(parameter.engines).lower()}."
        )
    if look.angle != PARAMETERS["angle"].default and look.direction != "ANGLE":
        raise BadRequest("--angle has no effect without --direction angle.")


def shown(value: float | str) -> str:
    """Return a setting's value as a person writes it.

    Parameters
    ----------
    value : float or str
        A number, or the name of a choice.

    Returns
    -------
    str
        Its text.
    """
    return value.lower() if isinstance(value, str) else f"{value:g}"
