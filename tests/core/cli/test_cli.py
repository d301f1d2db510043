"""The command line as a stranger runs it: a process, files, exit codes."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import cv2
import numpy as np
import OpenImageIO
import pytest

from impasto.core.cli.commands.analyze import PICTURES
from impasto.core.cli.main import main
from impasto.core.cli.outcome import run_guarded
from impasto.core.cli.paths import find_images
from impasto.core.cli.report import Report, bar
from impasto.core.control import Progress
from impasto.core.image.files import read_picture
from impasto.core.image.formats import FORMATS

ROOT = Path(__file__).parents[3]


def impasto(*arguments: object, **options) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "impasto", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, **options)


@pytest.fixture
def pictures(tmp_path) -> Path:
    """A folder with two small pictures and a file that is none."""
    folder = tmp_path / "in"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name in ("a", "b"):
        coarse = rng.integers(0, 255, (6, 8, 3), np.uint8)
        cv2.imwrite(str(folder / f"{name}.png"), cv2.resize(coarse, (64, 48)))
    (folder / "broken.png").write_bytes(b"no picture")
    return folder


def test_stylize_one_file(pictures, tmp_path):
    out = tmp_path / "out.png"
    arguments = ("--style", "starry-night", "--device", "cpu", "--threads", 1, "--out", out)
    done = impasto("stylize", pictures / "a.png", *arguments)
    assert done.returncode == 0, done.stderr
    assert f"Saved: '{out}'" in done.stdout
    before, after = cv2.imread(str(pictures / "a.png")), cv2.imread(str(out))
    assert after.shape == before.shape
    assert np.abs(after.astype(int) - before).mean() > 5


def test_stylize_across_the_seams_of_a_mesh(pictures, tmp_path):
    points = ["v 0 0 0", "v 1 0 0", "v 1 1 0", "v 0 1 0", "v 2 0 0", "v 2 1 0"]
    corners = [(0.1, 0.1), (0.4, 0.1), (0.4, 0.4), (0.1, 0.4), (0.6, 0.6), (0.9, 0.6)]
    places = [f"vt {u} {v}" for u, v in (*corners, (0.9, 0.9), (0.6, 0.9))]
    faces = ["f 1/1 2/2 3/3 4/4", "f 2/5 5/6 6/7 3/8"]
    mesh = tmp_path / "mesh.obj"
    mesh.write_text("\n".join([*points, *places, *faces]), encoding="utf-8")
    found = []
    for name, more in (("across", ("--mesh", mesh)), ("without", ())):
        out = tmp_path / f"{name}.png"
        arguments = ("--style", "kiss", "--engine", "network", "--device", "cpu", "--out", out)
        done = impasto("stylize", pictures / "a.png", *arguments, *more)
        assert done.returncode == 0, done.stderr
        found.append(cv2.imread(str(out)))
    assert found[0].shape == found[1].shape and (found[0] != found[1]).any()
    mesh.unlink()
    done = impasto(
        "stylize", pictures / "a.png", *arguments[:-1], tmp_path / "c.png", "--mesh", mesh
    )
    assert done.returncode == 2 and "mesh.obj cannot be read" in done.stderr


def test_formats_that_are_only_read_become_png_or_openexr(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    color = np.random.default_rng(0).random((24, 32, 3), dtype=np.float32)
    stored = {"float": color, "uint8": np.rint(color * 255).astype(np.uint8)}
    for name, kind in (("a.pfm", "float"), ("b.ppm", "uint8"), ("c.sgi", "uint8")):
        spec = OpenImageIO.ImageSpec(32, 24, 3, kind)
        file = OpenImageIO.ImageOutput.create(str(folder / name))
        assert (
            file.open(str(folder / name), spec) and file.write_image(stored[kind]) and file.close()
        )
    done = impasto("stylize", folder, "--style", "kiss", "--strength", 0, "--out", out)
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in out.glob("[!.]*")) == ["a.exr", "b.png", "c.png"]
    assert np.allclose(read_picture(out / "a.exr").color, color, atol=1e-6)
    assert np.allclose(read_picture(out / "b.png").color, color, atol=0.003)
    refused = impasto("stylize", folder / "b.ppm", "--style", "kiss", "--out", tmp_path / "x.dds")
    assert refused.returncode != 0 and 'cannot write ".dds"' in refused.stderr


def test_guides_say_what_belongs_where(tmp_path):
    """Their halves choose between the colors of the style; the picture itself has only one."""
    style, halves = np.zeros((96, 96, 3), np.uint8), np.zeros((96, 96, 3), np.uint8)
    style[:48], style[48:] = (0, 0, 220), (220, 60, 0)
    style = np.clip(style + np.random.default_rng(0).integers(-20, 20, style.shape), 0, 255)
    halves[48:] = 255
    pictures = {
        "style": style,
        "style_halves": halves,
        "texture": np.full((96, 96, 3), 128),
        "texture_halves": halves.transpose(1, 0, 2),
    }
    files = {name: tmp_path / f"{name}.png" for name in pictures}
    for name, pixels in pictures.items():
        cv2.imwrite(str(files[name]), pixels)
    out = tmp_path / "out.png"
    guide = ("--guide", files["style_halves"], f"{files['texture_halves']}=2")
    done = impasto(
        *("stylize", files["texture"], "--style", files["style"], "--engine", "patches"),
        *guide,
        *("--out", out),
    )
    assert done.returncode == 0, done.stderr
    painted = cv2.imread(str(out)).astype(int)
    left, right = painted[:, :44].mean((0, 1)), painted[:, 52:].mean((0, 1))
    assert left[2] > 2 * left[0] and right[0] > 2 * right[2]


def test_strength_zero_is_the_same_pixels(pictures, tmp_path):
    out = tmp_path / "same.png"
    impasto("stylize", pictures / "a.png", "--style", "irises", "--strength", 0, "--out", out)
    assert np.array_equal(cv2.imread(str(out)), cv2.imread(str(pictures / "a.png")))


def test_a_folder_with_a_broken_file(pictures, tmp_path):
    """What can be done is done; the rest is named; the exit code says so."""
    arguments = (
        "stylize",
        pictures,
        "--style",
        pictures / "b.png",
        "--out",
        tmp_path / "out",
        "--json",
    )
    done = impasto(*arguments)
    assert done.returncode == 1
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert {e["event"] for e in events} >= {"progress", "item", "failure", "result"}
    assert {p.name for p in (tmp_path / "out").iterdir() if p.is_file()} == {"a.png", "b.png"}
    failure = next(e for e in events if e["event"] == "failure")
    assert failure["key"].endswith("broken.png")


def test_nothing_is_overwritten(pictures, tmp_path):
    out = tmp_path / "out.png"
    out.write_bytes(b"precious")
    refused = impasto("stylize", pictures / "a.png", "--style", "kiss", "--out", out)
    assert refused.returncode == 2
    assert "--overwrite" in refused.stderr
    assert out.read_bytes() == b"precious"
    onto_itself = impasto(
        "stylize", pictures / "a.png", "--style", "kiss", "--out", pictures / "a.png", "--overwrite"
    )
    assert onto_itself.returncode == 2
    assert "original" in onto_itself.stderr


STYLIZE, KISS = ("stylize", "{in}/a.png"), ("--style", "kiss")
PATCHES, GUIDE = ("--engine", "patches"), ("--guide", "{in}/a.png", "{in}/b.png")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("stylize", "{in}/none*.png", *KISS, "--out", "{out}"), 3, "No images"),
        ((*STYLIZE, "--style", "no-such-style", "--out", "{out}.png"), 2, "no style"),
        (("stylize", "{in}/missing.png", *KISS, "--out", "{out}.png"), 2, "missing.png"),
        ((*STYLIZE, "--style", "{in}/broken.png", "--out", "{out}.png"), 2, "style"),
        ((*STYLIZE, *KISS, "--out", "{out}/no/folder.png"), 2, "does not exist"),
        ((*STYLIZE, *KISS, "--out", "{in}/b.png/folder"), 2, "cannot be made"),
        ((*STYLIZE, *KISS, "--out", "{out}.gif"), 2, "cannot write"),
        ((*STYLIZE, "{in}/b.png", *KISS, "--out", "{out}.png"), 2, "one file"),
        ((*STYLIZE, *KISS, "--out", "{in}/a.png", "--overwrite"), 2, "original"),
        ((*STYLIZE, *KISS, "--strength", "2", "--out", "{out}"), 2, "between 0 and 1"),
        ((*STYLIZE, *KISS, "--strength", "much", "--out", "{out}"), 2, "between 0 and 1"),
        ((*STYLIZE, *KISS, "--max-side", "-5", "--out", "{out}"), 2, "0 or more"),
        ((*STYLIZE, "--style", "kiss=nan", "--out", "{out}"), 2, "above 0"),
        ((*STYLIZE, "--style", "kiss=-1", "--out", "{out}"), 2, "above 0"),
        (("analyze", "{in}", "--out", "{in}/a.png"), 2, "cannot be made"),
        (("analyze", "{in}", "--groups", "1.5", "--out", "{out}"), 2, "whole number"),
        ((*STYLIZE, *KISS, *GUIDE, "--out", "{out}.png"), 2, "needs --engine patches"),
        (("stylize", "{in}", *KISS, *PATCHES, *GUIDE, "--out", "{out}"), 2, "one picture"),
        ((*STYLIZE, *KISS, *PATCHES, *GUIDE[:2], "b=-1", "--out", "{out}.png"), 2, "above 0"),
        ((*STYLIZE, *KISS, *PATCHES, *GUIDE[:2], "no", "--out", "{out}.png"), 2, '"no" is missing'),
        ((*STYLIZE, *KISS, *PATCHES, *GUIDE, "--out", "{in}/b.png", "--overwrite"), 2, "original"),
        (("dance",), 2, "invalid choice"),
    ],
)
def test_bad_input_gets_a_sentence(pictures, tmp_path, arguments, code, words):
    places = {"in": pictures, "out": tmp_path / "out"}
    before = {path: path.read_bytes() for path in pictures.iterdir()}
    done = impasto(*(a.format(**places) for a in arguments))
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in pictures.iterdir()} == before


def test_analyze_overwrites_neither_originals_nor_an_earlier_outcome(pictures, tmp_path):
    """A texture may well be called "map.png"."""
    mine = pictures / "map.png"
    mine.write_bytes((pictures / "a.png").read_bytes())
    for option in ((), ("--overwrite",)):
        refused = impasto("analyze", pictures, "--out", pictures, *option)
        assert refused.returncode == 2
        assert "is an original" in refused.stderr
    refused = impasto("analyze", pictures / "b.png", "--out", pictures)
    assert refused.returncode == 2
    assert "--overwrite" in refused.stderr
    assert mine.read_bytes() == (pictures / "a.png").read_bytes()


def test_nobody_reads(tmp_path):
    """As with ``| head``: no traceback."""
    command = (sys.executable, "-m", "impasto", "styles")
    with subprocess.Popen(command, cwd=ROOT, stdout=-1, stderr=-1, text=True) as process:
        process.stdout.close()
        errors = process.stderr.read()
    assert process.returncode == 130
    assert errors == ""


def test_analyze_groups_and_draws(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    y, x = np.mgrid[0:96, 0:96]
    for i in range(4):
        stripes = (127 + 120 * np.sin((x + 3 * i) / 2.5))[..., None] * np.ones(3)
        cv2.imwrite(str(folder / f"stripes{i}.png"), stripes * [0.2, 0.4, 1])
        blobs = (127 + 120 * np.sin(x / 20 + i) * np.cos(y / 17))[..., None] * np.ones(3)
        cv2.imwrite(str(folder / f"blobs{i}.png"), blobs * [1, 0.6, 0.1])
    done = impasto("analyze", folder, "--out", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    families = sorted(sorted({Path(m).name[:4] for m in g["members"]}) for g in result["groups"])
    assert families == [["blob"], ["stri"]]
    assert {p.stem for p in (tmp_path / "out").glob("*.png")} == set(PICTURES)
    assert Path(result["pictures"]["map"]).exists()


def test_styles_are_listed():
    done = impasto("styles", "--json")
    names = json.loads(done.stdout.splitlines()[-1])["styles"]
    assert len(names) >= 12


def test_help_names_verbs_and_exit_codes():
    done = impasto("--help")
    assert done.returncode == 0
    assert all(word in done.stdout for word in ("stylize", "analyze", "styles", "130"))


def test_a_terminal_gets_a_progress_bar(pictures, tmp_path):
    """One that fits into its width, or every drawing would begin a new line."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    command = (sys.executable, "-m", "impasto", "stylize", str(pictures / "a.png"))
    more = ("--style", "kiss", "--out", str(tmp_path / "bar.png"))
    done = subprocess.run(command + more, cwd=ROOT, stdout=subprocess.PIPE, stderr=child, text=True)
    os.close(child)
    shown = os.read(parent, 100_000).decode()
    os.close(parent)
    assert done.returncode == 0
    assert "[####" in shown and "100%" in shown
    assert max(map(len, re.split("[\r\n]", shown))) < 60


