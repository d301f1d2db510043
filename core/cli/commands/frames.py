"""``frames``: restyle an animation without flicker; prepare, run (whole or in parts), assemble."""

from __future__ import annotations

import argparse
import re
import time
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Protocol

from ...control import Control, ItemDone
from ...errors import BadRequest
from ...styles.look import PARAMETERS, SUFFIX
from ...tasks import registry
from ...tasks.assemble_frames import AssembleFramesRequest
from ...tasks.prepare_frames import PrepareFramesRequest
from ...tasks.propagate import PropagateRequest
from ...tasks.registry import R, Request
from ...tasks.restyle_frames import FramesRequest
from ...video.numbers import listed, spelled
from ...video.settings import (
    NO_FIRST,
    NO_LAST,
    FrameDone,
    FramesSettings,
    PaintedFrame,
    SequenceRef,
    ShotInfo,
)
from ..options import (
    DEVICES,
    MOST,
    add_device,
    add_look,
    add_output,
    look_from,
    number,
    refuse_idle,
)
from ..outcome import report_failures
from ..report import Report

_EXAMPLES = """examples:
  %(prog)s run render/####.exr --style starry-night --out styled/
  %(prog)s run shot.mp4 --style paper.jpg --out styled/ --movie styled.mp4
carry a painted frame through its shot:
  %(prog)s run render/ --style scream --painted 12=mine.png --learned mine.impasto --out painted/
with brush strokes, which follow what moves, and their relief:
  %(prog)s run render/ --style irises --engine strokes --relief-maps --out painted/
on several machines, each with a part of the frames:
  %(prog)s prepare render/ --style scream --chunk 24 --shots shots.json
  %(prog)s run render/ --style scream --chunk 24 --shots shots.json --only 1-24 --out styled/
  %(prog)s assemble styled/ --movie styled.mp4
"""


_RANGE = re.compile(r"(-?\d+)(?:(?:-|\.\.)(-?\d+))?")

_RATES = (0.01, 1000)
_MOST_FRAMES = 2**20
"""Limit of ranges and chunks: the number of Blender's last frame."""


class Runner(Protocol):
    """A function that runs requests, as ``registry.run`` does."""

    def __call__(self, request: Request[R], control: Control) -> R:
        """Return the result that belongs to the request."""


