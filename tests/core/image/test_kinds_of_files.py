"""Sound files of rare kinds are decoded as they are meant, or refused with what is true."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import OpenEXR
import OpenImageIO
import pytest
import tifffile

from impasto.core.errors import UnsupportedImage
from impasto.core.image.color import linear_to_srgb, srgb_to_linear
from impasto.core.image.files import open_image, read_picture, write_picture
from impasto.core.image.metadata import read_metadata
from impasto.core.image.picture import Picture
from impasto.core.image.primaries import PRIMARIES, between, convert

WIDTH, HEIGHT = 21, 13


@pytest.fixture
def color() -> np.ndarray:
    """A smooth picture of many colors, ``(H, W, 3)`` in [0, 1]."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    return np.stack([x / WIDTH, y / HEIGHT, (x + y) / (WIDTH + HEIGHT)], axis=-1)


def codes(color: np.ndarray, dtype: str) -> np.ndarray:
    if np.dtype(dtype).kind == "f":
        return color.astype(dtype)
    return np.rint(color.astype(np.float64) * np.iinfo(dtype).max).astype(dtype)


@pytest.mark.parametrize("dtype", ["u1", "u2", "u4", "i2", "f2", "f4", "f8"])
@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_tiff_of_any_numbers_and_planes(tmp_path, color, dtype, planar):
    path = tmp_path / "a.tif"
    samples = codes(color, dtype)
    if planar == "separate":
        samples = np.ascontiguousarray(np.moveaxis(samples, -1, 0))
    tifffile.imwrite(path, samples, photometric="rgb", planarconfig=planar)
    picture = read_picture(path)
    assert np.allclose(picture.color, color, atol=0.003)
    assert picture.encoding == ("linear" if dtype[0] == "f" else "srgb")
    assert picture.depth == {"u1": "8", "u2": "16", "f2": "half"}.get(dtype, picture.depth)
    write_picture(picture, tmp_path / "b.tif", metadata=read_metadata(path))
    assert np.allclose(read_picture(tmp_path / "b.tif").color, picture.color, atol=1e-3)


@pytest.mark.parametrize("tile", [None, (16, 16)])
@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_tiff_in_tiles_and_with_predictor(tmp_path, color, tile, planar):
    path = tmp_path / "a.tif"
    samples = codes(color, "u2")
    if planar == "separate":
        samples = np.ascontiguousarray(np.moveaxis(samples, -1, 0))
    options = {"tile": tile, "planarconfig": planar, "compression": "zlib", "predictor": True}
    tifffile.imwrite(path, samples, photometric="rgb", byteorder=">", **options)
    assert np.allclose(read_picture(path).color, color, atol=1e-4)


def test_tiff_with_more_channels_than_colors_and_alpha(tmp_path, color):
    path = tmp_path / "a.tif"
    mask, other = np.full_like(color[..., :1], 0.25), np.full_like(color[..., :1], 0.75)
    samples = codes(np.concatenate([color, mask, other], axis=2), "u2")
    tifffile.imwrite(path, samples, photometric="rgb", extrasamples=["unassalpha", "unspecified"])
    picture = read_picture(path)
    assert np.allclose(picture.color, color, atol=1e-4)
    assert (picture.alpha == 16384).all()


def test_the_fourth_channel_of_a_tiff_is_alpha_whatever_it_is_called(tmp_path, color):
    """As in Blender."""
    path = tmp_path / "a.tif"
    for extra in (["unspecified"], ["unspecified", "unassalpha"], ["assocalpha", "unspecified"]):
        more = [np.full_like(color[..., :1], 0.25), np.full_like(color[..., :1], 0.75)]
        samples = codes(np.concatenate([color, *more[: len(extra)]], axis=2), "u1")
        tifffile.imwrite(path, samples, photometric="rgb", extrasamples=extra)
        picture = read_picture(path)
        assert np.allclose(picture.color, color, atol=0.003)
        assert (picture.alpha == 64).all()


def test_signed_bytes_are_clipped_as_blender_does(tmp_path):
    path = tmp_path / "a.tif"
    samples = np.int8([[[-100, 0, 127], [64, 1, -1]]])
    tifffile.imwrite(path, samples, photometric="rgb")
    picture = read_picture(path)
    assert picture.depth == "8"
    assert np.array_equal(np.rint(picture.color * 255), [[[0, 0, 255], [129, 2, 0]]])


