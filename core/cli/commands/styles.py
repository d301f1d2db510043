"""``styles``: list the built-in styles."""

from __future__ import annotations

import argparse

from ...styles.catalog import builtin_styles
from ..options import add_output
from ..outcome import OK
from ..report import Report


def add(commands: argparse._SubParsersAction) -> None:
    """Add the command and its options.

    Parameters
    ----------
    commands : argparse._SubParsersAction
        Where to add it.
    """
    parser = commands.add_parser("styles", help="list the built-in styles")
    add_output(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace, report: Report) -> int:
    """List; returns the exit code."""
    infos = builtin_styles()
    for info in infos:
        report.say(f"{info.identifier:18} {info.name:26} {info.family:20} {info.license}")
    report.result(
        styles=[
            {"identifier": i.identifier, "name": i.name, "family": i.family, "license": i.license}
            for i in infos
        ]
    )
    return OK
