"""Decode every format except OpenEXR by OpenImageIO, which Blender decodes with, too."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import cv2
import numpy as np
from PIL import Image

from ..errors import UnsupportedImage
from .convert import DEPTHS, to_float
from .ifd import COMPRESSIONS
from .metadata import png
from .picture import Picture
from .primaries import Name
from .spaces import Meaning

_NOT_PICTURES = frozenset(("null", "term", "zfile"))
"""Formats of OpenImageIO that hold no picture, or a picture of no file."""

_PRIMARIES: dict[int, Name] = {1: "REC709", 9: "REC2020", 11: "P3", 12: "P3"}
_OTHERS = (b"GIF87a", b"GIF89a", b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")
_CV2_NAMES = (("Y",), ("Y", "A"), ("B", "G", "R"), ("B", "G", "R", "A"))

_FLOATS = ("half", "float", "double")
_LINEAR, _PQ, _HLG = 8, 16, 18
"""Codes of color primaries and transfer characteristics (ITU-T H.273), which PNG has in cICP."""

_UNSUPPORTED = ("unsupported", "not supported", "not configured", "not implemented", "sorry")
_LOGARITHMIC = ("log", "density")
_SRGB = Meaning("srgb")


class DecodeError(Exception):
    """A decoder failed."""


class NotAnImage(DecodeError):
    """No decoder takes the file for its own."""


@dataclass(frozen=True)
class Input:
    """An image file that OpenImageIO has opened.

    Attributes
    ----------
    reader : OpenImageIO.ImageInput
        Of its first picture.
    name : str
        The file's, for errors.
    code_points : tuple of int
        What a PNG's cICP says, which OpenImageIO knows since 3.1 only.
    """

    reader: Any
    name: str
    code_points: tuple[int, ...] = ()

    @property
    def format(self) -> str:
        """OpenImageIO's name of the format: ``png``, ``jpeg``, ``tiff``, ``targa``, ..."""
        return self.reader.format_name()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        spec = self.reader.spec()
        return spec.width, spec.height

    @property
    def bits(self) -> int:
        """Bits of one channel, as they are delivered."""
        return 8 * self.reader.spec().format.size()

    @property
    def meaning(self) -> Meaning:
        """Meaning of the numbers, as the file says.

        Integers are sRGB-encoded and floats scene-linear, unless code points say otherwise.
        """
        spec = self.reader.spec()
        linear = str(spec.format) in _FLOATS
        codes = spec.getattribute("CICP") or self.code_points
        if not codes:
            return Meaning("linear" if linear else "srgb")
        primaries, transfer = codes[:2]
        if transfer in (_PQ, _HLG) or primaries not in _PRIMARIES:
            kind = {_PQ: "PQ", _HLG: "HLG"}.get(transfer, f"of primaries {primaries}")
            raise UnsupportedImage(
                f'The colors of "{self.name}" are {kind}, which Impasto cannot paint;'
                " save the image in sRGB or as OpenEXR."
            )
        linear = linear or transfer == _LINEAR
        return Meaning("linear" if linear else "srgb", _PRIMARIES[primaries])

    @property
    def associated(self) -> bool:
        """Whether the file says that its colors are premultiplied: the tag of TIFF."""
        spec = self.reader.spec()
        tagged = spec.get_int_attribute("tiff:UnassociatedAlpha", 0)
        alpha = spec.alpha_channel in (1, 3) and spec.nchannels != 3
        return self.format == "tiff" and alpha and not tagged

    def decode(self) -> Picture:
        """Decode the pixels; orientation in EXIF is ignored, as Blender does.

        Returns
        -------
        Picture
            With the numbers of the file, never divided by alpha. Channels beyond RGB and alpha are
            left out; inks become RGB; numbers of more than 16 bits become floats.

        Raises
        ------
        DecodeError
            Damaged or cut off.
        UnsupportedImage
            Sound, but compressed in a way that OpenImageIO's wheel does not know.
        """
        spec = self.reader.spec()
        samples = self.reader.read_image(0, 0, 0, spec.nchannels, "unknown")
        error = self.reader.geterror()
        if samples is None or error:
            if spec.get_int_attribute("tiff:Compression", 1) not in COMPRESSIONS:
                error = _UNSUPPORTED[0]  # no sign of damage
            raise _failure(error, self.name)
        return picture_of(_known(samples), self._names(spec.channelnames))

    def _names(self, said: tuple[str, ...]) -> tuple[str, ...]:
        """Return what the channels are: as in Blender, that depends on their number alone."""
        if len(said) >= 4:
            return tuple("RGBA")
        if self.format in ("tiff", "targa"):
            return {2: ("Y", "A"), 3: tuple("RGB")}.get(len(said), said)
        return said


