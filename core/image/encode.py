"""Encode every format except OpenEXR.

OpenCV is fast and knows more than 8 bits; Pillow does the kinds whose alpha OpenCV drops or changes
(TGA, BMP, WebP, 8-bit TIFF, gray PNG with alpha).
"""

from __future__ import annotations

import io
from typing import Any

import cv2
from PIL import Image

from .convert import to_depth
from .ifd import short_tag
from .metadata.tiff import with_tags
from .picture import Picture

Image.MAX_IMAGE_PIXELS = None  # read_picture has its own limit, above 16k textures

_JPEG_QUALITY = 95
_EXTRA_SAMPLES = 338
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


def encode(picture: Picture, suffix: str, *, associated: bool = False) -> bytes:
    """Encode a picture.

    Parameters
    ----------
    picture : Picture
        Of a depth and channels that the format has (see :data:`.formats.FORMATS`).
    suffix : str
        The format's, as spelled there.
    associated : bool, optional
        Whether the colors have been multiplied by alpha; only TIFF says so.

    Returns
    -------
    bytes
        The file.
    """
    samples = list(
        cv2.split(to_depth(picture.color[..., : 1 if picture.gray else 3], picture.depth))
    )
    if picture.alpha is not None:
        samples.append(picture.alpha)
    if (suffix == ".hdr" and len(samples) == 1) or (len(samples) == 2 and picture.depth != "8"):
        samples = [samples[0]] * 3 + samples[1:]
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
    order = (2, 1, 0, 3)[: len(samples)] if len(samples) > 1 else (0,)
    stacked = cv2.merge([samples[i] for i in order])
    del samples  # of large pictures, not all of these fit the memory
    data = cv2.imencode(suffix, stacked, _CV2_OPTIONS[suffix])[1].tobytes()
    if suffix == ".tif" and picture.alpha is not None:
        # Without the tag ExtraSamples, Blender takes the colors for premultiplied.
        return with_tags(data, {_EXTRA_SAMPLES: short_tag(1 if associated else 2)})
    return data
