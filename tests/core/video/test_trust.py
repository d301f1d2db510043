"""Nothing is called done that is not: finished frames, movies, notes, shot files, two runs at once."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from impasto.core.control import Control
from impasto.core.errors import BadRequest, OutputTaken
from impasto.core.notes import Notes
from impasto.core.styles.look import StyleRef
from impasto.core.tasks import registry
from impasto.core.tasks.assemble_frames import AssembleFramesRequest
from impasto.core.tasks.prepare_frames import PrepareFramesRequest
from impasto.core.video.movie_reader import MovieReader
from impasto.core.video.output import source_movie
from impasto.core.video.settings import FramesSettings, SequenceRef
from impasto.core.video.shot_file import load_shot_file

from .conftest import COUNT, texture
from .test_restyle import LOOK, ROOT, SETTINGS, contents, run

THIRD = "shot_0003.png"


@pytest.fixture(scope="module")
def whole(animation, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("whole")
    run(animation, out)
    return out


@pytest.fixture
def out(whole, tmp_path) -> Path:
    """A copy of a finished folder."""
    place = tmp_path / "out"
    (place / ".impasto").mkdir(parents=True)
    for path in whole.rglob("*"):
        if path.is_file():
            (place / path.relative_to(whole)).write_bytes(path.read_bytes())
    return place


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda c: c[: len(c) // 2],
    "last byte gone": lambda c: c[:-1],
    "empty": lambda c: b"",
    "zeros at the end": lambda c: c[: len(c) // 2] + bytes(len(c) - len(c) // 2),
    "one bit": lambda c: c[: len(c) // 2] + bytes([c[len(c) // 2] ^ 1]) + c[len(c) // 2 + 1 :],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_finished_frame_that_was_damaged_since_is_painted_again(
    animation, out, tmp_path, whole, damage
):
    path = out / THIRD
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    movie = tmp_path / "m.mp4"
    result, _ = run(animation, out, movie=str(movie))
    if damage == "last byte gone" and result.failures:  # some readers can do without
        assert "was changed since" in result.failures[0].message
        return
    assert result.written == (str(path),) and not result.failures
    assert contents(out) == contents(whole)
    assert MovieReader.open(movie).count == COUNT


def test_a_finished_frame_that_somebody_changed_is_named_and_kept(animation, out, tmp_path, whole):
    other = (out / "shot_0004.png").read_bytes()
    (out / THIRD).write_bytes(other)
    movie = tmp_path / "m.mp4"
    result, _ = run(animation, out, movie=str(movie))
    (failure,) = result.failures
    assert failure.key == "3" and "was changed since it was finished" in failure.message
    assert (out / THIRD).read_bytes() == other
    assert MovieReader.open(movie).count == COUNT - 1
    again, _ = run(animation, out, movie=str(movie), overwrite=True)
    assert not again.failures and contents(out) == contents(whole)
    assert MovieReader.open(movie).count == COUNT


@pytest.mark.parametrize(
    "note",
    [b"", b"{", b"[]", b'{"key": 5}', b"\xff\xfe", b"[" * 10_000, b'{"key": "a", "files": {}}'],
)
def test_a_damaged_note_costs_no_frame(animation, out, whole, note):
    """The frame is painted again, and what is there was the same."""
    (out / ".impasto" / f"{THIRD}.json").write_bytes(note)
    result, _ = run(animation, out)
    assert result.written == (str(out / THIRD),) and not result.failures
    assert contents(out) == contents(whole)
    assert len(run(animation, out)[0].skipped) == COUNT


def test_a_damaged_note_lets_nobody_replace_a_file_of_others(animation, out):
    (out / ".impasto" / f"{THIRD}.json").write_bytes(b"{")
    mine = (out / "shot_0004.png").read_bytes()
    (out / THIRD).write_bytes(mine)
    result, _ = run(animation, out)
    assert [f.key for f in result.failures] == ["3"] and "in the way" in result.failures[0].message
    assert (out / THIRD).read_bytes() == mine


@pytest.mark.parametrize("damage", ["cut off", "empty"])
def test_a_damaged_movie_is_made_anew_and_one_of_others_is_kept(animation, out, tmp_path, damage):
    movie = tmp_path / "m.mkv"  # x264 does not always give the same bytes
    run(animation, out, movie=str(movie))
    made = movie.read_bytes()
    movie.write_bytes(DAMAGE[damage](made))
    run(animation, out, movie=str(movie))
    assert movie.read_bytes() == made
    other = tmp_path / "other.mkv"
    run(animation, out, movie=str(other), only=(1, 2))
    movie.write_bytes(other.read_bytes())
    with pytest.raises(OutputTaken, match="was changed since"):
        run(animation, out, movie=str(movie))
    assert movie.read_bytes() == other.read_bytes()


def test_a_movie_that_lacks_frames_says_so(animation, tmp_path):
    """Those that were never rendered, too, whether it is made at once or later."""
    source = tmp_path / "in"
    source.mkdir()
    for number in (1, 2, 4, 5):
        name = f"shot_{number:04d}.png"
        (source / name).write_bytes((animation / name).read_bytes())
    result, _ = run(source, tmp_path / "out", movie=str(tmp_path / "m.mp4"))
    assert [(f.key, "movie lacks it" in f.message) for f in result.failures] == [("3", True)]
    again, _ = run(source, tmp_path / "out", movie=str(tmp_path / "m.mp4"))
    assert again.failures == result.failures
    (tmp_path / "out" / "shot_0004.png").unlink()
    later = registry.run(
        AssembleFramesRequest(SequenceRef(str(tmp_path / "out")), str(tmp_path / "l.mp4")),
        Control(),
    )
    assert later.frames == 3 and [f.key for f in later.failures] == ["3", "4"]


@pytest.mark.parametrize("content", ["5", "[]", '{"movie": 5}', '{"movie": "a\\u0000b"}', "{"])
def test_the_name_of_the_movie_is_checked(out, content):
    (out / ".impasto" / "source.json").write_text(content)
    assert source_movie(out / THIRD) is None


@pytest.mark.parametrize("coherence", ["MOTION", "STATISTICS", "OFF"])
@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize("odd", [1, 4, COUNT])
def test_a_frame_of_another_size_is_named_and_the_others_go_on(
    animation, tmp_path, coherence, given, odd
):
    source = tmp_path / "in"
    source.mkdir()
    for path in animation.iterdir():
        (source / path.name).write_bytes(path.read_bytes())
    settings = replace(SETTINGS, coherence=coherence)
    shots = ""
    if given:
        shots = str(tmp_path / "shots.json")
        registry.run(PrepareFramesRequest(SequenceRef(str(source)), settings, shots), Control())
    pixels = (texture(40, 56, 3) * 255).astype(np.uint8)
    cv2.imwrite(str(source / f"shot_{odd:04d}.png"), pixels)
    result, _ = run(source, tmp_path / "out", settings, shot_file=shots)
    if odd == 1 and not given:  # the first says what size the others should have
        assert len(result.failures) == COUNT - 1 and len(result.written) == 1
    else:
        assert [f.key for f in result.failures] == [str(odd)]
        assert len(result.written) == COUNT - 1
    assert all("unlike the other frames; render it again" in f.message for f in result.failures)


def test_strokes_name_a_frame_of_another_size_too(animation, tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    for path in animation.iterdir():
        (source / path.name).write_bytes(path.read_bytes())
    settings = FramesSettings(replace(LOOK, engine="STROKES", styles=(StyleRef("oil-impasto"),)))
    shots = str(tmp_path / "shots.json")
    registry.run(PrepareFramesRequest(SequenceRef(str(source)), settings, shots), Control())
    cv2.imwrite(str(source / "shot_0004.png"), np.full((40, 56, 3), 90, np.uint8))
    result, _ = run(source, tmp_path / "out", settings, shot_file=shots)
    assert [f.key for f in result.failures] == ["4"] and len(result.written) == COUNT - 1


PLACES: dict[str, tuple[tuple, object]] = {
    "code longer": (("own", 0), [0.0] * 897),
    "code shorter": (("own", 0), [0.0] * 895),
    "code no list": (("own", 0), 0),
    "no codes": (("own",), []),
    "a number that is none": (("own", 0, 3), float("nan")),
    "endless": (("own", 0, 3), float("inf")),
    "changed": (("own", 0, 3), 1234.5),
    "anchor elsewhere": (("shots", 0, "anchors", 0), 99),
    "no anchors": (("shots", 0, "anchors"), []),
    "anchors twice": (("shots", 0, "anchors"), [1, 1]),
    "last elsewhere": (("shots", 0, "last"), 99),
    "last early": (("shots", 0, "last"), 2),
    "shots overlap": (("shots", 1, "first"), 3),
    "numbers twice": (("numbers", 1), 1),
    "numbers falling": (("numbers",), [8, 7, 6, 5, 4, 3, 2, 1]),
    "number an object": (("numbers", 0), {}),
    "number a truth": (("numbers", 0), True),
    "no numbers": (("numbers",), []),
    "no shots": (("shots",), []),
    "no size": (("size",), [0, 5]),
    "no tile": (("tile",), 0),
    "other version": (("impasto_shots",), 2),
    "unknown field": (("more",), 1),
    "no checksum": (("checksum",), ""),
}


@pytest.mark.parametrize("name", PLACES)
def test_a_damaged_shot_file_is_refused_or_made_anew(animation, out, tmp_path, whole, name):
    own = out / ".impasto" / "shots.json"
    document = copy.deepcopy(json.loads(own.read_text()))
    (*way, last), value = PLACES[name]
    place = document
    for key in way:
        place = place[key]
    place[last] = value
    given = tmp_path / "given.json"
    given.write_text(json.dumps(document))
    with pytest.raises(BadRequest, match=r"(is no shot file|is damaged); make .* frames prepare"):
        load_shot_file(given)
    before = load_shot_file(own)
    own.write_text(given.read_text())
    assert len(run(animation, out)[0].skipped) == COUNT
    assert load_shot_file(own).shots == before.shots
    assert contents(out) == contents(whole)


def test_two_runs_of_one_kind_share_a_folder(animation, tmp_path, whole):
    """As machines of a farm do that were given the same frames."""
    command = [
        *(sys.executable, "-m", "impasto", "frames", "run", str(animation)),
        *("--style", "starry-night", "--anchors", "3", "--brush-scale", "4"),
        *("--out", str(tmp_path / "out")),
    ]
    runs = [
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = [process.communicate() for process in runs]
    assert [process.returncode for process in runs] == [0, 0], said
    assert sum(out.count("Saved: ") for out, _ in said) == COUNT
    assert sum(out.count("skipping") for out, _ in said) == COUNT
    assert contents(tmp_path / "out") == contents(whole)


def test_many_writers_keep_files_and_notes_together(tmp_path):
    """Of all that finish at once, one wins, and its note belongs to its files."""
    from impasto.core.atomic import mark_of, new_part

    (tmp_path / ".impasto").mkdir()
    notes = Notes(tmp_path, lambda path: False)
    for trial in range(20):
        target, won = tmp_path / f"{trial}.png", []
        begin = threading.Barrier(4)

        def write(key: str, target: Path = target, won: list = won, begin=begin) -> None:
            with new_part(target, overwrite=True) as part:
                part.write(key.encode() * 999)
                begin.wait()
                try:
                    won += [key] if notes.keep(target.name, key, [part]) else []
                except OutputTaken:
                    return

        threads = [threading.Thread(target=write, args=(key,)) for key in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (key,) = won
        assert target.read_bytes() == key.encode() * 999
        note = json.loads(notes.path(target.name).read_text())
        assert note["key"] == key
        assert note["files"][target.name]["digest"] == mark_of(target).digest
    assert not list(tmp_path.rglob("*.part"))
