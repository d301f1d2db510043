"""Sequences of every kind as real files: what goes in comes out, in kind, depth, range and number."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import OpenEXR
import pytest

from impasto.core.atomic import Part
from impasto.core.control import Control
from impasto.core.errors import ImageUnreadable, OutputUnwritable
from impasto.core.image.alpha import full_alpha
from impasto.core.image.convert import DTYPES
from impasto.core.image.files import read_picture, write_picture
from impasto.core.image.picture import Picture
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks import registry
from impasto.core.tasks.assemble_frames import AssembleFramesRequest
from impasto.core.tasks.restyle_frames import FramesRequest
from impasto.core.video.movie_reader import MovieReader
from impasto.core.video.output import Results
from impasto.core.video.sequence import find_sequence
from impasto.core.video.settings import FramesSettings, SequenceRef

from .conftest import picture
from .test_restyle import SETTINGS, run

KINDS = [
    ("png", "8", True),
    ("png", "16", True),
    ("jpg", "8", False),
    ("tif", "8", True),
    ("tif", "16", False),
    ("tif", "float", True),
    ("exr", "half", True),
    ("exr", "float", False),
]


def write_frames(folder: Path, numbers, suffix: str, depth: str, alpha: bool) -> None:
    """Frames of the animation; those of floats are scene-linear, with a lamp of 6."""
    folder.mkdir()
    for number in numbers:
        color = picture(number).astype(np.float32)
        encoding = "srgb"
        if depth in ("half", "float"):
            color, encoding = color**2.2, "linear"
            color[50:58, 4:12] = 6.0
        dtype = np.dtype(DTYPES[depth])
        share = None
        if alpha:
            share = np.full(color.shape[:2], full_alpha(dtype), dtype)
            share[:, -10:] = full_alpha(dtype) // 2 if dtype.kind != "f" else 0.5
        write_picture(Picture(color, share, depth, encoding), folder / f"s_{number:05d}.{suffix}")


@pytest.mark.parametrize(("suffix", "depth", "alpha"), KINDS)
def test_results_are_of_the_kind_of_their_frames(tmp_path, suffix, depth, alpha):
    numbers = (7, 8, 10)  # with a gap
    write_frames(tmp_path / "in", numbers, suffix, depth, alpha)
    result, _ = run(tmp_path / "in", tmp_path / "out")
    assert not result.failures and result.missing == (9,)
    assert [Path(p).name for p in result.written] == [f"s_{n:05d}.{suffix}" for n in numbers]
    before = read_picture(tmp_path / "in" / f"s_00008.{suffix}")
    after = read_picture(result.written[1])
    assert (after.size, after.depth, after.encoding) == (before.size, depth, before.encoding)
    assert (after.alpha is None) == (not alpha)
    assert not alpha or np.array_equal(after.alpha, before.alpha)
    assert np.abs(after.color - before.color).mean() > 0.02, "it is restyled"
    if before.encoding == "linear":
        lamp, rest = after.color[52:56, 6:10], after.color[:40]
        assert lamp.max() > 2 and rest.max() <= 1.01, "what was bright is, and nothing else"


def test_multilayer_frames_give_their_combined_pass(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in (1, 2, 3):
        color = picture(number).astype(np.float32) ** 2.2
        channels = {
            f"ViewLayer.Combined.{name}": np.ascontiguousarray(color[..., c])
            for c, name in enumerate("RGB")
        }
        channels["ViewLayer.Combined.A"] = np.ones(color.shape[:2], np.float32)
        still = np.zeros(color.shape[:2], np.float32)
        moved = still + (picture(number) == picture(min(3, number + 1))).all(2)  # not empty
        channels |= {f"ViewLayer.Vector.{c}": still for c in "YZW"}
        channels |= {"ViewLayer.Vector.X": moved * 0.01, "ViewLayer.Depth.Z": still + 5}
        header = {
            "compression": OpenEXR.ZIP_COMPRESSION,
            "type": OpenEXR.scanlineimage,
            "framesPerSecond": Fraction(25, 1),
        }
        OpenEXR.File(header, channels).write(str(folder / f"m{number}.exr"))
    movie = tmp_path / "m.mp4"
    result, _ = run(folder, tmp_path / "out", movie=str(movie))
    assert not result.failures
    after = read_picture(result.written[0])
    before = read_picture(folder / "m1.exr")
    assert after.depth == "float" and np.array_equal(after.alpha, before.alpha)
    header = OpenEXR.File(result.written[0], header_only=True).header()
    assert header["framesPerSecond"] == 25
    assert cv2.VideoCapture(str(movie)).get(cv2.CAP_PROP_FPS) == pytest.approx(25)


def write_movie_of(path: Path, count: int, fps: float = 12.0) -> None:
    """Each frame shows its number as light and dark bars."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), fps, (96, 64))
    for number in range(count):
        frame = (picture(1 + number % 4) * 90).astype(np.uint8)
        for bit in range(6):
            frame[:24, 16 * bit : 16 * bit + 16] = 255 * (number >> bit & 1)
        writer.write(frame)
    writer.release()


