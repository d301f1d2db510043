"""A real worker process, really killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from impasto.core.control import ItemDone, Progress
from impasto.core.errors import WorkerUnavailable
from impasto.core.image.reference import ImageRef
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks.stylize import StylizeItem, StylizeRequest
from impasto.core.worker import client as client_module
from impasto.core.worker import protocol
from impasto.core.worker.client import WORKER, WorkerClient
from impasto.core.worker.protocol import Failed, Finished

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from trial_tasks import Trial  # noqa: E402


@pytest.fixture
def client():
    client = WorkerClient(
        sys.executable, python_args=("-I",), site_packages=str(HERE), tasks="trial_tasks"
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


def resident(pid: int) -> float:
    """Bytes of memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


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
        ("key", "KeyError", "unexpected"),
        ("memory", "ImageTooLarge", "memory"),
        ("torch memory", "ImageTooLarge", "memory"),
        ("import", "WorkerUnavailable", "no_such_package"),
        ("import of a broken one", "WorkerUnavailable", "(its library is missing)"),
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


@pytest.mark.parametrize("what", ["exit", "chatter"])
def test_unexpected_exit(client, what):
    failed = end(client.submit(Trial(what)))
    assert failed.error == "WorkerDied"
    assert "code 3" in failed.message
    assert failed.detail.endswith("the last words" if what == "chatter" else "")
    assert len(failed.detail) < 5000


def test_a_worker_that_cannot_start_is_unavailable():
    """A Python that is too old, say: it ends before it has said anything."""
    client = WorkerClient(sys.executable, tasks="no_such_module")
    failed = end(client.submit(Trial("sleep")))
    client.close()
    assert failed.error == "WorkerUnavailable"
    assert "no_such_module" in failed.message
    assert "External Python" in failed.message


@pytest.mark.skipif(os.name == "nt", reason="sends POSIX signals")
def test_ctrl_c_in_the_terminal_is_left_to_blender(client):
    job = client.submit(Trial("sleep", 50))
    while not job.step:
        job.poll()
    os.kill(client.pid, signal.SIGINT)
    assert isinstance(end(job), Finished)


@pytest.mark.skipif(os.name == "nt", reason="stops the process with a POSIX signal")
def test_a_stopped_worker_does_not_stop_the_client(client):
    """A request that fills the pipe is queued, not waited for."""
    end(client.submit(Trial("sleep")))
    os.kill(client.pid, signal.SIGSTOP)
    job = client.submit(Trial("sleep " * 200_000))
    assert job.poll() == []
    client.close()
    assert end(job).error == "JobCancelled"


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_worker_gives_way_to_blender(client):
    end(client.submit(Trial("sleep")))
    assert os.getpriority(os.PRIO_PROCESS, client.pid) > os.getpriority(os.PRIO_PROCESS, 0)
    assert int(Path(f"/proc/{client.pid}/oom_score_adj").read_text()) >= 500


def test_waiting_again_returns_at_once(client):
    job = client.submit(Trial("sleep"))
    assert isinstance(end(job), Finished)
    assert job.wait() == []


