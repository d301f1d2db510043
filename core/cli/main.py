"""Run a verb on plain image files."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from glob import glob
from pathlib import Path

from ..errors import BadRequest, ImpastoError, JobCancelled, NoImages
from ..jobs import handlers
from ..jobs.messages import (
    AnalyzeRequest,
    AnalyzeResult,
    Failure,
    ImageRef,
    StylizeItem,
    StylizeRequest,
    StylizeResult,
)
from ..styles.catalog import builtin_styles
from .parser import build_parser, look_from
from .report import Report

OK, SOME_FAILED, WRONG, NOTHING, CANCELLED = 0, 1, 2, 3, 130

_SUFFIXES = {
    *(".png", ".jpg", ".jpeg", ".tif", ".tiff", ".exr", ".hdr", ".bmp", ".tga", ".webp"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    options = build_parser().parse_args(arguments)
    report = Report(as_json=options.json, quiet=options.quiet)
    return guarded(lambda: _VERBS[options.verb](options, report), report)


def guarded(verb, report: Report) -> int:
    """Run ``verb()``; deliberate errors become a sentence and an exit code."""
    try:
        return verb()
    except NoImages as error:
        report.error("NoImages", str(error))
        return NOTHING
    except (KeyboardInterrupt, JobCancelled):
        report.error("JobCancelled", "Cancelled; finished images are kept.")
        return CANCELLED
    except ImpastoError as error:
        report.error(type(error).__name__, str(error))
        return WRONG
    finally:
        report.end()


def find_images(inputs: Sequence[str]) -> list[Path]:
    """Files named by paths, folders and patterns, each once, in order.

    Raises
    ------
    NoImages
        Nothing was found.
    """
    found: dict[Path, None] = {}
    for text in inputs:
        path = Path(text)
        if path.is_dir():
            paths = sorted(p for p in path.iterdir() if p.suffix.lower() in _SUFFIXES)
        elif path.exists() or not any(c in text for c in "*?["):
            paths = [path]  # a missing file is told by name when it is read
        else:
            paths = [Path(p) for p in sorted(glob(text, recursive=True))]
        found.update(dict.fromkeys(paths))
    if not found:
        raise NoImages(f"No images were found in {', '.join(inputs)}.")
    return list(found)


def outputs_for(images: Sequence[Path], out: str) -> list[Path]:
    """Where each result goes: the named file, or the image's name in the folder.

    Raises
    ------
    BadRequest
        One file for several images, two images of one name, or a result onto its own source.
    """
    target = Path(out)
    if target.suffix.lower() in _SUFFIXES and not target.is_dir():
        if len(images) > 1:
            raise BadRequest(
                f"{len(images)} images cannot go into one file; name a folder with --out."
            )
        outputs = [target]
    else:
        target.mkdir(parents=True, exist_ok=True)
        outputs = [target / i.name for i in images]
    if len(set(outputs)) < len(outputs):
        raise BadRequest(
            "Two of the images have the same name; stylize them into different folders."
        )
    for image, output in zip(images, outputs, strict=True):
        if output.resolve() == image.resolve():
            raise BadRequest(f'"{output}" is the original itself; choose another --out.')
    return outputs


def _stylize(options: argparse.Namespace, report: Report) -> int:
    images = find_images(options.inputs)
    outputs = outputs_for(images, options.out)
    there = [o for o in outputs if o.exists()]
    if there and not options.overwrite:
        raise BadRequest(f'"{there[0]}" exists already; choose another --out, or add --overwrite.')
    look = look_from(options)
    items = tuple(
        StylizeItem(ImageRef(str(i), (str(i),)), look, (str(o),))
        for i, o in zip(images, outputs, strict=True)
    )
    request = StylizeRequest(items, overwrite=options.overwrite)
    result = handlers.run(
        request, progress=report.progress, cancel=lambda: False, item_done=report.item
    )
    assert isinstance(result, StylizeResult)
    report.result(written=result.written)
    return _judge(result.failures, len(result.written), report)


def _analyze(options: argparse.Namespace, report: Report) -> int:
    images = find_images(options.inputs)
    os.makedirs(options.out, exist_ok=True)
    request = AnalyzeRequest(
        tuple(ImageRef(str(i), (str(i),)) for i in images),
        options.out,
        algorithm=options.algorithm,
        groups=options.groups,
        distance=options.distance,
        linkage=options.linkage,
        material_weight=options.material_weight,
        seed=options.seed,
    )
    result = handlers.run(request, progress=report.progress, cancel=lambda: False)
    assert isinstance(result, AnalyzeResult)
    report.say(result.sentence)
    for group in result.groups:
        report.say(f"\n{group.name} ({len(group.members)})")
        for member in group.members:
            report.say(f"  {member}{'  (typical)' if member == group.typical else ''}")
    if result.ungrouped:
        report.say("\nUngrouped")
        for member in result.ungrouped:
            report.say(f"  {member}")
    for kind, path in result.pictures.items():
        report.say(f"{kind}: '{path}'")
    report.result(
        groups=[
            {"name": g.name, "typical": g.typical, "members": g.members} for g in result.groups
        ],
        ungrouped=result.ungrouped,
        score=result.score,
        sentence=result.sentence,
        duplicates=result.duplicates,
        pictures=result.pictures,
    )
    done = sum(len(g.members) for g in result.groups) + len(result.ungrouped)
    return _judge(result.failures, done, report)


def _styles(options: argparse.Namespace, report: Report) -> int:
    for info in builtin_styles():
        report.say(f"{info.identifier:18} {info.name:26} {info.family:20} {info.licence}")
    report.result(styles=[{"identifier": i.identifier, "name": i.name} for i in builtin_styles()])
    return OK


def _judge(failures: Sequence[Failure], done: int, report: Report) -> int:
    for failure in failures:
        report.failure(failure)
    if failures:
        return SOME_FAILED if done else WRONG
    return OK


_VERBS = {"stylize": _stylize, "analyze": _analyze, "styles": _styles}
