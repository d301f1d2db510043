"""Name the files of an image for the worker: those on disk, or a temporary copy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import bpy

from ...core.control import Failure
from ...core.errors import (
    ImageMissing,
    ImpastoError,
    NoImages,
    OutputUnwritable,
    UnsupportedImage,
)
from ...core.image.formats import FORMATS, usual_suffix
from ...core.image.reference import ImageRef
from ..lookup import included_members
from . import unread, working_space
from .names import tile_paths


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
    without : tuple of str
        Sentences on the tiles that are left out, as their files are missing.
    """

    ref: ImageRef
    tiles: tuple[int, ...]
    suffix: str
    without: tuple[str, ...] = ()


def source_of(image: bpy.types.Image, temporary: Path) -> Source:
    """Return the files of an image; packed, painted and generated ones are copied to ``temporary``.

    The data-block itself is not changed.

    Raises
    ------
    ImageMissing, ImageUnreadable, UnsupportedImage, OutputUnwritable
    """
    tiles = tuple(tile.number for tile in image.tiles) if image.source == "TILED" else ()
    if image.is_dirty and tiles:
        raise UnsupportedImage(_unsaved_tiles(image))
    if image.source == "GENERATED" or image.is_dirty:
        return _from_pixels(image, temporary)
    packed = bool(image.packed_files)
    found, without = _unpack(image, tiles, temporary) if packed else _on_disk(image, tiles)
    tiles, paths = tuple(found) if tiles else (), list(found.values())
    unread.check(image, paths[0])
    if unread.only_blender_reads(image, paths[0]):
        if tiles:
            raise UnsupportedImage(
                f'The tiles of "{image.name}" are {paths[0].suffix} files; save them as PNG.'
            )
        return _from_pixels(image, temporary)
    ref = ImageRef(
        image.name_full, tuple(map(str, paths)), image.colorspace_settings.name, image.alpha_mode
    )
    form = FORMATS[usual_suffix(paths[0].suffix)]
    return Source(ref, tiles, form.lossless, tuple(without))


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
        Why, and the tiles that are left out of the others.

    Raises
    ------
    NoImages
        None of them can be read.
    """
    sources: list[Source | None] = []
    failures: list[Failure] = []
    readable = 0
    for image in images:
        if most is not None and readable == most:
            break
        try:
            source = source_of(image, temporary)
        except ImpastoError as error:
            sources.append(None)
            failures.append(Failure(image.name_full, str(error)))
        else:
            sources.append(source)
            failures += [Failure(image.name_full, said) for said in source.without]
            readable += 1
    if not readable:
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


def _on_disk(image: bpy.types.Image, tiles: tuple[int, ...]) -> tuple[dict[int, Path], list[str]]:
    """Return the file of each tile (0 if there are none), and a sentence on each that is missing."""
    pattern = bpy.path.abspath(image.filepath_raw, library=image.library)
    if tiles and not pattern:
        raise UnsupportedImage(_unsaved_tiles(image))
    paths = dict(zip(tiles or (0,), tile_paths(Path(pattern), tiles), strict=True))
    there = {tile: path for tile, path in paths.items() if pattern and path.is_file()}
    if not there:
        raise ImageMissing(
            f'The file of "{image.name}" is missing ({next(iter(paths.values()))}); '
            "find it with File > External Data > Find Missing Files."
        )
    return there, [
        f'Tile {tile} of "{image.name}" is missing ({path}); it is left out.'
        for tile, path in paths.items()
        if tile not in there
    ]


def _unpack(
    image: bpy.types.Image, tiles: tuple[int, ...], temporary: Path
) -> tuple[dict[int, Path], list[str]]:
    """Write the packed files; the result is like that of :func:`_on_disk`."""
    by_tile = {packed.tile_number if tiles else 0: packed for packed in image.packed_files}
    paths: dict[int, Path] = {}
    for tile in tiles or (0,):
        if tile not in by_tile:
            continue
        packed = by_tile[tile]
        name = Path(packed.filepath.replace("\\", "/")).name
        suffix = Path(name).suffix or f".{image.file_format.lower().removeprefix('open_')}"
        path = _fresh(temporary, image, suffix)
        try:
            path.write_bytes(packed.packed_file.data)
        except OSError as error:
            raise OutputUnwritable(_no_room(image, error)) from error
        paths[tile] = path
    if not paths:
        raise ImageMissing(f'No tile of "{image.name}" is packed; pack the image again.')
    return paths, [
        f'Tile {tile} of "{image.name}" is not packed; it is left out.'
        for tile in tiles
        if tile not in paths
    ]


def _from_pixels(image: bpy.types.Image, temporary: Path) -> Source:
    """Save what is in memory; a float buffer is linear and, for straight alpha, premultiplied."""
    import numpy as np  # late, as it would double the time to enable the extension

    width, height = image.size
    if width * height == 0:
        raise unread.error_without_pixels(image)
    is_color = not image.colorspace_settings.is_data
    pixels = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(pixels)
    if image.is_float and is_color:
        working_space.to_rec709(pixels)
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
        space = working_space.LINEAR if is_color else space
        alpha_mode = "PREMUL" if alpha_mode == "STRAIGHT" else alpha_mode
    ref = ImageRef(image.name_full, (str(path),), space, alpha_mode, is_copy=True)
    return Source(ref, (), suffix)


def _unsaved_tiles(image: bpy.types.Image) -> str:
    return f'"{image.name}" has painted tiles that are not saved; save them in the Image Editor.'


def _fresh(folder: Path, image: bpy.types.Image, suffix: str) -> Path:
    return folder / f"{image.session_uid}_{len(list(folder.iterdir()))}{suffix}"


def _no_room(image: bpy.types.Image, error: Exception) -> str:
    return (
        f'A temporary copy of "{image.name}" cannot be written ({error}); free some disk space or '
        "choose another folder in Preferences > File Paths > Temporary Files."
    )
