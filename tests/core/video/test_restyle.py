"""Whole runs on a small animation: cuts, coherence, resuming, splitting, what goes wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from impasto.core.cli.main import main
from impasto.core.control import CancelToken, Control
from impasto.core.errors import BadRequest, ImageTooLarge, JobCancelled, OutputUnwritable
from impasto.core.image.files import ImageFile
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks import registry
from impasto.core.tasks.prepare_frames import PrepareFramesRequest
from impasto.core.tasks.propagate import PropagateRequest
from impasto.core.tasks.restyle_frames import FramesRequest
from impasto.core.video.settings import FramesSettings, SequenceRef
from impasto.core.worker.protocol import decode, encode

from .conftest import COUNT, CUT, texture

ROOT = Path(__file__).parents[3]
# A large brush makes the work small; so are the frames.
LOOK = Look((StyleRef("starry-night"),), engine="NETWORK", brush_scale=4.0)
SETTINGS = FramesSettings(LOOK, anchor_interval=3)


def run(animation: Path, out: Path, settings: FramesSettings = SETTINGS, **options):
    """Restyle; returns the result and the events."""
    events = []
    request = FramesRequest(SequenceRef(str(animation)), settings, str(out), **options)
    return registry.run(request, Control(on_item=events.append)), events


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.png"))}


@pytest.fixture(scope="module")
def whole(animation, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("whole")
    run(animation, out)
    return out


def test_every_frame_is_there_and_shots_are_known(animation, tmp_path):
    result, events = run(animation, tmp_path / "out", thumbnail=str(tmp_path / "now.png"))
    assert [Path(p).name for p in result.written] == [
        f"shot_{n:04d}.png" for n in range(1, COUNT + 1)
    ]
    assert [(s.first, s.last) for s in result.shots] == [(1, CUT), (CUT + 1, COUNT)]
    assert [e.number for e in events] == list(range(1, COUNT + 1))
    assert cv2.imread(str(tmp_path / "now.png")) is not None
    assert Path(result.pattern).name == "shot_####.png"
    assert not list((tmp_path / "out").rglob("*.part"))
    assert decode(json.loads(encode(events[0], 1))) == events[0]


def test_second_run_skips_what_is_finished(animation, tmp_path, whole):
    out = tmp_path / "out"
    shutil.copytree(whole, out)
    (out / "shot_0004.png").unlink()
    result, events = run(animation, out)
    assert [Path(p).name for p in result.written] == ["shot_0004.png"]
    assert sum(event.skipped for event in events) == COUNT - 1
    assert contents(out) == contents(whole)


def test_frames_of_another_version_are_not_taken_for_finished(animation, tmp_path, monkeypatch):

    out = tmp_path / "out"
    run(animation, out)
    monkeypatch.setattr("impasto.core.video.cache_keys.shipped_steps", lambda: 1)
    result, _ = run(animation, out)
    assert not result.written and len(result.failures) == COUNT
    assert "was made with other settings" in result.failures[0].message
    result, _ = run(animation, out, overwrite=True)
    assert len(result.written) == COUNT


def test_split_among_machines_gives_the_same_pixels(animation, tmp_path, whole):
    shots = str(tmp_path / "shots.json")
    registry.run(PrepareFramesRequest(SequenceRef(str(animation)), SETTINGS, shots), Control())
    for part in ((5, 6, 7, 8), (1, 2), (3, 4)):
        run(animation, tmp_path / "out", shot_file=shots, only=part)
    assert contents(tmp_path / "out") == contents(whole)


def test_each_frame_is_decoded_once_where_the_shots_are_known(animation, tmp_path, monkeypatch):
    """Anchors, too, which end one segment and begin the next."""
    # Painted at the frames' size, so that their colors are not needed once more for detail.
    settings = replace(SETTINGS, look=replace(LOOK, brush_scale=6.0))
    shots = str(tmp_path / "shots.json")
    registry.run(PrepareFramesRequest(SequenceRef(str(animation)), settings, shots), Control())
    decoded = []

    read = ImageFile.read

    def counted(image, **options):
        decoded.append(image.path.name)
        return read(image, **options)

    monkeypatch.setattr(ImageFile, "read", counted)
    run(animation, tmp_path / "out", settings, shot_file=shots)
    assert sorted(decoded) == [f"shot_{n:04d}.png" for n in range(1, COUNT + 1)]


def test_killed_at_any_moment_it_goes_on_to_the_same_pixels(animation, tmp_path, whole):
    out = tmp_path / "out"
    command = [
        *(sys.executable, "-m", "impasto", "frames", "run", animation, "--style", "starry-night"),
        *("--anchors", "3", "--brush-scale", "4", "--out", out),
    ]
    process = subprocess.Popen(list(map(str, command)), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if line.startswith("Saved: "):
            os.kill(process.pid, signal.SIGKILL)
            break
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL
    finished = len(contents(out))
    assert 1 <= finished < COUNT
    again = subprocess.run(
        list(map(str, command)), cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert again.stdout.count("skipping existing frame") >= 1
    assert again.stdout.count("Time: 00:") == again.stdout.count("Saved: ")
    assert contents(out) == contents(whole)


def test_a_still_scene_stays_still(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    pixels = (texture(64, 96, 2) * 255).astype(np.uint8)
    for number in range(1, 9):
        cv2.imwrite(str(folder / f"{number:04d}.png"), pixels)
    run(folder, tmp_path / "out")
    first, *others = (cv2.imread(p) for p in sorted(map(str, (tmp_path / "out").glob("*.png"))))
    assert np.abs(first.astype(int) - pixels).mean() > 8, "it was restyled"
    for other in others:
        assert np.abs(other.astype(int) - first).max() <= 1


def test_nothing_builds_up_over_250_frames(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    pixels = (texture(48, 64, 2) * 255).astype(np.uint8)
    for number in range(1, 251):
        cv2.imwrite(str(folder / f"{number:04d}.png"), pixels)
    run(folder, tmp_path / "out", replace(SETTINGS, anchor_interval=24))
    first, last = (cv2.imread(str(tmp_path / "out" / f"{n:04d}.png")) for n in (1, 250))
    assert np.abs(first.astype(int) - last).mean() <= 2


def test_what_was_before_a_cut_leaves_nothing_behind(animation, tmp_path, whole):
    """The second shot by itself gives the same pixels."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(CUT + 1, COUNT + 1):
        shutil.copy(animation / f"shot_{number:04d}.png", folder)
    run(folder, tmp_path / "out")
    assert contents(tmp_path / "out").items() <= contents(whole).items()


