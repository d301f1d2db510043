"""What files say besides their pixels, from a source to its result."""

from __future__ import annotations

import io
import struct
import zlib
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import OpenEXR
import pytest
import tifffile
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from impasto.core.control import Control
from impasto.core.image.files import read_picture, write_picture
from impasto.core.image.metadata import NOTHING, read_metadata
from impasto.core.image.reference import ImageRef
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks.registry import run
from impasto.core.tasks.stylize import StylizeItem, StylizeRequest

SIZE = (20, 12)
RGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
GRAY = RGB[:16] + b"GRAY" + RGB[20:]


def pixels() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (SIZE[1], SIZE[0], 3), np.uint8)


def restyled(source: Path, name: str) -> Path:
    """Another picture of the same size, with the metadata of the source."""
    target = source.with_name(name)
    picture = read_picture(source)
    write_picture(picture.with_color(1 - picture.color), target, metadata=read_metadata(source))
    again = read_picture(target)
    assert again.size == picture.size
    if again.depth == picture.depth and target.suffix != ".jpg":
        assert np.abs(again.color - (1 - picture.color)).max() < 0.01, "it is a sound file"
    return target


@pytest.fixture
def png(tmp_path) -> Path:
    info = PngInfo()
    info.add_text("Frame", "012")
    info.add_text("Camera", "Kamera Süd", zip=True)
    info.add_itxt("Note", "雪", zip=True)
    path = tmp_path / "a.png"
    Image.fromarray(pixels()).save(path, pnginfo=info, icc_profile=RGB, dpi=(72, 144))
    return path


@pytest.fixture
def exr(tmp_path) -> Path:
    path = tmp_path / "a.exr"
    bands = {f"ViewLayer.Combined.{band}": np.full((12, 20), 0.5, np.float16) for band in "RGBA"}
    header = {
        "compression": OpenEXR.PIZ_COMPRESSION,
        "type": OpenEXR.scanlineimage,
        "owner": "Ada",
        "comments": "from the cave",
        "Frame": "012",
        "cycles.ViewLayer.samples": "16",
        "framesPerSecond": Fraction(24000, 1001),
        "timeCode": OpenEXR.TimeCode(10, 11, 12, 13, *([0] * 14)),
        "pixelAspectRatio": 1.5,
        "xDensity": 72.0,
        "whiteLuminance": 120.0,
        "worldToCamera": np.eye(4, dtype=np.float32),
        "dataWindow": (np.array([2, 3], np.int32), np.array([21, 14], np.int32)),
        "displayWindow": (np.array([0, 0], np.int32), np.array([29, 19], np.int32)),
        "BlenderMultiChannel": "Blender V2.55.1 and newer",
        "cryptomatte/abc/name": "ViewLayer.CryptoObject",
    }
    OpenEXR.File(header, bands).write(str(path))
    return path


def attributes(path: Path) -> dict:
    return OpenEXR.File(str(path), header_only=True).parts[0].header


def test_a_png_keeps_texts_profile_and_density(png):
    with Image.open(restyled(png, "b.png")) as image:
        image.load()
        assert dict(image.text) == {"Frame": "012", "Camera": "Kamera Süd", "Note": "雪"}
        assert image.info["icc_profile"] == RGB
        assert image.info["dpi"] == pytest.approx((72, 144), abs=0.1)


def test_a_restyled_texture_says_what_its_source_says(png):
    target = png.with_name("b.png")
    item = StylizeItem(
        ImageRef("a", (str(png),)),
        Look((StyleRef("kiss"),), engine="NETWORK", max_side=16),
        (str(target),),
    )
    result = run(StylizeRequest((item,)), Control())
    assert not result.failures
    with Image.open(target) as image:
        image.load()
        assert max(image.size) == 16
        assert image.text["Camera"] == "Kamera Süd" and image.info["icc_profile"] == RGB


def test_a_png_of_16_bits_keeps_how_its_colors_are_meant(tmp_path):
    source = tmp_path / "a.png"
    write_picture(read_picture(_png_of_16_bits(tmp_path)), source)
    data = source.read_bytes()
    gamma = b"gAMA" + struct.pack(">I", 45455)
    chunk = struct.pack(">I", 4) + gamma + struct.pack(">I", zlib.crc32(gamma))
    source.write_bytes(data[:33] + chunk + data[33:])
    target = restyled(source, "b.png")
    assert read_picture(target).depth == "16"
    with Image.open(target) as image:
        assert image.info["gamma"] == pytest.approx(0.45455)


def _png_of_16_bits(folder: Path) -> Path:
    path = folder / "sixteen.png"
    cv2.imwrite(str(path), pixels().astype(np.uint16) * 257)
    return path


