"""Find restyled frames on disk, and load them into the scene."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import bpy

from ...core.errors import NoImages
from ...core.video.numbers import sequence_like, sequence_of
from .. import compat

Place = Literal["SEQUENCER", "COMPOSITOR", "IMAGE"]

_HEIGHT, _GAP = 260.0, 40.0
"""Height of a node that was never drawn, and so has no size; gap between two nodes."""


@dataclass(frozen=True)
class _Span:
    """Timing of the frames: number ``first`` is shown at the scene's frame ``start``."""

    start: int
    first: int
    length: int

    def set_on(self, user) -> None:
        """Set it on an image user, or on a node that has the properties of one."""
        user.frame_start = self.start
        user.frame_offset = self.first - 1
        user.frame_duration = self.length
        user.use_auto_refresh = True


def output_folder(settings) -> Path:
    """Return the folder of the restyled frames: the chosen one, else one beside the source."""
    if settings.output:
        return Path(bpy.path.abspath(settings.output))
    source = Path(bpy.path.abspath(settings.source))
    folder = source if source.is_dir() else source.parent
    return folder.parent / f"{folder.name} (Impasto)"


def result_files(scene: bpy.types.Scene) -> list[Path]:
    """Return the restyled frames, in order; empty if there are none."""
    return [path for _, path in numbered_results(scene)]


def missing_results(scene: bpy.types.Scene) -> list[int]:
    """Return the frame numbers that are missing between the first and the last."""
    numbers = [number for number, _ in numbered_results(scene)]
    return sorted(set(range(numbers[0], numbers[-1])) - set(numbers)) if numbers else []


def numbered_results(scene: bpy.types.Scene) -> list[tuple[int, Path]]:
    """Return the restyled frames with their numbers, in order; empty if there are none."""
    result = Path(scene.impasto.frames.result)  # one of them, or their pattern
    if not result.name or not result.parent.is_dir():
        return []
    names = [path.name for path in result.parent.iterdir()]
    find = sequence_of if result.is_file() else sequence_like
    files = find(result.name, names) or sequence_of(result.name, names)
    return (
        [(number, result.with_name(name)) for number, name in files.names.items()] if files else []
    )


def load(context: bpy.types.Context, place: Place) -> str:
    """Load the restyled frames; return the name that they have there.

    ``SEQUENCER``: as a strip. ``COMPOSITOR``: as an Image node, which the artist links. ``IMAGE``: as
    an image, also in the active Image Texture node of the active object. Frames in the scene's range
    are shown at their own time, others from the scene's start. If one is missing, a strip holds the
    one before it.

    Raises
    ------
    NoImages
        The frames are not on disk any more.
    """
    scene = context.scene
    numbered = numbered_results(scene)
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
    image.reload()  # an earlier run may have written other files with the same names
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
    """Add an Image node below the others of the compositor, unless one shows the image already."""
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
    span.set_on(node)
    return f"{image.name}, {node.name}"


def _on_material(context: bpy.types.Context, image: bpy.types.Image, span: _Span) -> None:
    """Give the active object's active image node the sequence, if there is one."""
    item = context.object
    material = item.active_material if item is not None else None
    tree = compat.node_tree(material) if material is not None else None
    node = tree.nodes.active if tree is not None else None
    if node is None or node.type != "TEX_IMAGE" or material.library:
        return
    node.image = image
    span.set_on(node.image_user)
