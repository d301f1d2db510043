"""Movies of every kind come out as players show them, or are refused with the reason."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.core.errors import ImageUnreadable, ImpastoError, NoImages, UnsupportedImage
from impasto.core.image.formats import MOVIE_SUFFIXES
from impasto.core.image.metadata import read_metadata
from impasto.core.video import movie_file
from impasto.core.video.movie_index import exact_rate
from impasto.core.video.movie_pixels import BT709, RGB, ColorTags, to_picture
from impasto.core.video.movie_reader import MovieReader
from impasto.core.video.sequence import find_sequence
from impasto.core.video.settings import SequenceRef

from . import movies
from .movies import centers, numbered, patches, shown, write, yuv_frame
from .test_restyle import run

LIMITED, FULL = 1, 2


def read(path: Path, index: int = 0):
    return MovieReader.open(path).read(index)


def levels_off(path: Path, across: int = 1) -> float:
    """How far the patches are off, in levels of 255."""
    return float(
        np.abs(centers(read(path).color, across) - centers(patches(across), across)).max() * 255
    )


@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize("matrix", [1, 5, 6, 9])
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p", "yuv422p10le"])
def test_colors_are_exact_by_the_movies_own_matrix_and_range(tmp_path, matrix, full, pixel_format):
    frame = yuv_frame(patches(), pixel_format, matrix, full)
    primaries = 1 if matrix == 9 else matrix
    path = write(
        tmp_path / "m.mkv", [frame], tags=(matrix, primaries, 1, FULL if full else LIMITED)
    )
    assert levels_off(path) < (1.0 if "10" in pixel_format else 2.0)


@pytest.mark.parametrize(("matrix", "full"), [(1, False), (6, False), (9, True)])
def test_h264_says_in_its_own_stream_what_its_colors_mean(tmp_path, matrix, full):
    frame = yuv_frame(patches(), "yuv420p", matrix, full)
    tags = (matrix, 1, 1, FULL if full else LIMITED)
    path = write(tmp_path / "m.mp4", [frame], "libx264", options={"qp": "0"}, tags=tags)
    assert levels_off(path) < 2


@pytest.mark.parametrize(("across", "matrix"), [(1, 6), (20, 1)], ids=["SD", "HD"])
def test_untagged_movies_are_taken_for_what_players_take_them_for(tmp_path, across, matrix):
    frame = yuv_frame(patches(across), "yuv420p", matrix, False)
    path = write(tmp_path / "m.mp4", [frame], "libx264", options={"qp": "0"})
    assert levels_off(path, across) < 2


def test_the_container_says_what_the_stream_leaves_open(tmp_path):
    # ProRes by Blender has its tags in the QuickTime file only.
    frame = yuv_frame(patches(), "yuv422p10le", 1, False)
    path = write(tmp_path / "m.mov", [frame], "prores_ks", tags=(1, 1, 1, LIMITED))
    data = bytearray(path.read_bytes())
    place = data.find(b"icpf") + 4 + 14  # primaries, curve and matrix in the frame's header
    assert data[place : place + 3] == bytes([1, 1, 1])
    data[place : place + 3] = bytes([2, 2, 2])
    path.write_bytes(data)
    with av.open(str(path)) as movie:
        assert movie.streams.video[0].codec_context.colorspace == 1
    assert levels_off(path) < 2.5


def test_colors_of_wide_primaries_become_those_of_srgb(tmp_path):
    gray, red = np.full((32, 32, 3), 0.5), np.zeros((32, 32, 3))
    red[..., 0] = 0.6
    rgb = np.hstack([gray, red])
    for primaries in (9, 12):
        frame = yuv_frame(rgb, "yuv444p10le", 1, False)
        path = write(tmp_path / f"{primaries}.mkv", [frame], tags=(1, primaries, 1, LIMITED))
        color = read(path).color
        assert np.abs(color[16, 16] - 0.5).max() < 0.003, "grays stay"
        assert color[16, 48, 0] > 0.64 and color[16, 48, 1:].max() < 0.01, "red is stronger"


@pytest.mark.parametrize(
    ("curve", "said"),
    [(16, r"HDR \(PQ\)"), (18, r"HDR \(HLG\)"), (8, "linear"), (9, "logarithmic")],
)
def test_other_curves_are_refused_by_their_names(tmp_path, curve, said):
    frame = yuv_frame(patches(), "yuv420p10le", 9, False)
    path = write(tmp_path / "m.mkv", [frame], tags=(9, 9, curve, LIMITED))
    with pytest.raises(UnsupportedImage, match=said):
        MovieReader.open(path)


def test_ten_bits_keep_their_steps(tmp_path):
    ramp = np.tile(np.linspace(0, 1, 256)[None, :, None], (16, 1, 3))
    path = write(tmp_path / "m.mkv", [yuv_frame(ramp, "yuv444p10le", 1, False)], tags=(1, 1, 1, 1))
    picture = read(path)
    assert picture.depth == "16"
    assert np.abs(picture.color - ramp).max() < 0.6 / 876 + 1e-6, "half a step of ten bits"
    assert len(np.unique(picture.color[8, :, 1])) == 256


def test_chroma_lies_where_the_movie_has_it_also_in_odd_sizes(tmp_path):
    """A slanted color: halved and doubled again it may not move."""
    height, width = 49, 65
    x = np.arange(width) / width
    rgb = np.empty((height, width, 3))
    rgb[...] = (0.5 + 0.2 * x[:, None]) * [1, 0, 0] + 0.4 * np.array([0, 1, 1])
    planes = movies.planes_of(rgb, 1, True, 10)
    frame = av.VideoFrame(width, height, "yuv420p10le")
    for plane, values in zip(frame.planes, planes, strict=True):
        step = 1 if plane.width == width else 2
        movies.put(plane, values[::step, ::step])
    path = write(tmp_path / "m.mkv", [frame], tags=(1, 1, 1, FULL))
    assert np.abs(read(path).color - rgb)[:, :-1].max() * 255 < 0.6


@pytest.mark.parametrize(
    ("matrix", "turn"),
    [
        ((1, 0, 0, 1), lambda image: image),
        ((0, 1, -1, 0), lambda image: np.rot90(image, -1)),
        ((-1, 0, 0, -1), lambda image: np.rot90(image, 2)),
        ((0, -1, 1, 0), lambda image: np.rot90(image, 1)),
        ((-1, 0, 0, 1), lambda image: image[:, ::-1]),
        ((1, 0, 0, -1), lambda image: image[::-1]),
        ((0, 1, 1, 0), lambda image: image.swapaxes(0, 1)),
    ],
    ids=["upright", "90", "180", "270", "mirrored", "upside down", "transposed"],
)
def test_frames_are_turned_as_they_are_shown(tmp_path, matrix, turn):
    frame = yuv_frame(patches(), "yuv420p", 6, False)
    path = write(tmp_path / "m.mp4", [frame], "libx264", options={"qp": "0"})
    before = read(path).color
    movies.set_display_matrix(path, matrix)
    reader = MovieReader.open(path)
    assert np.array_equal(reader.read(0).color, turn(before))
    assert reader.size == reader.read(0).size


ALPHA = [
    ("m.mov", "qtrle", "argb", "8"),
    ("m.mov", "png", "rgba", "8"),
    ("m.mov", "prores_ks", "yuva444p10le", "16"),
    ("m.mkv", "ffv1", "gbrap16le", "16"),
    ("m.webm", "libvpx-vp9", "yuva420p", "8"),
    ("m.webm", "libvpx", "yuva420p", "8"),
]


@pytest.mark.parametrize(("name", "codec", "pixel_format", "depth"), ALPHA)
def test_alpha_is_kept(tmp_path, name, codec, pixel_format, depth):
    rgba = np.zeros((48, 64, 4), np.uint8)
    rgba[...] = (200, 100, 50, 255)
    rgba[:24, :32, 3], rgba[24:, 32:, 3] = 0, 128
    frame = av.VideoFrame.from_ndarray(rgba, "rgba").reformat(format=pixel_format)
    options = {"profile": "4444"} if codec == "prores_ks" else {"auto-alt-ref": "0"}
    frames = [frame] * 3 if "vpx" in codec else [frame]
    frames = [
        av.VideoFrame.from_ndarray(rgba, "rgba").reformat(format=pixel_format) for _ in frames
    ]
    path = write(tmp_path / name, frames, codec, options=options if "p" in codec[:5] else {})
    picture = read(path, len(frames) - 1)
    assert picture.depth == depth and picture.alpha is not None
    top = 255 if depth == "8" else 65535
    found = picture.alpha[[12, 36, 12], [16, 48, 48]] / top
    assert np.abs(found - [0, 128 / 255, 1]).max() < 0.02
    assert np.abs(picture.color[36, 48] * 255 - [200, 100, 50]).max() < 6, "straight"


def test_frames_with_alpha_become_files_with_it(tmp_path):
    rgba = np.full((64, 96, 4), 160, np.uint8)
    rgba[:, :48, 3] = 40
    path = write(tmp_path / "m.mov", [av.VideoFrame.from_ndarray(rgba, "rgba")], "png")
    result, _ = run(path, tmp_path / "out")
    from impasto.core.image.files import read_picture

    alpha = read_picture(result.written[0]).alpha
    assert np.array_equal(alpha, rgba[..., 3])


KINDS = [
    ("m.mp4", "libx264", {"g": "10", "bf": "3"}),
    ("m.mov", "libx265", {"x265-params": "keyint=10:open-gop=1:bframes=3:log-level=none"}),
    ("m.mkv", "libx264", {"x264-params": "keyint=10:open-gop=1:bframes=3"}),
    ("m.mkv", "libx264", {"x264-params": "keyint=12:intra-refresh=1"}),
    ("m.avi", "mpeg4", {"bf": "2", "g": "10"}),
    ("m.avi", "mjpeg", {}),
    ("m.mpg", "mpeg2video", {"bf": "2", "g": "10"}),
    ("m.mpeg", "mpeg1video", {"bf": "2", "g": "10"}),
    ("m.vob", "mpeg2video", {"bf": "2", "g": "10"}),
    ("m.ts", "libx264", {"g": "10", "bf": "2"}),
    ("m.m2ts", "mpeg2video", {"bf": "2", "g": "10"}),
    ("m.mts", "libx264", {"x264-params": "keyint=10:open-gop=1:bframes=3"}),
    ("m.webm", "libvpx-vp9", {"g": "10", "deadline": "realtime", "cpu-used": "8"}),
    ("m.webm", "libvpx", {"g": "20", "auto-alt-ref": "1", "lag-in-frames": "16"}),
    ("m.wmv", "wmv2", {"g": "10"}),
    ("m.flv", "flv", {"g": "10"}),
    ("m.3gp", "mpeg4", {"g": "10"}),
    ("m.m4v", "mpeg4", {"g": "10", "bf": "1"}),
    ("m.gif", "gif", {}),
    ("m.mxf", "mpeg2video", {"g": "10"}),
]


@pytest.mark.parametrize(("name", "codec", "options"), KINDS)
def test_every_frame_is_the_same_however_it_is_reached(tmp_path, name, codec, options):
    frames = numbered(40)
    if codec == "mjpeg":
        frames = [frame.reformat(format="yuvj420p") for frame in frames]
    if codec == "gif":
        frames = [frame.reformat(format="rgb8") for frame in frames]
    path = write(tmp_path / name, frames, codec, rate=25, options={"b": "4M", **options})
    assert path.suffix in MOVIE_SUFFIXES
    reader = MovieReader.open(path)
    assert (reader.count, reader.fps) == (40, 25)
    in_order = [reader.read(index).color for index in range(40)]
    assert [shown(color) for color in in_order] == list(range(40))
    for index in (39, 0, 17, 16, 31, 8, 9, 10, 20, 38, 1):
        assert np.array_equal(reader.read(index).color, in_order[index])
        assert np.array_equal(MovieReader.open(path).read(index).color, in_order[index])


@pytest.mark.parametrize("name", ["m.mkv", "m.mp4", "m.mov"])
def test_a_variable_rate_has_its_real_frames_at_their_times(tmp_path, name):
    times = [0, 40, 80, 500, 520, 1400, 1440, 3000]
    path = write(
        *(tmp_path / name, numbered(8), "libx264"),
        times=times,
        time_base=Fraction(1, 1000),
        options={"bf": "2"},
    )
    reader = MovieReader.open(path)
    assert reader.count == 8 and reader.index.varies
    assert [reader.index.start(i) - reader.index.start(0) for i in range(8)] == [
        Fraction(time, 1000) for time in times
    ]
    assert [shown(reader.read(i).color) for i in range(8)] == list(range(8))
    result, _ = run(path, tmp_path / "out")
    assert len(result.written) == 8 and not result.failures


@pytest.mark.parametrize(
    "rate", [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001), 25, 12]
)
@pytest.mark.parametrize("name", ["m.mp4", "m.mkv", "m.ts", "m.avi"])
def test_the_rate_is_exact(tmp_path, name, rate):
    codec = "mpeg4" if name == "m.avi" else "libx264"
    reader = MovieReader.open(write(tmp_path / name, numbered(30), codec, rate=rate))
    assert reader.fps == rate and not reader.index.varies


@given(st.integers(1, 240), st.booleans(), st.integers(2, 6))
@settings(deadline=None)
def test_a_rounded_rate_stands_for_a_fraction(whole, ntsc, digits):
    rate = Fraction(whole * 1000, 1001) if ntsc and whole > 10 else Fraction(whole)
    assert exact_rate(round(float(rate), digits)) == rate


def test_an_edit_list_decides_what_is_shown(tmp_path):
    path = write(tmp_path / "m.mp4", numbered(24), "libx264", options={"g": "6", "bf": "2"})
    data = bytearray(path.read_bytes())
    place = data.find(b"elst")
    length, start = 12, 8  # frames
    scale = int.from_bytes(data[data.find(b"mvhd") + 16 :][:4], "big")
    units = int.from_bytes(data[data.find(b"mdhd") + 16 :][:4], "big")
    was = int.from_bytes(data[place + 16 : place + 20], "big")
    data[place + 12 : place + 16] = (length * scale // 24).to_bytes(4, "big")
    data[place + 16 : place + 20] = (was + start * units // 24).to_bytes(4, "big")
    path.write_bytes(data)
    reader = MovieReader.open(path)
    numbers = [shown(reader.read(i).color) for i in range(reader.count)]
    assert numbers == list(range(8, 20))
    assert shown(reader.read(3).color) == 11


def test_a_stream_that_begins_in_the_middle_begins_with_its_first_whole_frame(tmp_path):
    path = write(
        tmp_path / "m.ts", numbered(40), "libx264", rate=25, options={"g": "10", "bf": "2"}
    )
    data, packet = path.read_bytes(), 188
    (tmp_path / "cut.ts").write_bytes(data[len(data) // packet // 3 * packet :])
    reader = MovieReader.open(tmp_path / "cut.ts")
    numbers = [shown(reader.read(i).color) for i in range(reader.index.count)]
    assert numbers == list(range(numbers[0], 40)) and numbers[0] % 10 == 0


def test_packets_without_a_frame_are_none(tmp_path):
    # As the second fields of interlaced H.264: packets with times of their own, half a frame later.
    source = write(tmp_path / "s.mkv", numbered(20), "libx264", options={"g": "5", "bf": "0"})
    path = tmp_path / "m.mkv"
    with av.open(str(source)) as movie, av.open(str(path), "w") as made:
        stream = made.add_stream_from_template(movie.streams.video[0])
        for packet in movie.demux(video=0):
            if packet.dts is None:
                continue
            empty = av.Packet(bytes([0, 0, 0, 2, 9, 0xF0]))  # an access unit delimiter
            empty.pts = empty.dts = packet.pts + 20
            empty.time_base = packet.time_base
            packet.stream = empty.stream = stream
            made.mux(packet)
            made.mux(empty)
    reader = MovieReader.open(path)
    assert (reader.count, reader.fps) == (20, 24)
    assert [shown(reader.read(i).color) for i in (0, 13, 4, 19)] == [0, 13, 4, 19]


def test_recordings_that_were_put_one_after_the_other_are_read_to_the_end(tmp_path):
    parts = [
        write(tmp_path / f"{i}.ts", numbered(12), "libx264", rate=25, options={"bf": "2", "g": "6"})
        for i in range(2)
    ]
    path = tmp_path / "m.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    reader = MovieReader.open(path)
    numbers = [shown(reader.read(i).color) for i in range(reader.count)]
    assert numbers == [*range(12), *range(12)]
    assert shown(reader.read(3).color) == 3 and shown(reader.read(20).color) == 8


def test_a_change_of_size_is_said(tmp_path):
    parts = [
        write(tmp_path / "a.ts", numbered(6), "mpeg2video", rate=25),
        write(tmp_path / "b.ts", numbered(6, (128, 96)), "mpeg2video", rate=25),
    ]
    path = tmp_path / "m.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    reader = MovieReader.open(path)
    assert can_be_read(reader, 4) and not can_be_read(reader, reader.index.count - 1)
    with pytest.raises(ImageUnreadable, match="another size"):
        reader.read(reader.index.count - 1)


def test_pixels_that_are_not_square_stay_and_are_said_to_be_so(tmp_path):
    path = write(
        *(tmp_path / "m.mp4", numbered(2), "libx264"), sample_aspect_ratio=Fraction(16, 11)
    )
    sequence = find_sequence(SequenceRef(str(path)))
    assert sequence.size(sequence.frames[0]) == (96, 64)
    result, _ = run(path, tmp_path / "out")
    across, down = read_metadata(result.written[0]).density
    assert down / across == pytest.approx(16 / 11, rel=1e-3)
    movies.set_display_matrix(path, (0, 1, -1, 0))
    assert MovieReader.open(path).pixel_aspect == Fraction(11, 16), "it is turned, too"


def test_a_cover_picture_is_not_the_movie(tmp_path):
    path = tmp_path / "m.mp4"
    with av.open(str(path), "w") as movie:
        cover = movie.add_stream("png", rate=1)
        cover.width, cover.height, cover.pix_fmt = 300, 300, "rgb24"
        cover.disposition = av.stream.Disposition.attached_pic
        stream = movie.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        sheet = av.VideoFrame.from_ndarray(np.zeros((300, 300, 3), np.uint8), "rgb24")
        sheet.pts = 0
        movie.mux(cover.encode(sheet))
        for index, frame in enumerate(numbered(5)):
            frame.pts = index
            movie.mux(stream.encode(frame))
        movie.mux(stream.encode(None))
    reader = MovieReader.open(path)
    assert (reader.count, reader.size) == (5, (96, 64))


def test_a_sound_file_is_no_movie(tmp_path):
    path = tmp_path / "m.mp4"
    with av.open(str(path), "w") as movie:
        stream = movie.add_stream("aac", rate=48000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 2048), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = 48000, 0
        movie.mux(stream.encode(frame))
        movie.mux(stream.encode(None))
    with pytest.raises(ImageUnreadable, match="no moving picture"):
        MovieReader.open(path)


@pytest.mark.parametrize("name", ["m.mkv", "m.avi", "m.mp4"])
def test_frames_before_the_place_where_a_movie_is_cut_off_are_restyled(tmp_path, name):
    path = write(
        *(tmp_path / name, numbered(20, noise=0.5), "mpeg4" if name == "m.avi" else "libx264"),
        options={"g": "5", "bf": "0", "b": "9M"},
        container={"movflags": "+faststart"} if name == "m.mp4" else {},
    )
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    reader = MovieReader.open(path)
    sound = [i for i in range(reader.count) if can_be_read(reader, i)]
    assert 3 < len(sound) < 20 and sound == list(range(len(sound)))
    assert [shown(reader.read(i).color) for i in sound] == sound
    result, _ = run(path, tmp_path / "out")
    assert len(result.written) == len(sound)
    assert "cut off or damaged after frame" in result.failures[-1].message


def can_be_read(reader: MovieReader, index: int) -> bool:
    try:
        reader.read(index)
    except ImpastoError:
        return False
    return True


def test_a_movie_that_has_lost_its_list_of_frames_says_so(tmp_path):
    path = write(tmp_path / "m.mp4", numbered(20), "libx264")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(ImageUnreadable, match="is cut off: its list of frames"):
        find_sequence(SequenceRef(str(path)))


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "is empty"), (b"no movie" * 99, "damaged, or no movie")]
)
def test_what_is_no_movie_is_called_so(tmp_path, content, said):
    (tmp_path / "m.mp4").write_bytes(content)
    with pytest.raises(ImageUnreadable, match=said):
        MovieReader.open(tmp_path / "m.mp4")


def test_damage_in_the_middle_costs_the_frames_that_it_hits(tmp_path):
    path = write(tmp_path / "m.mkv", numbered(30), "libx264", options={"g": "5", "bf": "0"})
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as movie:
        hit = [p.pos for p in movie.demux(video=0) if p.size][12]
    data[hit + 12 : hit + 40] = np.random.default_rng(0).bytes(28)
    path.write_bytes(data)
    reader = MovieReader.open(path)
    sound = [i for i in range(30) if can_be_read(reader, i)]
    assert set(range(12)) <= set(sound) and set(range(15, 30)) <= set(sound)
    assert [shown(reader.read(i).color) for i in range(15, 30)] == list(range(15, 30))


def test_a_playlist_under_a_movies_name_opens_nothing_else(tmp_path):
    write(tmp_path / "other.ts", numbered(5), "libx264", rate=25)
    text = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n"
    (tmp_path / "m.ts").write_text(text)
    with pytest.raises(ImpastoError):
        MovieReader.open(tmp_path / "m.ts")


def test_names_with_colons_and_signs_are_just_names(tmp_path):
    path = write(tmp_path / "m.mp4", numbered(3), "libx264")
    odd = path.rename(tmp_path / "a:b %03d #1.mp4")
    assert MovieReader.open(odd).count == 3


def test_what_the_python_lacks_is_said(tmp_path, monkeypatch):
    path = write(tmp_path / "m.mp4", numbered(3), "libx264")
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(UnsupportedImage, match="no av package"):
        MovieReader.open(path)


def test_sequences_of_pictures_need_no_pyav(animation):
    code = (
        "import sys; sys.modules['av'] = None\n"
        "from impasto.core.video.sequence import find_sequence\n"
        "from impasto.core.video.settings import SequenceRef\n"
        f"s = find_sequence(SequenceRef({str(animation)!r})); print(s.read(s.frames[0]).size)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "(96, 64)", done.stderr


def test_a_range_beyond_the_movie_says_that_there_is_nothing(tmp_path):
    path = write(tmp_path / "m.mp4", numbered(3), "libx264")
    with pytest.raises(NoImages):
        find_sequence(SequenceRef(str(path), first=10))


def test_files_say_themselves_whether_they_are_whole(tmp_path):
    for name, codec in (("m.mkv", "libx264"), ("m.mp4", "libx264"), ("m.avi", "mpeg4")):
        path = write(tmp_path / name, numbered(3), codec)
        assert not movie_file.is_cut_off(path)
        path.write_bytes(path.read_bytes()[:-40])
        assert movie_file.is_cut_off(path), name


PACKED = [
    *("nv12", "nv21", "yuyv422", "uyvy422", "yuv411p", "yuv410p", "yuv440p", "p010le", "y210le"),
    *("yuv420p10be", "v30xle", "vuya", "yuva444p16le", "yuvj422p", "xv36le", "nv16"),
    *("bgr24", "argb", "abgr", "bgra", "0rgb", "rgb48be", "rgba64le", "x2rgb10le", "gbrpf32le"),
]


@pytest.mark.parametrize("pixel_format", PACKED)
def test_pixels_are_unpacked_however_they_are_stored(pixel_format):
    color = np.zeros((48, 64, 3), np.uint8)
    color[...] = (200, 100, 50)
    full = 2 if pixel_format.startswith("yuvj") else 1
    frame = av.VideoFrame.from_ndarray(color, "rgb24").reformat(
        format=pixel_format, dst_colorspace=1, dst_color_range=full
    )
    tags = ColorTags(RGB if frame.format.is_rgb else BT709, 1, 1, full == 2)
    assert np.abs(to_picture(frame, tags).color * 255 - color).max() < 2.5


def test_digital_cinema_is_refused():
    frame = av.VideoFrame(64, 48, "xyz12le")
    with pytest.raises(UnsupportedImage, match="XYZ"):
        to_picture(frame, ColorTags(BT709, 1, 1, False))


def test_interlaced_frames_are_woven(tmp_path):
    frames = numbered(6)
    path = write(tmp_path / "m.ts", frames, "libx264", options={"x264-params": "interlaced=1"})
    reader = MovieReader.open(path)
    assert reader.count == 6
    assert [shown(reader.read(i).color) for i in range(6)] == list(range(6))
