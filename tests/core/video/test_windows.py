"""Frames that hold other parts of one frame (OpenEXR's data windows) are one sequence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenEXR
import OpenImageIO
import pytest

from impasto.core.control import Control
from impasto.core.errors import BadRequest, NoImages
from impasto.core.image.files import open_image, read_picture
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks.restyle_frames import FramesRequest, run
from impasto.core.video.sequence import find_sequence
from impasto.core.video.settings import FramesSettings, SequenceRef

DISPLAY = (0, 0, 99, 79)


def write(path: Path, window: tuple[int, int, int, int], prefix: str = "", **more: object) -> None:
    """A gradient over the whole frame, of which a file holds a window, with motion to the right."""
    left, top, right, bottom = window
    y, x = np.mgrid[top : bottom + 1, left : right + 1].astype(np.float32)
    bands = {"R": x / 100, "G": y / 80, "B": 0.4 + 0 * x, "A": np.ones_like(x)}
    channels = {prefix + name: np.ascontiguousarray(band) for name, band in bands.items()}
    header = {
        "compression": OpenEXR.ZIP_COMPRESSION,
        "type": OpenEXR.scanlineimage,
        "dataWindow": ((left, top), (right, bottom)),
        "displayWindow": (DISPLAY[:2], DISPLAY[2:]),
    }
    OpenEXR.File({**header, **more}, channels).write(str(path))


@pytest.fixture
def cropped(tmp_path) -> Path:
    """Four frames, cropped to what is not empty; the last one goes beyond the frame."""
    folder = tmp_path / "comp"
    folder.mkdir()
    for number, window in enumerate(
        [(6, 4, 49, 33), (7, 4, 54, 33), (8, 5, 59, 40), (-3, 2, 104, 70)], start=1
    ):
        write(folder / f"ball_{number:04d}.exr", window)
    return folder


def test_a_canvas_holds_all_windows(cropped):
    sequence = find_sequence(SequenceRef(str(cropped)))
    assert sequence.canvas == (-3, 0, 104, 79)
    first, second = (sequence.read(frame) for frame in sequence.frames[:2])
    assert first.size == second.size == sequence.size(sequence.frames[0]) == (108, 80)
    assert first.alpha.sum() == 44 * 30
    there = second.alpha * first.alpha > 0
    assert np.array_equal(first.color[there], second.color[there])
    assert first.color[4 + 0, 6 + 3, 0] == pytest.approx(0.06)


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_results_have_the_windows_of_their_frames(cropped, tmp_path, strength):
    look = Look((StyleRef("scream"),), strength=strength, engine="NETWORK")
    request = FramesRequest(SequenceRef(str(cropped)), FramesSettings(look), str(tmp_path / "out"))
    result = run(request, Control())
    assert not result.failures and len(result.written) == 4
    for source, target in zip(sorted(cropped.iterdir()), result.written, strict=True):
        with open_image(source) as before, open_image(target) as after:
            assert after.windows == before.windows
        if strength == 0:
            assert np.array_equal(read_picture(target).color, read_picture(source).color)


def test_other_formats_show_the_whole_frame(cropped, tmp_path):
    look = Look((StyleRef("scream"),), strength=0.0, engine="NETWORK")
    request = FramesRequest(
        SequenceRef(str(cropped)), FramesSettings(look), str(tmp_path / "out"), format="PNG"
    )
    result = run(request, Control())
    pictures = [read_picture(path) for path in result.written]
    assert {picture.size for picture in pictures} == {(100, 80)}
    assert [int((p.alpha > 0).sum()) for p in pictures] == [44 * 30, 48 * 30, 52 * 36, 100 * 69]


def test_frames_of_one_window_have_no_canvas(tmp_path):
    for number in (1, 2):
        write(tmp_path / f"a{number}.exr", DISPLAY)
    assert find_sequence(SequenceRef(str(tmp_path))).canvas is None


def test_a_layer_is_asked_for_by_name(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in (1, 2):
        write(folder / f"a{number}.exr", DISPLAY, prefix="Beauty.Combined.")
    sequence = find_sequence(SequenceRef(str(folder), layer="Beauty"))
    assert sequence.read(sequence.frames[0]).size == (100, 80)
    look = Look((StyleRef("scream"),), strength=0.0, engine="NETWORK")
    reference = SequenceRef(str(folder), layer="Sky")
    with pytest.raises(NoImages, match=r'no color layer "Sky"; there are: Beauty\.Combined'):
        run(FramesRequest(reference, FramesSettings(look), str(tmp_path / "out")), Control())
    (tmp_path / "b1.png").write_bytes((tmp_path / "in" / "a1.exr").read_bytes())
    with pytest.raises(BadRequest, match="has no layers"):
        find_sequence(SequenceRef(str(tmp_path / "b1.png"), layer="Sky"))


def test_frames_of_a_format_that_is_only_read_become_png(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    color = np.random.default_rng(0).integers(0, 255, (24, 32, 3), np.uint8)
    for number in (1, 2):
        path = folder / f"a_{number:04d}.ppm"
        file = OpenImageIO.ImageOutput.create(str(path))
        spec = OpenImageIO.ImageSpec(32, 24, 3, "uint8")
        assert file.open(str(path), spec) and file.write_image(color) and file.close()
    look = Look((StyleRef("scream"),), strength=0.0, engine="NETWORK")
    request = FramesRequest(SequenceRef(str(folder)), FramesSettings(look), str(tmp_path / "out"))
    result = run(request, Control())
    assert [Path(path).name for path in result.written] == ["a_0001.png", "a_0002.png"]
    assert np.array_equal(np.rint(read_picture(result.written[0]).color * 255), color)