@dataclass(frozen=True)
class OtherInput:
    """A GIF or JPEG 2000, which OpenImageIO's wheels for older Pythons lack.

    Attributes
    ----------
    file : BinaryIO
        Open for reading.
    image : PIL.Image.Image
        Its header has been read.
    meaning, associated, bits
        As those of :class:`Input`.
    """

    file: BinaryIO
    image: Image.Image
    meaning: Meaning = _SRGB
    associated: bool = False
    bits: int = 8

    @property
    def format(self) -> str:
        """OpenImageIO's name of the format."""
        return (self.image.format or "").lower()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.size

    def decode(self) -> Picture:
        """Decode the first picture.

        Returns
        -------
        Picture
            With straight colors.

        Raises
        ------
        DecodeError
            Damaged or cut off.
        """
        try:
            if self.format == "gif":
                return picture_of(np.array(self.image.convert("RGBA")), tuple("RGBA"))
            # Pillow has 8 bits only, and OpenCV does not survive some damaged files: so both, in order.
            self.image.load()
            self.file.seek(0)
            data = np.frombuffer(self.file.read(), np.uint8)
            samples = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
        except (cv2.error, OSError, ValueError, SyntaxError, EOFError) as error:
            raise DecodeError(str(error)) from error
        if samples is None or samples.dtype not in DEPTHS:
            raise DecodeError("OpenCV cannot decode it")
        samples = np.atleast_3d(samples)
        return picture_of(samples, _CV2_NAMES[samples.shape[2] - 1])


def open_input(path: Path, file: BinaryIO) -> Input | OtherInput:
    """Open an image file by what it holds, not by its suffix.

    Parameters
    ----------
    path : Path
        The file.
    file : BinaryIO
        The same, open.

    Returns
    -------
    Input or OtherInput
        Its header has been read.

    Raises
    ------
    DecodeError
        Its format is known, but it is damaged.
    NotAnImage
        No decoder knows it.
    UnsupportedImage
        The Python has no OpenImageIO.
    """
    oiio = _library()
    wanted = oiio.ImageSpec()
    wanted["oiio:UnassociatedAlpha"] = 1  # the numbers of the file, not premultiplied ones
    reader = oiio.ImageInput.open(str(path), wanted)
    if reader is None:
        error = oiio.geterror()
        file.seek(0)
        if file.read(12).startswith(_OTHERS):
            return _open_other(file)
        raise _failure(error, path.name)
    if reader.format_name() in _NOT_PICTURES:
        raise NotAnImage(reader.format_name())
    transfer = str(reader.spec().get_string_attribute("dpx:Transfer")).lower()
    if reader.format_name() == "cineon" or any(word in transfer for word in _LOGARITHMIC):
        raise UnsupportedImage(
            f'The colors of "{path.name}" are logarithmic densities of film, which Impasto cannot'
            " read; save the image as OpenEXR."
        )
    codes = png.code_points(file) if reader.format_name() == "png" else ()
    return Input(reader, path.name, codes)


def _open_other(file: BinaryIO) -> OtherInput:
    try:
        return OtherInput(file, Image.open(file, formats=("GIF", "JPEG2000")))
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise DecodeError(str(error)) from error


def picture_of(samples: np.ndarray, names: tuple[str, ...]) -> Picture:
    """Return a picture of decoded channels.

    Parameters
    ----------
    samples : (H, W, C) uint8, uint16, float16 or float32
        Of one pixel side by side.
    names : tuple of str
        Of the channels; alpha is called ``A``.

    Returns
    -------
    Picture
        sRGB-encoded as far as is known here; gray with fewer than two colors.
    """
    alpha = None
    if "A" in names:
        alpha = np.ascontiguousarray(samples[..., names.index("A")])
    bands = [c for c, name in enumerate(names) if name != "A"][:3]
    if [names[c] for c in bands] == ["B", "G", "R"]:
        bands.reverse()
    if not bands:  # alpha alone is a gray picture
        bands, alpha = [0], None
    gray = len(bands) == 1
    color = np.empty((*samples.shape[:2], 3), np.float32)
    if bands == [0, 1, 2]:
        to_float(samples[..., :3], color)
    else:
        color[..., 2] = 0
        for c, band in enumerate(bands):
            to_float(samples[..., band], color[..., c])
        if gray:
            color[..., 1:] = color[..., :1]
    return Picture(color, alpha, DEPTHS[samples.dtype], gray=gray)


def _known(samples: np.ndarray) -> np.ndarray:
    """Return samples of a kind that pictures have; signed and long numbers become floats."""
    if samples.dtype in DEPTHS:
        return samples
    if samples.dtype == np.int8:
        return np.rint(np.maximum(samples, 0) * (255 / 127)).astype(np.uint8)
    if samples.dtype.kind in "iu":
        return (samples / np.float64(np.iinfo(samples.dtype).max)).astype(np.float32)
    return samples.astype(np.float32)


def _failure(error: str, name: str) -> Exception:
    """Return what an error of OpenImageIO means."""
    if "format reader" in error:
        return NotAnImage(error)
    if any(words in error.lower() for words in _UNSUPPORTED):
        return UnsupportedImage(
            f'The image "{name}" is stored in a way that Impasto cannot read, though it may be sound;'
            " save it as PNG, or as TIFF with Deflate or LZW compression."
        )
    return DecodeError(error)


def _library() -> Any:
    # Late, as the Python that an artist chooses for the worker may lack the package.
    try:
        import OpenImageIO
    except ImportError as error:
        raise UnsupportedImage(
            "The External Python has no OpenImageIO package; install it there."
        ) from error
    return OpenImageIO
