"""``blender -b file.blend --command impasto ...``: what the panel does, on the open file.

The file is written to only with ``--overwrite``.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import bpy

from ..core import errors
from ..core.cli import outcome
from ..core.cli.commands import frames, styles
from ..core.cli.options import (
    add_grouping,
    add_look,
    add_output,
    check_grouping,
    look_from,
    refuse_idle,
)
from ..core.cli.report import Report
from ..core.control import Control, ItemDone, Progress
from ..core.errors import BadRequest, JobCancelled, OutputUnwritable
from ..core.styles.look import PARAMETERS
from ..core.tasks.registry import R, Request
from ..core.worker.protocol import Failed, Finished
from . import options as preferences
from .groups import analyze
from .jobs import worker
from .jobs.job import SceneJob
from .looks import stylize
from .looks.look import set_look
from .textures import results
from .words import counted

_SCOPES = {"selected": "SELECTED", "scene": "SCENE", "file": "FILE"}


def main(arguments: list[str]) -> int:
    """Run a command on the open file; return the exit code."""
    try:
        options = build_parser().parse_args(arguments)
    except SystemExit as leave:  # argparse has printed; Blender must quit by itself
        return int(leave.code or 0)
    report = Report(as_json=options.json, quiet=options.quiet, openjd=options.openjd)
    _in_worker.device = getattr(options, "device", None)
    return outcome.run_guarded(lambda: options.run(options, report), report)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the commands for the open file."""
    parser = argparse.ArgumentParser(
        prog="blender -b FILE.blend --command impasto",
        description="Group the textures of a .blend file by how they look, and restyle them.",
        epilog=outcome.EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    analyze = commands.add_parser("analyze", help="group the textures by look")
    _add_scope(analyze)
    add_grouping(analyze)
    _add_file(analyze)
    add_output(analyze)
    analyze.set_defaults(run=_analyze)

    stylize = commands.add_parser(
        "stylize",
        help="restyle the textures",
        description="Restyle the groups with --style, or each with the style that it has. "
        "A file without groups is restyled as one.",
    )
    _add_scope(stylize)
    stylize.add_argument(
        "--group", action="append", metavar="NAME", help="this group only; may be repeated"
    )
    place = stylize.add_mutually_exclusive_group()
    place.add_argument("--folder", help="where the images go (default: impasto/ beside --output)")
    place.add_argument("--pack", action="store_true", help="pack the images into the .blend")
    add_look(stylize, required=False)
    _add_file(stylize)
    add_output(stylize)
    stylize.set_defaults(run=_stylize)

    revert = commands.add_parser("revert", help="put the original textures back")
    _add_file(revert)
    add_output(revert)
    revert.set_defaults(run=_revert)

    frames.add(commands, _in_worker)
    styles.add(commands)
    return parser


def _add_scope(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--scope", choices=_SCOPES, default="file", help="whose textures (default: the whole file)"
    )


def _add_file(parser: argparse.ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--output", metavar="NEW.blend", help="save the outcome as a new file")
    group.add_argument("--overwrite", action="store_true", help="save into the file itself")


def _analyze(options: argparse.Namespace, report: Report) -> int:
    check_grouping(options)
    settings = bpy.context.scene.impasto
    settings.scope = _SCOPES[options.scope]
    settings.algorithm, settings.linkage = options.algorithm, options.linkage
    settings.automatic = not options.groups
    settings.group_count, settings.similarity = max(options.groups, 1), options.similarity
    settings.material_weight, settings.seed = options.material_weight, options.seed
    target = _target(options, needed=False)
    job = _follow(analyze.start(bpy.context), report)
    groups = [
        {"name": group.name, "members": [m.image.name_full for m in group.members if m.image]}
        for group in settings.groups
    ]
    report.say(settings.sentence)
    for group in groups:
        report.say(f"\n{group['name']} ({len(group['members'])})")
        for member in group["members"]:
            report.say(f"  {member}")
    unsure = [
        {
            "first": row.first.name_full,
            "second": row.second.name_full,
            "probability": round(row.probability, 3),
            "together": row.together,
        }
        for row in settings.doubts
    ]
    for doubt in unsure:
        where = "grouped" if doubt["together"] else "kept apart"
        report.say(
            f"\nIn doubt: '{doubt['first']}' and '{doubt['second']}' "
            f"({doubt['probability']:.0%}, {where})"
        )
    for row in settings.skipped:
        report.say(f"Left alone: {row.name}. {row.reason}.")
    _save(target, report)
    report.result(groups=groups, score=settings.score, sentence=settings.sentence, doubts=unsure)
    return _code(job, report)


def _stylize(options: argparse.Namespace, report: Report) -> int:
    target = _target(options, needed=True)
    settings = bpy.context.scene.impasto
    if not options.style:
        idle = {name: parameter.default for name, parameter in PARAMETERS.items()}
        refuse_idle(options, idle, "without --style")
    if settings.groups:
        refuse_idle(options, {"scope": "file"}, "on a file with groups; see --group")
    else:
        analyze.one_group(bpy.context, _SCOPES[options.scope])
    chosen = options.group or [group.name for group in settings.groups]
    if unknown := sorted(set(chosen) - {group.name for group in settings.groups}):
        known = ", ".join(group.name for group in settings.groups)
        raise BadRequest(f'The file has no group "{unknown[0]}"; it has: {known}.')
    for group in settings.groups:
        group.excluded = group.excluded or group.name not in chosen
        if options.style and not group.excluded:
            set_look(group.look, look_from(options))
    folder = Path(options.folder) if options.folder else target.parent / "impasto"
    job = stylize.start(bpy.context, "ALL", folder="PACK" if options.pack else folder.absolute())
    try:
        _follow(job, report)
    finally:
        if job.changed:
            _save(target, report)
    report.result(written={done.key: done.outputs for done in job.done}, message=job.message)
    return _code(job, report)


def _revert(options: argparse.Namespace, report: Report) -> int:
    target = _target(options, needed=True)
    count = results.revert(None)
    report.say(f"Reverted {counted(count, 'texture')}")
    if count:
        _save(target, report)
    report.result(reverted=count)
    return outcome.OK if count else outcome.NOTHING


def _target(options: argparse.Namespace, *, needed: bool) -> Path | None:
    """Return the file to save; one that exists is refused, except the open one with --overwrite."""
    if options.overwrite:
        if not bpy.data.filepath:
            raise BadRequest("There is no file to overwrite; name a new one with --output.")
        return Path(bpy.data.filepath)
    if not options.output:
        if needed:
            raise BadRequest(
                "Name a new file with --output, or change the open one with --overwrite."
            )
        return None
    path = Path(options.output).absolute()
    if path.exists():
        raise OutputUnwritable(f'"{path}" exists already; choose another --output.')
    return path


def _follow(job: SceneJob, report: Report) -> SceneJob:
    """Report the progress of a job until it ends; Ctrl-C cancels it."""
    shown = 0
    try:
        while job.poll():
            job.sleep()
            report.progress(Progress(job.progress, job.step))
            for done in job.done[shown:]:
                report.item(done)
            shown = len(job.done)
    except KeyboardInterrupt:
        job.cancel()
        job.block()
    for done in job.done[shown:]:
        report.item(done)
    if job.state == "CANCELLED":
        raise JobCancelled(job.message)
    report.say(job.message)
    return job


class _InWorker:
    """Runs requests in the worker: torch never loads in Blender's own process.

    ``device`` takes the place of the one in the preferences.
    """

    device: str | None = None

    def __call__(self, request: Request[R], control: Control) -> R:
        """Return the result of a request.

        Raises
        ------
        ImpastoError
            Whatever the worker raised.
        """
        settings = preferences.worker_settings(bpy.context)
        settings = replace(settings, device=self.device or settings.device)
        job = worker.client(settings).submit(request)
        while True:
            for event in job.poll():
                if isinstance(event, Progress):
                    control.progress(event.done, event.step)
                elif isinstance(event, ItemDone):
                    control.item_done(event)
                elif isinstance(event, Finished):
                    return event.result
                elif isinstance(event, Failed):
                    raise getattr(errors, event.error, errors.ImpastoError)(event.message)
            if control.cancel.is_set():
                job.cancel()
            SceneJob.sleep()


_in_worker = _InWorker()


def _save(target: Path | None, report: Report) -> None:
    if target is None:
        return
    try:
        bpy.ops.wm.save_as_mainfile(filepath=str(target), check_existing=False)
    except RuntimeError as error:
        raise OutputUnwritable(f'"{target}" cannot be saved ({error}).') from error
    report.say(f"Saved: '{target}'")


def _code(job: SceneJob, report: Report) -> int:
    for failure in job.failures:
        report.failure(failure)
    if job.state == "FAILED":
        report.error("WorkerDied", job.message)
    if job.state == "FINISHED" and not job.failures:
        return outcome.OK
    return outcome.SOME_FAILED if job.changed else outcome.WRONG