@pytest.mark.parametrize("dtype", ["u1", "u2", "f4"])
def test_gray_tiff_with_alpha(tmp_path, color, dtype):
    path = tmp_path / "a.tif"
    samples = codes(color[..., :2], dtype)
    tifffile.imwrite(path, samples, photometric="minisblack", extrasamples=["unassalpha"])
    picture = read_picture(path)
    assert picture.gray
    assert np.allclose(picture.color[..., 2], color[..., 0], atol=0.003)
    full = 1 if dtype == "f4" else np.iinfo(dtype).max
    assert np.allclose(picture.alpha / full, color[..., 1], atol=0.003)


@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_inks_become_rgb(tmp_path, color, dtype):
    path = tmp_path / "a.tif"
    black = np.zeros_like(color[..., :1])
    inks = np.concatenate([1 - color, black], axis=2)
    tifffile.imwrite(path, codes(inks, dtype), photometric="separated")
    picture = read_picture(path)
    assert picture.alpha is None
    assert np.allclose(picture.color, color, atol=0.01)


@pytest.mark.parametrize("compression", ["webp", "lzw", "packbits", "zip"])
def test_compressions_of_tiff(tmp_path, color, compression):
    path = tmp_path / "a.tif"
    spec = OpenImageIO.ImageSpec(WIDTH, HEIGHT, 3, "uint8")
    spec["compression"] = compression
    out = OpenImageIO.ImageOutput.create(str(path))
    assert out.open(str(path), spec) and out.write_image(codes(color, "u1")) and out.close()
    limit = 0.2 if compression == "webp" else 0.003
    assert np.abs(read_picture(path).color - color).mean() < limit


def test_a_compression_without_a_decoder_is_not_called_damage(tmp_path, color):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, codes(color, "u1"), photometric="rgb", compression=None)
    data = bytearray(path.read_bytes())
    with tifffile.TiffFile(path) as file:
        place = file.pages[0].tags["Compression"].valueoffset
    for code in (50000, 34887, 50002):  # ZSTD, LERC, JPEG XL
        data[place : place + 2] = struct.pack("<H", code)
        path.write_bytes(data)
        with pytest.raises(UnsupportedImage, match="may be sound"):
            read_picture(path)


def test_the_tag_of_associated_alpha_is_ignored_as_blender_does(tmp_path, color):
    alpha = np.full_like(color[..., :1], 0.5)
    for dtype in ("u1", "f4"):
        path = tmp_path / f"{dtype}.tif"
        samples = codes(np.concatenate([color, alpha], axis=2), dtype)
        tifffile.imwrite(path, samples, photometric="rgb", extrasamples=["assocalpha"])
        assert np.allclose(read_picture(path).color, color, atol=0.003)


def test_tga_of_16_bits_is_opaque(tmp_path):
    header = struct.pack("<BBBHHBHHHHBB", 0, 0, 2, 0, 0, 0, 0, 0, 2, 1, 16, 1)
    red, blue = 31 << 10, 31
    (tmp_path / "a.tga").write_bytes(header + struct.pack("<HH", red, blue))
    picture = read_picture(tmp_path / "a.tga")
    assert picture.alpha is None or (picture.alpha == 255).all()
    assert np.allclose(picture.color[0], [[1, 0, 0], [0, 0, 1]])


def test_bmp_of_32_bits_has_alpha(tmp_path):
    rows = bytes((50, 100, 200, 128, 0, 0, 255, 64))  # B, G, R, A
    head = struct.pack("<IiiHHIIiiII", 40, 2, 1, 1, 32, 0, len(rows), 0, 0, 0, 0)
    start = 14 + len(head)
    (tmp_path / "a.bmp").write_bytes(
        b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + head + rows
    )
    picture = read_picture(tmp_path / "a.bmp")
    assert np.array_equal(picture.alpha, [[128, 64]])
    assert np.allclose(picture.color[0, 0] * 255, [200, 100, 50])