def test_frames_rendered_anew_are_cut_anew(animation, tmp_path):
    folder = tmp_path / "in"
    shutil.copytree(animation, folder)
    before, _ = run(folder, tmp_path / "out")
    assert len(before.shots) == 2
    for number in range(CUT + 1, COUNT + 1):
        shutil.copy(animation / f"shot_{CUT:04d}.png", folder / f"shot_{number:04d}.png")
    after, _ = run(folder, tmp_path / "out", overwrite=True)
    assert [(s.first, s.last) for s in after.shots] == [(1, COUNT)]


def test_a_shot_file_of_more_frames_is_refused(animation, tmp_path):
    shots = str(tmp_path / "shots.json")
    registry.run(PrepareFramesRequest(SequenceRef(str(animation)), SETTINGS, shots), Control())
    request = FramesRequest(
        SequenceRef(str(animation), last=3), SETTINGS, str(tmp_path / "out"), shots
    )
    with pytest.raises(BadRequest, match="more frames than there are here"):
        registry.run(request, Control())


@pytest.mark.parametrize("coherence", ["OFF", "STATISTICS"])
def test_frames_apart_resume_and_split_to_the_same_pixels(animation, tmp_path, coherence):
    settings = replace(SETTINGS, coherence=coherence)
    result, events = run(animation, tmp_path / "whole", settings)
    assert [e.number for e in events] == list(range(1, COUNT + 1)) and not result.failures
    for part in ((6, 2), (1, 3, 4), ()):
        run(animation, tmp_path / "parts", settings, only=part)
    assert contents(tmp_path / "parts") == contents(tmp_path / "whole")
    again, _ = run(animation, tmp_path / "whole", settings)
    assert len(again.skipped) == COUNT


def test_nothing_is_left_in_the_temporary_folder_when_killed(animation, tmp_path):
    away = tmp_path / "away"
    away.mkdir()
    command = [
        *(sys.executable, "-m", "impasto", "frames", "run", animation, "--style", "starry-night"),
        *("--brush-scale", "4", "--out", tmp_path / "out"),
    ]
    process = subprocess.Popen(
        list(map(str, command)),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(away)},
    )
    next(line for line in process.stdout if line.startswith("Saved: "))
    os.kill(process.pid, signal.SIGKILL)
    process.stdout.close()
    process.wait()
    assert not [p for p in away.iterdir() if p.name.startswith("impasto")]
    assert sum(p.stat().st_size for p in away.rglob("*") if p.is_file()) == 0


