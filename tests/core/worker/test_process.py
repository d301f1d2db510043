"""Pipes that nobody waits for: halves of lines, floods, full pipes, processes that are gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from impasto.core.worker import process as process_module
from impasto.core.worker.client import WorkerClient
from impasto.core.worker.outbox import Outbox
from impasto.core.worker.pipe_ends import WindowsPipe
from impasto.core.worker.process import WorkerProcess
from impasto.core.worker.protocol import Failed, Finished

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from trial_tasks import Trial  # noqa: E402

pytestmark = pytest.mark.skipif(os.name == "nt", reason="sends POSIX signals")

LARGE = 3_000_000
"""Bytes, more than any pipe holds."""


@pytest.fixture(params=["posix", "windows"])
def system(request, monkeypatch):
    """This system's calls, and those of Windows as far as Linux can play them."""
    if request.param == "windows":
        if sys.platform != "linux":
            pytest.skip("plays Windows on Linux")
        from windows_calls import WindowsCalls

        calls = WindowsCalls()
        monkeypatch.setattr(
            process_module, "pipe_end", lambda pipe: WindowsPipe(pipe, calls, calls)
        )


@pytest.fixture
def start(system):
    """Start a Python process that runs a script."""
    started = []

    def start(script: str) -> WorkerProcess:
        started.append(WorkerProcess([sys.executable, "-c", "import os, sys, time\n" + script]))
        return started[-1]

    yield start
    for process in started:
        process.kill()


def lines_of(process: WorkerProcess, count: int | None = None, seconds: float = 60) -> list[str]:
    """Poll until so many lines have come, or the process has ended."""
    lines, until = [], time.monotonic() + seconds
    while process.code is None and (count is None or len(lines) < count):
        assert time.monotonic() < until, "waited too long"
        lines += process.poll()
        time.sleep(0.002)
    return lines


def test_half_a_line_is_kept_until_it_is_whole(start):
    process = start(
        "say = lambda part: os.write(1, part)\n"
        "say('first\\nsecond ä'.encode()[:-1])\n"
        "sys.stderr.write('.'); sys.stderr.flush()\n"
        "sys.stdin.readline(); say('ä'.encode()[-1:]); sys.stdin.readline(); say(b'!\\n')"
    )
    assert lines_of(process, 1) == ["first"]
    while not process.tail:
        assert process.poll() == []
    process.send("go on")
    for _ in range(20):
        assert process.poll() == []
        time.sleep(0.005)
    process.send("end it")
    assert lines_of(process) == ["second ä!"]
    assert process.code == 0


def test_both_sides_talk_at_once_in_messages_larger_than_any_pipe(start):
    """It writes before it reads, and does not read before it has written."""
    process = start(
        f"for i in range(3):\n print(str(i) * {LARGE}, flush=True); print(len(sys.stdin.readline()))"
    )
    for i in range(3):
        process.send(str(i) * (LARGE + i))
    said = lines_of(process)
    assert said[::2] == [str(i) * LARGE for i in range(3)]
    assert said[1::2] == [str(LARGE + i + 1) for i in range(3)]


def test_a_flood_on_standard_error_leaves_its_end(start):
    process = start(
        f"sys.stderr.write('x' * {LARGE} + 'the last words'); sys.stderr.flush()\nprint('done')"
    )
    assert lines_of(process) == ["done"]
    assert process.tail.endswith("xxx the last words".replace(" ", "", 1))
    assert len(process.tail) <= 4000


def test_a_process_that_does_not_read_holds_nobody_up(start):
    """Nor does one that stopped in the middle of a line."""
    process = start(
        "os.write(1, b'half'); sys.stderr.write('.'); sys.stderr.flush(); time.sleep(600)"
    )
    while not process.tail:
        process.poll()
    os.kill(process.pid, signal.SIGSTOP)
    process.send("x" * LARGE)
    process.send("y")
    assert [process.poll() for _ in range(50)] == [[]] * 50
    process.close(0.1)
    assert not process.alive


