"""Run a command on plain image files."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from .. import allocator
from ..libraries import leave_no_folders, silence
from ..worker.threads import wait_asleep
from .commands import COMMANDS
from .options import use_device
from .outcome import EXIT_CODES, run_guarded
from .report import Report


def run() -> int:
    """Run the command line of this process.

    Returns
    -------
    int
        The exit code.
    """
    wait_asleep()
    leave_no_folders()
    allocator.keep_blocks()
    return main()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Instead of those of the process.

    Returns
    -------
    int
        The exit code.
    """
    options = build_parser().parse_args(arguments)
    if "device" in options:
        use_device(options)
    if options.quiet:
        silence()
    report = Report(as_json=options.json, quiet=options.quiet, openjd=options.openjd)
    return run_guarded(lambda: options.run(options, report), report)


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of all commands; each leaves its function in ``options.run``.

    Returns
    -------
    argparse.ArgumentParser
        The parser.
    """
    parser = argparse.ArgumentParser(
        prog="impasto",
        description="Group pictures by how they look, and restyle them.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser
