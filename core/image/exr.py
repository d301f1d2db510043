"""Read and write OpenEXR files; their colors are premultiplied, those of pictures are straight."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, BinaryIO, NamedTuple

import cv2
import numpy as np

from ..errors import UnsupportedImage
from .convert import DEPTHS, to_depth, to_float
from .decode import DecodeError
from .picture import Picture
from .primaries import PRIMARIES, Primaries, luminance_weights
from .spaces import Meaning, interop_of, meaning_of_interop
from .windows import Window

MAIN_LAYERS = ("Composite.Combined", "ViewLayer.Combined")
"""The picture that Blender's compositor makes, and the view layer that a new scene has."""

_COLORS = (("R", "G", "B"), ("r", "g", "b"))
_LUMINANCE = ("Y", "RY", "BY")
_HDR = ("pq_", "hlg_")
_SAME = 1e-3
"""Chromaticities that differ by less are those of Rec.709."""


class Layer(NamedTuple):
    """Channels that make a picture.

    Attributes
    ----------
    part : int
        Of the file.
    name : str
        What comes before the names of the channels; empty for plain R, G, B.
    colors : tuple of str
        Whole names of one or three channels.
    alpha : str
        Whole name of its channel; empty if there is none.
    """

    part: int
    name: str
    colors: tuple[str, ...]
    alpha: str


