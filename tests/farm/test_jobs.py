"""The farm's job types: the OpenJD template run for real, Flamenco's script in a JavaScript engine."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

from impasto.core.cli.main import build_parser, main
from impasto.core.cli.report import Report
from impasto.core.video.settings import FrameDone

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "farm/openjd/impasto_frames.yaml"
SCRIPT = ROOT / "farm/flamenco/impasto_frames.js"

FLAMENCO = """
// What Flamenco 3 gives to a script: internal/manager/job_compilers, js_globals.go and author.go.
function explode(frames) {
    const found = new Set();
    for (const part of frames.replaceAll("..", "-").split(",")) {
        const ends = part.split("-").map((text) => text.trim());
        if (ends.length > 2 || ends.some((text) => !/^[+]?[0-9]+$/.test(text))) {
            throw new Error(`invalid range ${frames}`);
        }
        for (let n = Number(ends[0]); n <= Number(ends[ends.length - 1]); n++) found.add(n);
    }
    return [...found].sort((a, b) => a - b);
}
function merge(frames) {
    const ranges = [];
    const append = (a, b) => ranges.push(...(a === b ? [a] : a + 1 === b ? [a, b] : [`${a}-${b}`]));
    let start = frames[0], last = frames[0];
    for (const frame of frames) {
        if (frame > last + 1) { append(start, last); start = frame; }
        last = frame;
    }
    append(start, last);
    return ranges.join(",");
}
function frameChunker(range, size) {
    const frames = explode(range), chunks = [];
    for (let i = 0; i < frames.length; i += size) chunks.push(merge(frames.slice(i, i + size)));
    return chunks;
}
const author = {
    Command: (name, parameters, steps) => {
        if (typeof parameters !== "object") throw new Error("no parameters");
        return { name, parameters, steps: steps || 0 };
    },
    Task: (name, type) => {
        if (!name.trim() || !type.trim()) throw new Error("name and type are required");
        return {
            name, type, commands: [], after: [],
            addCommand(command) { this.commands.push({ ...command }); },
            addDependency(task) { this.after.push(task.name); },
        };
    },
};
"""


def flamenco(**settings) -> tuple[dict, list[dict]]:
    """Compile a job as Flamenco does; return the job type and the tasks."""
    program = f"""{FLAMENCO}{SCRIPT.read_text()}
        const job = {{ settings: {json.dumps(settings)}, tasks: [] }};
        job.addTask = (task) => job.tasks.push({{ ...task, after: [...task.after] }});  // a copy
        compileJob(job);"""
    outcome = "JSON.stringify([JOB_TYPE, job.tasks])"
    if find_spec("quickjs"):
        import quickjs

        return json.loads(quickjs.Context().eval(f"{program};{outcome}"))
    command = ["node", "-e", f"{program};console.log({outcome})"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


needs_javascript = pytest.mark.skipif(
    shutil.which("node") is None and find_spec("quickjs") is None,
    reason="there is no node, and no quickjs, to run JavaScript",
)

SETTINGS = {
    "source": "/r/f_0001.exr", "style": "scream", "output": "/out", "frames": "1-50",
    "chunk_size": 24, "engine": "strokes", "coherence": "motion", "strength": 1,
    "device": "cpu", "movie": True, "fps": 25,
}  # fmt: skip


@pytest.fixture
def animation(tmp_path) -> Path:
    folder = tmp_path / "render"
    folder.mkdir()
    rng = np.random.default_rng(0)
    wide = cv2.resize(rng.integers(0, 255, (8, 12, 3), np.uint8), (96, 48))
    for number in range(1, 6):
        cv2.imwrite(str(folder / f"f_{number:04d}.png"), wide[:, 4 * number : 4 * number + 64])
    return folder


def openjd(*arguments: object, **parameters: object) -> subprocess.CompletedProcess:
    """Run the template on this machine."""
    given = {"Last": 5, "Chunk": 3, "BrushScale": 4, "Python": sys.executable, "Impasto": ROOT}
    given |= parameters
    words = [word for name, value in given.items() for word in ("-p", f"{name}={value}")]
    return subprocess.run(
        [
            *(sys.executable, "-m", "openjd", "run", str(TEMPLATE)),
            *("--step", "Assemble", "--run-dependencies", *words, *map(str, arguments)),
        ],
        capture_output=True,
        text=True,
    )


needs_openjd = pytest.mark.skipif(
    find_spec("openjd") is None, reason="the package openjd-cli is not installed"
)


@needs_openjd
def test_openjd_template_runs_from_prepare_to_the_movie(animation, tmp_path):
    """The output folder is not there yet."""
    out = tmp_path / "new" / "out"
    done = openjd(Source=animation, Style="irises", Output=out)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert done.stdout.count("Saved: ") == 5 + 2
    assert [p.name for p in sorted(out.glob("*.png"))] == [f"f_{n:04d}.png" for n in range(1, 6)]
    movie = cv2.VideoCapture(str(out / "movie.mp4"))
    assert int(movie.get(cv2.CAP_PROP_FRAME_COUNT)) == 5
    told = [line.split("openjd_progress: ")[1] for line in done.stdout.splitlines()
            if "openjd_progress: " in line]  # fmt: skip
    chunks = " ".join(told)
    assert chunks.count("100") == 4, "prepare, two chunks and the movie"
    assert "openjd_status: Frame 2 (2 of 3)" in done.stdout
    assert "ERROR" not in done.stdout, "no line is one that the session cannot read"


@needs_openjd
def test_openjd_paths_are_mapped(animation, tmp_path):
    """Paths of the artist's machine, a style of the artist's own, one of two sequences."""
    rng = np.random.default_rng(1)
    style = cv2.resize(rng.integers(0, 255, (6, 6, 3), np.uint8), (96, 96))
    cv2.imwrite(str(tmp_path / "style.png"), style)
    for number in (1, 2):
        shutil.copy(animation / f"f_000{number}.png", animation / f"other_000{number}.png")
    rule = {
        "source_path_format": "POSIX",
        "source_path": "/artist",
        "destination_path": str(tmp_path),
    }
    rules = {"version": "pathmapping-1.0", "path_mapping_rules": [rule]}
    done = openjd(
        *("--path-mapping-rules", json.dumps(rules)),
        Source="/artist/render",
        Pattern="f_####.png",
        StyleFile="/artist/style.png",
        Output="/artist/out",
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    names = [f"f_{number:04d}.png" for number in range(1, 6)]
    assert [p.name for p in sorted((tmp_path / "out").glob("*.png"))] == names


@needs_openjd
def test_openjd_parameters_say_what_goes_in_and_out():
    import yaml
    from openjd.model import decode_job_template

    template = decode_job_template(template=yaml.safe_load(TEMPLATE.read_text()))
    flows = {
        p.name: p.dataFlow.value for p in template.parameterDefinitions if p.type.value == "PATH"
    }
    assert flows == {"Source": "IN", "StyleFile": "IN", "Output": "OUT", "Impasto": "NONE"}
    commands = [step.script.actions.onRun.args for step in template.steps]
    assert all("--openjd" in args for args in commands)
    assert all("--device" in args for args in commands[:2])


@needs_javascript
def test_flamenco_script_compiles_a_job():
    kind, tasks = flamenco(**SETTINGS)
    assert {s["key"] for s in kind["settings"]} == SETTINGS.keys()
    names = ["prepare", "restyle-1-24", "restyle-25-48", "restyle-49,50", "assemble"]
    assert [t["name"] for t in tasks] == names
    assert tasks[1]["after"] == ["prepare"] and tasks[4]["after"] == names[1:4]
    (command,) = tasks[2]["commands"]
    arguments = command["parameters"]["args"]
    assert arguments[:5] == ["--background", "--command", "impasto", "frames", "run"]
    assert arguments[arguments.index("--only") + 1] == "25-48"


@needs_javascript
def test_flamenco_reads_what_is_printed():
    """For thumbnails and steps: only the command blender-render does, with all of its parameters."""
    _, tasks = flamenco(**SETTINGS)
    commands = [task["commands"][0] for task in tasks]
    assert [command["name"] for command in commands] == ["exec", *["blender-render"] * 3, "exec"]
    assert [command["steps"] for command in commands] == [0, 24, 24, 2, 0]
    for command in commands[1:4]:
        parameters = command["parameters"]
        assert (parameters["exe"], parameters["blendfile"]) == ("{blender}", "")
        assert parameters["argsBefore"] == [] and all(
            isinstance(a, str) for a in parameters["args"]
        )
    out, seen = io.StringIO(), []
    report = Report(out=out)
    report.item(FrameDone("1", ("/out/f_0001.png",), 1))
    seen += re.findall(r"(?m)^Saved: '(.*)'", out.getvalue())  # as in command_blender.go
    assert seen == ["/out/f_0001.png"]


@needs_javascript
@pytest.mark.parametrize(
    ("frames", "bounds", "chunks"),
    [
        ("1..50", ("1", "50"), ["1-24", "25-48", "49,50"]),
        (" 3 - 5 ", ("3", "5"), ["3-5"]),
        ("7", ("7", "7"), ["7"]),
        ("10..12,1-3", ("1", "12"), ["1-3,10-12"]),
    ],
)
def test_flamenco_ranges_in_any_notation(frames, bounds, chunks):
    _, tasks = flamenco(**{**SETTINGS, "frames": frames})
    for task in tasks[:-1]:
        arguments = task["commands"][0]["parameters"]["args"]
        found = tuple(arguments[arguments.index(name) + 1] for name in ("--first", "--last"))
        assert found == bounds
        build_parser().parse_args(arguments[3:])
    given = [t["commands"][0]["parameters"]["args"] for t in tasks[1:-1]]
    assert [arguments[arguments.index("--only") + 1] for arguments in given] == chunks


@needs_javascript
def test_flamenco_takes_frames_per_second_from_the_scene():
    """Visible settings are only evaluated where they have no value, so there may be no default."""
    kind, tasks = flamenco(**SETTINGS)
    evaluated = [s for s in kind["settings"] if "eval" in s]
    assert {s["key"] for s in evaluated} == {"frames", "fps"}
    assert not any("default" in s for s in evaluated)
    movie = tasks[-1]["commands"][0]["parameters"]["args"]
    assert movie[movie.index("--fps") + 1] == "25"
    _, tasks = flamenco(**{**SETTINGS, "fps": 0})
    assert "--fps" not in tasks[-1]["commands"][0]["parameters"]["args"]


def test_the_shot_file_makes_its_folder(animation, tmp_path):
    shots = tmp_path / "not" / "there" / "shots.json"
    arguments = ["frames", "prepare", str(animation), "--style", "irises", "--brush-scale", "4"]
    assert main([*arguments, "--shots", str(shots)]) == 0 and shots.is_file()
    (tmp_path / "file").touch()
    assert main([*arguments, "--shots", str(tmp_path / "file" / "shots.json")]) == 2


def test_a_copy_of_the_folder_runs_whatever_it_is_called(animation, tmp_path):
    (tmp_path / "blender_ext 7").symlink_to(ROOT)
    command = [sys.executable, str(tmp_path / "blender_ext 7"), "frames", "run", "--help"]
    done = subprocess.run(command, cwd="/", env={}, capture_output=True, text=True)
    assert done.returncode == 0 and "restyle" not in done.stderr, done.stderr
    assert "impasto frames run" in done.stdout
