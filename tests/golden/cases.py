"""What is run: arguments of the command line, and which files it writes."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

from .scenes import FRAMES

KEEP_COLOR = "--keep-color"
"""How the option is spelled."""
_DEVICE = ("--device", "cpu")


@dataclass(frozen=True)
class Case:
    """One or more calls of the command line.

    ``{in}`` in their arguments is the folder of the inputs and ``{out}`` an empty folder for
    results. Every file of ``results`` is compared; where there is none, what the last call printed.
    ``tolerance`` is the largest difference that is allowed, in levels of 255.
    """

    name: str
    calls: tuple[tuple[str, ...], ...]
    results: tuple[str, ...] = ("out.png",)
    tolerance: float = 1.0


def impasto(*arguments: str) -> tuple[int, str]:
    """Run the command line: its exit code and what it prints. Only this knows where it is."""
    from impasto.core.cli.main import main

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = main(arguments)
    return code, printed.getvalue()


def run(case: Case, inputs: Path, out: Path) -> str:
    """Run a case, whose results are then in ``out``; what the last call printed."""
    places, printed = {"in": str(inputs), "out": str(out)}, ""
    for arguments in case.calls:
        code, printed = impasto(*(part.format(**places) for part in arguments))
        assert code == 0, f"{case.name} ended with exit code {code}: {printed}"
    return printed


def groups_of(printed: str) -> dict[str, object]:
    """The groups that ``analyze --json`` told, without folders and without words for people.

    Each begins with its typical picture, unless there are two, which are equally typical.
    """
    result = json.loads(printed.splitlines()[-1])
    groups = []
    for group in result["groups"]:
        members, typical = [Path(m).name for m in group["members"]], Path(group["typical"]).name
        first = members[:2] if len(members) == 2 else [typical]
        groups.append([*first, *(m for m in members if m not in first)])
    ungrouped = [Path(m).name for m in result["ungrouped"]]
    return {"groups": groups, "ungrouped": ungrouped, "score": round(result["score"], 3)}


def _stylize(name: str, picture: str, *options: str, out: str = "out.png") -> Case:
    return Case(f"stylize_{name}", (_stylizing(picture, *options, out=out),), (out,))


def _stylizing(picture: str, *options: str, out: str = "out.png") -> tuple[str, ...]:
    # Not strokes: a rounding error of another machine can move one of them as a whole.
    engine = ("--engine", "network")
    return ("stylize", "{in}/" + picture, *engine, *options, *_DEVICE, "--out", "{out}/" + out)


def _frames(name: str, source: str, *options: str) -> Case:
    return Case(f"frames_{name}", (_framing(source, *options),), _SHOT)


def _framing(source: str, *options: str) -> tuple[str, ...]:
    return ("frames", "run", "{in}/" + source, *options, *_DEVICE, "--out", "{out}")


def _create(kind: str, *options: str, out: str = "out.png") -> tuple[str, ...]:
    return (
        *("create", "{in}/bricks.png", "--generator", kind, "--steps", "1", "--detail", "64"),
        *("--size", "64", "64", "--model", "{out}/model", "--out", "{out}/" + out),
        *(*options, *_DEVICE),
    )


def _analyze(name: str, *options: str) -> Case:
    arguments = ("analyze", "{in}/textures", *options, *_DEVICE, "--json", "--out", "{out}")
    return Case(f"analyze_{name}", (arguments,), ())


_SHOT = tuple(f"shot_{number:04d}.png" for number in range(1, FRAMES + 1))
_STARRY, _SCREAM = ("--style", "starry-night"), ("--style", "scream")
_DRAWN = ("--style", "{in}/exemplar.png")
_MIXED = ("--style", "irises=2", "--style", "kiss=1")
_BROAD = ("--brush-scale", "4")  # the frames are tiny
_PARTS = (*_STARRY, *_BROAD, "--chunk", "3", "--shots", "{out}/shots.json")
_TRAINED = 6.0  # levels

CASES = (
    _stylize("defaults", "bricks.png", *_STARRY),
    _stylize("picture_as_style", "bricks.png", *_DRAWN),
    _stylize("strength", "bricks.png", *_STARRY, "--strength", "0.3"),
    _stylize("fine_brush", "bricks.png", *_SCREAM, "--brush-scale", "0.5"),
    _stylize("coarse_brush", "bricks.png", *_SCREAM, "--brush-scale", "2"),
    _stylize("keep_color", "bricks.png", *_SCREAM, KEEP_COLOR, "0.5"),
    _stylize("keep_all_color", "bricks.png", *_STARRY, KEEP_COLOR, "1"),
    _stylize("seamless", "tile.png", *_STARRY, "--seamless"),
    _stylize("seamless_coarse", "tile.png", *_DRAWN, "--seamless", "--brush-scale", "2"),
    _stylize("mixed", "bricks.png", *_MIXED),
    _stylize("regions_mixed", "bricks.png", *_MIXED, "--regions", "2"),
    _stylize("regions_of_style", "disk.png", *_DRAWN, "--regions", "2"),
    _stylize("max_side", "large.png", *_STARRY, "--max-side", "80"),
    _stylize("seed", "bricks.png", *_STARRY, "--seed", "7"),
    _stylize("grain", "bricks.png", *_STARRY, "--grain", "1"),
    _stylize("alpha", "disk.png", *_SCREAM),
    _stylize("alpha_seamless", "disk.png", *_SCREAM, "--seamless", "--strength", "0.7"),
    _stylize("16_bit", "ramp16.png", *_STARRY, "--strength", "0.6"),
    _stylize("hdr", "spot.exr", *_STARRY, out="out.exr"),
    _stylize("hdr_to_png", "spot.exr", *_STARRY, KEEP_COLOR, "0.5"),
    _frames("off", "animation", *_STARRY, *_BROAD, "--coherence", "off"),
    _frames("statistics", "animation", *_STARRY, *_BROAD, "--coherence", "statistics"),
    _frames("motion", "animation", *_STARRY, *_BROAD, "--coherence", "motion", "--anchors", "3"),
    _frames(
        "passes",
        "passes",
        *(*_DRAWN, *_BROAD, KEEP_COLOR, "0.5", "--anchors", "4", "--coherence-strength", "0.8"),
        *("--format", "png", "--depth", "8"),
    ),
    Case(
        "frames_parts",
        (
            ("frames", "prepare", "{in}/animation", *_PARTS, *_DEVICE),
            _framing("animation", *_PARTS, "--only", "2,4-5"),
        ),
        (_SHOT[1], *_SHOT[3:]),
    ),
    _analyze("kmeans"),
    _analyze("material", "--algorithm", "agglomerative", "--groups", "4", "--material-weight", "1"),
    _analyze("color", "--groups", "4", "--material-weight", "0"),
    Case(
        "create_gan",
        (
            _create("gan"),
            (
                *("create", "--model", "{out}/model", "--size", "96", "64", "--seed", "5"),
                *("--no-seamless", *_DEVICE, "--out", "{out}/again.png"),
            ),
        ),
        ("out.png", "again.png"),
        _TRAINED,
    ),
    Case("create_vae", (_create("vae", "--seed", "3"),), tolerance=_TRAINED),
    Case(
        "create_automaton",
        (_create("automaton", "--frames", "2", out="out_####.png"),),
        ("out_0001.png", "out_0002.png"),
        _TRAINED,
    ),
    Case(
        "refine",
        (
            (
                *("refine", "{in}/bricks.png", *_DRAWN, "--steps", "1", *_DEVICE),
                *("--out", "{out}/refined.impasto"),
            ),
            _stylizing("bricks.png", "--style", "{out}/refined.impasto"),
        ),
        tolerance=_TRAINED,
    ),
)