def png(color: np.ndarray, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of 8 bits by hand, with more chunks."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    height, width = color.shape[:2]
    rows = b"".join(b"\0" + row.tobytes() for row in codes(color, "u1"))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def test_a_png_in_display_p3_is_understood(tmp_path, color):
    path = tmp_path / "a.png"
    path.write_bytes(png(color, (b"cICP", bytes((12, 13, 0, 1)))))
    picture = read_picture(path)
    linear = convert(srgb_to_linear(color), between("P3", "REC709"))
    assert np.allclose(picture.color, linear_to_srgb(linear), atol=0.02)
    write_picture(picture, tmp_path / "b.png", metadata=read_metadata(path))
    back = read_picture(tmp_path / "b.png")
    assert back.primaries == "P3"
    assert np.abs(back.color - picture.color).max() < 0.005
    # A JPEG cannot say so, and gets the numbers of sRGB.
    write_picture(picture, tmp_path / "b.jpg", metadata=read_metadata(path))
    assert np.abs(read_picture(tmp_path / "b.jpg").color - picture.color.clip(0, 1)).mean() < 0.03
    # What Blender takes for sRGB is painted as sRGB.
    assert np.allclose(read_picture(path, color_space="sRGB").color, color, atol=0.003)


@pytest.mark.parametrize(("transfer", "name"), [(16, "PQ"), (18, "HLG")])
def test_a_png_of_high_dynamic_range_is_refused(tmp_path, color, transfer, name):
    path = tmp_path / "a.png"
    path.write_bytes(png(color, (b"cICP", bytes((9, transfer, 0, 1)))))
    with pytest.raises(UnsupportedImage, match=name):
        read_picture(path)
    with pytest.raises(UnsupportedImage, match=r"Rec\.2100-PQ"):
        read_picture(path, color_space="Rec.2100-PQ")


def write_exr(path: Path, channels: dict[str, np.ndarray], **attributes: object) -> None:
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    whole = {name: np.ascontiguousarray(channel) for name, channel in channels.items()}
    OpenEXR.File({**header, **attributes}, whole).write(str(path))


def attributes_of(path: Path) -> dict:
    return OpenEXR.File(str(path), header_only=True).parts[0].header


def luminance_chroma(color: np.ndarray) -> bytes:
    """An uncompressed OpenEXR file of Y at full and RY, BY at half resolution, by hand."""
    y = color @ np.array([0.2126, 0.7152, 0.0722])
    chroma = [(color[..., c] - y) / np.maximum(y, 1e-6) for c in (2, 0)]
    height, width = y.shape
    names = b"".join(
        name + b"\0" + struct.pack("<IBBBBii", 2, 0, 0, 0, 0, step, step)
        for name, step in ((b"BY", 2), (b"RY", 2), (b"Y", 1))
    )
    box = struct.pack("<4i", 0, 0, width - 1, height - 1)
    head = struct.pack("<II", 20000630, 2)
    for name, kind, value in (
        (b"channels", b"chlist", names + b"\0"),
        (b"compression", b"compression", b"\0"),
        (b"dataWindow", b"box2i", box),
        (b"displayWindow", b"box2i", box),
        (b"lineOrder", b"lineOrder", b"\0"),
        (b"pixelAspectRatio", b"float", struct.pack("<f", 1)),
        (b"screenWindowCenter", b"v2f", bytes(8)),
        (b"screenWindowWidth", b"float", struct.pack("<f", 1)),
    ):
        head += name + b"\0" + kind + b"\0" + struct.pack("<I", len(value)) + value
    head += b"\0"
    rows = []
    for j in range(height):
        bands = [] if j % 2 else [band[j, ::2] for band in chroma]
        body = b"".join(band.astype("<f4").tobytes() for band in [*bands, y[j]])
        rows.append(struct.pack("<iI", j, len(body)) + body)
    places, place = b"", len(head) + 8 * height
    for row in rows:
        places, place = places + struct.pack("<Q", place), place + len(row)
    return head + places + b"".join(rows)


def test_luminance_and_chroma_become_colors(tmp_path, color):
    smooth = 0.3 + 0.4 * color[1:, 1:]  # OpenEXR wants whole blocks of two by two
    even = np.repeat(np.repeat(smooth[::2, ::2], 2, 0), 2, 1)
    path = tmp_path / "a.exr"
    path.write_bytes(luminance_chroma(even))
    picture = read_picture(path)
    assert not picture.gray and picture.size == (WIDTH - 1, HEIGHT - 1)
    assert np.abs(picture.color[::2, ::2] - even[::2, ::2]).max() < 1e-4
    assert np.abs(picture.color - even).max() < 0.06  # half-way between two chromas
    write_picture(picture, tmp_path / "b.exr", metadata=read_metadata(path))
    assert set(OpenEXR.File(str(tmp_path / "b.exr")).channels()) == {"RGB"}


def test_light_that_covers_nothing_stays(tmp_path):
    light = np.zeros((4, 6, 3), np.float32)
    light[1:3, 1:5] = (3.0, 1.0, 0.25)
    alpha = np.zeros((4, 6), np.float32)
    alpha[:, 4:] = 1.0
    light[:, 5] = 0.5
    light[3, 0] = (-0.3, -0.1, 0)  # out of gamut
    path = tmp_path / "a.exr"
    write_exr(path, {**dict(zip("RGB", np.moveaxis(light, 2, 0), strict=True)), "A": alpha})
    picture = read_picture(path)
    assert np.allclose(picture.cover[1, 1:4], 1.0)
    assert (picture.cover[0, :4] == 0).all()
    write_picture(picture, tmp_path / "b.exr", metadata=read_metadata(path))
    stored = OpenEXR.File(str(tmp_path / "b.exr"), separate_channels=True).channels()
    assert all(np.array_equal(stored[c].pixels, light[..., i]) for i, c in enumerate("RGB"))
    assert np.array_equal(stored["A"].pixels, alpha)
    half = picture.with_color(picture.color / 2)
    write_picture(half, tmp_path / "c.exr", metadata=read_metadata(path))
    assert np.allclose(read_picture(tmp_path / "c.exr").color[1, 1], [1.5, 0.5, 0.125])


def test_names_in_lower_case_and_mixed_types(tmp_path, color):
    path = tmp_path / "a.exr"
    bands = dict(zip("rgb", np.moveaxis(color, 2, 0), strict=True))
    write_exr(path, {name: np.ascontiguousarray(band) for name, band in bands.items()})
    assert np.allclose(read_picture(path).color, color)
    mixed = {"R": color[..., 0].astype(np.float16), "G": color[..., 1], "B": color[..., 2]}
    write_exr(path, {name: np.ascontiguousarray(band) for name, band in mixed.items()})
    picture = read_picture(path)
    assert picture.depth == "float"
    assert np.allclose(picture.color, color, atol=1e-3)


def layer(name: str, value: float) -> dict[str, np.ndarray]:
    return {f"{name}.{c}": np.full((4, 5), value, np.float32) for c in "RGBA"}


def test_the_compositors_picture_comes_before_view_layers(tmp_path):
    path = tmp_path / "a.exr"
    views = layer("Background.Combined", 0.25) | layer("ViewLayer.Combined", 0.5)
    write_exr(path, views | layer("Composite.Combined", 0.75))
    options = {"alpha_mode": "CHANNEL_PACKED"}
    assert (read_picture(path, **options).color == 0.75).all()
    write_exr(path, views)
    assert (read_picture(path, **options).color == 0.5).all()
    for wanted in ("Background", "Background.Combined"):
        assert (read_picture(path, layer=wanted, **options).color == 0.25).all()
    with pytest.raises(UnsupportedImage, match=r'"Sky"; there are: Background\.Combined'):
        read_picture(path, layer="Sky")


@pytest.mark.parametrize(
    ("identifier", "space"),
    [
        ("lin_ap1_scene", "ACESCG"),
        ("lin_ap0_scene", "ACES"),
        ("lin_rec2020_scene", "REC2020"),
        ("lin_p3d65_scene", "P3"),
        ("lin_rec709_scene", "REC709"),
    ],
)
@pytest.mark.parametrize("named_by", ["colorInteropID", "chromaticities"])
def test_primaries_of_an_exr_are_those_that_it_names(tmp_path, color, identifier, space, named_by):
    path = tmp_path / "a.exr"
    stored = convert(color, between("REC709", space))
    named = identifier
    if named_by == "chromaticities":
        named = tuple(float(value) for value in np.ravel(PRIMARIES[space]))
    bands = {c: np.ascontiguousarray(stored[..., i]) for i, c in enumerate("RGB")}
    write_exr(path, bands, **{named_by: named})
    picture = read_picture(path)
    assert np.allclose(picture.color, color, atol=1e-4)
    write_picture(picture, tmp_path / "b.exr", metadata=read_metadata(path))
    back = OpenEXR.File(str(tmp_path / "b.exr"), separate_channels=True).channels()
    assert all(np.allclose(back[c].pixels, bands[c], atol=1e-5) for c in "RGB")
    kept = attributes_of(tmp_path / "b.exr")[named_by]
    assert kept == identifier if named_by == "colorInteropID" else np.allclose(kept, named)
    # A PNG cannot say so, and gets the numbers of sRGB.
    write_picture(picture, tmp_path / "b.png", metadata=read_metadata(path))
    assert np.allclose(read_picture(tmp_path / "b.png").color, linear_to_srgb(color), atol=1e-3)


def test_a_color_space_of_blender_decides_against_the_file(tmp_path, color):
    path = tmp_path / "a.exr"
    bands = {c: np.ascontiguousarray(color[..., i]) for i, c in enumerate("RGB")}
    write_exr(path, bands, colorInteropID="data")
    assert read_picture(path).encoding == "data"
    picture = read_picture(path, color_space="ACEScg")
    assert np.allclose(picture.color, convert(color, between("ACESCG", "REC709")), atol=1e-5)
    write_picture(picture, tmp_path / "b.exr", metadata=read_metadata(path))
    assert attributes_of(tmp_path / "b.exr")["colorInteropID"] == "lin_ap1_scene"
    assert np.allclose(
        read_picture(tmp_path / "b.exr", color_space="Linear Rec.709").color, color, atol=1e-5
    )


def test_windows_of_an_exr_are_known(tmp_path, color):
    path = tmp_path / "a.exr"
    bands = {c: np.ascontiguousarray(color[..., i]) for i, c in enumerate("RGB")}
    low, high = (3, 2), (3 + WIDTH - 1, 2 + HEIGHT - 1)
    write_exr(path, bands, dataWindow=(low, high), displayWindow=((0, 0), (63, 47)))
    with open_image(path) as image:
        assert image.size == (WIDTH, HEIGHT)
        assert image.input.data_window == (3, 2, 23, 14)
        assert image.input.display_window.size == (64, 48)
    write_picture(read_picture(path), tmp_path / "b.exr", metadata=read_metadata(path))
    with open_image(tmp_path / "b.exr") as image:
        assert image.input.data_window == (3, 2, 23, 14)


def test_film_densities_are_refused(tmp_path, color):
    path = tmp_path / "a.dpx"
    spec = OpenImageIO.ImageSpec(WIDTH, HEIGHT, 3, "uint16")
    spec["dpx:Transfer"] = "Printing density"
    out = OpenImageIO.ImageOutput.create(str(path))
    assert out.open(str(path), spec) and out.write_image(codes(color, "u2")) and out.close()
    with pytest.raises(UnsupportedImage, match="densities"):
        read_picture(path)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".exr"])
