"""A real worker process, really killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bl_ext.user_default.impasto.core.errors import WorkerUnavailable
from bl_ext.user_default.impasto.core.jobs import client as client_module
from bl_ext.user_default.impasto.core.jobs import wire
from bl_ext.user_default.impasto.core.jobs.client import WORKER, WorkerClient, check_python
from bl_ext.user_default.impasto.core.jobs.messages import Failed, Finished, ItemDone, Progress

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from trial_handlers import Trial, TrialResult  # noqa: E402

wire.register(Trial, TrialResult)


@pytest.fixture
def client():
    client = WorkerClient(
        sys.executable, python_args=("-I",), site_packages=str(HERE), handlers="trial_handlers"
    )
    yield client
    client.close()


def end(job, timeout=30):
    last = job.wait(timeout)[-1]
    assert isinstance(last, (Finished, Failed)), "the job did not end"
    return last


def alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def gone_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


def test_a_job_reports_and_ends(client):
    events = client.submit(Trial("item", 3)).wait(30)
    assert [e for e in events if isinstance(e, ItemDone)] == [
        ItemDone(f"image {i}", (f"{i}.png",)) for i in range(3)
    ]
    assert any(isinstance(e, Progress) for e in events)
    assert isinstance(events[-1], Finished)


def test_one_process_serves_many_jobs(client):
    texts = {end(client.submit(Trial("sleep"))).result.text for _ in range(3)}
    assert texts == {f"sleep done by {client.pid}"}


def test_two_jobs_at_once_both_finish(client):
    first, second = client.submit(Trial("sleep", 10)), client.submit(Trial("sleep", 2))
    assert isinstance(end(second), Finished)
    assert isinstance(end(first), Finished)


def test_prints_do_not_break_the_protocol(client):
    assert isinstance(end(client.submit(Trial("print", 5))), Finished)


@pytest.mark.parametrize(
    ("what", "error", "words"),
    [
        ("raise", "ImageMissing", "find it"),
        ("bug", "ZeroDivisionError", "unexpected"),
        ("memory", "ImageTooLarge", "memory"),
        ("import", "WorkerUnavailable", "has no torch"),
    ],
)
def test_errors_arrive_as_sentences_and_the_worker_goes_on(client, what, error, words):
    failed = end(client.submit(Trial(what)))
    assert failed.error == error
    assert words in failed.message
    assert ("Traceback" in failed.detail) == (what != "raise")
    assert isinstance(end(client.submit(Trial("sleep"))), Finished)


def test_killed_worker_is_named_and_the_queue_survives(client):
    doomed, waiting = client.submit(Trial("die")), client.submit(Trial("sleep"))
    failed = end(doomed)
    assert failed.error == "WorkerDied"
    assert "memory" in failed.message
    assert "die 0" in failed.message
    assert isinstance(end(waiting), Finished)


def test_killed_from_outside_in_mid_job(client):
    job = client.submit(Trial("sleep", 500))
    while not job.step:
        job.poll()
    os.kill(client.pid, signal.SIGKILL)
    assert end(job).error == "WorkerDied"
    assert isinstance(end(client.submit(Trial("sleep"))), Finished)


def test_unexpected_exit(client):
    failed = end(client.submit(Trial("exit")))
    assert failed.error == "WorkerDied"
    assert "code 3" in failed.message


def test_cancel_running_and_waiting(client):
    running, waiting = client.submit(Trial("sleep", 500)), client.submit(Trial("sleep"))
    while not running.step:
        running.poll()
    waiting.cancel()
    running.cancel()
    assert [end(j, 2).error for j in (running, waiting)] == ["JobCancelled"] * 2
    assert client.pid is not None


def test_a_deaf_worker_is_ended_by_cancel(client, monkeypatch):
    monkeypatch.setattr(client_module, "_CANCEL_GRACE", 0.3)
    job = client.submit(Trial("deaf"))
    while not job.step:
        job.poll()
    pid = client.pid
    job.cancel()
    assert end(job, 5).error == "JobCancelled"
    assert gone_within(pid, 2)


def test_a_stuck_worker_is_noticed(client, monkeypatch):
    monkeypatch.setattr(client_module, "_SILENCE", 0.5)
    job = client.submit(Trial("deaf"))
    failed = end(job, 10)
    assert failed.error == "WorkerDied"
    assert "said nothing" in failed.message


def test_close_leaves_no_process(client):
    end(client.submit(Trial("sleep")))
    pid = client.pid
    client.close()
    assert gone_within(pid, 2)
    assert client.pid is None


def test_worker_ends_with_its_parent(tmp_path):
    """Blender is killed in the middle of a job: nobody is left behind."""
    script = tmp_path / "parent.py"
    script.write_text(
        "import subprocess, sys, time\n"
        f"p = subprocess.Popen([sys.executable, {str(WORKER)!r}, '--site', {str(HERE)!r}, "
        "'--handlers', 'trial_handlers'], stdin=subprocess.PIPE, text=True)\n"
        'p.stdin.write(\'{"job": 1, "kind": "Trial", "body": {"what": "sleep", "count": 5000}}\\n\')\n'
        "p.stdin.flush(); print(p.pid, flush=True); time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    time.sleep(0.5)
    assert alive(pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert gone_within(pid, 5)


def test_missing_python_says_what_to_do():
    client = WorkerClient("/nonexistent/python")
    with pytest.raises(WorkerUnavailable, match="preferences"):
        client.submit(Trial("sleep"))


def test_check_python(tmp_path):
    assert "torch" in check_python(sys.executable)
    with pytest.raises(WorkerUnavailable):
        check_python(tmp_path / "none")


def test_the_client_is_light():
    """Blender's process must not load torch, nor pay for the client."""
    root = WORKER.parents[2]
    code = (
        f"import sys; sys.path.insert(0, {str(root)!r}); import core.jobs.client; "
        "print(sorted({'torch', 'sklearn', 'cv2', 'numpy', 'matplotlib'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
