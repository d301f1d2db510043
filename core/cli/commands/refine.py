"""``refine``: make a specialist for one style, on the pictures it will paint."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...image.reference import ImageRef
from ...styles.look import SUFFIX
from ...tasks import registry
from ...tasks.refine import RefineRequest
from ..options import MOST, add_device, add_output, add_seed, number
from ..outcome import report_failures
from ..paths import find_images
from ..report import Report

_EXAMPLES = f"""examples:
  %(prog)s textures/ --style paper.jpg --out paper{SUFFIX}
  %(prog)s brick.png --style scream.png --seconds 300 --out scream_brick{SUFFIX}
"""


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command and its options.

    Parameters
    ----------
    commands : argparse._SubParsersAction
        Where to add it.
    """
    parser = commands.add_parser(
        "refine",
        help="spend some minutes on one style",
        description="Fit the generator to one style on your own textures; writes a style file.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("inputs", nargs="+", help="pictures that the style will be used on")
    parser.add_argument("--style", required=True, metavar="PICTURE", help="the style's picture")
    parser.add_argument("--out", required=True, help=f"the style file ({SUFFIX})")
    parser.add_argument("--overwrite", action="store_true", help="replace it if it exists")
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument(
        "--seconds", type=number(0, MOST), default=120.0, metavar="S", help="default 120"
    )
    budget.add_argument(
        "--steps",
        type=number(0, MOST, int),
        default=0,
        metavar="N",
        help="so many steps, whatever the time",
    )
    add_seed(parser)
    add_device(parser)
    add_output(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace, report: Report) -> int:
    """Refine; returns the exit code."""
    request = RefineRequest(
        options.style,
        tuple(ImageRef(str(i), (str(i),)) for i in find_images(options.inputs)),
        str(Path(options.out).with_suffix(SUFFIX)),
        options.seconds,
        options.steps,
        options.seed,
        overwrite=options.overwrite,
    )
    result = registry.run(request, report.control())
    report.say(
        f"Distance to the style's texture: {result.before:.2f} before, {result.after:.2f} after "
        f"{result.steps} steps.\nSaved: '{result.style}'"
    )
    report.result(style=result.style, steps=result.steps, before=result.before, after=result.after)
    return report_failures(result.failures, 1, report)
