"""Read and write image files without loss of depth, alpha or range."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from ..atomic import check_output, write_atomically
from ..errors import ImageMissing, ImageTooLarge, ImageUnreadable, UnsupportedImage
from . import codec, exr
from .alpha import to_premultiplied, to_straight
from .convert import encoding_of, with_depth
from .formats import BLENDER_SUFFIXES, FORMATS, usual_suffix
from .headers import BadHeader, Header, is_complete, read_header
from .metadata import NOTHING, Metadata, embed, exr_attributes, metadata_of
from .picture import Picture
from .reference import AlphaMode

_MOST_PIXELS = 1 << 30


@dataclass(frozen=True)
class ImageFile:
    """An open image file; see :func:`open_image`.

    Attributes
    ----------
    path : Path
        Where it is.
    file : BinaryIO
        The file itself.
    header : Header
        Its kind and size.
    """

    path: Path
    file: BinaryIO
    header: Header

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.header.width, self.header.height

    def read(self, *, color_space: str = "", alpha_mode: AlphaMode = "STRAIGHT") -> Picture:
        """Decode the pixels.

        Parameters
        ----------
        color_space, alpha_mode : str, optional
            As in :func:`read_picture`.

        Returns
        -------
        Picture
            With straight colors and the alpha channel as the file has it.

        Raises
        ------
        ImageUnreadable
            Damaged or cut off.
        UnsupportedImage
            An OpenEXR file without a color layer.
        """
        header = self.header
        related = alpha_mode in ("STRAIGHT", "PREMUL")
        self.file.seek(0)
        try:
            if header.kind == "exr":
                picture = exr.decode(self.file, self.path.name, premultiplied=related)
            else:
                data = bytearray(os.fstat(self.file.fileno()).st_size)
                self.file.readinto(data)  # type: ignore[attr-defined]
                if not is_complete(header.kind, data):
                    raise _damaged(self.path)
                picture = codec.decode(data, header)
                divided = header.alpha == "premultiplied"
                if alpha_mode == "PREMUL" and picture.alpha is not None and not divided:
                    to_straight(picture.color, picture.alpha)
        except (codec.DecodeError, OSError) as error:
            raise _damaged(self.path) from error
        if alpha_mode == "NONE":
            picture = replace(picture, alpha=None)
        return replace(picture, encoding=encoding_of(color_space, picture.depth))

    def metadata(self) -> Metadata:
        """Read what the file says besides its pixels.

        Returns
        -------
        Metadata
            As :func:`.metadata.read_metadata` gives it.
        """
        return metadata_of(self.file, self.path.suffix)


@contextmanager
def open_image(path: str | Path) -> Iterator[ImageFile]:
    """Open an image file once for its size, its pixels and its metadata.

    Parameters
    ----------
    path : str or Path
        The file.

    Yields
    ------
    ImageFile
        Open inside the ``with`` statement.

    Raises
    ------
    ImageMissing
        No such file.
    ImageUnreadable
        Damaged, empty, or no image.
    ImageTooLarge
        More pixels than a decoder takes (2**30).
    UnsupportedImage
        Sound, but of a kind that :data:`.formats.FORMATS` does not list.
    """
    path = Path(path)
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise ImageMissing(
            f'The image file "{path.name}" is missing;'
            " restore it, or remove the image from the scene."
        ) from error
    except OSError as error:
        raise _cannot_be_opened(path, error) from error
    with file:
        yield ImageFile(path, file, _header(path, file))


def image_size(path: str | Path) -> tuple[int, int]:
    """Return the size of an image from the file's header alone.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    tuple of int
        Width and height in pixels.

    Raises
    ------
    ImageMissing, ImageUnreadable, ImageTooLarge, UnsupportedImage
        As :func:`open_image`.
    """
    with open_image(path) as image:
        return image.size


def read_picture(
    path: str | Path, *, color_space: str = "", alpha_mode: AlphaMode = "STRAIGHT"
) -> Picture:
    """Read an image file: PNG, JPEG, TIFF, BMP, TGA, WebP, OpenEXR or Radiance HDR.

    Parameters
    ----------
    path : str or Path
        The file.
    color_space : str, optional
        Blender's name of its color space; empty: sRGB for integers, scene-linear for floats.
    alpha_mode : AlphaMode, optional
        ``PREMUL``: an integer file's colors are premultiplied. Those of OpenEXR always are, except
        with ``CHANNEL_PACKED``, where alpha is unrelated to the colors. ``NONE`` drops alpha.

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

    Examples
    --------
    >>> import numpy as np
    >>> write_picture(Picture(np.full((2, 3, 3), 0.5, np.float32)), "gray.png")
    >>> picture = read_picture("gray.png")
    >>> picture.size, picture.depth, picture.encoding
    ((3, 2), '8', 'srgb')
    """
    with open_image(path) as image:
        return image.read(color_space=color_space, alpha_mode=alpha_mode)


def write_picture(
    picture: Picture,
    path: str | Path,
    *,
    overwrite: bool = False,
    alpha_mode: AlphaMode = "STRAIGHT",
    metadata: Metadata = NOTHING,
) -> None:
    """Write a picture in the format that the suffix names: whole, or not at all.

    A depth that the format lacks becomes the best one it has (see :func:`.convert.with_depth`).

    Parameters
    ----------
    picture : Picture
        What to write.
    path : str or Path
        The file.
    overwrite : bool, optional
        Replace a file that exists; else it is refused.
    alpha_mode : AlphaMode, optional
        As in :func:`read_picture`: how the file relates its colors to alpha.
    metadata : Metadata, optional
        What else goes into the file, as far as its format has a place for it.

    Raises
    ------
    UnsupportedImage
        The suffix names no format that can be written, or one without alpha for a picture with it,
        or one whose files cannot be so large.
    OutputUnwritable
        The file exists, its folder is missing or read-only, or the disk is full.

    Examples
    --------
    >>> import numpy as np
    >>> light = Picture(np.full((2, 3, 3), 7.5, np.float32), depth="half", encoding="linear")
    >>> write_picture(light, "light.exr")
    >>> float(read_picture("light.exr").color.max())
    7.5
    """
    path = Path(path)
    suffix = usual_suffix(path.suffix)
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
    check_output(path, overwrite=overwrite)  # before the time that encoding takes
    if picture.depth not in form.depths:
        picture = with_depth(picture, form.depths[-1])
    related = alpha_mode in ("STRAIGHT", "PREMUL")
    if suffix == ".exr":
        attributes = exr_attributes(metadata, picture)
        data = exr.encode(picture, premultiplied=related, attributes=attributes)
    else:
        if alpha_mode == "PREMUL" and picture.alpha is not None:
            picture = replace(picture, color=to_premultiplied(picture.color, picture.alpha))
        data = embed(codec.encode(picture, suffix), suffix, metadata, picture)
    write_atomically(path, data, overwrite=overwrite)


def _header(path: Path, file: BinaryIO) -> Header:
    """Read the header of an open file, and refuse what cannot be decoded."""
    try:
        header = read_header(file, path.suffix)
        if header is not None and header.kind == "exr":
            file.seek(0)
            width, height = exr.size(file)
            header = replace(header, width=width, height=height)
    except OSError as error:
        raise _cannot_be_opened(path, error) from error
    except (BadHeader, codec.DecodeError) as error:
        raise _damaged(path) from error
    if header is None:
        if path.suffix.lower() in BLENDER_SUFFIXES:
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


def _cannot_be_opened(path: Path, error: OSError) -> ImageUnreadable:
    return ImageUnreadable(f'The image "{path.name}" cannot be opened: {error.strerror}.')


def _damaged(path: Path) -> ImageUnreadable:
    return ImageUnreadable(
        f'The image "{path.name}" is damaged or cut off; save it again or restore it from a backup.'
    )
