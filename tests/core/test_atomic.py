"""Files are written whole or not at all, and what is in the way is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from impasto.core.atomic import check_output, part_file, write_atomically
from impasto.core.errors import OutputUnwritable


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    return path


@pytest.mark.parametrize("cache", [False, True])
def test_a_file_is_replaced_only_if_asked(path, cache):
    with pytest.raises(OutputUnwritable, match="exists already"):
        write_atomically(path, b"new", cache=cache)
    assert path.read_bytes() == b"old"
    write_atomically(path, b"new", overwrite=True, cache=cache)
    assert path.read_bytes() == b"new"
    assert os.listdir(path.parent) == ["a.txt"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_error_leaves_the_old_file_and_no_part(path, error):
    def fail(part: Path) -> None:
        part.write_bytes(b"half")
        raise error

    with pytest.raises(error), part_file(path, overwrite=True) as part:
        fail(part)
    assert path.read_bytes() == b"old"
    assert os.listdir(path.parent) == ["a.txt"]


def test_a_library_that_wrote_nothing_is_an_error(path):
    with (
        pytest.raises(OutputUnwritable, match="No such file"),
        part_file(path, overwrite=True),
    ):
        pass
    assert path.read_bytes() == b"old"


def test_a_part_keeps_the_suffix_that_libraries_look_at(tmp_path):
    movie = tmp_path / "m.mp4"
    with part_file(movie, keep_suffix=True) as part:
        assert part.name == "m.part.mp4"
        part.write_bytes(b"whole")
    assert os.listdir(tmp_path) == ["m.mp4"]


def test_processes_that_fill_one_cache_do_not_share_a_part(path):
    with part_file(path, overwrite=True, cache=True) as part:
        assert part.name == f"a.txt.{os.getpid()}.part"
        part.write_bytes(b"whole")


def test_a_folder_in_the_way_is_named(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(OutputUnwritable, match='"a" cannot be written'):
        write_atomically(tmp_path / "a", b"new", overwrite=True)
    assert os.listdir(tmp_path) == ["a"]


def test_outputs_are_checked_before_the_work(path):
    check_output(path, overwrite=True)
    with pytest.raises(OutputUnwritable, match="exists already"):
        check_output(path)
    with pytest.raises(OutputUnwritable, match="does not exist; create it or choose another"):
        check_output(path.parent / "none" / "a.txt")
