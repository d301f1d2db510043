"""Movies of finished frames: colors, alpha, sizes, rates, sound; whole, or not at all."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from impasto.core.control import CancelToken, Control
from impasto.core.errors import JobCancelled, NoImages, OutputUnwritable
from impasto.core.image.convert import DTYPES
from impasto.core.image.files import write_picture
from impasto.core.image.picture import Picture
from impasto.core.tasks import registry
from impasto.core.tasks.assemble_frames import AssembleFramesRequest
from impasto.core.video.movie import SUFFIXES, write_movie
from impasto.core.video.movie_reader import MovieReader
from impasto.core.video.movie_timing import even_timing, timing_of_movie
from impasto.core.video.settings import SequenceRef

from .movies import centers, numbered, patches, write
from .test_restyle import run

RATE = 48000
BEEP_EVERY = 6


def write_frames(folder: Path, count: int, *, depth="8", alpha=False, odd=False) -> list[Path]:
    """Patches, and a ramp of alpha from left to right."""
    folder.mkdir(exist_ok=True)
    color = patches().astype(np.float32)
    if odd:
        color = np.pad(color, ((0, 1), (0, 1), (0, 0)), "edge")
    share = None
    if alpha:
        top = 255 if depth == "8" else 65535
        share = np.tile(np.linspace(0, top, color.shape[1]), (len(color), 1)).astype(DTYPES[depth])
    paths = [folder / f"f_{number:04d}.png" for number in range(1, count + 1)]
    for path in paths:
        write_picture(Picture(color, share, depth), path)
    return paths


@pytest.mark.parametrize("odd", [False, True], ids=["even", "odd"])
@pytest.mark.parametrize("depth", ["8", "16"])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_colors_come_back_from_what_is_written(tmp_path, suffix, depth, odd):
    paths = write_frames(tmp_path / "in", 3, depth=depth, odd=odd)
    path = tmp_path / f"m{suffix}"
    written = write_movie(paths, path, even_timing(3, 24))
    assert (written.frames, written.failures, written.notes) == (3, (), ())
    reader = MovieReader.open(path)
    picture = reader.read(2)
    off = np.abs(centers(picture.color) - centers(patches())).max() * 255
    assert off < (0.01 if suffix == ".mkv" else 2.0)
    height, width = (33, 65) if odd else (32, 64)
    assert picture.size[0] >= width and picture.size[1] >= height, "no row or column is lost"
    edge = picture.color[height // 2 + 4 :, width - 1] - patches()[-1, -1]
    assert not odd or np.abs(edge).max() * 255 < 16, "nor is one made up"


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_movies_say_that_they_are_rec_709(tmp_path, suffix):
    path = tmp_path / f"m{suffix}"
    write_movie(write_frames(tmp_path / "in", 2), path, even_timing(2, 24))
    with av.open(str(path)) as movie:
        context = movie.streams.video[0].codec_context
        tags = (context.colorspace, context.color_primaries, context.color_trc, context.color_range)
        assert tuple(map(int, tags)) == (1, 1, 1, 1)
        frame = next(movie.decode(video=0))
        assert (int(frame.colorspace), int(frame.color_range)) == (1, 1)


@pytest.mark.parametrize("depth", ["8", "16"])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_transparency_is_kept_or_its_loss_is_told(tmp_path, suffix, depth):
    paths = write_frames(tmp_path / "in", 2, depth=depth, alpha=True)
    written = write_movie(paths, tmp_path / f"m{suffix}", even_timing(2, 24))
    picture = MovieReader.open(tmp_path / f"m{suffix}").read(1)
    ramp = np.linspace(0, 1, 64)
    if suffix in (".mov", ".mkv"):
        assert not written.notes and picture.depth == depth
        top = 255 if depth == "8" else 65535
        assert np.abs(picture.alpha[5] / top - ramp).max() < 0.006
        assert np.abs(centers(picture.color) - centers(patches())).max() * 255 < 2
    else:
        assert len(written.notes) == 1 and "no transparency" in written.notes[0]
        assert picture.alpha is None
        black = centers(patches() * ramp[:, None])
        assert np.abs(centers(picture.color) - black).max() * 255 < 6, "it is shown before black"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_frames_give_the_same_bytes(tmp_path, suffix):
    paths = write_frames(tmp_path / "in", 5)
    made = []
    for name in ("a", "b"):
        path = tmp_path / f"{name}{suffix}"
        write_movie(paths, path, even_timing(5, 24))
        made.append(path.read_bytes())
    assert made[0] == made[1]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("fps", [23.976, 29.97, 24, 25, 59.94])
def test_rates_are_exact_fractions(tmp_path, suffix, fps):
    path = tmp_path / f"m{suffix}"
    write_movie(write_frames(tmp_path / "in", 20), path, even_timing(20, fps))
    reader = MovieReader.open(path)
    exact = {
        23.976: Fraction(24000, 1001),
        29.97: Fraction(30000, 1001),
        59.94: Fraction(60000, 1001),
    }
    assert reader.fps == exact.get(fps, Fraction(fps)) and reader.count == 20


def test_frames_that_cannot_be_read_or_do_not_fit_are_named_and_left_out(tmp_path):
    paths = write_frames(tmp_path / "in", 4)
    paths[1].write_bytes(b"no picture")
    write_picture(Picture(np.zeros((8, 8, 3), np.float32)), paths[2], overwrite=True)
    written = write_movie(paths, tmp_path / "m.mp4", even_timing(4, 24))
    assert written.frames == MovieReader.open(tmp_path / "m.mp4").count == 2
    assert [failure.key for failure in written.failures] == ["f_0002.png", "f_0003.png"]
    assert "another size" in written.failures[1].message
    for path in paths:
        path.write_bytes(b"no picture")
    with pytest.raises(NoImages):
        write_movie(paths, tmp_path / "n.mp4", even_timing(4, 24))
    assert not (tmp_path / "n.mp4").exists()


def test_a_cancelled_movie_leaves_nothing(tmp_path):
    paths = write_frames(tmp_path / "in", 4)
    asked = iter([False, False, True])
    control = Control(cancel=CancelToken(lambda: next(asked, True)))
    with pytest.raises(JobCancelled):
        write_movie(paths, tmp_path / "m.mov", even_timing(4, 24), control=control)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in"]


@pytest.mark.parametrize("limit", [2_000, 20_000, 40_000])
@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_a_full_disk_is_never_called_saved(tmp_path, suffix, limit):
    folder = tmp_path / "in"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(1, 6):
        noise = rng.random((96, 128, 3)).astype(np.float32)
        write_picture(Picture(noise), folder / f"f_{number}.png")
    movie = str(tmp_path / f"m{suffix}")
    code = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        "import sys; from impasto.core.cli.main import main\n"
        f"sys.exit(main(['frames', 'assemble', {str(folder)!r}, '--movie', {movie!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 2 and "Saved" not in done.stdout, done.stdout + done.stderr
    assert "disk is full" in done.stdout + done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in"]


@dataclass(frozen=True)
class Heard:
    """The sound of a movie: when its beeps begin, on the clock of its first frame."""

    codec: str
    beeps: list[float]
    seconds: float


def listen(path: Path) -> Heard:
    with av.open(str(path)) as movie:
        start = movie.streams.video[0].start_time * movie.streams.video[0].time_base
        stream = movie.streams.audio[0]
        mono, parts, first = av.AudioResampler("flt", "mono", RATE), [], None
        for frame in movie.decode(stream):
            first = frame.pts * frame.time_base - start if first is None else first
            parts += [part.to_ndarray()[0] for part in mono.resample(frame)]
        parts += [part.to_ndarray()[0] for part in mono.resample(None)]
        wave = np.concatenate(parts)
        loud = np.flatnonzero(np.abs(wave) > 0.25)
        begins = loud[np.insert(np.diff(loud) > RATE // 20, 0, True)]
        seconds = float(first) + len(wave) / RATE
        beeps = [float(first) + float(place) / RATE for place in begins]
        return Heard(stream.codec_context.codec.canonical_name, beeps, seconds)


def write_source(
    path: Path, codec: str, *, rate: Fraction | int = 24, times=None, count: int = 48
) -> Path:
    """A movie that beeps with every sixth frame."""
    kind = {".webm": "libvpx-vp9", ".ts": "mpeg2video", ".avi": "mpeg4"}.get(path.suffix, "libx264")
    starts = [Fraction(i) / rate for i in range(count)] if times is None else times
    length = starts[-1] + 1 / Fraction(rate)
    wave = np.zeros(int(length * RATE))
    for start in starts[::BEEP_EVERY]:
        place = int(start * RATE)
        beep = np.sin(np.arange(RATE // 50) * 2 * np.pi / 48) * 0.8
        wave[place : place + len(beep)] = beep[: len(wave) - place]
    with av.open(str(path), "w") as movie:
        video = movie.add_stream(kind, rate=rate)
        video.width, video.height, video.pix_fmt = 96, 64, "yuv420p"
        if times is not None:
            video.codec_context.time_base = Fraction(1, 1000)
        audio = movie.add_stream(codec, rate=RATE)
        audio.codec_context.layout = "stereo"
        for start, frame in zip(starts, numbered(count), strict=True):
            frame.time_base = 1 / Fraction(rate) if times is None else Fraction(1, 1000)
            frame.pts = round(start / frame.time_base)
            movie.mux(video.encode(frame))
        movie.mux(video.encode(None))
        for place in range(0, len(wave), 1024):
            part = np.repeat(wave[place : place + 1024, None], 2, 1) * 32767
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(part.astype(np.int16).reshape(1, -1)), "s16", "stereo"
            )
            frame.sample_rate, frame.pts, frame.time_base = RATE, place, Fraction(1, RATE)
            movie.mux(audio.encode(frame))
        movie.mux(audio.encode(None))
    return path


SOUNDS = [
    ("s.mp4", "aac", {".mp4": "aac", ".mov": "aac", ".mkv": "aac", ".avi": "pcm_s16le"}),
    ("s.mov", "pcm_s16le", {".mp4": "aac", ".mov": "pcm_s16le", ".mkv": "pcm_s16le"}),
    ("s.avi", "pcm_s16le", {".mp4": "aac", ".mov": "pcm_s16le", ".avi": "pcm_s16le"}),
    ("s.mkv", "flac", {".mp4": "flac", ".mov": "pcm_s16le", ".mkv": "flac", ".avi": "pcm_s16le"}),
    ("s.mkv", "pcm_s24le", {".mp4": "aac", ".mov": "pcm_s24le", ".mkv": "pcm_s24le"}),
    ("s.webm", "libopus", {".mp4": "opus", ".mov": "pcm_s16le", ".mkv": "opus"}),
    ("s.ts", "mp2", {".mp4": "aac", ".mkv": "mp2"}),
]


@pytest.mark.parametrize("part", [range(1, 49), range(13, 31)], ids=["all", "a part"])
@pytest.mark.parametrize(("name", "codec", "becomes"), SOUNDS)
def test_the_sound_goes_along_and_fits(tmp_path, name, codec, becomes, part):
    source = write_source(tmp_path / name, codec, rate=25)
    pictures = write_frames(tmp_path / "in", 48)
    timing = timing_of_movie(MovieReader.open(source), source, part)
    for suffix, expected in becomes.items():
        path = tmp_path / f"m{suffix}"
        written = write_movie([pictures[n - 1] for n in part], path, timing)
        assert written.frames == len(part) and not written.notes
        heard = listen(path)
        assert heard.codec == expected
        seconds = len(part) / 25
        assert seconds - 0.03 < heard.seconds < seconds + 0.06, suffix
        beeps = [n / 25 for n in range(0, len(part), BEEP_EVERY)]
        assert np.abs(np.array(heard.beeps[: len(beeps)]) - beeps).max() < 0.01, suffix


def test_lossless_sound_stays_so(tmp_path):
    source = write_source(tmp_path / "s.mov", "pcm_s16le")
    pictures = write_frames(tmp_path / "in", 48)

    def samples(path: Path) -> np.ndarray:
        with av.open(str(path)) as movie:
            return np.hstack([frame.to_ndarray() for frame in movie.decode(audio=0)])

    reader = MovieReader.open(source)
    write_movie(pictures, tmp_path / "m.mov", timing_of_movie(reader, source, range(1, 49)))
    assert np.array_equal(samples(tmp_path / "m.mov"), samples(source))
    write_movie(pictures[12:24], tmp_path / "n.mkv", timing_of_movie(reader, source, range(13, 25)))
    cut = slice(RATE, 2 * RATE)  # interleaved, from half a second to one
    assert np.array_equal(samples(tmp_path / "n.mkv")[0], samples(source)[0, cut])


def test_several_tracks_and_their_languages_are_kept(tmp_path):
    source = tmp_path / "s.mkv"
    with av.open(str(source), "w") as movie:
        video = movie.add_stream("libx264", rate=24)
        video.width, video.height, video.pix_fmt = 96, 64, "yuv420p"
        tracks = [movie.add_stream("aac", rate=RATE) for _ in range(2)]
        for track, language in zip(tracks, ("fre", "jpn"), strict=True):
            track.metadata["language"] = language
        for index, frame in enumerate(numbered(24)):
            frame.pts = index
            movie.mux(video.encode(frame))
        movie.mux(video.encode(None))
        for track in tracks:
            frame = av.AudioFrame.from_ndarray(np.zeros((2, RATE), np.float32), "fltp", "stereo")
            frame.sample_rate, frame.pts = RATE, 0
            movie.mux(track.encode(frame))
            movie.mux(track.encode(None))
    pictures = write_frames(tmp_path / "in", 24)
    timing = timing_of_movie(MovieReader.open(source), source, range(1, 25))
    for suffix in (".mp4", ".mkv"):
        write_movie(pictures, tmp_path / f"m{suffix}", timing)
        with av.open(str(tmp_path / f"m{suffix}")) as movie:
            assert [s.metadata.get("language") for s in movie.streams.audio] == ["fre", "jpn"]


def test_a_variable_rate_is_kept_with_its_sound(tmp_path):
    times = [Fraction(t, 1000) for t in (0, 40, 80, 500, 540, 900, 1000, 1500, 1540, 2000, 2300)]
    source = write_source(tmp_path / "s.mp4", "aac", rate=25, times=times, count=11)
    pictures = write_frames(tmp_path / "in", 11)
    reader = MovieReader.open(source)
    for suffix in (".mp4", ".mov", ".mkv"):
        path = tmp_path / f"m{suffix}"
        write_movie(pictures, path, timing_of_movie(reader, source, range(1, 12)))
        made = MovieReader.open(path)
        found = [made.index.start(i) - made.index.start(0) for i in range(11)]
        assert np.abs(np.array(found, float) - np.array(times, float)).max() < 0.0006
        assert np.abs(np.array(listen(path).beeps) - [0, 1.0]).max() < 0.01
    written = write_movie(
        pictures, tmp_path / "m.avi", timing_of_movie(reader, source, range(1, 12))
    )
    assert written.frames == 11 and "equally long" in written.notes[0]


def test_frames_that_were_left_out_are_waited_for(tmp_path):
    source = write_source(tmp_path / "s.mp4", "aac")
    pictures = write_frames(tmp_path / "in", 48)
    reader = MovieReader.open(source)
    every_second = range(1, 49, 2)
    path = tmp_path / "m.mp4"
    write_movie(
        [pictures[n - 1] for n in every_second], path, timing_of_movie(reader, source, every_second)
    )
    assert MovieReader.open(path).fps == 12 and listen(path).seconds == pytest.approx(2, abs=0.05)
    gap = [1, 2, 3, 4, 37, 38]
    write_movie(
        [pictures[n - 1] for n in gap], path, timing_of_movie(reader, source, gap), overwrite=True
    )
    made = MovieReader.open(path)
    assert made.index.start(4) - made.index.start(0) == Fraction(36, 24)
    assert np.abs(np.array(listen(path).beeps[:2]) - [0, 0.25]).max() < 0.01


def test_another_speed_has_no_sound_and_says_so(tmp_path):
    source = write_source(tmp_path / "s.mp4", "aac")
    pictures = write_frames(tmp_path / "in", 48)
    timing = timing_of_movie(MovieReader.open(source), source, range(1, 49), fps=12)
    written = write_movie(pictures, tmp_path / "m.mp4", timing)
    assert "no sound, as it is to run at 12 frames per second" in written.notes[0]
    with av.open(str(tmp_path / "m.mp4")) as movie:
        assert not movie.streams.audio
    assert MovieReader.open(tmp_path / "m.mp4").fps == 12


def test_a_restyled_movie_has_the_sound_of_its_source(tmp_path):
    source = write_source(tmp_path / "s.mp4", "aac", rate=Fraction(24000, 1001), count=12)
    result, _ = run(source, tmp_path / "out", movie=str(tmp_path / "m.mp4"))
    assert result.movie and not result.notes
    assert MovieReader.open(tmp_path / "m.mp4").fps == Fraction(24000, 1001)
    assert len(listen(tmp_path / "m.mp4").beeps) == 2


def test_frames_that_are_joined_later_have_the_sound_of_their_part(tmp_path):
    source = write_source(tmp_path / "s.mp4", "aac", count=24)
    out = tmp_path / "out"
    run(source, out, only=tuple(range(7, 19)))
    request = AssembleFramesRequest(SequenceRef(str(out)), str(tmp_path / "m.mkv"))
    result = registry.run(request, Control())
    assert result.frames == 12 and not result.notes
    heard = listen(tmp_path / "m.mkv")
    assert np.abs(np.array(heard.beeps[:2]) - [0, 0.25]).max() < 0.01
    assert heard.seconds == pytest.approx(0.5, abs=0.05)
    source.unlink()
    again = AssembleFramesRequest(SequenceRef(str(out)), str(tmp_path / "n.mp4"))
    result = registry.run(again, Control())
    assert result.frames == 12 and "does not exist" in result.notes[0]


def test_rendered_frames_can_be_given_a_sound_file(tmp_path, animation):
    sound = tmp_path / "mix.wav"
    with av.open(str(sound), "w") as file:
        stream = file.add_stream("pcm_s16le", rate=RATE)
        wave = (np.sin(np.arange(RATE) * 2 * np.pi / 48)[None] * 20000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave, "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    request = AssembleFramesRequest(
        SequenceRef(str(animation)), str(tmp_path / "m.mov"), fps=16, sound=str(sound)
    )
    registry.run(request, Control())
    assert listen(tmp_path / "m.mov").seconds == pytest.approx(0.5, abs=0.01)


def test_frames_of_pictures_take_no_sound_of_an_earlier_movie(tmp_path, animation):
    source = write_source(tmp_path / "s.mp4", "aac", count=8)
    out = tmp_path / "out"
    run(source, out)
    run(animation, out)
    request = AssembleFramesRequest(
        SequenceRef(str(out / "shot_####.png")), str(tmp_path / "m.mp4")
    )
    registry.run(request, Control())
    with av.open(str(tmp_path / "m.mp4")) as movie:
        assert not movie.streams.audio


def test_sound_that_cannot_be_read_costs_the_sound_alone(tmp_path):
    source = write_source(tmp_path / "s.mp4", "aac")
    pictures = write_frames(tmp_path / "in", 48)
    timing = timing_of_movie(MovieReader.open(source), source, range(1, 49))
    data = source.read_bytes()
    source.write_bytes(data[: len(data) // 2])
    written = write_movie(pictures, tmp_path / "m.mp4", timing)
    assert written.frames == 48 and "no sound" in written.notes[0]


def test_pixels_stay_as_wide_as_they_were(tmp_path):
    source = write(
        *(tmp_path / "s.mp4", numbered(4), "libx264"), sample_aspect_ratio=Fraction(16, 11)
    )
    timing = timing_of_movie(MovieReader.open(source), source, range(1, 5))
    pictures = write_frames(tmp_path / "in", 4)
    for suffix in SUFFIXES:
        written = write_movie(pictures, tmp_path / f"m{suffix}", timing)
        aspect = MovieReader.open(tmp_path / f"m{suffix}").pixel_aspect
        assert aspect == Fraction(16, 11) or "square pixels" in written.notes[0], suffix
        assert suffix == ".mkv" or not written.notes


def test_the_encoder_is_named_where_it_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(av, "codecs_available", av.codecs_available - {"libx264"})
    with pytest.raises(OutputUnwritable, match="cannot write libx264"):
        write_movie(write_frames(tmp_path / "in", 1), tmp_path / "m.mp4", even_timing(1, 24))
