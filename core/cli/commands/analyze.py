"""``analyze``: group picture files by look."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...atomic import check_output
from ...errors import OutputTaken
from ...image.reference import ImageRef
from ...locks import claimed
from ...tasks import registry
from ...tasks.analyze import AnalyzeRequest, AnalyzeResult
from ..options import add_device, add_grouping, add_output, check_grouping
from ..outcome import report_failures
from ..paths import find_images, make_folder, protect
from ..report import Report

_LOCK = ".impasto-lock"
PICTURES = ("map", "dendrogram", "silhouette", "palettes")

_EXAMPLES = """examples:
  %(prog)s textures/ --out groups/
  %(prog)s 'renders/*.exr' --algorithm dbscan --out groups/
  %(prog)s textures/ --groups 4 --material-weight 1 --json --out groups/
"""


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command and its options.

    Parameters
    ----------
    commands : argparse._SubParsersAction
        Where to add it.
    """
    parser = commands.add_parser(
        "analyze",
        help="group pictures by look",
        description="Group pictures by look; draw the cluster map and more into a folder.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("inputs", nargs="+", help="pictures, folders or patterns")
    parser.add_argument("--out", required=True, help="folder for the pictures of the outcome")
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier outcome")
    add_grouping(parser)
    add_device(parser, gpu=False)
    add_output(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace, report: Report) -> int:
    """Group; returns the exit code."""
    check_grouping(options)
    images = find_images(options.inputs)
    folder = Path(options.out)
    make_folder(folder)
    check_output(folder / f"{PICTURES[0]}.png", overwrite=True)
    with claimed(folder / _LOCK) as alone:
        if not alone:
            raise OutputTaken(
                f'Another run is writing to "{folder}" at this moment; wait for it, or choose'
                " another --out."
            )
        return _group(options, images, folder, report)


def _group(options: argparse.Namespace, images: list[Path], folder: Path, report: Report) -> int:
    """Group into a folder in which nobody else writes; returns the exit code."""
    protect(images, [folder / f"{kind}.png" for kind in PICTURES], overwrite=options.overwrite)
    request = AnalyzeRequest(
        tuple(ImageRef(str(i), (str(i),)) for i in images),
        options.out,
        algorithm=options.algorithm,
        groups=options.groups,
        similarity=options.similarity,
        linkage=options.linkage,
        material_weight=options.material_weight,
        seed=options.seed,
    )
    result = registry.run(request, report.control())
    _say(result, report)
    report.result(
        groups=[
            {"name": g.name, "typical": g.typical, "members": g.members} for g in result.groups
        ],
        ungrouped=result.ungrouped,
        score=result.score,
        sentence=result.sentence,
        doubts=[
            {
                "first": doubt.first,
                "second": doubt.second,
                "probability": round(doubt.probability, 3),
                "together": doubt.together,
            }
            for doubt in result.doubts
        ],
        duplicates=result.duplicates,
        pictures=result.plots,
    )
    done = sum(len(g.members) for g in result.groups) + len(result.ungrouped)
    return report_failures(result.failures, done, report)


def _say(result: AnalyzeResult, report: Report) -> None:
    report.say(result.sentence)
    for group in result.groups:
        report.say(f"\n{group.name} ({len(group.members)})")
        for member in group.members:
            typical = len(group.members) > 1 and member == group.typical
            report.say(f"  {member}{'  (typical)' if typical else ''}")
    if result.ungrouped:
        report.say("\nUngrouped")
        for member in result.ungrouped:
            report.say(f"  {member}")
    for doubt in result.doubts:
        where = "grouped" if doubt.together else "kept apart"
        report.say(
            f"\nIn doubt: '{doubt.first}' and '{doubt.second}' ({doubt.probability:.0%}, {where})"
        )
    for same, kinds in zip(result.duplicates, result.duplicate_kinds, strict=True):
        words = [f"{k} ({kind})" if kind else k for k, kind in zip(same, kinds, strict=True)]
        report.say(f"\nThe same picture: {', '.join(words)}")
    report.say("")
    for path in result.plots.values():
        report.say(f"Saved: '{path}'")