def test_a_jpeg_keeps_stamps_exif_profile_and_density(tmp_path):
    source = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[315], exif[270] = "Ada", "a cave"
    Image.fromarray(pixels()).save(
        source, icc_profile=RGB, exif=exif, dpi=(72, 144), comment=b"Blender:Frame:012"
    )
    metadata = read_metadata(source)
    assert dict(metadata.texts) == {"Frame": "012", "Author": "Ada", "Description": "a cave"}
    with Image.open(restyled(source, "b.jpg")) as image:
        assert image.info["icc_profile"] == RGB
        assert image.info["comment"] == b"Blender:Frame:012"
        assert image.info["dpi"] == (72, 144)
        assert image.getexif()[315] == "Ada"


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_tiff_keeps_texts_profile_and_density(tmp_path, mode):
    source = tmp_path / "a.tif"
    info = ImageFileDirectory_v2()
    info[305], info[315], info[270] = "Blender", "Ada", "a cave"
    image = Image.fromarray(pixels()).convert(mode)
    image.save(source, tiffinfo=info, icc_profile=RGB, dpi=(72, 144))
    with Image.open(restyled(source, "b.tif")) as image:
        assert image.mode == mode
        assert image.info["icc_profile"] == RGB
        assert image.info["dpi"] == (72, 144)
        assert [image.tag_v2[tag] for tag in (305, 315, 270)] == ["Blender", "Ada", "a cave"]


def test_texts_of_a_tiff_may_be_in_any_script(png):
    first = restyled(png, "b.tif")
    for target in (first, restyled(first, "c.tif")):
        description = dict(read_metadata(target).texts)["Description"]
        assert "Camera: Kamera Süd" in description and "Note: 雪" in description


def test_openexr_keeps_attributes_but_not_those_of_layers_it_does_not_have(exr):
    before, after = attributes(exr), attributes(restyled(exr, "b.exr"))
    gone = {"BlenderMultiChannel", "cryptomatte/abc/name", "channels", "compression"}
    for name in before.keys() - gone:
        assert str(after[name]) == str(before[name]), name
    assert not (gone - {"channels", "compression"}) & after.keys()
    assert after["timeCode"].hours == 10
    assert read_picture(exr.with_name("b.exr")).size == SIZE


def test_openexr_of_another_size_gets_windows_of_its_own(exr):
    target = exr.with_name("small.exr")
    picture = read_picture(exr)
    small = picture.with_color(picture.color[::2, ::2])
    small = type(picture)(small.color, picture.alpha[::2, ::2], picture.depth, picture.encoding)
    write_picture(small, target, metadata=read_metadata(exr))
    assert read_picture(target).size == (10, 6)
    assert attributes(target)["owner"] == "Ada"


@pytest.mark.parametrize("name", ["b.png", "b.tif", "b.jpg"])
def test_stamps_and_pixel_aspect_go_from_openexr_to_other_formats(exr, name):
    source = exr.with_name("opaque.exr")
    picture = read_picture(exr)
    opaque = type(picture)(picture.color, None, picture.depth, picture.encoding)
    write_picture(opaque, source, metadata=read_metadata(exr))
    target = source.with_name(name)
    write_picture(read_picture(source), target, metadata=read_metadata(source))
    found = read_metadata(target)
    x, y = found.density
    assert y / x == pytest.approx(1.5, rel=0.01)
    if name == "b.tif":
        assert "Frame: 012" in dict(found.texts)["Description"]
    else:
        texts = dict(found.texts)
        assert (texts["Frame"], texts["Author"]) == ("012", "Ada")
        assert texts["cycles.ViewLayer.samples"] == "16"


def test_stamps_and_pixel_aspect_go_from_png_to_openexr(png):
    after = attributes(restyled(png, "b.exr"))
    assert (after["Frame"], after["Note"]) == ("012", "雪")
    assert after["pixelAspectRatio"] == pytest.approx(2, abs=0.01)
    assert after["xDensity"] == pytest.approx(72, abs=0.1)


