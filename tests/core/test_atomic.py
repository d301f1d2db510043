"""Files are written whole or not at all, read back, and what is in the way is named."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from impasto.core import atomic
from impasto.core.atomic import (
    check_output,
    has_mark,
    mark_of,
    new_part,
    write_atomically,
)
from impasto.core.errors import OutputTaken, OutputUnwritable

NAME = re.compile(r"a\.txt\.[0-9a-f]{12}\.part")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    return path


@pytest.mark.parametrize("cache", [False, True])
def test_a_file_is_replaced_only_if_asked(path, cache):
    with pytest.raises(OutputTaken, match="exists already"):
        write_atomically(path, b"new", cache=cache)
    assert path.read_bytes() == b"old"
    write_atomically(path, b"new", overwrite=True, cache=cache)
    assert path.read_bytes() == b"new"
    assert os.listdir(path.parent) == ["a.txt"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_error_leaves_the_old_file_and_no_part(path, error):
    def fail() -> None:
        with new_part(path, overwrite=True) as part:
            part.write(b"half")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_bytes() == b"old"
    assert os.listdir(path.parent) == ["a.txt"]


def test_a_library_that_wrote_nothing_is_an_error(path):
    with (
        pytest.raises(OutputUnwritable, match="No such file"),
        new_part(path, overwrite=True) as part,
    ):
        part.sync()
    assert path.read_bytes() == b"old"
    assert os.listdir(path.parent) == ["a.txt"]


def test_a_part_keeps_the_suffix_that_libraries_look_at(tmp_path):
    movie = tmp_path / "m.mp4"
    with new_part(movie, keep_suffix=True) as part:
        assert part.path.suffix == ".mp4"
        part.path.write_bytes(b"whole")
        part.sync()
        part.rename(overwrite=False)
    assert os.listdir(tmp_path) == ["m.mp4"]


def test_who_comes_second_replaces_nothing(tmp_path):
    """Both found no file when they began; only the rename can tell."""
    path = tmp_path / "a.txt"
    with new_part(path) as first, new_part(path) as second:
        assert first.path != second.path
        first.write(b"first")
        second.write(b"second")
        first.rename(overwrite=False)
        with pytest.raises(OutputTaken, match="exists already"):
            second.rename(overwrite=False)
    assert path.read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_the_same_holds_where_there_are_no_links(tmp_path, monkeypatch):
    def refused(*_args: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    write_atomically(tmp_path / "a.txt", b"whole")
    with new_part(tmp_path / "b.txt") as part:
        part.write(b"second")
        (tmp_path / "b.txt").write_bytes(b"first")
        with pytest.raises(OutputTaken):
            part.rename(overwrite=False)
    assert (tmp_path / "a.txt").read_bytes() == b"whole"
    assert (tmp_path / "b.txt").read_bytes() == b"first"


@pytest.mark.parametrize(
    "faulty", [lambda c: c[:-1], lambda c: c[:-1] + b"\0", lambda c: c + b"\0"]
)
def test_what_reads_as_something_else_is_not_done(path, monkeypatch, faulty):
    """A disk that says that it has written what it has not."""
    real = os.fsync

    def fsync(handle: int) -> None:
        real(handle)
        place = next(p for p in path.parent.iterdir() if NAME.fullmatch(p.name))
        place.write_bytes(faulty(place.read_bytes()))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OutputUnwritable, match="reads as something else"):
        write_atomically(path, bytes(range(256)) * 5000, overwrite=True)
    assert path.read_bytes() == b"old"
    assert os.listdir(path.parent) == ["a.txt"]


def test_parts_of_killed_processes_go_and_those_of_living_ones_stay(tmp_path):
    pytest.importorskip("fcntl", reason="elsewhere they go after a day")
    code = (
        "import sys, time; from pathlib import Path; from impasto.core.atomic import Part;"
        "part = Part(Path(sys.argv[1])); print(part.path.name, flush=True); time.sleep(600)"
    )
    env = {**os.environ, "PYTHONPATH": str(_root(tmp_path))}
    folder = tmp_path / "out"
    folder.mkdir()
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(folder / "a.txt")],
            stdout=subprocess.PIPE,
            text=True,
            env=env,
        )
        for _ in range(2)
    ]
    try:
        dead, living = (process.stdout.readline().strip() for process in both)
        both[0].send_signal(signal.SIGKILL)
        both[0].wait()
        assert sorted(os.listdir(folder)) == sorted([dead, living])
        write_atomically(folder / "b.txt", b"whole")
        assert sorted(os.listdir(folder)) == sorted([living, "b.txt"])
    finally:
        for process in both:
            process.kill()
            process.communicate()


def test_parts_of_other_machines_go_after_a_day(tmp_path):
    young, old, other = (
        tmp_path / name for name in ("a.ffff00000001.part", "a.ffff00000002.part", "a.part")
    )
    for file in (young, old, other):
        file.write_bytes(b"")
    os.utime(old, (0, 0))
    os.utime(other, (0, 0))
    atomic._swept.discard(tmp_path)
    write_atomically(tmp_path / "b.txt", b"whole")
    assert sorted(os.listdir(tmp_path)) == sorted([young.name, other.name, "b.txt"])


def test_a_mark_tells_files_apart(path):
    mark = mark_of(path)
    assert has_mark(path, mark)
    path.write_bytes(b"odd")
    assert not has_mark(path, mark)
    path.unlink()
    assert not has_mark(path, mark)


def test_a_folder_in_the_way_is_named(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(OutputUnwritable, match='"a" cannot be written'):
        write_atomically(tmp_path / "a", b"new", overwrite=True)
    assert os.listdir(tmp_path) == ["a"]


def test_the_longest_names_can_be_written(tmp_path):
    name = "é" * 125 + ".txt"
    write_atomically(tmp_path / name, b"whole")
    assert os.listdir(tmp_path) == [name]


def test_outputs_are_checked_before_the_work(path):
    check_output(path, overwrite=True)
    with pytest.raises(OutputTaken, match="exists already"):
        check_output(path)
    with pytest.raises(OutputUnwritable, match="does not exist; create it or choose another"):
        check_output(path.parent / "none" / "a.txt")


def _root(folder: Path) -> Path:
    """A folder with the checkout as the package ``impasto``."""
    place = folder / "path"
    place.mkdir()
    (place / "impasto").symlink_to(Path(__file__).parents[2], target_is_directory=True)
    return place
