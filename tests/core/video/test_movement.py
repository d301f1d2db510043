"""Strokes on frames: they hold still, follow what moves, and are the same on every machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from impasto.core.cli.main import main
from impasto.core.control import Control
from impasto.core.errors import BadRequest
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks import registry
from impasto.core.tasks.prepare_frames import PrepareFramesRequest
from impasto.core.tasks.restyle_frames import FramesRequest
from impasto.core.video.movement.movement import Movement, Mover
from impasto.core.video.settings import FramesSettings, PaintedFrame, SequenceRef
from impasto.core.video.shot_file import choose_anchors

from .conftest import COUNT, CUT, texture

ROOT = Path(__file__).parents[3]
# A medium needs no network, and a large brush few strokes.
LOOK = Look((StyleRef("gouache"),), engine="STROKES", brush_scale=3.0, fineness=0.0)
SETTINGS = FramesSettings(LOOK, anchor_interval=4)
FRAMES = 8


def run(source: Path, out: Path, settings: FramesSettings = SETTINGS, **options):
    request = FramesRequest(SequenceRef(str(source)), settings, str(out), **options)
    return registry.run(request, Control())


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.png"))
    }


def write(folder: Path, pictures: list[np.ndarray]) -> Path:
    folder.mkdir(exist_ok=True)
    for number, picture in enumerate(pictures, start=1):
        levels = (picture * 255 + 0.5).astype(np.uint8)
        cv2.imwrite(str(folder / f"f_{number:04d}.png"), levels[..., ::-1])
    return folder


@pytest.fixture
def moved(monkeypatch) -> list[Movement]:
    """The movements of the segments that are painted."""
    found: list[Movement] = []
    move = Mover.move

    def kept(self, *arguments, **options):
        found.append(move(self, *arguments, **options))
        return found[-1]

    monkeypatch.setattr(Mover, "move", kept)
    return found


@pytest.fixture(scope="module")
def pan(tmp_path_factory) -> Path:
    """A camera that pans over a texture by 1.5 pixels a frame."""
    wide = cv2.resize(texture(160, 256, 4), None, fx=2, fy=2)
    seen = [wide[:160, 3 * i : 3 * i + 256] for i in range(FRAMES)]
    small = [cv2.resize(picture, (128, 80), interpolation=cv2.INTER_AREA) for picture in seen]
    return write(tmp_path_factory.mktemp("pan"), small)


@pytest.fixture(scope="module")
def whole(pan, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("whole")
    run(pan, out, relief_maps=True)
    return out


def test_nothing_moves_in_a_picture_that_stands_still(tmp_path, moved):
    folder = write(tmp_path / "in", [texture(64, 96, 2)] * 8)
    run(folder, tmp_path / "out")
    results = contents(tmp_path / "out")
    assert len(results) == 8 and len(set(results.values())) == 1
    assert len(moved) == 2, "over an anchor"
    assert all(movement.turnover().max() == 0 for movement in moved)


def test_strokes_go_with_a_square_and_the_ground_holds_still(tmp_path, moved):
    pictures = []
    for number in range(5):
        picture = texture(128, 192, 1)
        left = 16 + 4 * number
        picture[32:96, left : left + 64] = texture(64, 64, 9)
        pictures.append(picture)
    run(write(tmp_path / "in", pictures), tmp_path / "out")
    tracks = moved[0].placements[0].tracks
    x, y = tracks.strokes.x * 192, tracks.strokes.y * 192
    inside = (x > 26) & (x < 70) & (y > 42) & (y < 86)
    away = (y > 112) | (y < 16) | (x > 150)
    steps = 192 * np.diff(tracks.x, axis=0)
    assert inside.sum() > 20 and away.sum() > 50
    assert np.abs(np.median(steps[:, inside], axis=1) - 4).max() < 0.1
    assert (steps[:, away] == 0).all() and (np.diff(tracks.y, axis=0)[:, away] == 0).all()
    # What lies before the square on its way is hidden by it.
    ahead = (x > 82) & (x < 92) & (y > 42) & (y < 86)
    assert np.mean(tracks.last[ahead] < 4) > 0.7


def test_hardly_a_stroke_is_born_or_dies_in_a_slow_pan(pan, tmp_path, moved):
    settings = replace(SETTINGS, anchor_interval=0)
    run(pan, tmp_path / "out", settings)
    (movement,) = moved
    assert movement.turnover().max() <= 0.02
    counts = [len(movement.strokes(i)) for i in range(FRAMES)]
    assert max(counts) < 1.2 * min(counts), "the density is kept"


def test_from_one_anchor_to_the_next_strokes_turn_into_one_another(pan, tmp_path, moved):
    run(pan, tmp_path / "out")
    first, second = moved
    one, other = first.placements[:2]
    assert np.mean(one.partner >= 0) > 0.2
    # At the anchor, all strokes are those that begin the next segment.
    last, begun = first.strokes(FRAMES // 2), second.strokes(0)
    assert np.array_equal(last.stamp, begun.stamp)
    assert np.abs(last.x - begun.x).max() < 1e-4 and np.abs(last.color - begun.color).max() < 1e-3
    assert np.abs(last.opacity - begun.opacity).max() < 1e-3
    assert other.comes_later


def test_carried_strokes_flicker_a_quarter_as_much(pan, tmp_path):
    def flicker(coherence: str) -> float:
        out = tmp_path / coherence
        some = (1, 2, 3, 4)
        run(pan, out, replace(SETTINGS, coherence=coherence, anchor_interval=0), only=some)
        frames = [cv2.imread(str(p)).astype(np.float32) for p in sorted(out.glob("*.png"))]
        shift = np.float32([[1, 0, -1.5], [0, 1, 0]])
        errors = []
        for before, after in pairwise(frames):
            expected = cv2.warpAffine(before, shift, (128, 80), flags=cv2.INTER_CUBIC)
            errors.append(np.abs(expected - after)[:, :120].mean())
        return float(np.mean(errors))

    assert flicker("MOTION") < 0.3 * flicker("OFF")


def test_split_among_machines_gives_the_same_pixels(pan, tmp_path, whole):
    shots = str(tmp_path / "shots.json")
    registry.run(PrepareFramesRequest(SequenceRef(str(pan)), SETTINGS, shots), Control())
    for part in ((6, 7, 8), (1, 2), (3, 4, 5)):
        run(pan, tmp_path / "out", shot_file=shots, only=part, relief_maps=True)
    assert contents(tmp_path / "out") == contents(whole)


def test_killed_at_any_moment_it_goes_on_to_the_same_pixels(pan, tmp_path, whole):
    out = tmp_path / "out"
    command = [
        *(sys.executable, "-m", "impasto", "frames", "run", pan, "--style", "gouache"),
        *(
            "--engine",
            "strokes",
            "--brush-scale",
            "3",
            "--fineness",
            "0",
            "--anchors",
            "4",
            "--relief-maps",
        ),
        *("--out", out),
    ]
    process = subprocess.Popen(list(map(str, command)), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if line.startswith("Saved: "):
            os.kill(process.pid, signal.SIGKILL)
            break
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL
    assert 1 <= len(list(out.glob("*.png"))) < FRAMES
    again, result = run(pan, out, relief_maps=True), contents(out)
    assert again.skipped and again.written
    assert result == contents(whole)


def test_a_cut_begins_anew(animation, tmp_path):
    run(animation, tmp_path / "whole")
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(CUT + 1, COUNT + 1):
        shutil.copy(animation / f"shot_{number:04d}.png", folder)
    run(folder, tmp_path / "out")
    assert contents(tmp_path / "out").items() <= contents(tmp_path / "whole").items()


def test_relief_is_a_sequence_and_belongs_to_its_frame(pan, tmp_path, whole):
    names = sorted(str(p.relative_to(whole)) for p in whole.rglob("*_0003.png"))
    assert names == ["f_0003.png", "height/f_height_0003.png", "normal/f_normal_0003.png"]
    height = cv2.imread(str(whole / names[1]), cv2.IMREAD_UNCHANGED)
    normal = cv2.imread(str(whole / names[2]), cv2.IMREAD_UNCHANGED)
    assert height.dtype == np.uint16 and height.shape == (80, 128) and height.std() > 500
    assert normal.dtype == np.uint16 and normal.shape == (80, 128, 3)
    out = tmp_path / "out"
    shutil.copytree(whole, out)
    (out / names[2]).unlink()
    again = run(pan, out, relief_maps=True)
    assert [Path(p).name for p in again.written] == ["f_0003.png"]
    assert contents(out) == contents(whole)


def test_a_map_that_is_not_ours_is_never_replaced(pan, tmp_path):
    out = tmp_path / "out"
    (out / "height").mkdir(parents=True)
    (out / "height" / "f_height_0002.png").write_bytes(b"a map by hand")
    result = run(pan, out, only=(1, 2), relief_maps=True)
    assert [f.key for f in result.failures] == ["2"]
    assert (out / "height" / "f_height_0002.png").read_bytes() == b"a map by hand"


def test_a_frame_that_cannot_be_read_is_left_out(pan, tmp_path):
    folder = tmp_path / "in"
    shutil.copytree(pan, folder)
    (folder / "f_0005.png").write_bytes(b"half a file")  # an anchor
    result = run(folder, tmp_path / "out")
    assert [f.key for f in result.failures] == ["5"] and len(result.written) == FRAMES - 1


def test_what_strokes_cannot_do_is_refused(pan, tmp_path):
    out = tmp_path / "out"
    painted = (PaintedFrame(1, str(pan / "f_0001.png")),)
    for settings, sentence in (
        (replace(SETTINGS, look=replace(LOOK, engine="PATCHES")), "Patches cannot be used"),
        (replace(SETTINGS, painted=painted), "Painted frames are carried by the network"),
        (replace(SETTINGS, strength=0.5), "set the coherence strength to 1"),
    ):
        with pytest.raises(BadRequest, match=sentence):
            run(pan, out, settings)
    with pytest.raises(BadRequest, match="Relief maps are painted by strokes"):
        run(pan, out, replace(SETTINGS, look=replace(LOOK, engine="NETWORK")), relief_maps=True)
    command = ["frames", "run", str(pan), "--style", "gouache", "--out", str(out)]
    with pytest.raises(SystemExit):
        main([*command, "--engine", "patches"])
    assert main([*command, "--fineness", "0.9"]) == 2, "the network has no strokes"
    assert not out.exists()


@pytest.mark.parametrize("chunk", [0, 24])
def test_anchors_lie_far_apart_and_not_near_a_cut(chunk):
    settings = FramesSettings(LOOK, chunk=chunk)
    numbers = list(range(1, 1001))
    for first, last in ((1, 28), (1, 96), (30, 173), (301, 1000)):
        anchors = choose_anchors(first, last, settings, numbers)
        assert anchors[0] == first
        gaps = np.diff([*anchors, last + 1])
        assert len(anchors) == 1 or gaps.min() >= 47
        assert gaps.max() <= 168
        if chunk:
            assert all((n - 1) % chunk == 0 for n in anchors[1:])