def test_the_bar_says_how_long():
    assert bar(Progress(0.25, "Stylizing"), 90) == (
        "[######..................]  25%   4:30 left  Stylizing"
    )


def test_ctrl_c_keeps_what_is_done(pictures, tmp_path):
    (pictures / "broken.png").unlink()
    for i in range(12):
        big = cv2.resize(cv2.imread(str(pictures / "a.png")), (640, 640))
        cv2.imwrite(str(pictures / f"big{i}.png"), big)
    out = tmp_path / "out"
    command = (sys.executable, "-m", "impasto", "stylize", str(pictures), "--style", "kiss")
    process = subprocess.Popen(
        (*command, "--out", str(out)),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=30)
    assert process.returncode == 130, rest + errors
    assert "kept" in errors
    time.sleep(0.1)
    finished = [path for path in out.iterdir() if path.is_file()]
    assert finished
    assert all(cv2.imread(str(p)) is not None for p in finished), "no half-written file"


def test_names_that_the_terminal_cannot_show():
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    Report(out=out).say(os.fsdecode(b"caf\xe9 ") + "\u00e9")
    assert out.buffer.getvalue() == b"caf\\udce9 \\xe9\n"


def test_a_bug_is_told_with_its_traceback():
    err = io.StringIO()
    assert run_guarded(lambda: 1 // 0, Report(err=err)) == 2
    assert "Traceback" in err.getvalue()
    assert err.getvalue().endswith(
        "impasto: Something unexpected happened (integer division or modulo by zero).\n"
    )


def test_all_formats_are_found(tmp_path):
    for suffix in (*FORMATS, ".jpeg", ".tiff"):
        (tmp_path / f"image{suffix}").touch()
    for name in ("A.PNG", "a.txt"):
        (tmp_path / name).touch()
    assert len(find_images([str(tmp_path)])) == len(FORMATS) + 3


def test_parsing_loads_nothing_heavy():
    code = (
        "import sys; from impasto.core.cli.main import build_parser; "
        "build_parser().parse_args(['styles']); "
        "print(sorted({'torch', 'sklearn', 'cv2', 'numpy', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


IDLE = [
    ("stylize {a} --style scream --engine strokes --angle 1", "--angle has no effect without"),
    ("stylize {a} --style scream --engine strokes --relief 1", "--relief has no effect without"),
    ("stylize {a} --style scream --engine network --fineness 1", "--fineness has no effect"),
    ("stylize {a} --style scream --no-across-seams", "--no-across-seams has no effect without"),
    ("frames run {in} --style scream --no-across-seams", "Across Seams cannot be used on frames"),
    ("frames run {in} --style scream --regions 2", "Regions cannot be used on frames"),
    ("frames run {in} --style scream --paint-ramps", "Paint Ramps cannot be used on frames"),
    ("frames run {in} --style scream --coherence off --anchors 3", "--anchors has no effect"),
    ("frames run {in} --style scream --coherence off --coherence-strength 0", "has no effect"),
    ("frames run {in} --style scream --learned x", "--learned has no effect without --painted"),
    ("frames run {in} --style scream --seconds 3", "--seconds has no effect without --painted"),
    ("frames run {in} --style scream --fps 3", "--fps has no effect without --movie"),
    ("frames run {in} --style scream --chunk-at 3", "--chunk-at has no effect without --chunk"),
    ("frames run {in} --style scream --only 3 --chunk-at 3", "not allowed with argument"),
    ("frames run {in} --style scream --step 0", "0 is not a whole number, 1 or more"),
    ("frames run {in} --style scream --only 1-99999999999", "is not like 1-24,30"),
    ("frames run {in} --style scream --format jpeg --depth 16", "JPEG files have 8 bits"),
    ("frames run {in} --style scream --engine strokes --relief 1", "--relief has no effect"),
    ("frames run {in} --style scream --json --quiet", "not allowed with argument"),
    ("create --model {in}/m --generator vae", "--generator has no effect without textures"),
    ("create --model {in}/m --steps 3", "--steps has no effect without textures"),
    ("create --model {in}/m --detail 3", "--detail has no effect without textures"),
    ("create {a} --model {in}/m --steps 3 --seconds 3", "not allowed with argument"),
    ("create {a} --model {in}/m --device cuda", "invalid choice: 'CUDA'"),
    ("create {a} --model {in}/m --generator automaton --no-seamless", "always seamless"),
    ("create {a} --model {in}/m --mix 1 --morph 2", "leave out the mix"),
    ("create {a} --model {in}/m --damage", "Damage and regrowth take a sequence"),
    ("analyze {a} --device mps", "invalid choice: 'MPS'"),
    ("analyze {a} --algorithm dbscan --groups 2", "--groups has no effect"),
    ("analyze {a} --groups 2 --similarity 0.9", "--similarity has no effect with --groups"),
    ("refine {a} --style {a} --steps 3 --seconds 3", "not allowed with argument"),
    ("redraw {in}/x.strokes --relief 1", "--relief has no effect without --relief-maps"),
]


@pytest.mark.parametrize(("typed", "said"), IDLE)
def test_an_option_without_effect_is_an_error(pictures, tmp_path, capsys, typed, said):
    words = typed.format(**{"in": pictures, "a": pictures / "a.png"}).split()
    out = tmp_path / "out"
    try:
        code = main([*words, "--out", str(out)])
    except SystemExit as leave:
        code = leave.code
    assert code == 2
    assert said in capsys.readouterr().err
    assert not out.is_file() and not list(out.glob("*.png"))


@pytest.mark.skipif(
    sys.platform != "linux" or Path("/dev/nvidiactl").exists(), reason="there is a GPU"
)
def test_a_device_that_is_not_there_is_an_error(pictures, tmp_path):
    done = impasto(
        *("stylize", pictures / "a.png", "--style", "scream", "--device", "cuda"),
        *("--out", tmp_path / "out.png"),
    )
    assert done.returncode == 2
    assert "finds no CUDA device on this machine; set Device to CPU" in done.stderr
