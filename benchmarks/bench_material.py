"""How visible UV seams are after painting, with every engine: ``make bench-material``.

Parts: ``seams`` (delta E over all seams of five meshes, as painted across seams, as painted without
them, and of the texture itself), ``peer`` (beside Paint System's Brush Painter), ``cost`` (CPU seconds
and peak memory of both), ``pictures`` (those of docs/material.md). Textures are a pattern in space, so
that they have no seams but those of sampling and of 8 bits; all are painted from PNG files to PNG files
by the worker's own task.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from impasto.core.control import Control
from impasto.core.image.files import read_picture, write_picture
from impasto.core.image.picture import Picture
from impasto.core.image.reference import ImageRef
from impasto.core.mesh.atlas import Atlas
from impasto.core.mesh.islands import find_islands
from impasto.core.mesh.uv_mesh import UVMesh, save_mesh
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks import registry
from impasto.core.tasks.stylize import StylizeItem, StylizeRequest

from .material_meshes import MESHES, solid_texture
from .material_seams import seam_error, step, worst_place
from .material_views import view

OUT = Path(__file__).parent / "out"
DOCS = Path(__file__).parents[1] / "docs" / "material"

ENGINES = ("STROKES", "PATCHES", "NETWORK")

STYLES = {"STROKES": "starry-night", "PATCHES": "sunflowers", "NETWORK": "starry-night"}

TODAY, ACROSS = "without", "across"

COST_OF = "Suzanne, smart-projected"


@dataclass(frozen=True)
class Case:
    """A mesh with its textures as files."""

    name: str
    folder: Path
    side: int

    @cached_property
    def mesh(self) -> UVMesh:
        """The mesh."""
        return MESHES[self.name][0]()

    @property
    def tiles(self) -> tuple[int, ...]:
        """UDIM tiles of its texture."""
        return MESHES[self.name][1]

    @cached_property
    def files(self) -> list[str]:
        """Its textures."""
        save_mesh(self.mesh, self.folder / "mesh.npz")
        files = [str(self.folder / f"{tile}.png") for tile in self.tiles]
        for tile, file in zip(self.tiles, files, strict=True):
            if not Path(file).is_file():
                write_picture(Picture(solid_texture(self.mesh, self.side, tile)), Path(file))
        return files

    @cached_property
    def atlas(self) -> Atlas:
        """Its islands in texels."""
        sizes = [(self.side, self.side)] * len(self.tiles)
        return Atlas(find_islands(self.mesh), sizes, self.tiles)

    def request(self, engine: str, *, across: bool) -> StylizeRequest:
        """What paints it."""
        look = Look((StyleRef(STYLES[engine]),), engine=engine, across_seams=across)
        word = ACROSS if across else TODAY
        outputs = tuple(str(self.folder / f"{tile}.{engine}.{word}.png") for tile in self.tiles)
        item = StylizeItem(
            ImageRef(self.name, tuple(self.files), "sRGB"),
            look,
            outputs,
            mesh=str(self.folder / "mesh.npz"),
            tiles=self.tiles if len(self.tiles) > 1 else (),
        )
        return StylizeRequest((item,), overwrite=True)

    def painted(self, engine: str, *, across: bool) -> list[np.ndarray]:
        """Paint it, unless that was done."""
        request = self.request(engine, across=across)
        outputs = [Path(file) for file in request.items[0].outputs]
        if not all(file.is_file() for file in outputs):
            result = registry.run(request, Control())
            assert not result.failures, result.failures
        return [read_picture(file).color for file in outputs]

    def source(self) -> list[np.ndarray]:
        """Its textures as they are."""
        return [read_picture(Path(file)).color for file in self.files]


def seams(cases: list[Case]) -> str:
    """Return a table of seam errors."""
    lines = [
        "| Mesh | Engine | The texture's own | Without | Across | By the texture's own | By without "
        "| Step without | Step across |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for case in cases:
        own = seam_error(case.source(), case.atlas)
        print(f"{case.name}: step of the texture {step(case.source(), case.atlas):.2f}", flush=True)
        for engine in ENGINES:
            old, new = (case.painted(engine, across=across) for across in (False, True))
            errors = [seam_error(images, case.atlas) for images in (old, new)]
            steps = [step(images, case.atlas) for images in (old, new)]
            lines.append(
                f"| {case.name} | {engine.lower()} | {own:.2f} | {errors[0]:.2f} | {errors[1]:.2f} "
                f"| {errors[1] / own:.2f} | {errors[1] / errors[0]:.3f} "
                f"| {steps[0]:.2f} | {steps[1]:.2f} |"
            )
            print(lines[-1], flush=True)
    return "\n".join(lines)


def peer(cases: list[Case], checkout: Path | None) -> str:
    """Return a table of seam errors beside those of Brush Painter, whose stamps go on over seams."""
    if checkout is None:
        return "Skipped: no --paintsystem."
    lines = [
        "| Mesh | Brush Painter, no duplicates | With duplicates | Strokes across seams | Ratio |",
        "|---|--:|--:|--:|--:|",
    ]
    for case in cases:
        assert case.files
        errors = []
        for word in ("off", "on"):
            outputs = [case.folder / f"{tile}.peer.{word}.png" for tile in case.tiles]
            if not all(file.is_file() for file in outputs):
                module = "benchmarks.material_peer"
                arguments = (str(checkout), str(case.folder), word)
                subprocess.run([sys.executable, "-m", module, *arguments], check=True)
            errors.append(seam_error([read_picture(file).color for file in outputs], case.atlas))
        ours = seam_error(case.painted("STROKES", across=True), case.atlas)
        lines.append(
            f"| {case.name} | {errors[0]:.2f} | {errors[1]:.2f} | {ours:.2f} "
            f"| {ours / errors[1]:.3f} |"
        )
        print(lines[-1], flush=True)
    return "\n".join(lines)


def cost(cases: list[Case]) -> str:
    """Return a table of CPU seconds and peak memory."""
    lines = [
        "| Engine | CPU seconds without | Across | More | Memory without | Across | More |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    case = next((one for one in cases if one.name == COST_OF), cases[0])
    for engine in ENGINES:
        rows = []
        for across in (False, True):
            request = case.request(engine, across=across)
            with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                rows.append(pool.submit(_measured, request).result())
        (old, old_peak), (new, new_peak) = rows
        lines.append(
            f"| {engine.lower()} | {old:.1f} | {new:.1f} | {new / old - 1:+.0%} "
            f"| {old_peak / 2**20:.0f} MB | {new_peak / 2**20:.0f} MB "
            f"| {new_peak / old_peak - 1:+.0%} |"
        )
        print(lines[-1], flush=True)
    return "\n".join(lines)


def _measured(request: StylizeRequest) -> tuple[float, int]:
    """Return the CPU seconds of a second run, and the peak memory of this process in bytes."""
    for _ in range(2):
        begun = time.process_time()
        registry.run(request, Control())
        seconds = time.process_time() - begun
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def pictures(cases: list[Case]) -> str:
    """Write the pictures of the manual; return which."""
    DOCS.mkdir(parents=True, exist_ok=True)
    named = {case.name: case for case in cases}
    written = []
    overviews = [
        ("ball of 200 islands", "STROKES", "islands.jpg", (1, 0.2, 0.15), 1.3),
        (COST_OF, "STROKES", "suzanne.jpg", (0.5, -1, 0.25), 2.9),
    ]
    for name, engine, file, toward, width in overviews:
        if name in named:
            frame = (np.array(toward), np.zeros(3), width)
            written.append(_sheet(named[name], [engine], file, frame))
    places = [
        (*worst_place(case.painted(engine, across=True), case.atlas, case.mesh, case.tiles), case)
        for case in cases
        for engine in ENGINES
    ]
    error, place, facing, case = max(places, key=lambda one: one[0])
    frame = (facing, place, 300 / case.side * _texels(case))
    written.append(f"{_sheet(case, ENGINES, 'worst.jpg', frame)}: {case.name}, delta E {error:.2f}")
    return "\n".join(written)


def _texels(case: Case) -> float:
    """Return how long the side of the texture would be on the surface, in units of the mesh."""
    ends = case.mesh.positions[case.mesh.triangles]
    lengths = np.linalg.norm(ends - np.roll(ends, 1, axis=1), axis=2).sum()
    return float(lengths / np.linalg.norm(case.mesh.uv - np.roll(case.mesh.uv, 1, 1), axis=2).sum())


def _sheet(case: Case, engines: tuple[str, ...] | list[str], file: str, frame: tuple) -> str:
    """Write a picture: in each row the texture, without, across; one row for each engine."""
    toward, center, width = frame
    rows = []
    for engine in engines:
        shown = [case.source()] + [case.painted(engine, across=one) for one in (False, True)]
        rows.append(
            np.hstack([view(case.mesh, one, case.tiles, toward, center, width) for one in shown])
        )
    pixels = np.rint(np.vstack(rows)[..., ::-1] * 255).astype(np.uint8)
    cv2.imwrite(str(DOCS / file), pixels, [cv2.IMWRITE_JPEG_QUALITY, 88])
    return file


PARTS: dict[str, Callable[..., str]] = {
    "seams": seams,
    "peer": peer,
    "cost": cost,
    "pictures": pictures,
}


def main() -> None:
    """Run the parts one after the other; print and write their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all, if none is named")
    parser.add_argument("--side", type=int, default=2048, help="of the textures, in texels")
    parser.add_argument("--mesh", help="only those with this word in their name")
    parser.add_argument("--keep", type=Path, help="a folder for what is painted, to go on from")
    parser.add_argument("--paintsystem", type=Path, help="a checkout of Paint System, for peer")
    options = parser.parse_args()
    parts = {**PARTS, "peer": partial(peer, checkout=options.paintsystem)}
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        root = options.keep or Path(temporary)
        cases = []
        for number, name in enumerate(MESHES):
            if not options.mesh or options.mesh in name:
                folder = root / f"{number}_{options.side}"
                folder.mkdir(parents=True, exist_ok=True)
                cases.append(Case(name, folder, options.side))
        for part in options.parts or list(PARTS):
            text = f"## {part}\n\n{parts[part](cases)}\n\nTextures of {options.side} texels.\n"
            print(text, flush=True)
            (OUT / f"material_{part}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