def test_the_number_of_threads_is_obeyed(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    client = WorkerClient(sys.executable, site_packages=str(HERE), tasks="trial_tasks", threads=1)
    result = end(client.submit(Trial("threads"))).result
    client.close()
    assert result.text == "torch 1, OpenCV 1"


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_networks_are_released_where_memory_runs_out(client, tmp_path):
    """They are there again when they are needed."""
    picture = tmp_path / "picture.png"
    cv2.imwrite(str(picture), np.random.default_rng(0).integers(0, 255, (512, 512, 3), np.uint8))

    def stylize(name: str) -> None:
        image, look = (
            ImageRef("picture", (str(picture),)),
            Look((StyleRef("kiss"),), engine="NETWORK"),
        )
        item = StylizeItem(image, look, (str(tmp_path / name),))
        assert isinstance(end(client.submit(StylizeRequest((item,))), 300), Finished)

    stylize("once.png")
    before = resident(client.pid)
    assert end(client.submit(Trial("memory"))).error == "ImageTooLarge"
    # The job gave its own memory back when it ended; what is left to release are the networks.
    assert resident(client.pid) < before - 6e6
    stylize("again.png")
    assert (tmp_path / "once.png").read_bytes() == (tmp_path / "again.png").read_bytes()


def test_nonsense_does_not_deafen_the_worker():
    """Nor does it keep it from ending with its parent."""
    command = (sys.executable, "-I", WORKER, "--site", HERE, "--tasks", "trial_tasks")
    lines = (
        b"[]",
        b"no json",
        b"\xff",
        b"[" * 100_000,
        b'{"job": [], "command": "cancel"}',
        b'{"job": 1, "kind": []}',
        b'{"job": 2, "kind": "Trial", "body": {"what": "sleep"}}',
    )
    with subprocess.Popen(command, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL) as worker:
        worker.stdin.write(b"\n".join(lines) + b"\n")
        worker.stdin.flush()
        lines = [json.loads(worker.stdout.readline()) for _ in range(3)]
        answers = [(protocol.decode(line), {"job": line["job"]}) for line in lines]
        worker.stdin.close()
        worker.wait(30)
    assert [(type(event), envelope["job"]) for event, envelope in answers] == [
        (Failed, 1),
        (Progress, 2),
        (Finished, 2),
    ]


def test_cancel_running_and_waiting(client):
    """The worker hears it, and need not be ended."""
    running, waiting = client.submit(Trial("sleep", 500)), client.submit(Trial("sleep"))
    while not running.step:
        running.poll()
    pid = client.pid
    waiting.cancel()
    running.cancel()
    assert [end(job).error for job in (running, waiting)] == ["JobCancelled"] * 2
    assert isinstance(end(client.submit(Trial("sleep"))), Finished)
    assert client.pid == pid


def test_pause_and_go_on(client, monkeypatch):
    """A paused job stands still, is not taken for stuck, and hears a cancel."""
    job, other = client.submit(Trial("sleep", 60)), client.submit(Trial("sleep", 500))
    other.pause()
    assert not other.paused, "only a running job is paused"
    while not job.step:
        job.poll()
    job.pause()
    time.sleep(0.3)
    job.poll()
    step = job.step
    with monkeypatch.context() as impatient:
        impatient.setattr(client_module, "_SILENCE", 0)
        time.sleep(0.5)
        assert job.poll() == [] and job.step == step
    job.pause(False)
    assert isinstance(end(job), Finished)
    while not other.step:
        other.poll()
    other.pause()
    time.sleep(0.2)
    other.cancel()
    assert end(other, 5).error == "JobCancelled"


def test_a_deaf_worker_is_ended_by_cancel(client, monkeypatch):
    monkeypatch.setattr(client_module, "_CANCEL_GRACE", 0.3)
    job = client.submit(Trial("deaf"))
    while not job.step:
        job.poll()
    pid = client.pid
    job.cancel()
    assert end(job, 5).error == "JobCancelled"
    assert gone_within(pid, 10)


def test_a_stuck_worker_is_noticed(client, monkeypatch):
    """Even if only the next job is looked at, which then gets a new worker."""
    stuck = client.submit(Trial("deaf"))
    while not stuck.step:
        stuck.poll()
    waiting, pid = client.submit(Trial("sleep")), client.pid
    with monkeypatch.context() as impatient:
        impatient.setattr(client_module, "_SILENCE", 0)
        waiting.poll()
    assert gone_within(pid, 10)
    assert isinstance(end(waiting), Finished)
    failed = end(stuck)
    assert failed.error == "WorkerDied"
    assert "said nothing" in failed.message
    assert "deaf 0" in failed.message


def test_silence_while_nobody_listens_means_nothing(client, monkeypatch):
    job = client.submit(Trial("deaf"))
    while not job.step:
        job.poll()
    with monkeypatch.context() as impatient:
        impatient.setattr(client_module, "_SILENCE", 0.3)
        impatient.setattr(client_module, "_ABSENCE", 0.2)
        time.sleep(0.5)
        assert job.poll() == []
        assert end(job).error == "WorkerDied"


def test_close_leaves_no_process(client):
    end(client.submit(Trial("sleep")))
    pid = client.pid
    client.close()
    assert gone_within(pid, 10)
    assert client.pid is None


def test_worker_ends_with_its_parent(tmp_path):
    """Blender is killed in the middle of a job: nobody is left behind."""
    script = tmp_path / "parent.py"
    script.write_text(
        "import subprocess, sys, time\n"
        f"p = subprocess.Popen([sys.executable, {str(WORKER)!r}, '--site', {str(HERE)!r}, "
        "'--tasks', 'trial_tasks'], stdin=subprocess.PIPE, text=True)\n"
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
    assert gone_within(pid, 10)


def test_missing_python_says_what_to_do():
    client = WorkerClient("/nonexistent/python")
    with pytest.raises(WorkerUnavailable, match="preferences"):
        client.submit(Trial("sleep"))


def test_the_client_is_light():
    """Blender's process must not load torch, nor pay for the client."""
    code = (
        "import sys, impasto.core.worker.client; "
        "print(sorted({'torch', 'sklearn', 'cv2', 'numpy', 'matplotlib'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
