"""Read and write image files without loss of depth, alpha or range."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from ..atomic import check_output, write_atomically
from ..errors import (
    ImageMissing,
    ImageTooLarge,
    ImageUnreadable,
    ImpastoError,
    UnsupportedImage,
)
from ..memory import ask
from . import decode, exr
from .alpha import cover_of, to_premultiplied, to_straight
from .convert import with_depth
from .encode import encode
from .formats import FORMATS, usual_suffix
from .metadata import NOTHING, Metadata, embed, exr_attributes, metadata_of
from .picture import Picture
from .reference import AlphaMode
from .spaces import Meaning, from_rec709, is_hdr, meaning_of, to_rec709
from .windows import Window, around, cropped_picture, placed_picture

_MOST_PIXELS = 1 << 30
_SMALL = 1 << 22
"""Pixels for which there is memory, or else for nothing."""
_BYTES_PER_PIXEL = 26
"""While an image is decoded: 15 were measured for 8 bits, 22 for 16 with alpha, 25 for floats."""

_EXR = b"\x76\x2f\x31\x01"
_FOREIGN: dict[str, Callable[[bytes], bool]] = {
    "AVIF": lambda start: start[4:12] in (b"ftypavif", b"ftypavis"),
    "HEIC": lambda start: start[4:8] == b"ftyp" and start[8:11] in (b"hei", b"hev", b"mif", b"msf"),
    "JPEG XL": lambda start: start.startswith((b"\xff\x0a", b"\0\0\0\x0cJXL ")),
    "QOI": lambda start: start.startswith(b"qoif"),
    "JPEG XR": lambda start: start.startswith(b"II\xbc"),
    "GIMP": lambda start: start.startswith(b"gimp xcf"),
    "KTX": lambda start: start.startswith((b"\xabKTX 11", b"\xabKTX 20")),
    "PDF": lambda start: start.startswith(b"%PDF"),
    "SVG": lambda start: b"<svg" in start,
    "Krita": lambda start: start[30:54] == b"mimetypeapplication/x-kri",
}
"""Formats of pictures that no decoder here knows, and how their files begin."""


@dataclass(frozen=True)
class ImageFile:
    """An open image file; see :func:`open_image`.

    Attributes
    ----------
    path : Path
        Where it is.
    file : BinaryIO
        The file itself.
    input : decode.Input, decode.OtherInput or exr.Input
        Its decoder, which has read the header.
    """

    path: Path
    file: BinaryIO
    input: decode.Input | decode.OtherInput | exr.Input

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.input.size

    @property
    def windows(self) -> tuple[Window, Window]:
        """Where the pixels lie, and the frame that is shown: OpenEXR's data and display window."""
        if isinstance(self.input, exr.Input):
            return self.input.data_window, self.input.display_window
        whole = Window(0, 0, self.size[0] - 1, self.size[1] - 1)
        return whole, whole

    def has_alpha(self, layer: str = "") -> bool:
        """Return whether an OpenEXR file's picture has alpha, without decoding it.

        Parameters
        ----------
        layer : str, optional
            As in :func:`read_picture`.

        Returns
        -------
        bool
            False for other formats, which are not asked.
        """
        return isinstance(self.input, exr.Input) and bool(self.input.choose(layer).alpha)

    def read(
        self, *, color_space: str = "", alpha_mode: AlphaMode = "", layer: str = ""
    ) -> Picture:
        """Decode the pixels.

        Parameters
        ----------
        color_space, alpha_mode, layer : str, optional
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
            An OpenEXR file without a color layer, or an unknown compression.
        ImageTooLarge
            Its pixels do not fit into the memory that is free.
        """
        width, height = self.size
        if width * height > _SMALL:
            ask(self.path.name, width * height * _BYTES_PER_PIXEL)
        if is_hdr(color_space):
            raise UnsupportedImage(
                f'The colors of "{self.path.name}" are in {color_space}, which Impasto cannot paint;'
                " save the image in sRGB or as OpenEXR."
            )
        try:
            if isinstance(self.input, exr.Input):
                picture = self.input.decode(layer)
            else:
                picture = self.input.decode()
        except (decode.DecodeError, OSError, UnicodeDecodeError) as error:
            raise _damaged(self.path) from error
        meaning = meaning_of(color_space, picture.depth) if color_space else self.input.meaning
        if alpha_mode == "NONE":
            picture = replace(picture, alpha=None)
        cover = None
        if picture.alpha is not None and self._is_associated(alpha_mode):
            cover = cover_of(picture.color, picture.alpha)
            to_straight(picture.color, picture.alpha if cover is None else cover)
        return replace(
            picture,
            color=to_rec709(picture.color, meaning),
            cover=cover,
            encoding=meaning.encoding,
            primaries=meaning.primaries,
        )

    def _is_associated(self, alpha_mode: AlphaMode) -> bool:
        """Return whether the file has multiplied alpha into its colors."""
        if isinstance(self.input, exr.Input):  # always, if they are related at all
            return alpha_mode != "CHANNEL_PACKED"
        # Blender ignores what a TIFF of 8 bits or floats says, and writes those of 16 bits so.
        says = self.input.associated and self.input.bits == 16
        return alpha_mode == "PREMUL" or (not alpha_mode and says)

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
        yield ImageFile(path, file, _opened(path, file))


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