def add(commands: argparse._SubParsersAction, runner: Runner = registry.run) -> None:
    """Add the command, its actions and their options.

    Parameters
    ----------
    commands : argparse._SubParsersAction
        Where to add it.
    runner : Runner
        Runs the requests; in Blender, the worker does.
    """
    parser = commands.add_parser(
        "frames",
        help="restyle an animation",
        description="Restyle rendered frames so that they hold still where the scene does.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    prepare = actions.add_parser("prepare", help="find shots and statistics once, for all machines")
    run_ = actions.add_parser("run", help="restyle frames")
    assemble = actions.add_parser("assemble", help="make a movie of finished frames")
    for action in (prepare, run_, assemble):
        action.add_argument("source", help="any frame, a pattern (####), a folder, or a movie")
        action.add_argument("--first", type=int, default=NO_FIRST, metavar="N")
        action.add_argument("--last", type=int, default=NO_LAST, metavar="N")
        action.add_argument(
            "--step", type=number(1, MOST, int), default=1, metavar="N", help="every N-th frame"
        )
        action.add_argument("--overwrite", action="store_true", help="replace results that exist")
        add_output(action)
    for action in (prepare, run_):
        action.add_argument(
            "--layer",
            default="",
            metavar="NAME",
            help="of OpenEXR frames with several layers; default: the picture of the compositor",
        )
        add_look(action, use="FRAMES")
        _add_coherence(action)
        if runner is registry.run:
            add_device(action)
        else:
            action.add_argument(
                "--device", type=str.upper, choices=DEVICES, help="default: that of the preferences"
            )
    prepare.add_argument("--shots", required=True, metavar="FILE", help="the shot file to write")
    run_.add_argument("--out", required=True, help="folder for the frames")
    run_.add_argument("--shots", default="", metavar="FILE", help="from the action prepare")
    part = run_.add_mutually_exclusive_group()
    part.add_argument(
        "--only", type=_numbers, default=(), metavar="1-24,30", help="write only these frames"
    )
    part.add_argument(
        "--chunk-at", type=int, metavar="N", help="write only the chunk that begins with frame N"
    )
    run_.add_argument(
        "--format",
        type=str.upper,
        choices=("SOURCE", "PNG", "JPEG", "TIFF", "OPEN_EXR"),
        default="SOURCE",
        help="default: that of the frames",
    )
    run_.add_argument("--depth", choices=("SOURCE", "8", "16", "half", "float"), default="SOURCE")
    run_.add_argument(
        "--painted",
        type=_painted,
        action="append",
        default=[],
        metavar="N=FILE",
        help="frame N as you painted it; its look is carried through the shot",
    )
    run_.add_argument(
        "--learned", default="", metavar="FILE", help="the style that is learned from --painted"
    )
    run_.add_argument(
        "--seconds", type=number(0, MOST), default=90.0, help="of learning; default 90"
    )
    run_.add_argument("--movie", default="", metavar="FILE", help="also make a movie")
    run_.add_argument(
        "--relief-maps",
        action="store_true",
        help="with --engine strokes: height and normal maps, as sequences in folders of their own",
    )
    assemble.add_argument("--movie", required=True, metavar="FILE")
    for action in (run_, assemble):
        action.add_argument(
            "--fps",
            type=_rate,
            default=0.0,
            help="of the movie; 24000/1001, 25; default: as the source, else 24",
        )
    assemble.add_argument(
        "--sound",
        default="",
        metavar="FILE",
        help="the movie that the frames are from, or a sound file; default: the movie, if known",
    )
    prepare.set_defaults(run=partial(_prepare, runner))
    run_.set_defaults(run=partial(_run, runner))
    assemble.set_defaults(run=partial(_assemble, runner))


def _add_coherence(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("coherence")
    group.add_argument(
        "--coherence",
        type=str.upper,
        choices=("OFF", "STATISTICS", "MOTION"),
        default="MOTION",
        help="off, statistics (one look for each shot) or motion (strokes follow; default)",
    )
    group.add_argument("--coherence-strength", type=number(0, 1), default=1.0, metavar="0..1")
    group.add_argument(
        "--anchors",
        type=number(0, MOST, int),
        default=0,
        metavar="N",
        help="frames between two anchors; 0 (default): as suits the engine",
    )
    group.add_argument(
        "--chunk",
        type=number(0, _MOST_FRAMES, int),
        default=0,
        metavar="N",
        help="frames that one machine takes; 0: all",
    )


def _settings(options: argparse.Namespace) -> FramesSettings:
    if options.coherence != "MOTION":
        idle = {"coherence_strength": 1.0, "anchors": 0}
        refuse_idle(options, idle, f"with --coherence {options.coherence.lower()}")
    return FramesSettings(
        look_from(options),
        options.coherence,
        options.coherence_strength,
        options.anchors,
        options.chunk,
    )


def _sequence(options: argparse.Namespace) -> SequenceRef:
    layer = getattr(options, "layer", "")
    return SequenceRef(options.source, options.first, options.last, options.step, layer=layer)


def _prepare(runner: Runner, options: argparse.Namespace, report: Report) -> int:
    request = PrepareFramesRequest(
        _sequence(options), _settings(options), options.shots, options.overwrite
    )
    result = runner(request, report.control())
    _say_shots(result.shots, report)
    _say_others(result.others, report)
    report.say(f"Saved: '{result.shot_file}'")
    report.result(shot_file=result.shot_file, frames=result.frames)
    return report_failures(result.failures, result.frames, report)


def _run(runner: Runner, options: argparse.Namespace, report: Report) -> int:
    settings = _settings(options)
    if not options.painted:
        refuse_idle(options, {"learned": "", "seconds": 90.0}, "without --painted")
    if not options.movie:
        refuse_idle(options, {"fps": 0.0}, "without --movie")
    if not options.chunk:
        refuse_idle(options, {"chunk_at": None}, "without --chunk")
    if not options.relief_maps:
        refuse_idle(options, {"relief": PARAMETERS["relief"].default}, "without --relief-maps")
    if options.format == "JPEG" and options.depth not in ("SOURCE", "8"):
        raise BadRequest(f"JPEG files have 8 bits, not --depth {options.depth}.")
    only = options.only
    if options.chunk_at is not None:
        only = tuple(range(options.chunk_at, options.chunk_at + max(1, options.chunk)))
    request = FramesRequest(
        _sequence(options),
        settings,
        options.out,
        options.shots,
        only,
        options.format,
        options.depth,
        options.movie,
        options.fps,
        overwrite=options.overwrite,
        relief_maps=options.relief_maps,
    )
    begun = time.monotonic()

    def item_done(event: ItemDone) -> None:
        # The words of Blender's own render log, which farms look for.
        nonlocal begun
        if isinstance(event, FrameDone) and event.skipped:
            report.say(f'skipping existing frame "{event.outputs[0]}"')
            return
        now = time.monotonic()
        report.item(event)
        minutes, seconds = divmod(now - begun, 60)
        report.say(f"Time: {minutes:02.0f}:{seconds:05.2f}")
        begun = now

    wanted: FramesRequest | PropagateRequest = request
    if options.painted:
        learned = Path(options.learned or Path(options.out) / "painted").with_suffix(SUFFIX)
        settings = replace(request.settings, painted=tuple(options.painted))
        wanted = PropagateRequest(
            replace(request, settings=settings), str(learned), options.seconds
        )
    result = runner(wanted, Control(report.progress, on_item=item_done))
    if result.missing:
        report.say(f"Missing: {spelled(result.missing)}")
    _say_others(result.others, report)
    if result.movie:
        report.say(f"Saved: '{result.movie}'")
    for note in result.notes:
        report.say(note)
    report.result(
        written=result.written,
        skipped=result.skipped,
        missing=result.missing,
        others=result.others,
        pattern=result.pattern,
        movie=result.movie,
        notes=result.notes,
    )
    return report_failures(result.failures, len(result.written) + len(result.skipped), report)


def _assemble(runner: Runner, options: argparse.Namespace, report: Report) -> int:
    request = AssembleFramesRequest(
        _sequence(options), options.movie, options.fps, options.overwrite, options.sound
    )
    result = runner(request, report.control())
    _say_others(result.others, report)
    report.say(f"Saved: '{result.movie}'")
    for note in result.notes:
        report.say(note)
    report.result(movie=result.movie, frames=result.frames, notes=result.notes)
    return report_failures(result.failures, result.frames, report)


def _say_shots(shots: tuple[ShotInfo, ...], report: Report) -> None:
    for index, shot in enumerate(shots, start=1):
        typical = ", ".join(map(str, shot.keyframes))
        then = f", then a {shot.transition}" if shot.transition else ""
        report.say(f"Shot {index}: frames {shot.first} to {shot.last}, typical {typical}{then}")


def _rate(text: str) -> float:
    """``24000/1001`` or ``23.976`` as a number."""
    try:
        rate = float(Fraction(text))
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise argparse.ArgumentTypeError(f"{text} is not like 25 or 24000/1001") from error
    if rate and not _RATES[0] <= rate <= _RATES[1]:
        raise argparse.ArgumentTypeError(
            f"frames per second lie between {_RATES[0]} and {_RATES[1]}"
        )
    return rate


def _say_others(names: tuple[str, ...], report: Report) -> None:
    if names:
        report.say(f"Not of the sequence: {listed(names)}")


def _painted(text: str) -> PaintedFrame:
    """``12=mine.png`` as a painted frame."""
    number, _, path = text.partition("=")
    try:
        return PaintedFrame(int(number), str(Path(path).resolve(strict=True)))
    except (ValueError, OSError) as error:
        raise argparse.ArgumentTypeError(f"{text} is not like 12=mine.png") from error


def _numbers(text: str) -> tuple[int, ...]:
    """``1-24,30`` (or ``1..24,30``, as Flamenco writes it) as numbers."""
    found: dict[int, None] = {}
    left = _MOST_FRAMES
    for part in text.split(","):
        bounds = _RANGE.fullmatch(part.strip())
        first, last = (int(n) for n in (bounds[1], bounds[2] or bounds[1])) if bounds else (0, -1)
        left -= last - first + 1
        if last < first or left < 0:
            raise argparse.ArgumentTypeError(
                f"{text:.60} is not like 1-24,30, with at most {_MOST_FRAMES} frames"
            )
        found.update(dict.fromkeys(range(first, last + 1)))
    return tuple(found)
