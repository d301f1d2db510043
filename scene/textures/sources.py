"""Name the files of an image for the worker: those on disk, or a temporary copy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import bpy

from ...core.control import Failure
from ...core.errors import (
    ImageMissing,
    ImageUnreadable,
    ImpastoError,
    NoImages,
    OutputUnwritable,
    UnsupportedImage,
)
from ...core.image.formats import FORMATS, usual_suffix
from ...core.image.reference import ImageRef
from ..lookup import included_members
from .names import UDIM


@dataclass(frozen=True)
class Source:
    """The files of an image, and what its result has to be like.

    Attributes
    ----------
    ref : ImageRef
        The files, for the worker.
    tiles : tuple of int
        UDIM tile numbers in the order of ``ref.paths``; empty for a plain image.
    suffix : str
        Suffix of the result's file.
    """

    ref: ImageRef
    tiles: tuple[int, ...]
    suffix: str


def source_of(image: bpy.types.Image, temporary: Path) -> Source:
    """Return the files of an image; packed, painted and generated ones are copied to ``temporary``.

    The data-block itself is not changed.

    Raises
    ------
    ImageMissing, ImageUnreadable, UnsupportedImage, OutputUnwritable
    """
    tiles = tuple(tile.number for tile in image.tiles) if image.source == "TILED" else ()
    if image.is_dirty and tiles:
        raise UnsupportedImage(
            f'"{image.name}" has painted tiles that are not saved; save them in the Image Editor.'
        )
    if image.source == "GENERATED" or image.is_dirty:
        return _from_pixels(image, temporary)
    packed = bool(image.packed_files)
    paths = _unpack(image, tiles, temporary) if packed else _on_disk(image, tiles)
    form = FORMATS.get(usual_suffix(paths[0].suffix))
    if form is None:  # Blender reads more formats than the worker
        if tiles:
            raise UnsupportedImage(
                f'The tiles of "{image.name}" are {paths[0].suffix} files; save them as PNG.'
            )
        return _from_pixels(image, temporary)
    ref = ImageRef(
        image.name_full, tuple(map(str, paths)), image.colorspace_settings.name, image.alpha_mode
    )
    return Source(ref, tiles, form.lossless)


def sources_of(
    images: Iterable[bpy.types.Image], temporary: Path, most: int | None = None
) -> tuple[list[Source | None], tuple[Failure, ...]]:
    """Return the files of images, in their order, and the images that cannot be read.

    Parameters
    ----------
    images : iterable of bpy.types.Image
        At least one.
    temporary : Path
        Folder for copies.
    most : int, optional
        Stop after this many sources.

    Returns
    -------
    list of Source or None
        None where an image cannot be read.
    tuple of Failure
        Why.

    Raises
    ------
    NoImages
        None of them can be read.
    """
    sources: list[Source | None] = []
    failures: list[Failure] = []
    for image in images:
        if most is not None and len(sources) - len(failures) == most:
            break
        try:
            sources.append(source_of(image, temporary))
        except ImpastoError as error:
            sources.append(None)
            failures.append(Failure(image.name_full, str(error)))
    if len(failures) == len(sources):
        raise NoImages(failures[0].message)
    return sources, tuple(failures)


def sources_of_group(
    group, temporary: Path, most: int
) -> tuple[tuple[ImageRef, ...], tuple[Failure, ...]]:
    """Return the files of a group's first ``most`` textures, and the textures that cannot be read.

    Raises
    ------
    NoImages
        All textures are excluded, or none can be read.
    """
    images = [member.image for member in included_members(group)]
    if not images:
        raise NoImages("All textures of this group are excluded; include one first.")
    sources, failures = sources_of(images, temporary, most)
    return tuple(source.ref for source in sources if source is not None), failures


def _on_disk(image: bpy.types.Image, tiles: tuple[int, ...]) -> list[Path]:
    pattern = bpy.path.abspath(image.filepath_raw, library=image.library)
    paths = [Path(pattern.replace(UDIM, str(tile))) for tile in tiles] or [Path(pattern)]
    for path in paths:
        if not pattern or not path.is_file():
            raise ImageMissing(
                f'The file of "{image.name}" is missing ({path}); '
                "find it with File > External Data > Find Missing Files."
            )
    return paths


def _unpack(image: bpy.types.Image, tiles: tuple[int, ...], temporary: Path) -> list[Path]:
    by_tile = {packed.tile_number if tiles else 0: packed for packed in image.packed_files}
    paths = []
    for tile in tiles or (0,):
        if tile not in by_tile:
            raise ImageMissing(
                f'Tile {tile} of "{image.name}" is not packed; pack the image again.'
            )
        packed = by_tile[tile]
        name = Path(packed.filepath.replace("\\", "/")).name
        suffix = Path(name).suffix or f".{image.file_format.lower().removeprefix('open_')}"
        path = _fresh(temporary, image, suffix)
        try:
            path.write_bytes(packed.packed_file.data)
        except OSError as error:
            raise OutputUnwritable(_no_room(image, error)) from error
        paths.append(path)
    return paths


def _from_pixels(image: bpy.types.Image, temporary: Path) -> Source:
    """Save what is in memory; a float buffer is linear and, for straight alpha, premultiplied."""
    import numpy as np  # late, as it would double the time to enable the extension

    width, height = image.size
    if width * height == 0:
        raise ImageUnreadable(f'"{image.name}" has no pixels; reload it or remove it.')
    pixels = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(pixels)
    suffix = ".exr" if image.is_float else ".png"
    path = _fresh(temporary, image, suffix)
    copy = bpy.data.images.new(
        "Impasto Copy", width, height, alpha=True, float_buffer=image.is_float
    )
    try:
        # First, because it wipes the pixels; Non-Color saves floats unchanged.
        copy.colorspace_settings.name = "Non-Color" if image.is_float else "sRGB"
        copy.pixels.foreach_set(pixels)
        copy.file_format = "OPEN_EXR" if image.is_float else "PNG"
        copy.filepath_raw = str(path)
        copy.save()
    except RuntimeError as error:
        raise OutputUnwritable(_no_room(image, error)) from error
    finally:
        bpy.data.images.remove(copy)
    space, alpha_mode = image.colorspace_settings.name, image.alpha_mode
    if image.is_float:
        space = "Linear Rec.709"
        alpha_mode = "PREMUL" if alpha_mode == "STRAIGHT" else alpha_mode
    return Source(ImageRef(image.name_full, (str(path),), space, alpha_mode), (), suffix)


def _fresh(folder: Path, image: bpy.types.Image, suffix: str) -> Path:
    return folder / f"{image.session_uid}_{len(list(folder.iterdir()))}{suffix}"


def _no_room(image: bpy.types.Image, error: Exception) -> str:
    return (
        f'A temporary copy of "{image.name}" cannot be written ({error}); free some disk space or '
        "choose another folder in Preferences > File Paths > Temporary Files."
    )
