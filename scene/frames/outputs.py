"""Restyled frames: where they are, and how they are loaded into the scene."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import bpy

from ...core.errors import NoImages
from .. import compat

Place = Literal["SEQUENCER", "COMPOSITOR", "IMAGE"]

_HEIGHT, _GAP = 260.0, 40.0
"""Of a node that was never drawn, and so has no size; and between two, one below the other."""


@dataclass(frozen=True)
class _Span:
    """Where the frames lie in time: on the scene's frame ``start`` comes number ``first``."""

    start: int
    first: int
    length: int

    def give(self, user) -> None:
        """To an image user, or a node that has its properties."""
        user.frame_start = self.start
        user.frame_offset = self.first - 1
        user.frame_duration = self.length
        user.use_auto_refresh = True


def result_files(scene: bpy.types.Scene) -> list[Path]:
    """The restyled frames, in order; empty if there are none."""
    return [path for _, path in _numbered(scene)]


def missing_results(scene: bpy.types.Scene) -> list[int]:
    """Numbers that they leave out between the first and the last."""
    numbers = [number for number, _ in _numbered(scene)]
    return sorted(set(range(numbers[0], numbers[-1])) - set(numbers)) if numbers else []


def _numbered(scene: bpy.types.Scene) -> list[tuple[int, Path]]:
    first = Path(scene.impasto.frames.result)
    digits = re.search(r"(\d+)(?!.*\d)", first.stem)
    if not scene.impasto.frames.result or digits is None or not first.parent.is_dir():
        return []
    name = re.compile(
        re.escape(first.stem[: digits.start()])
        + r"(\d+)"
        + re.escape(first.stem[digits.end() :] + first.suffix)
    )
    found = [(int(m[1]), p) for p in first.parent.iterdir() if (m := name.fullmatch(p.name))]
    return sorted(found)


def load(context: bpy.types.Context, place: Place) -> str:
    """Load the restyled frames; returns what they are called there.

    ``SEQUENCER``: as a strip. ``COMPOSITOR``: as an Image node, which the artist links. ``IMAGE``: as
    an image, also in the active Image Texture node of the active object. Frames that the scene has
    are shown at their own time, others from the scene's start. Where one is missing, a strip holds
    the one before it.

    Raises
    ------
    NoImages
        They are not on disk any more.
    """
    scene = context.scene
    numbered = _numbered(scene)
    if not numbered:
        raise NoImages("The restyled frames are not on disk; restyle them first.")
    (first, path), last = numbered[0], numbered[-1][0]
    inside = scene.frame_start <= first <= scene.frame_end
    span = _Span(first if inside else scene.frame_start, first, last - first + 1)
    name = f"{path.stem} (Impasto)"
    if place == "SEQUENCER":
        return _as_strip(scene, name, dict(numbered), span)
    image = bpy.data.images.load(str(path), check_existing=True)
    image.source = "SEQUENCE"
    image.name = name
    image.reload()  # an earlier run may have made others of the same names
    if place == "COMPOSITOR":
        return _as_node(scene, image, span)
    _on_material(context, image, span)
    return image.name


def _as_strip(scene: bpy.types.Scene, name: str, files: dict[int, Path], span: _Span) -> str:
    strips = compat.strips(scene.sequence_editor or scene.sequence_editor_create())
    channel = max((strip.channel for strip in strips), default=0) + 1
    held = files[span.first]
    strip = strips.new_image(name, str(held), channel, span.start)
    for number in range(span.first + 1, span.first + span.length):
        held = files.get(number, held)
        strip.elements.append(held.name)
    return strip.name


def _as_node(scene: bpy.types.Scene, image: bpy.types.Image, span: _Span) -> str:
    """An Image node below the others of the compositor; the one that shows the image, if any does."""
    tree = compat.compositor_tree(scene)
    images = (node for node in tree.nodes if node.type == "IMAGE")
    node = next((node for node in images if node.image == image), None)
    if node is None:
        others = list(tree.nodes)
        node = tree.nodes.new("CompositorNodeImage")
        if others:
            left = min(other.location.x for other in others)
            bottom = min(other.location.y - (other.dimensions.y or _HEIGHT) for other in others)
            node.location = left, bottom - _GAP
        node.image = image
    for other in tree.nodes:
        other.select = other == node
    tree.nodes.active = node
    span.give(node)
    return f"{image.name}, {node.name}"


def _on_material(context: bpy.types.Context, image: bpy.types.Image, span: _Span) -> None:
    """Give the active object's active image node the sequence, if there is one."""
    thing = context.object
    material = thing.active_material if thing is not None else None
    tree = compat.node_tree(material) if material is not None else None
    node = tree.nodes.active if tree is not None else None
    if node is None or node.type != "TEX_IMAGE" or material.library:
        return
    node.image = image
    span.give(node.image_user)
