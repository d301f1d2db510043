"""Finding the frames of a sequence."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.core.cli.main import main
from impasto.core.errors import BadRequest, ImageMissing, NoImages
from impasto.core.video.numbers import find_sequences, sequence_like, sequence_of, spelled
from impasto.core.video.sequence import find_sequence
from impasto.core.video.settings import SequenceRef


@pytest.fixture
def folder(tmp_path):
    for number in (8, 9, 10, 11, 14):
        (tmp_path / f"a.v2_{number:03d}.png").touch()
    (tmp_path / "other_003.png").touch()
    (tmp_path / "notes.txt").touch()
    return tmp_path


@pytest.mark.parametrize(
    "source", ["a.v2_009.png", "a.v2_###.png", "a.v2_%03d.png", "a.v2_*.png", ""]
)
def test_frames_by_any_of_their_names(folder, source):
    sequence = find_sequence(SequenceRef(str(folder / source)))
    assert [f.number for f in sequence.frames] == [8, 9, 10, 11, 14]
    assert sequence.pattern == "a.v2_###.png"
    assert sequence.name(7, ".exr") == "a.v2_007.exr"


def test_what_is_missing_is_told(folder):
    assert find_sequence(SequenceRef(str(folder))).missing == (12, 13)
    every_third = find_sequence(SequenceRef(str(folder), first=8, step=3))
    assert [f.number for f in every_third.frames] == [8, 11, 14] and every_third.missing == ()
    assert find_sequence(SequenceRef(str(folder), last=8)).missing == ()
    assert spelled((12, 13)) == "frames 12-13" and spelled([4]) == "frame 4"
    assert spelled(range(1, 20, 2)) == "frames 1, 3, 5, 7, 9 and 5 more"


def test_range_and_step(folder):
    sequence = find_sequence(SequenceRef(str(folder), first=9, last=14, step=2))
    assert [f.number for f in sequence.frames] == [9, 11]


def test_files_of_a_strip_keep_their_order(folder):
    files = tuple(str(folder / f"a.v2_{n:03d}.png") for n in (14, 8))
    sequence = find_sequence(SequenceRef("strip", first=101, files=files))
    assert [(f.number, f.path.name) for f in sequence.frames] == [
        (101, "a.v2_014.png"),
        (102, "a.v2_008.png"),
    ]


def test_nothing_there_is_said(folder):
    with pytest.raises(NoImages, match="name one of them"):
        find_sequence(SequenceRef(str(folder / "none_##.png")))
    with pytest.raises(NoImages):
        find_sequence(SequenceRef(str(folder), first=100))
    with pytest.raises(ImageMissing):
        find_sequence(SequenceRef(str(folder / "gone.mp4")))


def test_a_movie_is_read_frame_by_frame(tmp_path):
    path = str(tmp_path / "m.avi")
    writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"MJPG"), 12, (64, 48))
    for level in (20, 120, 220):
        writer.write(np.full((48, 64, 3), level, np.uint8))
    writer.release()
    sequence = find_sequence(SequenceRef(path))
    assert sequence.is_movie and sequence.name(2, ".png") == "m_0002.png"
    means = [sequence.read(frame).color.mean() * 255 for frame in sequence.frames]
    assert np.allclose(means, [20, 120, 220], atol=4)


NAMINGS = [
    "shot_{:04d}_v002.png",
    "beauty_{:04d}_1920x1080.png",
    "frame_{:04d}.25.png",
    "sh010_v3_{:d}.png",
    "{:04d}.png",
    "2026-12-01-{:04d}.png",
    "take#2 50%_{:04d}_4k.png",
    "v1.{:04d}.acescg.exr",
]


@pytest.mark.parametrize("naming", NAMINGS)
def test_the_number_that_changes_is_the_frame(tmp_path, naming):
    for number in (2, 9, 10, 11):
        (tmp_path / naming.format(number)).touch()
    before, _, after = naming.partition("{:04d}" if "{:04d}" in naming else "{:d}")
    # The folder, one of the files, one that is not there yet, patterns.
    names = ["", naming.format(9), naming.format(1), f"{before}####{after}", f"{before}*{after}"]
    for name in names:
        sequence = find_sequence(SequenceRef(str(tmp_path / name)))
        assert [f.number for f in sequence.frames] == [2, 9, 10, 11], name
        found = [sequence.name(f.number, f.path.suffix) for f in sequence.frames]
        assert found == [f.path.name for f in sequence.frames]
    assert sequence.name(9, ".png", "height") == f"{before}height_{found[1][len(before) : -4]}.png"


@given(
    before=st.sampled_from(["", "shot_", "sh010_", "a.v2_", "2x2_", "v1.", "Wand_-_"]),
    after=st.sampled_from(["", "_v002", "_1920x1080", "_4k", ".beauty", "_L"]),
    numbers=st.sets(st.integers(-300, 20000), min_size=2, max_size=12),
    width=st.integers(1, 6),
    blender=st.booleans(),
)
def test_any_numbers_in_any_padding_are_one_sequence_in_order(
    before, after, numbers, width, blender
):
    """C and Python count the sign as a digit (-002), Blender does not (-0002)."""

    def name(number: int) -> str:
        sign = "-" if number < 0 else ""
        digits = f"{sign}{abs(number):0{width}d}" if blender else f"{number:0{width}d}"
        return f"{before}{digits}{after}.png"

    (found,) = find_sequences(map(name, numbers))
    assert list(found.names.items()) == [(number, name(number)) for number in sorted(numbers)]
    assert (found.before, found.after) == (before, f"{after}.png")


@given(st.lists(st.from_regex(r"[a-c]{0,2}_?-?[0-3]{0,2}[._]?v?[0-2]{0,2}\.png", fullmatch=True)))
def test_each_numbered_name_is_in_one_sequence(names):
    found = find_sequences(names)
    sorted_in = [name for files in found for name in files.names.values()]
    assert sorted(sorted_in) == sorted({n for n in names if any(c.isdigit() for c in n)})


def test_a_hyphen_is_a_sign_only_where_it_can_be_one():
    def patterns(*names):
        return {files.pattern: list(files.names) for files in find_sequences(names)}

    assert patterns("a-0001.png", "a-0002.png") == {"a-####.png": [1, 2]}
    assert patterns("a-0001.png", "a0000.png", "a0001.png") == {"a####.png": [-1, 0, 1]}
    assert patterns("a-0001.png", "a-0002.png", "a0001.png", "a0002.png") == {
        "a-####.png": [1, 2],
        "a####.png": [1, 2],
    }
    assert patterns("Scene 1 -01.png", "Scene 1 -02.png") == {"Scene 1 -##.png": [1, 2]}


def test_one_number_in_two_paddings_is_two_sequences():
    names = ["a_9.png", "a_10.png", "a_0009.png", "a_0010.png"]
    assert [files.pattern for files in find_sequences(names)] == ["a_####.png", "a_#.png"]
    assert list(sequence_of("a_10.png", names).names.values()) == ["a_9.png", "a_10.png"]
    for pattern in ("a_####.png", "a_%04d.png"):
        assert list(sequence_like(pattern, names).names.values()) == ["a_0009.png", "a_0010.png"]


def touch(folder, *names):
    for name in names:
        (folder / name).touch()


def test_a_single_picture_beside_a_sequence_is_no_sequence(tmp_path):
    touch(tmp_path, "ref1.png", "shot_0001.png", "shot_0002.png", "zebra.png")
    sequence = find_sequence(SequenceRef(str(tmp_path)))
    assert [f.path.name for f in sequence.frames] == ["shot_0001.png", "shot_0002.png"]
    assert sequence.others == ("ref1.png", "zebra.png")
    single = find_sequence(SequenceRef(str(tmp_path / "ref1.png")))
    assert [f.path.name for f in single.frames] == ["ref1.png"]


@pytest.mark.parametrize(
    "several",
    [
        ("a_####.png", "b_####.png"),
        ("sh010_####.png", "sh020_####.png"),
        ("s_####_v001.png", "s_####_v002.png"),
        ("s_####_take1.png", "s_####_take2.png"),
        ("s_####.25.png", "s_####.75.png"),
        ("s_####.png", "s_####.exr"),
        ("cam1_####.png", "cam2_####.png"),
    ],
)
def test_of_several_sequences_the_one_that_is_asked_for_is_taken(tmp_path, several, capsys):
    for pattern in several:
        touch(tmp_path, *(pattern.replace("####", f"{number:04d}") for number in (1, 2, 3)))
    with pytest.raises(BadRequest) as refused:
        find_sequence(SequenceRef(str(tmp_path)))
    assert all(f"{pattern} (frames 1-3)" in str(refused.value) for pattern in several)
    out = str(tmp_path / "out")
    assert main(["frames", "run", str(tmp_path), "--style", "scream", "--out", out]) == 2
    assert "There are several sequences" in capsys.readouterr().err
    for pattern in several:
        for name in (pattern, pattern.replace("####", "0002"), pattern.replace("####", "*")):
            found = find_sequence(SequenceRef(str(tmp_path / name)))
            assert found.pattern == pattern and len(found.frames) == 3


def test_numbers_far_apart_are_not_called_missing(tmp_path):
    touch(tmp_path, "a_1.png", "a_20261201120000.png")
    sequence = find_sequence(SequenceRef(str(tmp_path)))
    assert [f.number for f in sequence.frames] == [1, 20261201120000] and not sequence.missing


def test_results_have_the_names_of_the_frames(tmp_path):
    """Negative numbers, a version after the number, a stray picture, the suffix in capitals."""
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    names = [f"s_{number:04d}_v002.PNG" for number in (-2, -1, 0, 1)]
    for name in (*names, "ref1.png"):
        cv2.imwrite(str(source / name), np.full((32, 48, 3), 90, np.uint8))
    options = ["--style", "scream", "--coherence", "off", "--brush-scale", "4", "--json"]
    assert main(["frames", "run", str(source), *options, "--out", str(out)]) == 0
    assert sorted(p.name for p in out.iterdir() if p.is_file()) == sorted(names)
