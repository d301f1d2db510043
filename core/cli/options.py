"""The options that commands share, in groups. Imports nothing heavy: Blender uses them, too."""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Callable, Mapping

from ..errors import BadRequest
from ..paint import device
from ..styles.look import PARAMETERS, Look, StyleRef, Use, check_engine, shown, with_engine
from ..tasks.analyze import SIMILARITY

DEVICES = ("AUTO", "CPU", "CUDA", "MPS")

MOST = 2**31 - 1
"""Largest count or seed, which all libraries take."""
_MOST_THREADS = 1024


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add ``--json``, ``--quiet`` and ``--openjd``, of which only one can be given.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Where to add them.
    """
    group = parser.add_argument_group("what is printed")
    one = group.add_mutually_exclusive_group()
    one.add_argument("--json", action="store_true", help="one JSON object per event, per line")
    one.add_argument("--quiet", action="store_true", help="only errors")
    one.add_argument(
        "--openjd", action="store_true", help="progress as a farm's Open Job Description reads it"
    )


def add_device(parser: argparse.ArgumentParser, *, gpu: bool = True) -> None:
    """Add ``--device`` and ``--threads``.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Where to add them.
    gpu : bool
        Whether the command can use one.
    """
    group = parser.add_argument_group("where it runs")
    group.add_argument(
        "--device",
        type=str.upper,
        choices=DEVICES if gpu else ("AUTO", "CPU"),
        default="AUTO",
        help="auto (default) takes the GPU if torch can use one, else the CPU"
        if gpu
        else "this command always uses the CPU",
    )
    group.add_argument(
        "--threads",
        type=number(0, _MOST_THREADS, int),
        default=0,
        metavar="N",
        help="of the CPU; 0 (default) leaves it to the libraries",
    )


def use_device(options: argparse.Namespace) -> None:
    """Apply the options of :func:`add_device`, before a library is loaded that asks for threads.

    Parameters
    ----------
    options : argparse.Namespace
        The parsed options.
    """
    device.choose(options.device)
    if options.threads:
        for library in ("OMP_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"):
            os.environ[library] = str(options.threads)


def add_look(
    parser: argparse.ArgumentParser, *, required: bool = True, use: Use = "TEXTURES"
) -> None:
    """Add the options of a look: ``--style``, and one for each of its settings.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Where to add them.
    required : bool
        Whether there must be a style.
    use : str
        What the look is used on; some offer fewer choices.
    """
    group = parser.add_argument_group("look")
    group.add_argument(
        "--style",
        action="append",
        type=_style,
        required=required,
        metavar="STYLE[=WEIGHT]",
        help="an image, a saved .impasto style, or a built-in one; several are blended",
    )
    for parameter in PARAMETERS.values():
        default = parameter.default_for(use)
        if parameter.kind is bool:
            group.add_argument(
                *parameter.options,
                dest=parameter.name,
                action="store_false" if default else "store_true",
                help=f"{parameter.description}{'; this leaves it out' if default else ''}",
            )
            continue
        if parameter.choices:
            names = [choice.name for choice in parameter.choices_for(use)]
            group.add_argument(
                *parameter.options,
                type=str.upper,
                choices=names,
                default=default,
                metavar="|".join(names).lower(),
                help=f"{parameter.description} (default {shown(default)})",
            )
            continue
        group.add_argument(
            *parameter.options,
            type=number(parameter.minimum, min(parameter.maximum, MOST), parameter.kind),
            default=default,
            metavar=parameter.metavar,
            help=f"{parameter.description} (default {shown(default)})",
        )


def look_from(options: argparse.Namespace) -> Look:
    """Build the look that the options of :func:`add_look` describe.

    Parameters
    ----------
    options : argparse.Namespace
        The parsed options.

    Returns
    -------
    Look
        The look, with the engine that suits its style if none is given.

    Raises
    ------
    BadRequest
        A setting was given that the engine does not have.
    """
    look = Look(tuple(options.style), **{name: getattr(options, name) for name in PARAMETERS})
    check_engine(look)
    return with_engine(look)


def refuse_idle(
    options: argparse.Namespace, parser_defaults: Mapping[str, object], needed: str
) -> None:
    """Refuse options that were given and would do nothing.

    Parameters
    ----------
    options : argparse.Namespace
        What was typed.
    parser_defaults : mapping
        Names of options, with the values that they have if they are not given.
    needed : str
        What they would need, for the sentence.

    Raises
    ------
    BadRequest
        One of them was given.
    """
    for name, default in parser_defaults.items():
        if getattr(options, name) != default:
            raise BadRequest(f"--{name.replace('_', '-')} has no effect {needed}.")


def add_grouping(parser: argparse.ArgumentParser) -> None:
    """Add the options of grouping, as in the panel.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Where to add them.
    """
    group = parser.add_argument_group("grouping")
    group.add_argument(
        "--algorithm",
        type=str.upper,
        choices=("KMEANS", "DBSCAN", "AGGLOMERATIVE"),
        default="KMEANS",
        help="kmeans (default), dbscan or agglomerative",
    )
    group.add_argument(
        "--groups", type=_count, default=0, metavar="N", help="how many; 0 (default) decides itself"
    )
    group.add_argument(
        "--similarity",
        type=_unit,
        default=SIMILARITY,
        metavar="0..1",
        help="how probable it must be that two pictures are the same kind of thing, to be grouped; "
        f"default {SIMILARITY}",
    )
    group.add_argument(
        "--linkage", choices=("average", "ward"), default="average", help="of agglomerative"
    )
    group.add_argument(
        "--material-weight",
        type=_unit,
        default=0.5,
        metavar="0..1",
        help="0 groups by color, 1 by material; default 0.5",
    )
    add_seed(group)


def add_seed(parser: argparse._ActionsContainer) -> None:
    """Add ``--seed``.

    Parameters
    ----------
    parser : argparse._ActionsContainer
        A parser, or a group of its options.
    """
    parser.add_argument("--seed", type=number(0, MOST, int), default=0, metavar="N")


def check_grouping(options: argparse.Namespace) -> None:
    """Refuse options of grouping that would do nothing.

    Parameters
    ----------
    options : argparse.Namespace
        The parsed options.

    Raises
    ------
    BadRequest
        One of them was given.
    """
    if options.algorithm == "DBSCAN":
        refuse_idle(options, {"groups": 0}, "with --algorithm dbscan, which decides it itself")
    elif options.groups:
        refuse_idle(options, {"similarity": SIMILARITY}, "with --groups")


def split_weight(text: str) -> tuple[str, float]:
    """Split ``SOURCE=WEIGHT``.

    Parameters
    ----------
    text : str
        As typed; a name or path may have a "=" in it.

    Returns
    -------
    source : str
        What comes before the weight.
    weight : float
        1 if none is given.

    Raises
    ------
    ArgumentTypeError
        The weight is not above 0.
    """
    source, _, weight = text.rpartition("=")
    try:
        number = float(weight)
    except ValueError:  # no weight
        return text, 1.0
    if not source:
        return text, 1.0
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"the weight of {source} must be above 0, not {weight}")
    return source, number


def _style(text: str) -> StyleRef:
    return StyleRef(*split_weight(text))


def number(low: float, high: float, kind: type = float) -> Callable[[str], float]:
    """Return a converter for argparse that refuses what does not lie between two bounds.

    Parameters
    ----------
    low, high : float
        The bounds.
    kind : type
        ``float`` or ``int``.

    Returns
    -------
    callable
        From what was typed to the number.

    Raises
    ------
    ArgumentTypeError
        By what is returned: not a number between the bounds.
    """
    first, last = (f"{side:.10g}" for side in (low, high))
    whole = "a whole number, " if kind is int else ""

    def convert(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            between = high < MOST or value > high
            bounds = f"between {first} and {last}" if between else f"{first} or more"
            raise argparse.ArgumentTypeError(f"{text:.60} is not {whole}{bounds}")
        return value

    return convert


_unit = number(0, 1)
_count = number(0, MOST, int)
