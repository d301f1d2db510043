"""The verbs and their options. Imports nothing heavy: Blender builds this parser, too."""

from __future__ import annotations

import argparse

from ..jobs.messages import Look, StyleRef

EXIT_CODES = """exit codes:
  0    everything was done
  1    some images failed; the others are done
  2    the command line is wrong, or nothing could be done
  3    there was nothing to do
  130  cancelled with Ctrl-C; finished images are kept
"""


def add_output(parser: argparse.ArgumentParser) -> None:
    """``--json`` and ``--quiet``."""
    group = parser.add_argument_group("what is printed")
    group.add_argument("--json", action="store_true", help="one JSON object per event, per line")
    group.add_argument("--quiet", action="store_true", help="only errors")


def add_look(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """The options of a look, named as in the panel; ``required``: there must be a style."""
    look = parser.add_argument_group("look")
    look.add_argument(
        "--style",
        action="append",
        required=required,
        metavar="STYLE[=WEIGHT]",
        help="a picture, a saved .impasto style, or a built-in one; several are blended",
    )
    look.add_argument("--strength", type=_unit, default=1.0, help="0 (as it was) to 1 (default)")
    look.add_argument("--brush-scale", type=_brush, default=1.0, help="0.25 to 4, default 1")
    look.add_argument("--keep-colour", type=_unit, default=0.0, help="1 changes lightness only")
    look.add_argument("--seamless", action="store_true", help="the texture tiles, and shall tile")
    look.add_argument(
        "--max-side", type=int, default=0, metavar="PIXELS", help="shrink to this size"
    )
    look.add_argument("--seed", type=int, default=0)


def look_from(options: argparse.Namespace) -> Look:
    """The look that :func:`add_look`'s options describe."""
    return Look(
        tuple(_style(s) for s in options.style),
        options.strength,
        options.brush_scale,
        options.keep_colour,
        options.seamless,
        options.max_side,
        options.seed,
    )


def add_grouping(parser: argparse.ArgumentParser) -> None:
    """How to cluster, as in the panel."""
    group = parser.add_argument_group("grouping")
    group.add_argument(
        "--algorithm",
        type=str.upper,
        choices=("KMEANS", "DBSCAN", "AGGLOMERATIVE"),
        default="KMEANS",
    )
    group.add_argument("--groups", type=int, default=0, help="how many; 0 (default) decides itself")
    group.add_argument("--distance", type=float, default=0.0, help="DBSCAN's eps; 0: by the knee")
    group.add_argument("--linkage", choices=("ward", "average"), default="ward")
    group.add_argument(
        "--material-weight", type=_unit, default=0.5, help="0: by colour, 1: by material"
    )
    group.add_argument("--seed", type=int, default=0)


def build_parser() -> argparse.ArgumentParser:
    """Verbs for plain image files."""
    parser = argparse.ArgumentParser(
        prog="impasto",
        description="Group pictures by how they look, and restyle them.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    stylize = verbs.add_parser(
        "stylize",
        help="restyle pictures",
        description="Restyle pictures. Originals are never written to.",
        epilog="examples:\n"
        "  impasto stylize brick.png --style starry-night --out brick_starry.png\n"
        "  impasto stylize textures/ --style paper.jpg --keep-colour 0.5 --out restyled/\n"
        "  impasto stylize wall.exr --style irises=2 --style scream=1 --seamless --out out/\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    stylize.add_argument("inputs", nargs="+", help="pictures, folders or patterns")
    stylize.add_argument(
        "--out", required=True, help="a file for one picture, a folder for several"
    )
    stylize.add_argument("--overwrite", action="store_true", help="replace results that exist")
    add_look(stylize)
    add_output(stylize)

    analyze = verbs.add_parser(
        "analyze",
        help="group pictures by look",
        description="Group pictures by look; draw the cluster map and more into a folder.",
    )
    analyze.add_argument("inputs", nargs="+", help="pictures, folders or patterns")
    analyze.add_argument("--out", required=True, help="folder for the pictures of the outcome")
    add_grouping(analyze)
    add_output(analyze)

    styles = verbs.add_parser("styles", help="list the built-in styles")
    add_output(styles)
    return parser


def _style(text: str) -> StyleRef:
    source, _, weight = text.rpartition("=")
    try:
        return StyleRef(source, float(weight)) if source else StyleRef(text)
    except ValueError:
        return StyleRef(text)


def _between(low: float, high: float):
    def convert(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not between {low:g} and {high:g}")
        return value

    return convert


_unit, _brush = _between(0, 1), _between(0.25, 4)
