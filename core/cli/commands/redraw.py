"""``redraw``: draw a painting again from its strokes."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...tasks import registry
from ...tasks.redraw import RedrawRequest
from ..options import add_output, number, refuse_idle
from ..paths import outputs_for, protect, relief_files
from ..report import Report

_EXAMPLES = """examples:
  %(prog)s brick.strokes --max-side 8192 --out brick_8k.png
  %(prog)s brick.strokes --width 0.7 --opacity 0.8 --relief 1 --relief-maps --out brick_thin.png
"""


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command and its options.

    Parameters
    ----------
    commands : argparse._SubParsersAction
        Where to add it.
    """
    parser = commands.add_parser(
        "redraw",
        help="draw a painting again from its strokes",
        description="Draw a painting again from the strokes beside it: at any size, without "
        "painting anew. Alpha, Preserve Color and Strength are not in strokes.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("strokes", help="the .strokes file that --relief-maps wrote")
    parser.add_argument("--out", required=True, help="the picture, or a folder for a PNG")
    parser.add_argument(
        "--max-side",
        type=number(0, 16384, int),
        default=0,
        metavar="N",
        help="long side in pixels; 0 (default): as it was painted",
    )
    for name, most in (("width", 4), ("length", 4), ("opacity", 4)):
        parser.add_argument(
            f"--{name}",
            type=number(0.05, most),
            default=1.0,
            metavar=f"0.05..{most}",
            help=f"{name} of the strokes, by that with which they were painted",
        )
    parser.add_argument(
        "--relief",
        type=number(0, 1),
        metavar="0..1",
        help="thickness of the paint (default: as it was painted)",
    )
    parser.add_argument(
        "--relief-maps", action="store_true", help="height and normal maps beside the picture"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace results that exist")
    add_output(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace, report: Report) -> int:
    """Draw; returns the exit code."""
    if not options.relief_maps:
        refuse_idle(options, {"relief": None}, "without --relief-maps")
    (output,) = outputs_for([Path(options.strokes).with_suffix(".png")], options.out)
    maps = relief_files(output) if options.relief_maps else ()
    protect([Path(options.strokes)], [output, *maps], overwrite=options.overwrite)
    height, normal = map(str, maps) if maps else ("", "")
    request = RedrawRequest(
        options.strokes,
        str(output),
        height,
        normal,
        options.max_side,
        options.width,
        options.length,
        options.opacity,
        options.relief,
        options.overwrite,
    )
    result = registry.run(request, report.control())
    report.say(f"Saved: '{result.output}' ({result.strokes} strokes)")
    report.result(written=result.output, strokes=result.strokes)
    return 0
