"""Read and write image files without loss: of depth, alpha, range, or a file that was there."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from ..errors import (
    ImageMissing,
    ImageTooLarge,
    ImageUnreadable,
    OutputUnwritable,
    UnsupportedImage,
)
from . import exr, raster
from .alpha import to_premultiplied, to_straight
from .convert import encoding_of, with_depth
from .headers import BadHeader, Header, is_complete, read_header
from .metadata import NOTHING, Metadata, embed, exr_header
from .picture import Depth, Picture

AlphaMode = Literal["STRAIGHT", "PREMUL", "CHANNEL_PACKED", "NONE"]
"""Blender's modes: what the alpha of a file has to do with its colors."""


@dataclass(frozen=True)
class Format:
    """What a file format can store; the last depth is what others are converted to."""

    depths: tuple[Depth, ...]
    alpha: bool
    longest: int = 1 << 20
    """Most pixels along a side."""


FORMATS = {
    ".png": Format(("8", "16"), alpha=True),
    ".jpg": Format(("8",), alpha=False, longest=65500),
    ".tif": Format(("8", "16", "float"), alpha=True),
    ".bmp": Format(("8",), alpha=False),
    ".tga": Format(("8",), alpha=True, longest=65535),
    ".webp": Format(("8",), alpha=True, longest=16383),
    ".exr": Format(("half", "float"), alpha=True),
    ".hdr": Format(("float",), alpha=False),
}
_ALIASES = {".jpeg": ".jpg", ".tiff": ".tif"}
_MOST_PIXELS = 1 << 30
_BLENDERS_OWN = {".jp2", ".j2c", ".dds", ".psd", ".gif", ".dpx", ".cin", ".sgi", ".rgb", ".avif"}
_DISK_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_FOLDER = {errno.ENOENT, errno.ENOTDIR}


def image_size(path: str | Path) -> tuple[int, int]:
    """Width and height in pixels, from the file's header alone.

    Raises
    ------
    ImageMissing, ImageUnreadable, ImageTooLarge, UnsupportedImage
    """
    path = Path(path)
    header = _header(path)
    return header.width, header.height


def read_picture(
    path: str | Path, *, color_space: str = "", alpha_mode: AlphaMode = "STRAIGHT"
) -> Picture:
    """Read an image file: PNG, JPEG, TIFF, BMP, TGA, WebP, OpenEXR or Radiance HDR.

    Parameters
    ----------
    path : str or Path
    color_space : str
        Blender's name of it; empty: sRGB for integer files, scene-linear for float ones.
    alpha_mode : AlphaMode
        ``PREMUL`` says that an integer file's colors are premultiplied; those of OpenEXR always
        are, but for ``CHANNEL_PACKED``, where alpha has nothing to do with them. ``NONE`` drops it.

    Returns
    -------
    Picture
        With straight colors and the alpha channel as the file has it.

    Raises
    ------
    ImageMissing
        No such file.
    ImageUnreadable
        Damaged, cut off, empty, or no image.
    ImageTooLarge
        More pixels than a decoder takes (2**30).
    UnsupportedImage
        Sound, but of a kind that is not in the list.
    """
    path = Path(path)
    header = _header(path)
    related = alpha_mode in ("STRAIGHT", "PREMUL")
    try:
        if header.kind == "exr":
            picture = exr.decode(path, premultiplied=related)
        else:
            data = _read(path)
            if not is_complete(header.kind, data):
                raise _damaged(path)
            picture = raster.decode(data, header)
            divided = header.alpha == "premultiplied"
            if alpha_mode == "PREMUL" and picture.alpha is not None and not divided:
                to_straight(picture.color, picture.alpha)
    except (raster.DecodeError, OSError) as error:
        raise _damaged(path) from error
    if alpha_mode == "NONE":
        picture = replace(picture, alpha=None)
    return replace(picture, encoding=encoding_of(color_space, picture.depth))


