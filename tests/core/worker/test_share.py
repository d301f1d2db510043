"""A job that other programs keep from working says so."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from impasto.core.control import Progress
from impasto.core.worker import share
from impasto.core.worker.client import WorkerClient

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # as the worker finds them: by that name
from trial_tasks import Trial  # noqa: E402


@pytest.mark.parametrize(
    ("of_all", "own", "expected"), [(100, 0.1, True), (100, 0.9, False), (40, 0.1, False)]
)
def test_only_a_busy_processor_keeps_from_working(monkeypatch, of_all, own, expected):
    clock = [0.0]
    monkeypatch.setattr(share.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(psutil, "cpu_percent", lambda: of_all)
    measured = share.ProcessorShare()
    taken = measured._taken()
    clock[0] = 10.0
    monkeypatch.setattr(measured, "_taken", lambda: taken + own * 10 * measured._cores)
    assert measured.is_kept_from_working() is expected


def test_it_is_said_while_others_crunch_numbers():
    """A real worker, and three processes for each core beside it."""
    others = []
    client = WorkerClient(sys.executable, site_packages=str(HERE), tasks="trial_tasks")
    try:
        for _ in range(3 * psutil.cpu_count()):
            others.append(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
        job, said, until = client.submit(Trial("crunch", 10**6)), "", time.monotonic() + 60
        while "other programs" not in said:
            assert time.monotonic() < until, "nothing was said"
            said = "".join(e.step for e in job.poll() if isinstance(e, Progress)) or said
            time.sleep(0.02)
        job.cancel()
    finally:
        for other in others:
            other.kill()
            other.wait()
        client.close()