@dataclass(frozen=True)
class Input:
    """An OpenEXR file whose headers have been read.

    Attributes
    ----------
    file : BinaryIO
        Open for reading.
    name : str
        The file's, for errors.
    parts : list
        Of the OpenEXR package, without pixels.
    """

    file: BinaryIO
    name: str
    parts: list[Any]

    @property
    def header(self) -> dict[str, Any]:
        """Attributes of the first part."""
        return self.parts[0].header

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the first part's data window, which is what Blender shows."""
        return self.data_window.size

    @property
    def data_window(self) -> Window:
        """Where the pixels lie."""
        return _window(self.header["dataWindow"])

    @property
    def display_window(self) -> Window:
        """The frame that is shown."""
        return _window(self.header["displayWindow"])

    @cached_property
    def meaning(self) -> Meaning:
        """Meaning of the numbers: by ``colorInteropID``, else by ``chromaticities``."""
        identifier = str(self.header.get("colorInteropID", ""))
        if identifier.startswith(_HDR):
            raise UnsupportedImage(
                f'The colors of "{self.name}" are {identifier}, which Impasto cannot paint;'
                " save the image with scene-linear colors."
            )
        known = meaning_of_interop(identifier)
        if known is not None:
            return known
        values = self.header.get("chromaticities")
        if values is None:
            return Meaning("linear")
        x = [float(value) for value in np.ravel(values)]
        primaries = Primaries(*zip(x[::2], x[1::2], strict=True))
        try:
            luminance_weights(primaries)
        except (ValueError, ZeroDivisionError, np.linalg.LinAlgError):  # they say nothing
            return Meaning("linear")
        same = np.allclose(primaries, PRIMARIES["REC709"], atol=_SAME)
        return Meaning("linear", "REC709" if same else primaries)

    def layers(self) -> list[Layer]:
        """Return the layers that show colors, the best one first.

        Returns
        -------
        list of Layer
            Plain R, G, B; then the picture of Blender's compositor; then other view layers in the
            order of the file; then other layers of three colors.
        """
        found = []
        for index, part in enumerate(self.parts):
            names = _names(part)
            for r, g, b in _COLORS:
                for name in names:
                    prefix = name[: -len(r)]
                    if not name.endswith(r) or (prefix and prefix[-1] != "."):
                        continue
                    if prefix + g in names and prefix + b in names:
                        a = next((prefix + a for a in "Aa" if prefix + a in names), "")
                        colors = (name, prefix + g, prefix + b)
                        found.append(Layer(index, prefix.rstrip("."), colors, a))
        return sorted(found, key=_rank)

    def decode(self, layer: str = "") -> Picture:
        """Decode a layer.

        Parameters
        ----------
        layer : str, optional
            Its name, or that of its view layer or part; empty: the best one, or luminance alone.

        Returns
        -------
        Picture
            Of depth half or float, with the numbers of the file, never divided by alpha.

        Raises
        ------
        DecodeError
            The file is damaged.
        UnsupportedImage
            There is no such layer, or it is stored as integers, or deep.
        """
        if any("deep" in str(part.header.get("type", "")) for part in self.parts):
            raise UnsupportedImage(
                f'The image "{self.name}" is deep: its pixels have colors at several depths;'
                " flatten it before."
            )
        chosen = self.choose(layer)
        parts = _open(self.file).parts
        if len(parts) < len(self.parts):  # the package only warns of damaged pixels
            raise DecodeError("a damaged part")
        channels = parts[chosen.part].channels
        if chosen.colors == _LUMINANCE:
            bands = _rgb_of(channels, self.meaning, self.size)
        else:
            bands = [_at_full_size(channels[name], self.size) for name in chosen.colors]
        alpha = _at_full_size(channels[chosen.alpha], self.size) if chosen.alpha else None
        every = bands if alpha is None else [*bands, alpha]
        shape = bands[0].shape
        if any(b.dtype not in DEPTHS or b.dtype.kind != "f" or b.shape != shape for b in every):
            raise UnsupportedImage(
                f'The image "{self.name}" stores pixels of a kind that Impasto cannot restyle;'
                " save it as RGB or RGBA."
            )
        depth = DEPTHS[max((band.dtype for band in bands), key=lambda dtype: dtype.itemsize)]
        color = np.empty((*shape, 3), np.float32)
        for c, band in enumerate(bands):
            to_float(band, color[..., c])
        if len(bands) == 1:
            color[..., 1:] = color[..., :1]
        return Picture(color, alpha, depth, "linear", len(bands) == 1)

    def channels(self) -> dict[str, Any]:
        """Read the pixels of all parts.

        Returns
        -------
        dict of str to OpenEXR.Channel
            By their whole names, in the order of the file.

        Raises
        ------
        DecodeError
            The file is damaged.
        """
        parts = _open(self.file).parts
        return {name: channel for part in parts for name, channel in part.channels.items()}

    def choose(self, wanted: str = "") -> Layer:
        """Choose the layer that is decoded.

        Parameters
        ----------
        wanted : str, optional
            As in :meth:`decode`.

        Returns
        -------
        Layer
            The best one that fits.

        Raises
        ------
        UnsupportedImage
            There is none.
        """
        layers = self.layers()
        if wanted:
            for layer in layers:
                part = self.parts[layer.part].header.get("name", "")
                if wanted in (layer.name, layer.name.partition(".")[0], part):
                    return layer
            there = ", ".join(sorted({layer.name or "RGB" for layer in layers})) or "none"
            raise UnsupportedImage(
                f'The image "{self.name}" has no color layer "{wanted}"; there are: {there}.'
            )
        if layers:
            return layers[0]
        for index, part in enumerate(self.parts):
            names = _names(part)
            if set("XYZ") <= set(names):  # Blender shows them as red, green and blue
                return Layer(index, "", tuple("XYZ"), "A" if "A" in names else "")
            if "Y" in names:
                whole = all(name in names for name in _LUMINANCE)
                alpha = "A" if "A" in names else ""
                return Layer(index, "", _LUMINANCE if whole else ("Y",), alpha)
        if len(self.parts) == 1 and len(names) == 1:
            return Layer(0, "", tuple(names), "")
        raise UnsupportedImage(
            f'The image "{self.name}" has no color layer; choose one that shows a picture.'
        )


def open_input(file: BinaryIO, name: str) -> Input:
    """Read the headers of a file.

    Parameters
    ----------
    file : BinaryIO
        At its start.
    name : str
        Its name, for errors.

    Returns
    -------
    Input
        The open file.

    Raises
    ------
    DecodeError
        The file is damaged.
    """
    parts = _open(file, header_only=True).parts
    if not parts:
        raise DecodeError("no part")
    return Input(file, name, parts)