def result_name(path: str | Path) -> str:
    """Return the name for the result of an image in a format that can be written.

    Parameters
    ----------
    path : str or Path
        The image.

    Returns
    -------
    str
        Its own name, if its format can be; else with the suffix ``.exr`` if it holds floats, or
        ``.png``, also where it cannot be read.
    """
    path = Path(path)
    if usual_suffix(path.suffix) in FORMATS:
        return path.name
    try:
        with open_image(path) as image:
            floats = image.input.meaning.encoding == "linear"
    except ImpastoError:
        floats = False
    return path.with_suffix(".exr" if floats else ".png").name


def read_picture(
    path: str | Path, *, color_space: str = "", alpha_mode: AlphaMode = "", layer: str = ""
) -> Picture:
    """Read an image file of any format that OpenImageIO or OpenEXR decodes.

    Parameters
    ----------
    path : str or Path
        The file.
    color_space : str, optional
        Blender's name of its color space; empty: as the file says (``colorInteropID``,
        chromaticities, code points), else sRGB for integers and scene-linear for floats.
    alpha_mode : AlphaMode, optional
        ``PREMUL``: the colors are premultiplied. Those of OpenEXR always are, except with
        ``CHANNEL_PACKED``, where alpha is unrelated to the colors. ``NONE`` drops alpha. Empty: as
        the tag of a 16-bit TIFF says, else straight.
    layer : str, optional
        Of an OpenEXR file with several: its name, or that of its view layer or part. Empty: plain R,
        G, B, else the picture of the compositor, else the first view layer.

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
        return image.read(color_space=color_space, alpha_mode=alpha_mode, layer=layer)


def is_damaged(path: Path) -> bool:
    """Return whether a file holds no picture that can be read to its end.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    bool
        False for one that is sound, but of a kind that is not read here.
    """
    try:
        read_picture(path)
    except (ImageUnreadable, ImageMissing):
        return True
    except ImpastoError:
        return False
    return False


def read_shown(path: str | Path) -> Picture:
    """Read what an image file shows of its frame: the display window of OpenEXR.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    Picture
        Black, and transparent if it has alpha, where the file holds no pixels.

    Raises
    ------
    ImageMissing, ImageUnreadable, ImageTooLarge, UnsupportedImage
        As :func:`read_picture`.
    """
    with open_image(path) as image:
        window, shown = image.windows
        picture = image.read()
    if window == shown:
        return picture
    canvas = around((window, shown))
    return cropped_picture(placed_picture(picture, window, canvas), canvas, shown)


def write_picture(
    picture: Picture,
    path: str | Path,
    *,
    overwrite: bool = False,
    alpha_mode: AlphaMode = "",
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
    check_kind(picture, path)
    check_output(path, overwrite=overwrite)  # before the time that encoding takes
    data = encoded_picture(picture, path, alpha_mode=alpha_mode, metadata=metadata)
    write_atomically(path, data, overwrite=overwrite)


def check_kind(picture: Picture, path: Path) -> None:
    """Refuse a picture that a file with this suffix cannot hold.

    Parameters
    ----------
    picture : Picture
        What would be written.
    path : Path
        The file.

    Raises
    ------
    UnsupportedImage
        As :func:`write_picture`.
    """
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


def encoded_picture(
    picture: Picture, path: Path, *, alpha_mode: AlphaMode = "", metadata: Metadata = NOTHING
) -> bytes:
    """Return the content of a picture's file.

    Parameters
    ----------
    picture : Picture
        What to encode.
    path : Path
        The file, whose suffix names the format.
    alpha_mode, metadata : optional
        As in :func:`write_picture`.

    Returns
    -------
    bytes
        All of it.

    Raises
    ------
    UnsupportedImage
        As :func:`write_picture`.
    """
    check_kind(picture, path)
    suffix = usual_suffix(path.suffix)
    if picture.depth not in FORMATS[suffix].depths:
        picture = with_depth(picture, FORMATS[suffix].depths[-1])
    picture = _with_own_primaries(picture, suffix, metadata)
    associated = picture.alpha is not None and _is_written_associated(picture, suffix, alpha_mode)
    picture = _with_alpha(picture, associated)
    if suffix == ".exr":
        return exr.encode(picture, attributes=exr_attributes(metadata, picture))
    return embed(encode(picture, suffix, associated=associated), suffix, metadata, picture)


def _with_own_primaries(picture: Picture, suffix: str, metadata: Metadata) -> Picture:
    """Return a picture with the numbers that a file of its primaries has, if this file can say so."""
    says = metadata.kind in ("", suffix) or metadata.profile or suffix == ".exr"
    if not says or picture.primaries == "REC709":
        return replace(picture, primaries="REC709")
    meaning = Meaning(picture.encoding, picture.primaries)
    return replace(picture, color=from_rec709(picture.color, meaning))


def _is_written_associated(picture: Picture, suffix: str, alpha_mode: AlphaMode) -> bool:
    """Return whether alpha is multiplied into the colors of a file."""
    if suffix == ".exr":
        return alpha_mode != "CHANNEL_PACKED"
    blenders = suffix == ".tif" and picture.depth == "16"  # Blender takes them for premultiplied
    return alpha_mode == "PREMUL" or (not alpha_mode and blenders)


def _with_alpha(picture: Picture, associated: bool) -> Picture:
    """Return a picture with the numbers of a file: its colors multiplied, or divided, by alpha."""
    if picture.alpha is None or not (associated or picture.cover is not None):
        return picture
    color = picture.color
    if picture.cover is not None:
        color = to_premultiplied(color, picture.cover)
        if not associated:
            to_straight(color, picture.alpha)
    else:
        color = to_premultiplied(color, picture.alpha)
    return replace(picture, color=color)


def _opened(path: Path, file: BinaryIO) -> decode.Input | decode.OtherInput | exr.Input:
    """Read the header of an open file, and refuse what cannot be decoded."""
    start = file.read(64)
    try:
        if start.startswith(_EXR):
            image: decode.Input | decode.OtherInput | exr.Input = exr.open_input(file, path.name)
        else:
            image = decode.open_input(path, file)
    except OSError as error:
        raise _cannot_be_opened(path, error) from error
    except decode.DecodeError as error:
        refused = next((name for name, marks in _FOREIGN.items() if marks(start)), "")
        if refused:
            raise UnsupportedImage(
                f'Impasto cannot read {refused} files ("{path.name}"); save the image as PNG.'
            ) from error
        if isinstance(error, decode.NotAnImage) or not start:
            raise ImageUnreadable(
                f'"{path.name}" is empty or not an image; choose another file.'
            ) from error
        raise _damaged(path) from error
    width, height = image.size
    if width < 1 or height < 1:
        raise ImageUnreadable(
            f'The image "{path.name}" has no pixels; save it again or restore it.'
        )
    if width * height > _MOST_PIXELS:
        raise ImageTooLarge(
            f'The image "{path.name}" has {width} x {height} pixels,'
            " more than Impasto can read; make it smaller."
        )
    return image


def _cannot_be_opened(path: Path, error: OSError) -> ImageUnreadable:
    return ImageUnreadable(f'The image "{path.name}" cannot be opened: {error.strerror}.')


def _damaged(path: Path) -> ImageUnreadable:
    return ImageUnreadable(
        f'The image "{path.name}" is damaged or cut off; save it again or restore it from a backup.'
    )