def test_a_picture_without_other_primaries_is_written_as_it_is(tmp_path, color, suffix):
    depth = "float" if suffix == ".exr" else "16"
    path = tmp_path / f"a{suffix}"
    write_picture(
        Picture(color, depth=depth, encoding="linear" if depth == "float" else "srgb"), path
    )
    assert np.allclose(read_picture(path).color, color, atol=1e-4)
    assert read_picture(path).primaries == "REC709"


@pytest.mark.parametrize("values", [(0.0,) * 8, (float("nan"),) * 8, (0.3,) * 8])
def test_chromaticities_that_span_nothing_say_nothing(tmp_path, color, values):
    path = tmp_path / "a.exr"
    bands = {c: np.ascontiguousarray(color[..., i]) for i, c in enumerate("RGB")}
    write_exr(path, bands, chromaticities=values)
    picture = read_picture(path)
    assert picture.primaries == "REC709"
    assert np.allclose(picture.color, color)


def test_an_unknown_color_space_of_an_exr_is_kept_and_hdr_video_is_refused(tmp_path, color):
    path = tmp_path / "a.exr"
    bands = {c: np.ascontiguousarray(color[..., i]) for i, c in enumerate("RGB")}
    write_exr(path, bands, colorInteropID="house_camera_scene")
    write_picture(read_picture(path), tmp_path / "b.exr", metadata=read_metadata(path))
    assert attributes_of(tmp_path / "b.exr")["colorInteropID"] == "house_camera_scene"
    write_exr(path, bands, colorInteropID="pq_rec2020_display")
    with pytest.raises(UnsupportedImage, match="pq_rec2020_display"):
        read_picture(path)
    assert np.allclose(read_picture(path, color_space="Linear Rec.709").color, color)


def test_channels_x_y_z_are_colors_not_luminance(tmp_path, color):
    path = tmp_path / "a.exr"
    write_exr(path, {c: np.ascontiguousarray(color[..., i]) for i, c in enumerate("XYZ")})
    picture = read_picture(path)
    assert not picture.gray and np.allclose(picture.color, color)