def encode(picture: Picture, *, attributes: Mapping[str, object] | None = None) -> bytes:
    """Encode a picture as scanlines with lossless ZIP compression.

    Parameters
    ----------
    picture : Picture
        Of depth half or float; with the numbers that the file gets, alpha multiplied in.
    attributes : mapping, optional
        More attributes for the header; left out if the package cannot write one of them. What the
        numbers mean is added (``colorInteropID``).

    Returns
    -------
    bytes
        The file.
    """
    exr = _library()
    color, alpha = picture.color, picture.alpha
    names = "Y" if picture.gray else ("R", "G", "B")
    channels = {name: to_depth(color[..., c], picture.depth) for c, name in enumerate(names)}
    if alpha is not None:
        channels["A"] = np.ascontiguousarray(alpha)
    header = {"compression": exr.ZIP_COMPRESSION, "type": exr.scanlineimage}
    given = attributes or {}
    interop = interop_of(Meaning(picture.encoding, picture.primaries))
    said = str(given.get("colorInteropID", ""))
    known = not said or meaning_of_interop(said) is not None
    if interop and known and (said or "chromaticities" not in given):
        header["colorInteropID"] = interop
    buffer = io.BytesIO()
    try:
        exr.File({**given, **header}, channels).write(buffer)
    except (RuntimeError, TypeError, ValueError):  # an attribute that the package cannot write
        if not attributes:
            raise
        return encode(picture)
    return buffer.getvalue()


def _library() -> Any:
    # Late, as the Python that an artist chooses for the worker may lack the package.
    try:
        import OpenEXR
    except ImportError as error:
        raise UnsupportedImage(
            "The External Python has no OpenEXR package; install it there, or save the images as PNG."
        ) from error
    return OpenEXR


def _open(file: BinaryIO, *, header_only: bool = False) -> Any:
    file.seek(0)
    try:
        return _library().File(file, separate_channels=True, header_only=header_only)
    except (RuntimeError, ValueError, TypeError) as error:
        raise DecodeError(str(error)) from error


def _names(part: Any) -> list[str]:
    """Return the names of a part's channels, in the order of the alphabet, as files have them."""
    return [channel.name for channel in part.header["channels"]]


def _window(value: Any) -> Window:
    low, high = value
    return Window(int(low[0]), int(low[1]), int(high[0]), int(high[1]))


def _rank(layer: Layer) -> tuple[int, int]:
    """Return a key that sorts the best layer first, those of one rank by their part."""
    if not layer.name:
        return 0, layer.part
    if layer.name in MAIN_LAYERS:
        return 1 + MAIN_LAYERS.index(layer.name), layer.part
    return (3 if "Combined" in layer.name else 4), layer.part


def _rgb_of(
    channels: Mapping[str, Any], meaning: Meaning, size: tuple[int, int]
) -> list[np.ndarray]:
    """Convert luminance and chroma to R, G, B, each ``(H, W)`` of luminance's dtype.

    ``RY`` is (R - Y) / Y and ``BY`` (B - Y) / Y, where Y weighs the primaries as CIE Y does ("Technical
    Introduction to OpenEXR"). Chroma of lower resolution lies on every second pixel.
    """
    y, ry, by = (_at_full_size(channels[name], size) for name in _LUMINANCE)
    full = y.astype(np.float32)
    ry, by = (chroma.astype(np.float32) for chroma in (ry, by))
    r, b = (chroma * full + full for chroma in (ry, by))
    weights = luminance_weights(meaning.primaries)
    g = (full - weights[0] * r - weights[2] * b) / weights[1]
    return [band.astype(y.dtype) for band in (r, g, b)]


def _at_full_size(channel: Any, size: tuple[int, int]) -> np.ndarray:
    """Return the pixels of a channel; sub-sampled ones are interpolated from the first pixel on."""
    pixels = channel.pixels
    width, height = size
    if pixels.shape == (height, width) or pixels.dtype.kind != "f":
        return np.ascontiguousarray(pixels)
    rows = np.arange(height, dtype=np.float32) / channel.ySampling
    columns = np.arange(width, dtype=np.float32) / channel.xSampling
    x, y = (np.ascontiguousarray(grid) for grid in np.meshgrid(columns, rows))
    small = pixels.astype(np.float32)
    return cv2.remap(small, x, y, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE).astype(pixels.dtype)
