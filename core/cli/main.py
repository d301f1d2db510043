"""Run a verb on plain image files."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ..worker import allocator
from ..worker.threads import wait_asleep
from .options import use_device
from .outcome import EXIT_CODES, guarded
from .report import Report
from .verbs import VERBS


def run() -> int:
    """Run the command line of this process; returns the exit code."""
    wait_asleep()
    allocator.keep_blocks()
    return main()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    options = build_parser().parse_args(arguments)
    if "device" in options:
        use_device(options)
    report = Report(as_json=options.json, quiet=options.quiet)
    return guarded(lambda: options.run(options, report), report)


def build_parser() -> argparse.ArgumentParser:
    """The parser of all verbs; every verb leaves its function in ``options.run``."""
    parser = argparse.ArgumentParser(
        prog="impasto",
        description="Group pictures by how they look, and restyle them.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in VERBS:
        verb.add(verbs)
    return parser
