"""Read and write OpenEXR files; their colors are premultiplied, those of pictures are straight."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import BinaryIO

import numpy as np

from ..errors import UnsupportedImage
from .alpha import to_premultiplied, to_straight
from .codec import DecodeError
from .convert import DEPTHS, to_depth, to_float
from .picture import Picture


def size(file: BinaryIO) -> tuple[int, int]:
    """Return the size of the first part's data window, which is what Blender shows.

    Parameters
    ----------
    file : BinaryIO
        At its start.

    Returns
    -------
    tuple of int
        Width and height in pixels.

    Raises
    ------
    DecodeError
        The file is damaged.
    """
    low, high = _open(file, header_only=True).parts[0].header["dataWindow"]
    return int(high[0] - low[0] + 1), int(high[1] - low[1] + 1)


def decode(file: BinaryIO, name: str, *, premultiplied: bool = True) -> Picture:
    """Decode the first layer that shows a picture: plain R, G, B, or the render's Combined, or Y.

    Parameters
    ----------
    file : BinaryIO
        At its start.
    name : str
        Its name, for errors.
    premultiplied : bool, optional
        Whether alpha has been multiplied into the colors.

    Returns
    -------
    Picture
        Of depth half or float, scene-linear, with straight colors.

    Raises
    ------
    DecodeError
        The file is damaged.
    UnsupportedImage
        There is no such layer, or it is stored as integers, deep, or at less than full resolution.
    """
    parts = [part.channels for part in _open(file).parts]
    if not parts:  # the package only warns of damaged pixels, and drops the part
        raise DecodeError("no sound part")
    channels, prefix, bands_of = _layer(parts, name)
    bands = [channels[prefix + band].pixels for band in bands_of]
    shape = bands[0].shape
    alpha_channel = channels.get(prefix + "A")
    alpha = None if alpha_channel is None else np.ascontiguousarray(alpha_channel.pixels)
    every = bands if alpha is None else [*bands, alpha]
    if any(b.dtype not in DEPTHS or b.dtype.kind != "f" or b.shape != shape for b in every):
        raise UnsupportedImage(
            f'The image "{name}" stores pixels of a kind that Impasto cannot restyle;'
            " save it as RGB or RGBA."
        )
    color = np.empty((*shape, 3), np.float32)
    for c, band in enumerate(bands):
        to_float(band, color[..., c])
    if len(bands) == 1:
        color[..., 1:] = color[..., :1]
    if alpha is not None and premultiplied:
        to_straight(color, alpha)
    return Picture(color, alpha, DEPTHS[bands[0].dtype], "linear", len(bands) == 1)


def encode(
    picture: Picture,
    *,
    premultiplied: bool = True,
    attributes: Mapping[str, object] | None = None,
) -> bytes:
    """Encode a picture as scanlines with lossless ZIP compression.

    Parameters
    ----------
    picture : Picture
        Of depth half or float.
    premultiplied : bool, optional
        Whether to multiply alpha into the colors.
    attributes : mapping, optional
        More attributes for the header; left out if the package cannot write one of them.

    Returns
    -------
    bytes
        The file.
    """
    exr = _library()
    color, alpha = picture.color, picture.alpha
    if alpha is not None and premultiplied:
        color = to_premultiplied(color, alpha)
    names = "Y" if picture.gray else ("R", "G", "B")
    channels = {name: to_depth(color[..., c], picture.depth) for c, name in enumerate(names)}
    if alpha is not None:
        channels["A"] = np.ascontiguousarray(alpha)
    header = {"compression": exr.ZIP_COMPRESSION, "type": exr.scanlineimage}
    buffer = io.BytesIO()
    try:
        exr.File({**(attributes or {}), **header}, channels).write(buffer)
    except (RuntimeError, TypeError, ValueError):  # an attribute that the package cannot write
        if not attributes:
            raise
        return encode(picture, premultiplied=premultiplied)
    return buffer.getvalue()


def _library():
    # Late, as the Python that an artist chooses for the worker may lack the package.
    try:
        import OpenEXR
    except ImportError as error:
        raise UnsupportedImage(
            "The External Python has no OpenEXR package; install it there, or save the images as PNG."
        ) from error
    return OpenEXR


def _open(file: BinaryIO, *, header_only: bool = False):
    try:
        return _library().File(file, separate_channels=True, header_only=header_only)
    except (RuntimeError, ValueError, TypeError) as error:
        raise DecodeError(str(error)) from error


def _layer(parts: list[dict], file_name: str) -> tuple[dict, str, Sequence[str]]:
    """Choose a layer: the channels of its part, its prefix, and the names of its colors."""
    layers = [
        (channels, name[:-1])
        for channels in parts
        for name in channels
        if name == "R" or name.endswith(".R")
        if name[:-1] + "G" in channels and name[:-1] + "B" in channels
    ]
    if layers:  # unnamed before the render's Combined before any other
        layers.sort(key=lambda layer: (layer[1] != "", "Combined" not in layer[1]))
        return *layers[0], ("R", "G", "B")
    for channels in parts:
        if "Y" in channels:
            return channels, "", ("Y",)
    if len(parts) == 1 and len(parts[0]) == 1:
        return parts[0], "", tuple(parts[0])
    raise UnsupportedImage(
        f'The image "{file_name}" has no color layer; choose one that shows a picture.'
    )