def test_all_that_it_said_comes_before_its_end(start):
    process = start(
        "sys.stdout.write('line\\n' * 100_000 + 'half'); sys.stdout.flush(); os._exit(3)"
    )
    lines, seen = [], 0
    while process.code is None:
        lines += process.poll()
        seen += 1
    assert (len(lines), set(lines), process.code) == (100_000, {"line"}, 3)
    assert process.poll() == []


def test_a_dead_process_takes_what_is_sent(start):
    process = start("time.sleep(600)")
    process.send("x" * LARGE)
    os.kill(process.pid, signal.SIGKILL)
    for _ in range(3):
        process.send("x" * LARGE)
        assert lines_of(process) == []
    assert (process.code, process.spoke, process.alive) == (-9, False, False)


def test_a_grandchild_that_holds_the_pipes_is_not_waited_for(start):
    process = start(
        "import subprocess\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid)"
    )
    (pid,) = lines_of(process)
    os.kill(int(pid), signal.SIGKILL)
    assert process.code == 0


@pytest.mark.parametrize(
    "script", ["sys.stdin.read()", "time.sleep(600)", "while 1: print('x' * 999)"]
)
def test_close_ends_it(start, script):
    process = start(script)
    process.send("x")
    process.close(0.5)
    assert not process.alive


def test_a_broken_pipe_is_no_signal_for_blender():
    """Blender 4.2 does not ignore SIGPIPE."""
    script = """
import os, signal, sys
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
from impasto.core.worker.process import WorkerProcess
process = WorkerProcess([sys.executable, "-c", "import os; os.close(0); print(); input()"])
while not process.poll():
    pass
process.send("x")
assert signal.SIGPIPE not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
print("alive")
"""
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (answer.returncode, answer.stdout) == (0, "alive\n"), answer.stderr


def test_a_client_needs_no_thread(system):
    """A whole session: small and large jobs in order, a cancel, a death, the end."""
    before = threading.active_count()
    client = WorkerClient(sys.executable, site_packages=str(HERE), tasks="trial_tasks")
    jobs = [
        client.submit(Trial(what, 3)) for what in ("item", "x" * LARGE, "print", "die", "sleep")
    ]
    long = client.submit(Trial("sleep", 5000))
    ends = [job.wait(60)[-1] for job in jobs]
    assert [end.error if isinstance(end, Failed) else "" for end in ends] == [
        "",
        "KeyError",
        "",
        "WorkerDied",
        "",
    ]
    while not long.step:
        long.poll()
    long.cancel()
    assert long.wait(60)[-1].error == "JobCancelled"
    assert threading.active_count() == before
    client.close()


def test_a_job_goes_on_while_nobody_listens(system, tmp_path):
    """Blender renders for minutes, and polls nothing; the worker has more to say than pipes hold."""
    client = WorkerClient(sys.executable, site_packages=str(HERE), tasks="trial_tasks")
    mark = tmp_path / "done"
    job = client.submit(Trial(f"mark {mark}", 2000))
    until = time.monotonic() + 60
    while not mark.exists():
        assert time.monotonic() < until, "it waited for somebody to listen"
        time.sleep(0.02)
    events = job.wait(60)
    client.close()
    assert isinstance(events[-1], Finished)
    keys = [event.key for event in events if hasattr(event, "key")]
    assert keys == [f"image {i}" for i in range(2000)]


def test_what_is_out_of_date_is_left_out(tmp_path):
    read, write = os.pipe()
    box = Outbox(os.fdopen(write, "w", buffering=1))
    for i in range(500):
        for _ in range(20):
            box.put(f"progress {i} " + "." * 500, passing=True)
        box.put(f"item {i}")
    box.put("end")
    lines = []
    with os.fdopen(read) as pipe:
        for line in pipe:
            lines.append(" ".join(line.split()[:2]))
            if line == "end\n":
                break
    assert [line for line in lines if line.startswith("item")] == [f"item {i}" for i in range(500)]
    assert lines[-3:] == ["progress 499", "item 499", "end"]
    assert len(lines) < 500 * 3, "old progress was kept"
