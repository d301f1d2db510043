"""Movies of every kind, made with PyAV from numbers that the tests know."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

LUMA = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
PATCHES = np.array(
    [
        [(200, 100, 50), (255, 255, 255), (20, 180, 90), (0, 0, 0)],
        [(30, 60, 220), (128, 128, 128), (250, 240, 30), (255, 0, 0)],
    ]
)
"""Colors of 2 x 4 patches, of 255."""
PATCH = 16


def patches(across: int = 1) -> np.ndarray:
    """``(32, 64 * across, 3)`` float64 in [0, 1]."""
    return np.kron(PATCHES, np.ones((PATCH, PATCH * across, 1))) / 255


def centers(image: np.ndarray, across: int = 1) -> np.ndarray:
    """The colors in the middle of the patches, ``(2, 4, C)``."""
    return image[PATCH // 2 :: PATCH, PATCH * across // 2 :: PATCH * across][:2, :4]


def planes_of(rgb: np.ndarray, matrix: int, full: bool, bits: int) -> list[np.ndarray]:
    """Y, Cb and Cr of a picture by the formulas of ITU-R BT.601, BT.709 and BT.2020."""
    red, blue = LUMA[matrix]
    luma = rgb @ [red, 1 - red - blue, blue]
    chroma = [
        (rgb[..., 2] - luma) / (2 - 2 * blue),
        (rgb[..., 0] - luma) / (2 - 2 * red),
    ]
    if full:
        top = 2**bits - 1
        values = [luma * top, *(c * top + 2 ** (bits - 1) for c in chroma)]
    else:
        unit = 2 ** (bits - 8)
        values = [(16 + 219 * luma) * unit, *((128 + 224 * c) * unit for c in chroma)]
    return [np.rint(v).clip(0, 2**bits - 1) for v in values]


def yuv_frame(rgb: np.ndarray, pixel_format: str, matrix: int, full: bool) -> av.VideoFrame:
    """A frame with these colors; chroma that is halved is taken from every other pixel."""
    height, width = rgb.shape[:2]
    frame = av.VideoFrame(width, height, pixel_format)
    bits = frame.format.components[0].bits
    for plane, values in zip(frame.planes, planes_of(rgb, matrix, full, bits), strict=True):
        put(plane, values[:: height // plane.height, :: width // plane.width])
    return frame


def put(plane: av.video.plane.VideoPlane, values: np.ndarray) -> None:
    """Write numbers into a plane."""
    size = plane.line_size * plane.height
    dtype = np.uint8 if size // plane.height < 2 * plane.width else np.uint16
    rows = np.frombuffer(plane, dtype).reshape(plane.height, -1)
    rows[:, : plane.width] = values


def rgb_frame(rgb: np.ndarray) -> av.VideoFrame:
    """A frame of 8 bits."""
    return av.VideoFrame.from_ndarray(np.rint(rgb * 255).astype(np.uint8), "rgb24")


def write(
    path: Path,
    frames: Sequence[av.VideoFrame],
    codec: str = "ffv1",
    *,
    rate: Fraction | int = 24,
    times: Sequence[int] | None = None,
    time_base: Fraction | None = None,
    options: dict[str, str] | None = None,
    tags: tuple[int, int, int, int] | None = None,
    container: dict[str, str] | None = None,
    **more,
) -> Path:
    """Encode frames; ``tags`` are matrix, primaries, curve and range."""
    with av.open(str(path), "w", options=container or {}) as movie:
        stream = movie.add_stream(codec, rate=rate, options=options or {})
        stream.width, stream.height = frames[0].width, frames[0].height
        stream.pix_fmt = frames[0].format.name
        if time_base is not None:
            stream.codec_context.time_base = time_base
        for name, value in more.items():
            setattr(stream.codec_context, name, value)
        for target in (stream.codec_context, *frames):
            if tags is not None:
                target.colorspace, target.color_range = tags[0], tags[3]
                with suppress(AttributeError):  # frames, before version 17 of PyAV
                    target.color_primaries, target.color_trc = tags[1:3]
        for index, frame in enumerate(frames):
            frame.pts = index if times is None else times[index]
            frame.time_base = time_base or 1 / Fraction(rate)
            movie.mux(stream.encode(frame))
        movie.mux(stream.encode(None))
    return path


def numbered(count: int, size: tuple[int, int] = (96, 64), noise: float = 0) -> list[av.VideoFrame]:
    """Frames that show their number as light and dark bars; noise makes their files larger."""
    frames, rng = [], np.random.default_rng(0)
    for number in range(count):
        rgb = np.full((size[1], size[0], 3), 0.3)
        rgb[24:, (5 * number) % size[0] :][:, :9] = (0.9, 0.5, 0.1)
        for bit in range(6):
            rgb[:24, 16 * bit : 16 * bit + 16] = number >> bit & 1
        rgb[24:] += noise * rng.random((size[1] - 24, size[0], 3))
        frames.append(rgb_frame(rgb.clip(0, 1)).reformat(format="yuv420p"))
    return frames


def shown(color: np.ndarray) -> int:
    """The number that a frame shows."""
    return sum(int(color[12, 16 * bit + 8].mean() > 0.5) << bit for bit in range(6))


def set_display_matrix(path: Path, matrix: tuple[int, int, int, int]) -> None:
    """Have players turn an MP4 file's picture: x' = a x + c y, y' = b x + d y."""
    data = bytearray(path.read_bytes())
    place = data.find(b"tkhd") + 44
    assert struct.unpack_from(">9i", data, place)[0] == 1 << 16
    a, b, c, d = (value << 16 for value in matrix)
    struct.pack_into(">9i", data, place, a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