def test_motion_flickers_less_than_frame_by_frame(animation, tmp_path):
    """Grain that changes with every frame makes strokes jump, unless they are carried along."""
    folder = tmp_path / "in"
    folder.mkdir()
    rng = np.random.default_rng(1)
    ground = texture(96, 128, 4)
    for number in range(1, 7):
        noisy = np.clip(ground + rng.normal(0, 0.04, ground.shape), 0, 1)
        cv2.imwrite(str(folder / f"{number:04d}.png"), (noisy * 255).astype(np.uint8))

    def flicker(coherence: str) -> float:
        out = tmp_path / coherence
        run(folder, out, replace(SETTINGS, coherence=coherence, anchor_interval=24))
        frames = np.stack([cv2.imread(p) for p in sorted(map(str, out.glob("*.png")))]).astype(
            float
        )
        return float(np.abs(np.diff(frames, axis=0)).mean())

    calm, restless = flicker("MOTION"), flicker("OFF")
    assert calm < 0.5 * restless


def test_strokes_do_not_grow_soft(tmp_path):
    """What is half trusted, as grain makes it, must not be mixed at every frame."""
    folder = tmp_path / "in"
    folder.mkdir()
    rng = np.random.default_rng(1)
    wide = texture(96, 160, 4)
    for number in range(1, 9):
        seen = wide[:, 3 * number : 3 * number + 128]
        noisy = np.clip(seen + rng.normal(0, 0.08, seen.shape), 0, 1)
        cv2.imwrite(str(folder / f"{number:04d}.png"), (noisy * 255).astype(np.uint8))

    def sharpness(coherence: str) -> float:
        out = tmp_path / coherence
        run(folder, out, replace(SETTINGS, coherence=coherence, anchor_interval=24))
        last = cv2.imread(str(out / "0008.png"), cv2.IMREAD_GRAYSCALE)
        return float(cv2.Laplacian(last, cv2.CV_32F).std())

    carried, fresh = sharpness("MOTION"), sharpness("STATISTICS")
    assert carried > 0.87 * fresh


def test_a_broken_frame_is_listed_and_the_rest_goes_on(animation, tmp_path):
    folder = tmp_path / "in"
    shutil.copytree(animation, folder)
    (folder / "shot_0003.png").write_bytes(b"half a file")
    result, _ = run(folder, tmp_path / "out")
    assert [f.key for f in result.failures] == ["3"]
    assert len(result.written) == COUNT - 1


def test_other_files_are_never_overwritten(animation, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "shot_0002.png").write_bytes(b"a painting by hand")
    result, _ = run(animation, out)
    assert [f.key for f in result.failures] == ["2"]
    assert (out / "shot_0002.png").read_bytes() == b"a painting by hand"


def test_frames_are_not_written_over(animation):
    with pytest.raises(BadRequest, match="choose another"):
        run(animation, animation)


def test_other_settings_need_another_shot_file(animation, tmp_path):
    shots = str(tmp_path / "shots.json")
    registry.run(PrepareFramesRequest(SequenceRef(str(animation)), SETTINGS, shots), Control())
    with pytest.raises(BadRequest, match="other settings"):
        run(animation, tmp_path / "out", replace(SETTINGS, strength=0.5), shot_file=shots)


def prepared(animation: Path, folder: Path, **options) -> Path:
    """Write a shot file."""
    shots = folder / "shots.json"
    request = PrepareFramesRequest(
        SequenceRef(str(animation)), SETTINGS, str(shots), overwrite=True, **options
    )
    registry.run(request, Control())
    return shots


@pytest.mark.parametrize("name", ["device", "torch", "OpenCV"])
def test_a_shot_file_from_another_kind_of_machine_is_refused(animation, tmp_path, name):
    shots = prepared(animation, tmp_path)
    document = json.loads(shots.read_text())
    assert document["made_with"]["device"] in ("cpu", "cuda", "mps")
    document["made_with"][name] = "another"
    shots.write_text(json.dumps(document))
    with pytest.raises(BadRequest, match=f"{name} another.*which gives other pixels"):
        run(animation, tmp_path / "out", shot_file=str(shots))