def write_picture(
    picture: Picture,
    path: str | Path,
    *,
    overwrite: bool = False,
    alpha_mode: AlphaMode = "STRAIGHT",
    metadata: Metadata = NOTHING,
) -> None:
    """Write a picture in the format that the suffix names: whole, or not at all.

    A depth that the format lacks becomes the best one it has (see ``convert.with_depth``).

    Parameters
    ----------
    picture : Picture
    path : str or Path
    overwrite : bool
        Replace a file that exists; else it is refused.
    alpha_mode : AlphaMode
        As in :func:`read_picture`: how the file relates its colors to alpha.
    metadata : Metadata
        What else goes into the file, as far as its format has room for it.

    Raises
    ------
    UnsupportedImage
        The suffix names no format that can be written, or one without alpha for a picture with it,
        or one whose files cannot be so large.
    OutputUnwritable
        The file exists, its folder is missing or read-only, or the disk is full.
    """
    path = Path(path)
    suffix = _ALIASES.get(path.suffix.lower(), path.suffix.lower())
    if suffix not in FORMATS:
        raise UnsupportedImage(
            f'Impasto cannot write "{path.suffix}" files; choose one of {", ".join(FORMATS)}.'
        )
    form = FORMATS[suffix]
    if picture.alpha is not None and not form.alpha:
        raise UnsupportedImage(
            f'"{path.name}" would lose its transparency, as {suffix} files have none;'
            " choose .png or .exr."
        )
    if max(picture.size) > form.longest:
        raise UnsupportedImage(
            f'"{path.name}" would be too large: {suffix} files have at most {form.longest} pixels'
            " a side; choose .png."
        )
    _refuse_to_write_at(path, overwrite)
    if picture.depth not in form.depths:
        picture = with_depth(picture, form.depths[-1])
    related = alpha_mode in ("STRAIGHT", "PREMUL")
    if suffix == ".exr":
        attributes = exr_header(metadata, picture)
        data = exr.encode(picture, premultiplied=related, attributes=attributes)
    else:
        if alpha_mode == "PREMUL" and picture.alpha is not None:
            picture = replace(picture, color=to_premultiplied(picture.color, picture.alpha))
        data = embed(raster.encode(picture, suffix), suffix, metadata, picture)
    write_atomically(path, data, overwrite=overwrite)


def write_atomically(path: Path, data: bytes, *, overwrite: bool = False) -> None:
    """Write bytes beside ``path`` as ``<name>.part``, onto the disk, then rename.

    Raises
    ------
    OutputUnwritable
        As in :func:`write_picture`; nothing is left behind.
    """
    part = path.with_name(path.name + ".part")
    _refuse_to_write_at(path, overwrite)
    try:
        try:
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
    except OSError as error:
        raise OutputUnwritable(_why_not(path, error)) from error


def _read(path: Path) -> bytearray:
    data = bytearray(path.stat().st_size)
    with path.open("rb") as file:
        file.readinto(data)
    return data


def _header(path: Path) -> Header:
    try:
        with path.open("rb") as file:
            header = read_header(file, path.suffix)
        if header is not None and header.kind == "exr":
            width, height = exr.size(path)
            header = replace(header, width=width, height=height)
    except FileNotFoundError as error:
        raise ImageMissing(
            f'The image file "{path.name}" is missing;'
            " restore it, or remove the image from the scene."
        ) from error
    except OSError as error:
        raise ImageUnreadable(
            f'The image "{path.name}" cannot be opened: {error.strerror}.'
        ) from error
    except (BadHeader, raster.DecodeError) as error:
        raise _damaged(path) from error
    if header is None:
        if path.suffix.lower() in _BLENDERS_OWN:
            raise UnsupportedImage(
                f'Impasto cannot read "{path.suffix}" files ("{path.name}");'
                " save the image as PNG or OpenEXR."
            )
        raise ImageUnreadable(f'"{path.name}" is empty or not an image; choose another file.')
    if header.width < 1 or header.height < 1:
        raise ImageUnreadable(
            f'The image "{path.name}" has no pixels; save it again or restore it.'
        )
    if header.width * header.height > _MOST_PIXELS:
        raise ImageTooLarge(
            f'The image "{path.name}" has {header.width} x {header.height} pixels,'
            " more than Impasto can read; make it smaller."
        )
    return header


def _damaged(path: Path) -> ImageUnreadable:
    return ImageUnreadable(
        f'The image "{path.name}" is damaged or cut off; save it again or restore it from a backup.'
    )


def _refuse_to_write_at(path: Path, overwrite: bool) -> None:
    if not path.parent.is_dir():
        raise OutputUnwritable(_why_not(path, FileNotFoundError(errno.ENOENT, "")))
    if path.exists() and not overwrite:
        raise OutputUnwritable(
            f'"{path.name}" exists already; choose another name or allow overwriting.'
        )


def _why_not(path: Path, error: OSError) -> str:
    if error.errno in _DISK_FULL:
        return f'The disk is full: "{path.name}" was not written; free some space and try again.'
    if error.errno in _NOT_ALLOWED:
        return f'The folder "{path.parent}" is read-only; choose another one for the results.'
    if error.errno in _NO_FOLDER:
        return f'The folder "{path.parent}" does not exist; create it or choose another one.'
    return f'"{path.name}" cannot be written: {error.strerror}.'
