"""Colors of a movie's frames: from luma and chroma to sRGB and back, exactly.

FFmpeg's swscale only unpacks pixels here: of movies of limited range it makes 16-bit RGB whose white is
65283 rather than 65535, and it stretches chroma of odd sizes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np

from ..errors import UnsupportedImage
from ..image.convert import clipped, to_depth
from ..image.formats import Depth
from ..image.picture import Picture
from ..image.spaces import Meaning, to_rec709
from .movie_file import library

BT709, BT601, RGB = 1, 6, 0
"""Numbers of matrices, ITU-T H.273."""

_UNKNOWN = 2
_LUMA = {1: (0.2126, 0.0722), 4: (0.3, 0.11), 7: (0.212, 0.087), 9: (0.2627, 0.0593)}
_LUMA |= dict.fromkeys((5, 6), (0.299, 0.114))
"""Weights of red and blue in luma, by matrix."""

_OF_PRIMARIES = {1: 1, 5: 5, 6: 6, 7: 7, 9: 9}
_SD_SIZE = (1280, 577)
"""Untagged pictures that are smaller than this both ways count as BT.601, as in players."""

_DISPLAY_CURVES = frozenset({0, 1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
_CURVES = {
    8: "linear light",
    9: "a logarithmic curve",
    10: "a logarithmic curve",
    16: "HDR (PQ)",
    17: "a cinema curve (SMPTE 428)",
    18: "HDR (HLG)",
}
_FULL_RANGE = 2
_CENTERED_CHROMA = ("mjpeg", "mpeg1video", "theora")
_LIMITED_GRAY = ("h264", "hevc", "vp9", "av1", "libdav1d")

_WIDE: dict[int, Meaning] = {9: Meaning("srgb", "REC2020"), 12: Meaning("srgb", "P3")}


@dataclass(frozen=True)
class ColorTags:
    """Say what the numbers of a movie mean, in the terms of ITU-T H.273.

    Attributes
    ----------
    matrix, curve, primaries : int
        Matrix coefficients, transfer characteristics and color primaries; resolved, where the movie
        does not say.
    full_range : bool
        Black is 0 rather than 16 (of 255).
    centered_chroma : bool
        Chroma lies between two columns of pixels (JPEG, MPEG-1) rather than on the left one.
    """

    matrix: int
    curve: int
    primaries: int
    full_range: bool
    centered_chroma: bool = False


def container_tags(context: Any) -> tuple[int, int, int, int]:
    """Read the color tags of a container, before decoding overwrites them.

    Parameters
    ----------
    context : av.codec.CodecContext
        That of a stream, of which nothing is decoded yet.

    Returns
    -------
    tuple of int
        Matrix, curve, primaries and range.
    """
    tags = (context.colorspace, context.color_trc, context.color_primaries, context.color_range)
    return tuple(map(int, tags))  # type: ignore[return-value]


def tags_of(frame: Any, context: Any, container: tuple[int, int, int, int]) -> ColorTags:
    """Read the color tags of a frame, else those of its container, else what players take it for.

    Parameters
    ----------
    frame : av.VideoFrame
        Decoded.
    context : av.codec.CodecContext
        What decoded it.
    container : tuple of int
        From :func:`container_tags`.

    Returns
    -------
    ColorTags
        Untagged high definition is BT.709, anything smaller BT.601.
    """
    # Before version 17 of PyAV, frames have but two of the tags.
    curve = getattr(frame, "color_trc", context.color_trc)
    primaries = getattr(frame, "color_primaries", context.color_primaries)
    own = (frame.colorspace, curve, primaries, frame.color_range)
    empty = ((_UNKNOWN, 3), (_UNKNOWN, 0, 3), (_UNKNOWN, 0, 3), (0,))
    matrix, curve, primaries, levels = (
        int(a) if int(a) not in none else b
        for a, b, none in zip(own, container, empty, strict=True)
    )
    name = frame.format.name
    if matrix in (_UNKNOWN, 3):
        small = frame.width < _SD_SIZE[0] and frame.height < _SD_SIZE[1]
        matrix = _OF_PRIMARIES.get(primaries, BT601 if small else BT709)
    if frame.format.is_rgb or frame.format.has_palette:
        matrix = RGB
    elif matrix == RGB:
        matrix = BT709  # a contradiction: these are no RGB pixels
    full = levels == _FULL_RANGE or name.startswith("yuvj")
    if name.startswith(("gray", "ya", "mono")) and levels == 0:
        full = context.name not in _LIMITED_GRAY
    return ColorTags(matrix, curve, primaries, full, context.name in _CENTERED_CHROMA)


def check_tags(tags: ColorTags, name: str) -> None:
    """Refuse colors that would come out wrong.

    Parameters
    ----------
    tags : ColorTags
        Of a movie.
    name : str
        Of the movie.

    Raises
    ------
    UnsupportedImage
        It is HDR, linear or logarithmic, or its chroma is coded in a way that is not supported.
    """
    if tags.curve not in _DISPLAY_CURVES:
        curve = _CURVES.get(tags.curve, f"transfer curve {tags.curve}")
        raise UnsupportedImage(
            f'The movie "{name}" is in {curve}, whose colors would come out wrong; convert it to'
            " Rec.709 (SDR), or export it as an OpenEXR sequence."
        )
    if tags.matrix != RGB and tags.matrix not in (*_LUMA, 8):
        raise UnsupportedImage(
            f'The movie "{name}" codes its colors in a way (matrix {tags.matrix}) that Impasto cannot'
            " read; convert it to Rec.709."
        )


def to_picture(frame: Any, tags: ColorTags) -> Picture:
    """Convert a decoded frame.

    Parameters
    ----------
    frame : av.VideoFrame
        Of any pixel format.
    tags : ColorTags
        Of its movie.

    Returns
    -------
    Picture
        sRGB-encoded, of depth 8 or 16, with straight alpha if there is some.

    Raises
    ------
    UnsupportedImage
        Its pixels are of a kind that cannot be converted.
    """
    bits = bits_of(frame.format)
    frame = _planar(frame, bits)
    planes = [
        plane_values(frame, component.plane, 8 if component.bits <= 8 else 16)
        for component in frame.format.components
    ]
    bits = bits_of(frame.format)
    depth: Depth = "8" if bits <= 8 else "16"
    alpha = None
    if frame.format.components[-1].is_alpha:
        alpha = planes.pop()
        if 8 < bits < 16:
            alpha = to_depth(alpha.astype(np.float32) / np.float32((1 << bits) - 1), "16")
        alpha = np.ascontiguousarray(alpha)
    if frame.format.is_rgb:
        color = cv2.merge([plane.astype(np.float32) for plane in planes])
        color = color * np.float32(1 / ((1 << bits) - 1))
    else:
        color = _from_luma(planes, bits, tags)
    if tags.primaries in _WIDE:
        color = to_rec709(clipped(color), _WIDE[tags.primaries])
    return Picture(clipped(color), alpha, depth)


def bits_of(pixel_format: Any) -> int:
    """Return how many bits a channel has.

    Parameters
    ----------
    pixel_format : av.VideoFormat
        Of a frame.

    Returns
    -------
    int
        Of the channel that has most.
    """
    return max(component.bits for component in pixel_format.components)


def plane_values(frame: Any, index: int, bits: int) -> np.ndarray:
    """Return a plane of a frame, as its own memory.

    Parameters
    ----------
    frame : av.VideoFrame
        Must stay alive.
    index : int
        Of the plane.
    bits : int
        8 or 16: how a number is stored.

    Returns
    -------
    (H, W) uint8 or uint16
        Can be written to.
    """
    plane = frame.planes[index]
    dtype = np.uint8 if bits == 8 else np.uint16
    rows = np.frombuffer(plane, dtype).reshape(plane.height, -1)
    return rows[:, : plane.width]


def _planar(frame: Any, bits: int) -> Any:
    """Return the frame with a plane for each channel, its numbers unchanged."""
    form = frame.format
    parts = form.components
    has_alpha = parts[-1].is_alpha or form.has_palette
    bits = min(bits, 16)  # floats
    wide = "" if bits <= 8 else "16le"
    if form.name.startswith("xyz"):
        raise UnsupportedImage(
            "Movies in XYZ colors (digital cinema) cannot be read; convert them to Rec.709."
        )
    if form.is_rgb or form.has_palette:
        name = f"gbr{'a' if has_alpha else ''}p{wide}"
    elif has_alpha and len(parts) == 2:
        name = f"yuva444p{wide}"
    elif len(parts) == 1:
        name = f"gray{wide}"
    else:
        across = -(-form.width // parts[1].width)
        down = -(-form.height // parts[1].height)
        sampling = {(1, 1): "444", (2, 1): "422", (2, 2): "420", (4, 1): "411", (1, 2): "440"}
        kind = sampling.get((across, down), "444")
        name = f"yuv{'a' if has_alpha else ''}{kind}p{wide and f'{bits}le'}"
    planes = {part.plane for part in parts}
    usable = len(planes) == len(parts) == len(frame.planes) and bits >= 8
    if usable and not form.is_big_endian and bits_of(form) <= 16:
        return frame
    av = library()
    same = int(frame.color_range) or 1
    try:
        return frame.reformat(
            format=name,
            src_colorspace=1,
            dst_colorspace=1,
            src_color_range=same,
            dst_color_range=same,
            interpolation=av.video.reformatter.Interpolation.POINT,
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        raise UnsupportedImage(
            f"The pixels of the movie ({form.name}) are of a kind that cannot be read; convert it."
        ) from error


def _from_luma(planes: list[np.ndarray], bits: int, tags: ColorTags) -> np.ndarray:
    """Convert Y, U, V, or Y alone, to RGB."""
    luma = planes[0].astype(np.float32)
    black, span, middle, chroma_span = _levels(bits, tags.full_range)
    if len(planes) == 1:
        return cv2.merge([(luma - black) * (1 / span)] * 3)
    parts = [_upsampled(plane, luma.shape, tags.centered_chroma) for plane in planes[1:3]]
    scaled = _to_rgb(tags.matrix) / [span, chroma_span, chroma_span]
    offset = -scaled @ [black, middle, middle]
    affine = np.column_stack([scaled, offset]).astype(np.float32)
    return cv2.transform(cv2.merge([luma, *parts]), affine)


def _levels(bits: int, full_range: bool) -> tuple[np.float32, np.float32, np.float32, np.float32]:
    """Return black, the span to white, zero chroma, and the span of chroma (ITU-R BT.2100, table 9)."""
    if full_range:
        values: tuple[int, ...] = (0, (1 << bits) - 1, 1 << bits - 1, (1 << bits) - 1)
    else:
        values = tuple(level << bits - 8 for level in (16, 219, 128, 224))
    return tuple(map(np.float32, values))  # type: ignore[return-value]


@cache
def _to_rgb(matrix: int) -> np.ndarray:
    """Return the matrix from luma and chroma to RGB, ``(3, 3)`` float64."""
    if matrix == 8:  # YCgCo
        return np.array([[1.0, -1, 1], [1, 1, 0], [1, -1, -1]])
    return np.linalg.inv(_from_rgb(matrix))


def _from_rgb(matrix: int) -> np.ndarray:
    """Return the matrix from RGB to luma and chroma, ``(3, 3)`` float64."""
    red, blue = _LUMA[matrix]
    luma = np.array([red, 1 - red - blue, blue])
    of_blue = ([0, 0, 1] - luma) / (2 * (1 - blue))
    of_red = ([1, 0, 0] - luma) / (2 * (1 - red))
    return np.stack([luma, of_blue, of_red])


def _upsampled(plane: np.ndarray, shape: tuple[int, ...], centered: bool) -> np.ndarray:
    """Bring chroma to the size of luma, in place: also where that is odd, where a resize is off."""
    height, width = shape
    plane = plane.astype(np.float32)
    if plane.shape == (height, width):
        return plane
    across, down = (
        -(-full // part) for full, part in zip((width, height), plane.shape[::-1], strict=True)
    )
    if (
        across == 2 and not centered
    ):  # a sample lies on every other pixel: halfway between, the mean
        wide = np.empty((plane.shape[0], 2 * plane.shape[1]), np.float32)
        wide[:, ::2] = plane
        wide[:, 1:-1:2] = (plane[:, :-1] + plane[:, 1:]) * np.float32(0.5)
        wide[:, -1] = plane[:, -1]
        plane, across = wide, 1
    if across == 1 or centered:
        size = (plane.shape[1] * across, plane.shape[0] * down)
        return cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR)[:height, :width]
    place = np.array([[1 / across, 0, 0], [0, 1 / down, (1 / down - 1) / 2]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(
        plane, place, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )


def _downsampled(plane: np.ndarray, across: int, down: int, centered: bool) -> np.ndarray:
    """Average chroma for a lower resolution; sizes are multiples of ``across`` and ``down``."""
    if down == 2:
        plane = (plane[::2] + plane[1::2]) * np.float32(0.5)
    if across == 2 and centered:
        return (plane[:, ::2] + plane[:, 1::2]) * np.float32(0.5)
    if across == 2:
        weights = np.array([[0.25, 0.5, 0.25]], np.float32)
        return cv2.filter2D(plane, -1, weights, borderType=cv2.BORDER_REPLICATE)[:, ::2]
    return plane


def fill_frame(frame: Any, color: np.ndarray, alpha: np.ndarray | None, tags: ColorTags) -> None:
    """Write colors into a frame that is to be encoded.

    Parameters
    ----------
    frame : av.VideoFrame
        Of the colors' size; planar RGB or YUV, with alpha or without, or BGR in 32 bits.
    color : (H, W, 3) float32
        sRGB-encoded in [0, 1].
    alpha : (H, W) float32, or None
        In [0, 1]; None where the frame has none.
    tags : ColorTags
        Of the movie.
    """
    form = frame.format
    bits = bits_of(form)
    stored = 8 if bits <= 8 else 16
    top = np.float32((1 << bits) - 1)
    if form.is_rgb:
        channels = [channel * top for channel in cv2.split(color)]
    else:
        black, span, middle, chroma_span = _levels(bits, tags.full_range)
        luma, *chroma = cv2.split(cv2.transform(color, _from_rgb(tags.matrix).astype(np.float32)))
        part = form.components[1]
        across, down = -(-form.width // part.width), -(-form.height // part.height)
        channels = [luma * span + black]
        for plane in chroma:
            small = _downsampled(plane, across, down, tags.centered_chroma)
            channels.append(small * chroma_span + middle)
    if form.components[-1].is_alpha:
        channels.append(np.full(color.shape[:2], top) if alpha is None else alpha * top)
    packed = {"bgr0": (2, 1, 0), "bgra": (2, 1, 0, 3), "rgba": (0, 1, 2, 3)}.get(form.name)
    if packed:
        height, width = color.shape[:2]
        rows = np.frombuffer(frame.planes[0], np.uint8).reshape(height, -1)[:, : 4 * width]
        places = [rows[:, place::4] for place in packed]
    else:
        places = [plane_values(frame, part.plane, stored) for part in form.components]
    for place, channel in zip(places, channels, strict=False):
        place[...] = np.clip(np.rint(channel), 0, top)