def test_a_profile_of_grays_is_not_given_to_colors(tmp_path):
    source = tmp_path / "a.png"
    Image.fromarray(pixels()[..., 0]).save(source, icc_profile=GRAY)
    assert read_metadata(source).profile == GRAY
    with Image.open(restyled(source, "b.png")) as image:
        assert "icc_profile" not in image.info


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif", ".exr"])
def test_what_is_damaged_or_missing_costs_nothing_but_itself(tmp_path, suffix, png):
    buffer = io.BytesIO()
    names = {".png": "PNG", ".jpg": "JPEG", ".tif": "TIFF", ".exr": "PNG"}
    Image.fromarray(pixels()).save(buffer, names[suffix], icc_profile=RGB, dpi=(72, 72))
    whole = buffer.getvalue()
    for length in (0, 4, 9, 30, 60, len(whole) // 2):
        path = tmp_path / f"cut{suffix}"
        path.write_bytes(whole[:length])
        found = read_metadata(path)
        write_picture(read_picture(png), tmp_path / f"x{suffix}", overwrite=True, metadata=found)
        assert read_picture(tmp_path / f"x{suffix}").size == SIZE
    assert read_metadata(tmp_path / f"gone{suffix}") is NOTHING
    assert read_metadata(tmp_path / "a.hdr") is NOTHING


def exif_with_maker_note() -> tuple[bytes, bytes]:
    """An Exif block as cameras write it: a maker note that holds its own place, then a thumbnail."""
    note = b"Maker\0" + struct.pack("<I", 100) + bytes(range(40))
    buffer = io.BytesIO()
    Image.new("RGB", (16, 12), (250, 20, 90)).save(buffer, "JPEG")
    thumbnail = buffer.getvalue()
    first, second = 8, 100 + len(note)
    inner = first + 2 + 2 * 12 + 4
    block = b"II*\0" + struct.pack("<I", first)
    block += struct.pack("<H", 2) + struct.pack("<HHI4s", 271, 2, 4, b"Ada\0")
    block += struct.pack("<HHII", 34665, 4, 1, inner) + struct.pack("<I", second)
    block += struct.pack("<H", 1) + struct.pack("<HHII", 37500, 7, len(note), 100) + bytes(4)
    block = block.ljust(100, b"\0") + note
    start = second + 2 + 2 * 12 + 4
    block += struct.pack("<H", 2) + struct.pack("<HHII", 513, 4, 1, start)
    block += struct.pack("<HHII", 514, 4, 1, len(thumbnail)) + bytes(4)
    return block + thumbnail, note


@pytest.mark.parametrize("name", ["b.jpg", "b.png"])
def test_maker_notes_stay_where_they_are_and_thumbnails_go(tmp_path, name):
    source = tmp_path / "a.jpg"
    block, note = exif_with_maker_note()
    Image.fromarray(pixels()).save(source, exif=b"Exif\0\0" + block)
    metadata = read_metadata(source)
    assert metadata.exif[100 : 100 + len(note)] == note
    assert b"\xff\xd8" not in metadata.exif
    with Image.open(restyled(source, name)) as image:
        exif = image.getexif()
        assert exif[271] == "Ada"
        assert exif.get_ifd(34665)[37500] == note
        assert not exif.get_ifd(1)


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>caf\xc3\xa9</rdf:RDF></x:xmpmeta>'
IPTC = b"\x1c\x02\x78\x00\x06a cave" + b"\x1c\x02\x50\x00\x03Ada"
THUMBNAIL = b"8BIM\x04\x0c\0\0" + struct.pack(">I", 6) + b"pixels"
CAPTION = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(IPTC)) + IPTC + b"\0" * (len(IPTC) % 2)


def photograph(path: Path) -> Path:
    """A JPEG with all that a photographer writes into one."""
    exif = Image.Exif()
    exif[271], exif[315] = "Maker", "Ada"
    exif.get_ifd(34665)[33437] = 2.8
    exif.get_ifd(34853)[1] = "N"
    buffer = io.BytesIO()
    Image.fromarray(pixels()).save(buffer, "JPEG", icc_profile=RGB, exif=exif, xmp=XMP)
    data = buffer.getvalue()
    segment = b"Photoshop 3.0\0" + THUMBNAIL + CAPTION
    path.write_bytes(
        data[:2] + b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment + data[2:]
    )
    return path


@pytest.mark.parametrize("name", ["b.jpg", "b.png", "b.tif"])
def test_what_a_photograph_says_goes_into_any_format(tmp_path, name):
    source = photograph(tmp_path / "a.jpg")
    metadata = read_metadata(source)
    assert (metadata.iptc, metadata.xmp, metadata.profile) == (IPTC, XMP, RGB)
    target = restyled(source, name)
    with Image.open(target) as image:
        image.load()
        exif = image.getexif()
        assert exif[271] == "Maker"
        assert exif.get_ifd(34665)[33437] == pytest.approx(2.8)
        assert exif.get_ifd(34853)[1] == "N"
        assert image.info["icc_profile"] == RGB
    found, data = read_metadata(target), target.read_bytes()
    assert found.xmp == XMP
    assert b"pixels" not in data
    if name == "b.png":  # as ImageMagick writes it
        with Image.open(target) as image:
            image.load()
            assert IPTC.hex() in image.text["Raw profile type iptc"].replace("\n", "")
    else:
        assert found.iptc == IPTC


def test_a_big_endian_tiff_says_the_same(tmp_path, png):
    source = tmp_path / "a.tif"
    tags = [(33434, 5, 1, (1, 250), True), (306, 2, 0, "2026:12:01 10:00:00", True)]
    tifffile.imwrite(
        source, pixels(), photometric="rgb", byteorder=">", extratags=tags, resolution=(72, 144)
    )
    target = restyled(source, "b.tif")
    with Image.open(target) as image:
        assert image.tag_v2[306] == "2026:12:01 10:00:00"
        assert image.tag_v2[33434] == pytest.approx(1 / 250)
    assert read_metadata(target).density == pytest.approx(read_metadata(source).density)
