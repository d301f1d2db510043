"""The table of docs/formats.md: one file of each kind, what Blenders show of it, what Impasto reads.

python tools/formats.py make FOLDER             draw a picture and save it in every kind
BLENDER --background --python tools/formats.py -- look FOLDER NAME     or with bpy as a module
python tools/formats.py table FOLDER            the table, from what the Blenders said
"""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

WIDTH, HEIGHT = 24, 16
CLOSE = 0.06
"""Mean difference of a lossy kind."""


def main(arguments: list[str]) -> None:
    """Run one of the three steps."""
    step, folder, *rest = arguments
    {"make": make, "look": look, "table": table}[step](Path(folder), *rest)


def drawing() -> np.ndarray:
    """A smooth picture of many colors, ``(H, W, 3)`` float32 in [0, 1]."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    return np.stack([x / WIDTH, y / HEIGHT, 1 - x / WIDTH], axis=-1)


def make(folder: Path) -> None:
    """Save the drawing in every kind."""
    folder.mkdir(parents=True, exist_ok=True)
    color = drawing()
    for name, save in kinds().items():
        try:
            save(folder / name, color)
        except (ImportError, OSError, ValueError, RuntimeError) as error:
            print(f"{name}: {error}")


def kinds() -> dict[str, Callable[[Path, np.ndarray], object]]:  # noqa: PLR0915
    """Names of files, which say their kind, and how to save each."""
    import OpenEXR
    import OpenImageIO
    import tifffile
    from PIL import Image

    def bytes_of(color: np.ndarray) -> np.ndarray:
        return np.rint(color * 255).astype(np.uint8)

    def numbers(color: np.ndarray, dtype: str) -> np.ndarray:
        if np.dtype(dtype).kind == "f":
            return color.astype(dtype)
        return np.rint(color.astype(np.float64) * np.iinfo(dtype).max).astype(dtype)

    def with_alpha(color: np.ndarray) -> np.ndarray:
        return np.dstack((color, np.ones_like(color[..., :1])))

    def pillow(mode: str = "RGB", **options: object):
        return lambda path, color: (
            Image.fromarray(bytes_of(color)).convert(mode).save(path, **options)
        )

    def by_oiio(kind: str, alpha: bool = False, **attributes: object):
        def save(path: Path, color: np.ndarray) -> None:
            samples = with_alpha(color) if alpha else color
            spec = OpenImageIO.ImageSpec(WIDTH, HEIGHT, samples.shape[2], kind)
            for name, value in attributes.items():
                spec[name.replace("_", ":")] = value
            out = OpenImageIO.ImageOutput.create(str(path))
            if out is None or not out.open(str(path), spec):
                raise OSError(OpenImageIO.geterror() or out.geterror())
            dtype = {"uint8": "u1", "uint16": "u2", "half": "f2", "float": "f4"}[kind]
            out.write_image(np.ascontiguousarray(numbers(samples, dtype)))
            out.close()

        return save

    def tiff(dtype: str, planar: bool = False, **options: object):
        def save(path: Path, color: np.ndarray) -> None:
            samples = numbers(color, dtype)
            if planar:
                samples = np.ascontiguousarray(np.moveaxis(samples, -1, 0))
                options["planarconfig"] = "separate"
            tifffile.imwrite(path, samples, photometric="rgb", **options)

        return save

    def tiff_extra(dtype: str, extra: list[str]):
        def save(path: Path, color: np.ndarray) -> None:
            samples = numbers(
                np.dstack([color] + [np.ones_like(color[..., :1])] * len(extra)), dtype
            )
            tifffile.imwrite(path, samples, photometric="rgb", extrasamples=extra)

        return save

    def tiff_inks(path: Path, color: np.ndarray) -> None:
        inks = np.dstack((1 - color, np.zeros_like(color[..., :1])))
        tifffile.imwrite(path, numbers(inks, "u2"), photometric="separated")

    def tiff_compressed(compression: str):
        """Needs the package imagecodecs."""
        return lambda path, color: tifffile.imwrite(
            path, bytes_of(color), photometric="rgb", compression=compression
        )

    def exr(
        names: str = "RGB", dtype: str = "f2", prefix: str = "", compression: str = "ZIP", **more
    ):
        def save(path: Path, color: np.ndarray) -> None:
            header = {
                "compression": getattr(OpenEXR, f"{compression}_COMPRESSION"),
                "type": OpenEXR.scanlineimage,
                **more,
            }
            bands = {
                prefix + name: np.ascontiguousarray(color[..., i].astype(dtype))
                for i, name in enumerate(names)
            }
            OpenEXR.File(header, bands).write(str(path))

        return save

    def jpeg_12(path: Path, color: np.ndarray) -> None:
        import imagecodecs

        twelve = np.rint(color * 4095).astype(np.uint16)
        path.write_bytes(imagecodecs.jpeg8_encode(twelve, level=95, bitspersample=12))

    def tga_16(path: Path, color: np.ndarray) -> None:
        header = struct.pack("<BBBHHBHHHHBB", 0, 0, 2, 0, 0, 0, 0, 0, WIDTH, HEIGHT, 16, 0x20)
        five = np.rint(color * 31).astype(np.uint16)
        path.write_bytes(header + (five[..., 0] << 10 | five[..., 1] << 5 | five[..., 2]).tobytes())

    def psd(path: Path, color: np.ndarray) -> None:
        header = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, HEIGHT, WIDTH, 8, 3)
        path.write_bytes(
            header + bytes(12) + b"\0\0" + np.moveaxis(bytes_of(color), 2, 0).tobytes()
        )

    return {
        "PNG, 8 bits.png": pillow(),
        "PNG, 16 bits.png": by_oiio("uint16"),
        "PNG, palette.png": pillow("P"),
        "PNG, animated.png": lambda path, color: Image.fromarray(bytes_of(color)).save(
            path, save_all=True, append_images=[Image.fromarray(255 - bytes_of(color))]
        ),
        "JPEG.jpg": pillow(quality=95),
        "JPEG, 12 bits.jpg": jpeg_12,
        "JPEG, inks (CMYK).jpg": pillow("CMYK", quality=95),
        "TIFF, 8 bits.tif": tiff("u1"),
        "TIFF, 16 bits.tif": tiff("u2"),
        "TIFF, 16 bits, planes.tif": tiff("u2", planar=True),
        "TIFF, 32 bits.tif": tiff("u4"),
        "TIFF, half float.tif": tiff("f2"),
        "TIFF, float.tif": tiff("f4"),
        "TIFF, float, planes.tif": tiff("f4", planar=True),
        "TIFF, double.tif": tiff("f8"),
        "TIFF, five channels.tif": tiff_extra("u2", ["unassalpha", "unspecified"]),
        "TIFF, inks of 16 bits.tif": tiff_inks,
        "TIFF, WebP.tif": by_oiio("uint8", compression="webp"),
        "TIFF, ZSTD.tif": tiff_compressed("zstd"),
        "TIFF, LERC.tif": tiff_compressed("lerc"),
        "TIFF, JPEG XL.tif": tiff_compressed("jpegxl"),
        "BMP.bmp": pillow(),
        "BMP, 32 bits.bmp": pillow("RGBA"),
        "TGA.tga": pillow(),
        "TGA, 16 bits.tga": tga_16,
        "WebP.webp": pillow(lossless=True),
        "WebP, animated.webp": lambda path, color: Image.fromarray(bytes_of(color)).save(
            path,
            save_all=True,
            lossless=True,
            append_images=[Image.fromarray(255 - bytes_of(color))],
        ),
        "OpenEXR, half.exr": exr(),
        "OpenEXR, float.exr": exr(dtype="f4"),
        "OpenEXR, r g b in lower case.exr": exr("rgb"),
        "OpenEXR, multilayer.exr": exr(prefix="ViewLayer.Combined."),
        "OpenEXR, HTJ2K.exr": exr(compression="HTJ2K32"),
        "OpenEXR, ZSTD.exr": exr(compression="ZSTD"),
        "OpenEXR, ACEScg.exr": exr(colorInteropID="lin_ap1_scene"),
        "Radiance HDR.hdr": by_oiio("float"),
        "JPEG 2000.jp2": pillow(),
        "JPEG XL.jxl": by_oiio("uint8"),
        "AVIF.avif": pillow(quality=95),
        "DDS.dds": pillow(),
        "PSD.psd": psd,
        "DPX, 16 bits.dpx": by_oiio("uint16"),
        "SGI.sgi": by_oiio("uint8"),
        "PNM.ppm": by_oiio("uint8"),
        "PFM.pfm": by_oiio("float"),
        "GIF.gif": pillow(),
        "ICO.ico": by_oiio("uint8", alpha=True),
    }


def look(folder: Path, name: str) -> None:
    """Write down what this Blender shows of each file, as ``NAME.json`` in the folder."""
    import bpy

    said = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".json":
            continue
        image = bpy.data.images.load(str(path))
        width, height = image.size
        pixels = np.zeros(width * height * 4, np.float32)
        if pixels.size:
            image.pixels.foreach_get(pixels)
        shown = pixels.reshape(height, width, 4)[::-1, :, :3]
        said[path.name] = {
            "kind": image.type if image.source == "FILE" else image.source,
            "float": image.is_float,
            "pixels": shown.tolist(),
        }
    (folder / f"{name}.json").write_text(json.dumps(said))


def table(folder: Path) -> None:
    """Print a row for each file."""
    from impasto.core.errors import ImpastoError
    from impasto.core.image.files import read_picture

    blenders = {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    print("| File |", " | ".join(f"Blender {name} shows" for name in blenders), "| Impasto reads |")
    print("| --- |", " | ".join("---" for _ in blenders), "| --- |")
    color = drawing()
    for name in kinds():
        path = folder / name
        if not path.exists():
            continue
        cells = [shown(said.get(name), color) for said in blenders.values()]
        try:
            picture = read_picture(path)
            right = np.abs(picture.color - color).mean() < CLOSE or "ACEScg" in name
            cells.append("yes" if right else "**otherwise**")
        except ImpastoError as error:
            cells.append(str(error).replace(path.name, "..."))
        print(f"| {Path(name).stem} ({path.suffix}) |", " | ".join(cells), "|")


def shown(said: dict | None, color: np.ndarray) -> str:
    """Say in a word whether a Blender shows the drawing."""
    if said is None:
        return "?"
    if said["kind"] in ("MOVIE", "MULTILAYER"):
        return f"as {said['kind'].lower()}"
    pixels = np.array(said["pixels"], np.float32)
    if pixels.shape != color.shape:
        return "no"
    curve = np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)
    close = min(np.abs(pixels - one).mean() for one in (color, curve))
    return "yes" if close < CLOSE else "other colors" if pixels.any() else "black"


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:])
