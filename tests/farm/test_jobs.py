"""The farm's job types: the OpenJD template run for real, Flamenco's script in a JavaScript engine."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "farm/openjd/impasto_frames.yaml"
SCRIPT = ROOT / "farm/flamenco/impasto_frames.js"

STAND_IN = """
function frameChunker(frames, size) {
    const [first, last] = frames.split("-").map(Number), chunks = [];
    for (let n = first; n <= last; n += size) chunks.push(`${n}-${Math.min(last, n + size - 1)}`);
    return chunks;
}
const author = {
    Command: (name, parameters) => ({ name, parameters }),
    Task: (name, type) => ({
        name, type, commands: [], after: [],
        addCommand(command) { this.commands.push(command); },
        addDependency(task) { this.after.push(task.name); },
    }),
};
"""


@pytest.fixture
def animation(tmp_path) -> Path:
    folder = tmp_path / "render"
    folder.mkdir()
    rng = np.random.default_rng(0)
    wide = cv2.resize(rng.integers(0, 255, (8, 12, 3), np.uint8), (96, 48))
    for number in range(1, 6):
        cv2.imwrite(str(folder / f"f_{number:04d}.png"), wide[:, 4 * number : 4 * number + 64])
    return folder


@pytest.mark.skipif(find_spec("openjd") is None, reason="the package openjd-cli is not installed")
def test_openjd_template_runs_from_prepare_to_the_movie(animation, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    values = {
        "Source": animation, "Style": "irises", "Output": out, "Last": 5, "Chunk": 3,
        "BrushScale": 4, "Python": sys.executable, "Impasto": ROOT,
    }  # fmt: skip
    parameters = [x for name, value in values.items() for x in ("-p", f"{name}={value}")]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "openjd", "run", str(TEMPLATE)),
            *("--step", "Assemble", "--run-dependencies", *parameters),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert done.stdout.count("Saved: ") == 5 + 2
    assert [p.name for p in sorted(out.glob("*.png"))] == [f"f_{n:04d}.png" for n in range(1, 6)]
    movie = cv2.VideoCapture(str(out / "movie.mp4"))
    assert int(movie.get(cv2.CAP_PROP_FRAME_COUNT)) == 5


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node to run JavaScript")
def test_flamenco_script_compiles_a_job():
    settings = {
        "source": "/r/f_0001.exr", "style": "scream", "output": "/out", "frames": "1-50",
        "chunk_size": 24, "engine": "strokes", "coherence": "motion", "strength": 1,
        "movie": True, "fps": 24,
    }  # fmt: skip
    program = f"""{STAND_IN}{SCRIPT.read_text()}
        const job = {{ settings: {json.dumps(settings)}, tasks: [] }};
        job.addTask = (task) => job.tasks.push(task);
        compileJob(job);
        console.log(JSON.stringify([JOB_TYPE, job.tasks]));"""
    printed = subprocess.run(["node", "-e", program], check=True, capture_output=True, text=True)
    kind, tasks = json.loads(printed.stdout)
    assert {s["key"] for s in kind["settings"]} == settings.keys()
    names = ["prepare", "restyle-1-24", "restyle-25-48", "restyle-49-50", "assemble"]
    assert [t["name"] for t in tasks] == names
    assert tasks[1]["after"] == ["prepare"] and tasks[4]["after"] == names[1:4]
    (command,) = tasks[2]["commands"]
    arguments = command["parameters"]["args"]
    assert arguments[:5] == ["--background", "--command", "impasto", "frames", "run"]
    assert arguments[arguments.index("--only") + 1] == "25-48"


def test_flamenco_arguments_are_those_of_the_command_line():
    """What the script hands over is what the verb takes."""
    from impasto.core.cli.main import build_parser

    look = ["/r", "--style", "s", "--strength", "1", "--coherence", "motion", "--chunk", "24"]
    look += ["--first", "1", "--last", "50", "--overwrite"]
    options = build_parser().parse_args(
        ["frames", "run", *look, "--shots", "s.json", "--only", "25-48", "--out", "/out"]
    )
    assert options.only == tuple(range(25, 49))
    assert build_parser().parse_args(["frames", "prepare", *look, "--shots", "s"]).chunk == 24
