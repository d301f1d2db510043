"""Blender properties that several classes declare."""

from __future__ import annotations

from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty

from ..core.clustering.settings import SIMILARITY

ANY_STYLE = "Image, saved style (.impasto), or identifier of a built-in style"
"""Tooltip of a property that takes any style."""

POINTS = (
    ("OBJECT", "Active Object", "Textures of the active object"),
    ("SELECTED", "Selected Objects", "Textures of the selected objects"),
    ("COLLECTION", "Active Collection", "Textures of all objects in the active collection"),
    ("MATERIAL", "Active Material", "Textures of the active material slot"),
)
"""What the artist can point at in the 3D Viewport."""


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


def similarity():
    """Return a property for how alike textures of a group must be."""
    return FloatProperty(
        name="Similarity",
        description="How alike textures must be to share a group. Higher makes more, smaller groups",
        subtype="FACTOR",
        min=0.0,
        max=1.0,
        default=SIMILARITY,
    )


def layered(default: bool = False):
    """Return a property for how results are shown; what scripts call replaces images by default."""
    return BoolProperty(
        name="Keep as Layer",
        default=default,
        description="Lay the painting over the original, to turn strength and color live;"
        " else replace the image",
    )


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
