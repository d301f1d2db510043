"""Decode and encode every format except OpenEXR.

OpenCV is fast and knows more than 8 bits; Pillow does the kinds whose alpha OpenCV drops or changes
(TGA, BMP, WebP, 8-bit TIFF, gray PNG with alpha).
"""

from __future__ import annotations

import io
from typing import Any

import cv2
import numpy as np
from PIL import Image

from .alpha import full_alpha, to_straight
from .convert import DEPTHS, to_depth, to_float
from .headers import Header
from .metadata.tiff import with_tags
from .picture import Picture

Image.MAX_IMAGE_PIXELS = None  # read_picture has its own limit, above 16k textures

_JPEG_QUALITY = 95
_CV2_OPTIONS = {
    # OpenCV's default, run lengths after one filter: a tenth larger than level 1, in half the time.
    ".png": [],
    ".jpg": [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY],
    # OpenCV's default for three floats is the lossy LogLuv.
    ".tif": [cv2.IMWRITE_TIFF_COMPRESSION, cv2.IMWRITE_TIFF_COMPRESSION_ADOBE_DEFLATE],
    ".hdr": [],
}
_PILLOW_OPTIONS: dict[str, dict[str, Any]] = {
    ".png": {"format": "PNG"},
    ".tif": {"format": "TIFF", "compression": "tiff_adobe_deflate"},
    ".bmp": {"format": "BMP"},
    ".tga": {"format": "TGA"},
    ".webp": {"format": "WEBP", "lossless": True, "exact": True},
}


class DecodeError(Exception):
    """A decoder failed."""


def decode(data: bytearray, header: Header) -> Picture:
    """Decode a whole file.

    Orientation in EXIF is ignored, as Blender does.

    Parameters
    ----------
    data : bytearray
        The file; emptied on the way, to free memory.
    header : Header
        Its header.

    Returns
    -------
    Picture
        sRGB-encoded as far as is known here, with straight colors if the header says how.

    Raises
    ------
    DecodeError
        The bytes are damaged, or of a variant that no decoder knows.
    """
    by_pillow = header.kind in ("tga", "bmp", "webp") or (
        header.kind == "tiff" and header.alpha != "none" and header.bits == 8
    )
    if header.upright:
        place, patch = header.upright
        data[place : place + len(patch)] = patch
    samples = _by_pillow(data) if by_pillow else _by_cv2(data)
    data.clear()
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    alpha = None
    if channels in (2, 4):
        alpha = np.ascontiguousarray(samples[..., -1])
    elif header.key is not None:
        alpha = np.where(samples == header.key, 0, full_alpha(samples.dtype)).astype(samples.dtype)
    color = np.empty((*samples.shape[:2], 3), np.float32)
    if channels <= 2:
        to_float(samples if channels == 1 else samples[..., 0], color[..., 0])
        color[..., 1:] = color[..., :1]
    elif by_pillow:
        to_float(samples[..., :3], color)
    else:
        reverse = cv2.COLOR_BGR2RGB if channels == 3 else cv2.COLOR_BGRA2RGB
        to_float(cv2.cvtColor(samples, reverse), color)
    if alpha is not None and header.alpha == "premultiplied" and not by_pillow:  # Pillow divides
        to_straight(color, alpha)
    gray = channels <= 2 or (header.gray and channels == 4)
    return Picture(color, alpha, DEPTHS[samples.dtype], gray=gray)


def encode(picture: Picture, suffix: str) -> bytes:
    """Encode a picture.

    Parameters
    ----------
    picture : Picture
        Of a depth and channels that the format has (see :data:`.formats.FORMATS`).
    suffix : str
        The format's, as spelled there.

    Returns
    -------
    bytes
        The file.
    """
    levels = to_depth(picture.color[..., : 1 if picture.gray else 3], picture.depth)
    samples = list(cv2.split(levels))
    if picture.alpha is not None:
        samples.append(picture.alpha)
    gray_alpha = len(samples) == 2 and picture.depth == "8"
    eight_bit_tiff = suffix == ".tif" and picture.alpha is not None and picture.depth == "8"
    if suffix in (".bmp", ".tga", ".webp") or gray_alpha or eight_bit_tiff:
        image = Image.merge(
            {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[len(samples)],
            [Image.fromarray(band) for band in samples],
        )
        buffer = io.BytesIO()
        image.save(buffer, **_PILLOW_OPTIONS[suffix])
        return buffer.getvalue()
    if len(samples) == 2 or (suffix == ".hdr" and len(samples) == 1):
        samples = [samples[0]] * 3 + samples[1:]
    order = (2, 1, 0, 3)[: len(samples)] if len(samples) > 1 else (0,)
    stacked = cv2.merge([samples[i] for i in order])
    data = cv2.imencode(suffix, stacked, _CV2_OPTIONS[suffix])[1].tobytes()
    if suffix == ".tif" and picture.alpha is not None:
        # Without the tag ExtraSamples, Blender takes the colors for premultiplied.
        return with_tags(data, {338: (3, 1, b"\x02\0")})
    return data


def _by_cv2(data: bytearray) -> np.ndarray:
    try:
        samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        if error.code == cv2.Error.StsNoMem:
            raise MemoryError from error
        raise DecodeError(str(error)) from error
    if samples is None or samples.dtype not in DEPTHS:
        raise DecodeError("OpenCV cannot decode it")
    return samples


def _by_pillow(data: bytearray) -> np.ndarray:
    try:
        with Image.open(io.BytesIO(data)) as image:
            mode = image.mode
            if mode not in ("L", "LA", "RGB", "RGBA"):
                mode = "L" if mode == "1" else "RGBA" if image.has_transparency_data else "RGB"
            return np.array(image.convert(mode))
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise DecodeError(str(error)) from error
