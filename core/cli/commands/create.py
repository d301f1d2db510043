"""``create``: new textures from textures: endless, in new looks, or moving."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...create.settings import MODEL_SUFFIX, MOST_PICTURES, MOST_PIXELS, SampleSettings
from ...image.reference import ImageRef
from ...tasks import registry
from ...tasks.create import CreateRequest
from ...tasks.sample import SampleRequest
from ..options import MOST, add_device, add_output, add_seed, number, refuse_idle
from ..outcome import report_failures
from ..paths import find_images
from ..report import Report

_MOST_DETAIL = 8192

_EXAMPLES = f"""examples:
  %(prog)s moss.png --model moss{MODEL_SUFFIX} --out new_moss.png --size 2048 2048
  %(prog)s brick.png moss.png --model walls{MODEL_SUFFIX} --out step_####.png --morph 6
  %(prog)s lava.png --generator automaton --model lava{MODEL_SUFFIX} --out lava_####.png --frames 48
  %(prog)s --model moss{MODEL_SUFFIX} --out another.png --seed 7
"""


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command and its options.

    Parameters
    ----------
    commands : argparse._SubParsersAction
        Where to add it.
    """
    parser = commands.add_parser(
        "create",
        help="invent textures from textures",
        description="Fit a generator to textures, save it, and draw new, seamless textures from "
        "it; without textures, draw from a generator that was saved.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("inputs", nargs="*", help="textures of one group")
    parser.add_argument(
        "--model", required=True, metavar="FILE", help=f"generator ({MODEL_SUFFIX})"
    )
    parser.add_argument("--out", required=True, help="picture; several are numbered by ####")
    parser.add_argument(
        "--generator",
        choices=("gan", "vae", "automaton"),
        help="gan: endless variations (default); vae: new looks; automaton: grows and moves",
    )
    parser.add_argument(
        "--size",
        type=number(1, MOST_PIXELS, int),
        nargs=2,
        default=(1024, 1024),
        metavar=("WIDTH", "HEIGHT"),
    )
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--seconds", type=number(0, MOST), metavar="S", help="default 60")
    budget.add_argument(
        "--steps", type=number(1, MOST, int), metavar="N", help="in place of --seconds"
    )
    parser.add_argument(
        "--detail", type=number(1, _MOST_DETAIL, int), metavar="PIXELS", help="default 256"
    )
    add_seed(parser)
    parser.add_argument("--mix", type=number(0, MOST), nargs="+", default=(), metavar="W")
    parser.add_argument(
        "--morph",
        type=number(2, MOST_PICTURES, int),
        default=0,
        metavar="N",
        help="pictures of a morph",
    )
    parser.add_argument(
        "--frames",
        type=number(1, MOST_PICTURES, int),
        default=0,
        metavar="N",
        help="pictures of a loop",
    )
    parser.add_argument("--damage", action="store_true", help="tear holes in the loop, and regrow")
    parser.add_argument("--no-seamless", action="store_true")
    parser.add_argument("--overwrite", action="store_true", help="replace results that exist")
    add_device(parser, gpu=False)
    add_output(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace, report: Report) -> int:
    """Create; returns the exit code."""
    model = str(Path(options.model).with_suffix(MODEL_SUFFIX))
    settings = SampleSettings(
        (options.size[0], options.size[1]),
        options.seed,
        not options.no_seamless,
        tuple(options.mix),
        options.morph,
        options.frames,
        options.damage,
    )
    request: object
    if options.inputs:
        request = CreateRequest(
            tuple(ImageRef(str(i), (str(i),)) for i in find_images(options.inputs)),
            options.generator.upper() if options.generator else "GAN",
            options.out,
            model,
            settings,
            60.0 if options.seconds is None else options.seconds,
            options.steps or 0,
            options.seed,
            options.detail or 256,
            overwrite=options.overwrite,
        )
    else:
        idle = dict.fromkeys(("generator", "seconds", "steps", "detail"))
        refuse_idle(options, idle, "without textures, as the generator is not fitted")
        request = SampleRequest(model, options.out, settings, options.overwrite)
    result = registry.run(request, report.control())
    recipe = result.recipe
    report.say(f"Texture distance {recipe['texture']} after {recipe['steps']} steps.")
    for path in result.outputs:
        report.say(f"Saved: '{path}'")
    report.result(model=result.model, outputs=result.outputs, recipe=recipe)
    return report_failures(result.failures, len(result.outputs), report)
