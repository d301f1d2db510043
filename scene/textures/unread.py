"""Say why an image has no pixels: this Blender cannot read its kind of file, or another reason."""

from __future__ import annotations

from pathlib import Path

import bpy

from ...core.errors import ImageUnreadable, ImpastoError, UnsupportedImage
from ...core.image.formats import FORMATS, usual_suffix
from ...core.image.ifd import COMPRESSIONS, compression_of
from .. import compat

# fmt: off
_NEVER_READ = {
    ".jxl", ".qoi", ".heic", ".heif", ".ktx", ".ktx2", ".jxr", ".wdp", ".pcx", ".bpg", ".flif",
    ".pnm", ".pbm", ".pgm", ".ppm", ".pfm", ".ico", ".svg", ".pdf", ".xcf", ".kra", ".ora", ".psb",
    ".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".orf", ".rw2",
}
# fmt: on
"""Suffixes of image files that no Blender reads."""

_ANIMATED = 0x02
"""Flag in the header of a WebP file (VP8X)."""


def error_without_pixels(image: bpy.types.Image) -> ImpastoError:
    """Return the error for an image that has no pixels although its file is there."""
    suffix = Path(image.filepath_raw).suffix.lower()
    if suffix == ".dds":  # some of its compressions only
        return UnsupportedImage(
            f'{_blender()} cannot read this kind of .dds file ("{image.name}"), or it is damaged;'
            " save the image as PNG."
        )
    return ImageUnreadable(f'"{image.name}" has no pixels; reload it or remove it.')


def only_blender_reads(image: bpy.types.Image, path: Path) -> bool:
    """Return whether a file has to be taken from Blender's pixels, as the worker cannot decode it.

    Raises
    ------
    UnsupportedImage
        This Blender cannot, either.
    """
    if usual_suffix(path.suffix) not in FORMATS:
        return True
    with path.open("rb") as file:
        if compression_of(file) in COMPRESSIONS:
            return False
    if not _shows_something(image):
        raise UnsupportedImage(
            f'{_blender()} shows only black of "{image.name}", whose compression it may not know;'
            " save the image as PNG."
        )
    return True


def check(image: bpy.types.Image, path: Path) -> None:
    """Refuse a file of a kind that this Blender cannot show, also if the worker could read it.

    Raises
    ------
    UnsupportedImage
    """
    suffix = path.suffix.lower()
    if suffix in _NEVER_READ or (suffix == ".avif" and not compat.READS_AVIF):
        raise UnsupportedImage(
            f'{_blender()} cannot read {suffix} files ("{image.name}"); save the image as PNG.'
        )
    if suffix != ".webp" or not _is_animated_webp(path) or _shows_something(image):
        return
    raise UnsupportedImage(
        f'{_blender()} cannot read animated .webp files ("{image.name}"); save a frame of it as PNG.'
    )


def _blender() -> str:
    return f"Blender {bpy.app.version[0]}.{bpy.app.version[1]}"


def _is_animated_webp(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(21)
    return (
        len(start) == 21
        and start[:4] == b"RIFF"
        and start[8:16] == b"WEBPVP8X"
        and bool(start[20] & _ANIMATED)
    )


def _shows_something(image: bpy.types.Image) -> bool:
    """Return whether any color is not black; that an image has data proves nothing."""
    import numpy as np  # late, as it would double the time to enable the extension

    pixels = np.empty(len(image.pixels), np.float32)
    image.pixels.foreach_get(pixels)
    return bool(pixels.reshape(-1, 4)[:, :3].any())
