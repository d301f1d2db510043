"""The demo's last steps: three generators invent materials, and a short shot is restyled."""

from __future__ import annotations

import shutil
from pathlib import Path

import bpy
import numpy as np

from impasto.core.image.files import read_picture
from impasto.core.image.resize import resize
from impasto.core.plots import theme

GENERATORS = {"GAN": "Brick Wall", "VAE": "Planks", "AUTOMATON": "Barrel Paint"}
"""Each generator, and a texture of the group that it is given."""

_SECONDS = 40
_FRAMES = 6
_THUMB, _MARGIN = 300, 40


def create(settings, folder: Path) -> list[tuple[str, Path, Path]]:
    """A new material from each generator: its name, the group's texture and the new picture."""
    made = []
    create_settings = settings.create
    create_settings.seconds, create_settings.detail = _SECONDS, "256"
    create_settings.width = create_settings.height = 256
    for generator, wanted in GENERATORS.items():
        index = next(
            (
                i
                for i, group in enumerate(settings.groups)
                if any(wanted in member.image.name for member in group.members)
            ),
            0,
        )
        settings.active_group, create_settings.generator = index, generator
        group = settings.groups[index]
        before = set(bpy.data.images)
        bpy.ops.impasto.create_material()
        (image,) = set(bpy.data.images) - before
        texture = group.members[0].image
        path = folder / f"created_{generator.lower()}.png"
        shutil.copy(bpy.path.abspath(image.filepath), path)
        first_tile = bpy.path.abspath(texture.filepath).replace("<UDIM>", "1001")
        made.append((image.name, Path(first_tile), path))
    return made


def draw(made: list[tuple[str, Path, Path]], path: Path) -> None:
    """A sheet: the first texture of each group beside what was invented from it."""
    wide = len(made) * (2 * _THUMB + 4 + _MARGIN) + _MARGIN
    figure = theme.figure(wide, _THUMB + 190)
    axes = theme.canvas(figure)
    theme.title(axes, "New materials", f"{_SECONDS} seconds each, on this machine's processor")
    for number, (name, before, after) in enumerate(made):
        left = _MARGIN + number * (2 * _THUMB + 4 + _MARGIN)
        for offset, file in ((0, before), (_THUMB + 4, after)):
            theme.thumbnail(axes, _square(file), left + offset, 110, _THUMB)
        axes.text(left, _THUMB + 140, name, color=theme.TEXT, fontsize=12, va="center")
    theme.save(figure, path)


def shoot(scene, folder: Path) -> Path:
    """Render a short shot with motion, restyle it, and return a strip of both."""
    render, cycles = scene.render, scene.cycles
    render.resolution_percentage, cycles.samples = 40, 6
    scene.frame_start, scene.frame_end = 1, _FRAMES
    camera = scene.camera
    for frame, shift in ((1, 0.0), (_FRAMES, 0.35)):
        camera.location.x += shift
        camera.keyframe_insert("location", frame=frame)
    render.filepath = str(folder / "shot" / "frame_####")
    bpy.ops.impasto.enable_passes()
    bpy.ops.render.render(animation=True)
    settings = scene.impasto.frames
    bpy.ops.impasto.use_render_output()
    settings.look.style, settings.format = "irises", "PNG"
    settings.output = str(folder / "shot_restyled")
    bpy.ops.impasto.restyle_frames()
    rows = [
        sorted((folder / "shot").glob("*.exr")),
        sorted((folder / "shot_restyled").glob("*.png")),
    ]
    picked = [[files[i] for i in (0, len(files) // 2, -1)] for files in rows]
    strip = np.vstack([np.hstack([_pixels(file) for file in files]) for files in picked])
    figure = theme.figure(strip.shape[1], strip.shape[0])
    theme.canvas(figure).imshow(strip, extent=(0, strip.shape[1], strip.shape[0], 0))
    path = folder / "shot.png"
    theme.save(figure, path)
    return path


def _pixels(file: Path) -> np.ndarray:
    from impasto.core.image.color import linear_to_srgb

    picture = read_picture(file)
    color = picture.color[..., :3]
    return np.clip(linear_to_srgb(color) if picture.encoding == "linear" else color, 0, 1)


def _square(file: Path) -> np.ndarray:
    pixels = _pixels(file)
    side = min(pixels.shape[:2])
    return np.clip(resize(pixels[:side, :side], (_THUMB, _THUMB)), 0, 1)
