"""Locks between processes, and what becomes of them when one is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from impasto.core.cli.main import main
from impasto.core.locks import Lock, claimed, is_held, locked, take_over

ROOT = Path(__file__).parents[2]

pytest.importorskip("fcntl", reason="other systems lock files by opening them")


def held(code: str, path: Path) -> subprocess.Popen:
    """A process that runs code with a path, says that it has, and waits."""
    words = f"import sys, time; from pathlib import Path; from impasto.core.locks import *; {code}"
    return subprocess.Popen(
        [sys.executable, "-c", words, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


LOCK = "lock = Lock(Path(sys.argv[1]), stays=True); print('has it', flush=True); time.sleep(600)"
CLAIM = (
    "manager = claimed(Path(sys.argv[1])); print(manager.__enter__(), flush=True); time.sleep(600)"
)


def test_a_lock_lives_as_long_as_its_process(tmp_path):
    path = tmp_path / "alive"
    process = held(LOCK, path)
    try:
        assert process.stdout.readline() == "has it\n"
        assert is_held(path) and not take_over(path) and path.exists()
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert not is_held(path) and take_over(path) and not path.exists()
    assert not take_over(path), "there is none"


def test_a_lock_is_made_once(tmp_path):
    lock = Lock(tmp_path / "a")
    with pytest.raises(FileExistsError):
        Lock(tmp_path / "a")
    assert is_held(tmp_path / "a")
    lock.release()
    assert not is_held(tmp_path / "a")


def test_one_at_a_time(tmp_path):
    with locked(tmp_path / "lock"):
        assert is_held(tmp_path / "lock")
    assert not is_held(tmp_path / "lock")


def test_a_folder_is_claimed_by_one_run(tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "a.png").write_bytes(b"")
    process = held(CLAIM, out / ".impasto-lock")
    try:
        assert process.stdout.readline() == "True\n"
        with claimed(out / ".impasto-lock") as alone:
            assert not alone
        assert main(["analyze", str(tmp_path / "a.png"), "--out", str(out)]) == 2
        assert "Another run is writing" in capsys.readouterr().err
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    with claimed(out / ".impasto-lock") as alone:
        assert alone
    assert not list(out.iterdir())