def shown(pixels: np.ndarray) -> int:
    """The number that a frame shows."""
    return sum(int(pixels[12, 16 * bit + 8].mean() > 128) << bit for bit in range(6))


def test_a_movie_gives_any_frame_in_any_order(tmp_path):
    write_movie_of(tmp_path / "m.mp4", 60)
    reader = MovieReader.open(tmp_path / "m.mp4")
    assert (reader.count, reader.fps) == (60, 12)
    order = [0, 1, 2, 5, 40, 59, 3, 3, 2, 58, 59]
    assert [shown(reader.read(index).color * 255) for index in order] == order
    with pytest.raises(ImageUnreadable, match="has 60 frames only"):
        reader.read(60)
    assert shown(reader.read(7).color * 255) == 7, "it goes on after a frame that is not there"


def test_a_movie_becomes_numbered_pictures_and_a_movie_as_fast_as_it(tmp_path):
    source, movie = tmp_path / "m.mp4", tmp_path / "styled.mp4"
    write_movie_of(source, 9)
    request = {"movie": str(movie)}
    result, _ = run(source, tmp_path / "out", **request)
    assert [Path(p).name for p in result.written] == [f"m_{n:04d}.png" for n in range(1, 10)]
    made = cv2.VideoCapture(str(movie))
    assert (made.get(cv2.CAP_PROP_FRAME_COUNT), made.get(cv2.CAP_PROP_FPS)) == (9, 12)
    before = movie.stat().st_mtime_ns
    again, _ = run(source, tmp_path / "out", **request)
    assert len(again.skipped) == 9 and again.movie == str(movie)
    assert movie.stat().st_mtime_ns == before, "it is that of these frames already"


def test_a_movie_follows_its_frames_but_takes_no_place_of_others(animation, tmp_path):
    movie = tmp_path / "m.mp4"
    movie.write_bytes(b"a film of mine")
    with pytest.raises(OutputUnwritable, match="choose another name for the movie"):
        run(animation, tmp_path / "out", movie=str(movie), only=(1, 2))
    assert movie.read_bytes() == b"a film of mine"
    movie.unlink()
    for only in ((1, 2), (1, 2, 3)):
        run(animation, tmp_path / "out", movie=str(movie), only=only)
        assert cv2.VideoCapture(str(movie)).get(cv2.CAP_PROP_FRAME_COUNT) == len(only)
    movie.write_bytes(b"cut by me")
    with pytest.raises(OutputUnwritable):
        run(animation, tmp_path / "out", movie=str(movie), only=(1, 2))


def test_range_step_and_padding_go_through_to_the_results(animation, tmp_path):
    reference = SequenceRef(str(animation), first=2, last=6, step=2)
    sequence = find_sequence(reference)
    assert sequence.missing == (), "they lie evenly"
    result = registry.run(FramesRequest(reference, SETTINGS, str(tmp_path / "out")), Control())
    assert [Path(p).name for p in result.written] == [f"shot_000{n}.png" for n in (2, 4, 6)]


