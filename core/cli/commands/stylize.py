"""``stylize``: restyle picture files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ...errors import BadRequest
from ...image.reference import ImageRef
from ...styles.look import PARAMETERS, Look
from ...tasks import registry
from ...tasks.stylize import GuideFiles, StylizeItem, StylizeRequest
from ..options import add_device, add_look, add_output, look_from, refuse_idle, split_weight
from ..outcome import report_failures
from ..paths import find_images, outputs_for, protect, relief_files
from ..report import Report

_EXAMPLES = """examples:
  %(prog)s brick.png --style starry-night --out brick_starry.png
  %(prog)s textures/ --style paper.jpg --keep-color 0.5 --out restyled/
  %(prog)s ball.png --style oil.jpg --engine patches --guide oil_light.png ball_light.png --out a.png
  %(prog)s skin.png --mesh head.obj --style gouache --out skin_gouache.png
  %(prog)s wall.exr --style irises=2 --style scream=1 --seamless --out out/
"""


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command and its options.

    Parameters
    ----------
    commands : argparse._SubParsersAction
        Where to add it.
    """
    parser = commands.add_parser(
        "stylize",
        help="restyle pictures",
        description="Restyle pictures. Originals are never written to.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("inputs", nargs="+", help="pictures, folders or patterns")
    parser.add_argument("--out", required=True, help="a file for one picture, a folder for several")
    parser.add_argument(
        "--relief-maps",
        action="store_true",
        help="with --engine strokes: height and normal maps and the list of strokes beside results",
    )
    parser.add_argument(
        "--guide",
        nargs=2,
        action="append",
        default=[],
        metavar=("STYLE_GUIDE", "TEXTURE_GUIDE[=WEIGHT]"),
        help="with --engine patches and one picture: two pictures, such as masks or render passes, "
        "that say which part of the style belongs where; repeatable, in the place of the network",
    )
    parser.add_argument(
        "--mesh",
        default="",
        metavar="FILE",
        help="the mesh that the pictures lie on, with UVs, as Wavefront .obj: painting then goes on "
        "across its UV seams",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace results that exist")
    add_look(parser)
    add_device(parser)
    add_output(parser)
    parser.set_defaults(run=_run)


def _beside(output: Path, overwrite: bool) -> dict[str, Any]:
    """Return the files of relief and strokes that belong to a result."""
    height, normal = relief_files(output)
    files = {"heights": height, "normals": normal, "strokes": output.with_suffix(".strokes")}
    protect((), files.values(), overwrite=overwrite)
    return {name: (str(file),) for name, file in files.items()}


def _guides(options: argparse.Namespace, images: int, look: Look) -> tuple[GuideFiles, ...]:
    """Return the guides that were given."""
    if options.guide and look.engine != "PATCHES":
        raise BadRequest("--guide needs --engine patches, which compares them.")
    if options.guide and images != 1:
        raise BadRequest(
            f"--guide belongs to one picture, not to {images}; stylize them one by one."
        )
    found = []
    for style, texture in options.guide:
        try:
            path, weight = split_weight(texture)
        except argparse.ArgumentTypeError as error:
            raise BadRequest(f"--guide: {error}.") from error
        found.append(GuideFiles(style, path, weight))
    return tuple(found)


def _run(options: argparse.Namespace, report: Report) -> int:
    """Restyle; returns the exit code."""
    images = find_images(options.inputs)
    outputs = outputs_for(images, options.out)
    look = look_from(options)
    guides = _guides(options, len(images), look)
    read = [*images, *(Path(path) for one in guides for path in (one.style, one.texture))]
    protect(read, outputs, overwrite=options.overwrite)
    if not options.relief_maps:
        refuse_idle(options, {"relief": PARAMETERS["relief"].default}, "without --relief-maps")
    if not (options.mesh or look.across_seams):
        raise BadRequest("--no-across-seams has no effect without --mesh.")
    if options.relief_maps and look.engine != "STROKES":
        raise BadRequest("--relief-maps needs --engine strokes, which paints the relief.")
    items = tuple(
        StylizeItem(
            ImageRef(str(i), (str(i),)),
            look,
            (str(o),),
            guides=guides,
            mesh=options.mesh,
            **(_beside(o, options.overwrite) if options.relief_maps else {}),
        )
        for i, o in zip(images, outputs, strict=True)
    )
    request = StylizeRequest(items, overwrite=options.overwrite)
    result = registry.run(request, report.control())
    for key in result.recolored:
        report.say(f"{key}: a ramp or palette, so it gets other colors only; see --paint-ramps")
    report.result(written=result.written, recolored=result.recolored)
    return report_failures(result.failures, len(result.written), report)
