"""``stylize``: restyle picture files."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...errors import BadRequest
from ...image.reference import ImageRef
from ...notes import note_path
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
        description="Restyle pictures. Originals are never written to. Where --out is a folder, what "
        "an earlier run with the same settings has finished there is skipped.",
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


def _beside(output: Path) -> dict[str, Path]:
    """Return the files of relief and strokes that belong to a result."""
    height, normal = relief_files(output)
    return {"heights": height, "normals": normal, "strokes": output.with_suffix(".strokes")}


def _of(kind: str, files: dict[str, Path]) -> tuple[str, ...]:
    return (str(files[kind]),) if kind in files else ()


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
    beside = [_beside(o) if options.relief_maps else {} for o in outputs]
    folder = options.out if Path(options.out).is_dir() else ""
    for output, files in zip(outputs, beside, strict=True):
        # Of what an earlier run has noted, the task decides whether it is finished.
        noted = bool(folder) and note_path(Path(folder), output.name).exists()
        protect(read, [output, *files.values()], overwrite=options.overwrite or noted)
    if not options.relief_maps:
        refuse_idle(options, {"relief": PARAMETERS["relief"].default}, "without --relief-maps")
    if not (options.mesh or look.across_seams):
        raise BadRequest("--no-across-seams has no effect without --mesh.")
    if options.relief_maps and look.engine != "STROKES":
        raise BadRequest("--relief-maps needs --engine strokes, which paints the relief.")
    items = tuple(
        StylizeItem(
            *(ImageRef(str(i), (str(i),)), look, (str(o),)),
            guides=guides,
            mesh=options.mesh,
            heights=_of("heights", files),
            normals=_of("normals", files),
            strokes=_of("strokes", files),
        )
        for i, o, files in zip(images, outputs, beside, strict=True)
    )
    request = StylizeRequest(items, overwrite=options.overwrite, notes_folder=folder)
    result = registry.run(request, report.control())
    for key in result.recolored:
        report.say(f"{key}: a ramp or palette, so it gets other colors only; see --paint-ramps")
    for picture, *_ in result.skipped.values():
        report.say(f'skipping existing picture "{picture}"')
    report.result(written=result.written, recolored=result.recolored, skipped=result.skipped)
    return report_failures(result.failures, len(result.written) + len(result.skipped), report)