def test_a_replaced_frame_is_not_taken_for_the_new_one(animation, tmp_path, monkeypatch):
    """Killed between note and picture, an older frame must not pass for a finished one."""
    reference = SequenceRef(str(animation))
    request = FramesRequest(reference, SETTINGS, str(tmp_path / "out"), overwrite=True)
    sequence = find_sequence(reference)
    results, frame = Results(request, sequence), sequence.frames[0]
    results.make_folder()
    old, new = (Picture(np.full((4, 4, 3), v, np.float32)) for v in (0.2, 0.8))
    results.write(frame, "old", old)
    assert results.finished(frame.number, "old") and not results.finished(frame.number, "new")
    rename = Part.rename

    def killed(part: Part, *, overwrite: bool) -> None:
        if part.target.suffix == ".png":
            raise KeyboardInterrupt
        rename(part, overwrite=overwrite)

    with monkeypatch.context() as patch:
        patch.setattr(Part, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            results.write(frame, "new", new)
    assert not results.finished(frame.number, "new")
    careful = Results(replace(request, overwrite=False), sequence)
    assert not careful.finished(frame.number, "new"), "it was ours to replace"
    with pytest.raises(OutputUnwritable, match="other settings"):
        careful.finished(frame.number, "another")
    careful.write(frame, "new", new)
    assert careful.finished(frame.number, "new")


def cropped(folder: Path, *, alpha: bool) -> dict[int, tuple]:
    """Write frames of one display window, each with the data window that a ball takes up; return
    these, as (x, y, width, height)."""
    folder.mkdir()
    windows = {}
    for number in range(1, 5):
        width, x0, y0, height = 40 + 4 * number, 5 + number, 4, 30
        if number == 3:
            x0, y0 = -2, -3  # overscan
        windows[number] = (x0, y0, width, height)
        y, x = np.mgrid[y0 : y0 + height, x0 : x0 + width] / 100
        planes = {"R": 0.5 + x / 2, "G": 0.5 + y / 2, "B": 0.4 + 0 * x}
        if alpha:
            planes["A"] = 1 + 0 * x
        header = {
            "type": OpenEXR.scanlineimage,
            "displayWindow": (np.array([0, 0], np.int32), np.array([99, 79], np.int32)),
            "dataWindow": (
                np.array([x0, y0], np.int32),
                np.array([x0 + width - 1, y0 + height - 1], np.int32),
            ),
        }
        channels = {name: plane.astype(np.float32) for name, plane in planes.items()}
        with OpenEXR.File(header, channels) as file:
            file.write(str(folder / f"ball_{number:04d}.exr"))
    return windows


@pytest.mark.parametrize("engine", ["NETWORK", "STROKES"])
@pytest.mark.parametrize("alpha", [False, True])
def test_frames_cropped_to_what_is_not_empty_are_one_sequence(tmp_path, engine, alpha):
    windows = cropped(tmp_path / "in", alpha=alpha)
    settings = FramesSettings(Look((StyleRef("scream"),), engine=engine, brush_scale=4.0))
    for format in ("SOURCE", "PNG"):
        out = tmp_path / format
        request = FramesRequest(
            SequenceRef(str(tmp_path / "in")), settings, str(out), format=format
        )
        result = registry.run(request, Control())
        assert len(result.written) == 4 and not result.failures
        for number, (x0, y0, width, height) in windows.items():
            if format == "PNG":  # has no windows: all that is shown, black outside
                shown = read_picture(out / f"ball_{number:04d}.png")
                assert shown.size == (100, 80) and (shown.alpha is not None) == alpha
                outside = shown.color[60:] if not alpha else shown.alpha[60:]
                assert not outside.any() and shown.color[10:20, 20:40].mean() > 0.05
                continue
            with OpenEXR.File(str(out / f"ball_{number:04d}.exr"), separate_channels=True) as file:
                header, channels = file.header(), file.channels()
                low, high = (tuple(map(int, corner)) for corner in header["dataWindow"])
                assert (low, high) == ((x0, y0), (x0 + width - 1, y0 + height - 1))
                assert tuple(map(int, header["displayWindow"][1])) == (99, 79)
                assert ("A" in channels) == alpha
                assert channels["R"].pixels.shape == (height, width)
                assert channels["R"].pixels.mean() > 0.02
    movie = AssembleFramesRequest(
        SequenceRef(str(tmp_path / "SOURCE")), str(tmp_path / "movie.mp4"), 24.0
    )
    assembled = registry.run(movie, Control())
    assert assembled.frames == 4 and not assembled.failures
    assert MovieReader.open(tmp_path / "movie.mp4").size == (100, 80)
