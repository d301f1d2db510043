"""Blender properties that several classes declare."""

from __future__ import annotations

from bpy.props import EnumProperty, IntProperty

ANY_STYLE = "Image, saved style (.impasto), or identifier of a built-in style"
"""Tooltip of a property that takes any style."""


def duration(description: str, default: int = 120):
    """Return a property for a training time in seconds."""
    return IntProperty(
        name="Duration",
        description=description,
        min=1,
        soft_min=30,
        soft_max=900,
        default=default,
    )


def seed():
    """Return a property for a random seed."""
    return IntProperty(name="Seed", description="Random seed", min=0)


def target():
    """Return a property for the groups that Stylize works on."""
    return EnumProperty(
        name="Target",
        description="Which groups to stylize",
        items=(
            ("GROUP", "Active Group", "The group selected in the list"),
            ("ALL", "All Groups", "Every included group that has a style"),
        ),
        default="ALL",
    )
