"""Decide what an image is for in a node, by the ends of its links."""

from __future__ import annotations

from collections.abc import Iterable

from .paths import End
from .sockets import Role

COLOR_ROLES: tuple[Role, ...] = ("BASE_COLOR", "EMISSION", "COLOR")
"""Roles that are restyled, the most important first; all others are data."""

LABELS: dict[Role, str] = {
    "BASE_COLOR": "Base Color",
    "EMISSION": "Emission",
    "COLOR": "Color",
    "ALPHA": "Alpha",
    "NORMAL": "Normal",
    "ROUGHNESS": "Roughness",
    "METALLIC": "Metallic",
    "HEIGHT": "Height",
    "COORDINATES": "Coordinates",
    "MASK": "Mask",
    "UNUSED": "Unused",
}

_DATA_ROLES: tuple[Role, ...] = (
    *("NORMAL", "HEIGHT", "ROUGHNESS", "METALLIC", "ALPHA", "COORDINATES", "MASK"),
)

_CHANNELS = 3
_PACKED = 2
"""So many channels that are data by themselves make an image packed data."""


def most_important(roles: Iterable[Role]) -> Role:
    """Return the most important of some roles; a color role wins over data."""
    found = set(roles)
    return next((role for role in (*COLOR_ROLES, *_DATA_ROLES) if role in found), "UNUSED")


def role_of(ends: list[End]) -> Role:
    """Return what an image node with these ends is for.

    Color that is used channel by channel is data if any of it is: an occlusion map that is packed
    with roughness and metallic is often multiplied into the color.
    """
    data = {end.role for end in data_ends(ends)}
    return most_important(data if data and is_packed(ends) else {end.role for end in ends})


def data_ends(ends: Iterable[End]) -> list[End]:
    """Return the ends that take data."""
    return [end for end in ends if end.role not in COLOR_ROLES]


def color_ends(ends: Iterable[End]) -> list[End]:
    """Return the ends that take color."""
    return [end for end in ends if end.role in COLOR_ROLES]


def is_packed(ends: list[End]) -> bool:
    """Return whether ends are of an image that holds several kinds of data, one in each channel."""
    colors, data = _channels(color_ends(ends)), _channels(data_ends(ends))
    return len(data - {""}) >= _PACKED or (bool(colors) and "" not in colors)


def _channels(ends: list[End]) -> set[str]:
    """Return the single channels that ends take, and "" if one takes the whole color.

    Three channels that come to one end were put together again.
    """
    taken: dict[tuple[int, Role], set[str]] = {}
    for end in ends:
        taken.setdefault((end.node.as_pointer(), end.role), set()).add(end.signal.channel)
    return set().union(*({""} if len(c) >= _CHANNELS else c for c in taken.values()))


def is_torn(ends: list[End]) -> bool:
    """Return whether one link of an image node leads both to color and to data."""
    color, data = (
        {end.signal.start for end in found} for found in (color_ends(ends), data_ends(ends))
    )
    return bool(color & data)