def test_all_machines_paint_in_the_tiles_of_the_shot_file(tmp_path):
    """However much memory each has; one that has too little says so."""
    source = tmp_path / "in"
    source.mkdir()
    for number in (1, 2):
        pixels = (texture(600, 800, number) * 255).astype(np.uint8)
        cv2.imwrite(str(source / f"{number:04d}.png"), pixels)
    settings = FramesSettings(replace(LOOK, brush_scale=1.0), coherence="STATISTICS")
    request = PrepareFramesRequest(
        SequenceRef(str(source)), settings, str(tmp_path / "shots.json"), memory_limit=350 << 20
    )
    registry.run(request, Control())
    tile = json.loads((tmp_path / "shots.json").read_text())["tile"]
    assert tile < 800
    for name, limit in (("much", 0), ("little", 350 << 20)):
        run(source, tmp_path / name, settings, shot_file=request.shot_file, memory_limit=limit)
    assert contents(tmp_path / "much") == contents(tmp_path / "little") != {}
    document = json.loads((tmp_path / "shots.json").read_text())
    (tmp_path / "large.json").write_text(json.dumps({**document, "tile": 2048}))
    with pytest.raises(ImageTooLarge, match="made for tiles of 2048 pixels"):
        run(
            *(source, tmp_path / "none", settings),
            shot_file=str(tmp_path / "large.json"),
            memory_limit=350 << 20,
        )


@pytest.mark.parametrize("engine", ["network", "strokes"])
def test_other_processors_and_threads_give_the_same_pixels(tmp_path, engine):
    """Libraries compute as they do on other processors; in 16 bits nothing is rounded away."""
    source = tmp_path / "in"
    source.mkdir()
    wide = texture(240, 360, 3)
    for number in range(1, 5):
        pixels = (wide[:, 4 * number : 4 * number + 320] * 65535).astype(np.uint16)
        cv2.imwrite(str(source / f"{number:04d}.png"), pixels)
    places = {
        "here": ({}, "2"),
        "threads": ({}, "1"),
        "avx2": (
            {
                "OPENBLAS_CORETYPE": "Haswell",
                "OPENCV_CPU_DISABLE": "AVX512-SKX",
                "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL"
                " AVX512_ICL",
            },
            "3",
        ),
    }
    for name, (variables, threads) in places.items():
        command = [sys.executable, "-m", "impasto", "frames", "run", str(source), "--quiet"]
        command += ["--style", "starry-night", "--engine", engine, "--brush-scale", "2"]
        command += ["--threads", threads, "--device", "cpu", "--out", str(tmp_path / name)]
        subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, **variables})
    here = contents(tmp_path / "here")
    assert len(here) == 4
    assert all(contents(tmp_path / name) == here for name in places)


def test_regions_are_refused_for_frames(animation, tmp_path):
    """By every task on frames, before anything is done: they would else be ignored."""
    sequence, out = SequenceRef(str(animation)), tmp_path / "out"
    settings = replace(SETTINGS, look=replace(LOOK, regions=3))
    frames = FramesRequest(sequence, settings, str(out))
    for request in (
        frames,
        PrepareFramesRequest(sequence, settings, str(tmp_path / "shots.json")),
        PropagateRequest(frames, str(tmp_path / "learned.impasto")),
    ):
        with pytest.raises(BadRequest, match="Regions cannot be used on frames; set it to 0"):
            registry.run(request, Control())
    command = ("frames", "run", str(animation), "--style", "scream", "--regions", "3")
    assert main([*command, "--out", str(out)]) == 2
    assert not any(tmp_path.iterdir())


def test_cancel_keeps_finished_frames(animation, tmp_path):
    done = []
    request = FramesRequest(SequenceRef(str(animation)), SETTINGS, str(tmp_path / "out"))
    with pytest.raises(JobCancelled):
        registry.run(
            request, Control(cancel=CancelToken(lambda: len(done) >= 2), on_item=done.append)
        )
    assert 2 <= len(contents(tmp_path / "out")) < COUNT


def test_what_goes_wrong_behind_the_painting_ends_the_run(animation, tmp_path):
    """Segments are blended, and their frames reported, while the next one is painted."""
    reported = []

    def full(event):
        reported.append(event)
        raise OutputUnwritable("There is no room left; free some space.")

    request = FramesRequest(SequenceRef(str(animation)), SETTINGS, str(tmp_path / "out"))
    with pytest.raises(OutputUnwritable, match="free some space"):
        registry.run(request, Control(on_item=full))
    assert len(reported) == 1 and contents(tmp_path / "out")
    _, events = run(animation, tmp_path / "out")
    assert len(events) == COUNT and any(event.skipped for event in events)


def test_other_formats_and_a_movie(animation, tmp_path):
    movie = tmp_path / "m.mp4"
    result, _ = run(
        animation, tmp_path / "out", format="TIFF", depth="16", movie=str(movie), only=(1, 2, 3)
    )
    first = cv2.imread(result.written[0], cv2.IMREAD_UNCHANGED)
    assert first.dtype == np.uint16 and result.written[0].endswith("shot_0001.tif")
    assert int(cv2.VideoCapture(str(movie)).get(cv2.CAP_PROP_FRAME_COUNT)) == 3
