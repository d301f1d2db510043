"""Without torch everything works but fits, and these say what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from impasto.core.control import Budget
from impasto.core.create.interface import fit, save_model
from impasto.core.image.convert import to_depth

ROOT = Path(__file__).parents[3]

BEGIN = """
import sys, types
from importlib.machinery import PathFinder
from pathlib import Path

class WithoutTorch(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.split(".")[0] == "torch" else super().find_spec(name, path, target)

package = sys.modules["impasto"] = types.ModuleType("impasto")
package.__path__ = [ROOT]
if BLOCKED:
    sys.meta_path[sys.meta_path.index(PathFinder)] = WithoutTorch
folder = Path(FOLDER)
from impasto.core.cli.main import main
from impasto.core.control import Control
from impasto.core.create.settings import SampleSettings
from impasto.core.errors import TorchMissing
from impasto.core.image.reference import ImageRef
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks.registry import run

picture = ImageRef("a", (str(folder / "a.png"),))

def command(*words):
    assert main(words) == 0, words
"""

SAMPLES = """
import cv2
from impasto.core.tasks import style_map
from impasto.core.tasks.invent_style import InventStyleRequest
from impasto.core.tasks.sample import SampleRequest

def sample(kind, name, **settings):
    settings = SampleSettings((48, 64), seed=5, **settings)
    run(SampleRequest(str(folder / f"{kind}.impasto-model"), str(folder / name), settings), Control())

cv2.setNumThreads(1)
for kind in ("GAN", "VAE", "AUTOMATON"):
    sample(kind, f"{kind}.png")
sample("GAN", "morph_####.png", morph=2)
sample("AUTOMATON", "loop_####.png", frames=2, damage=True)
style_map._CELLS = 2
run(style_map.StyleMapRequest(picture, str(folder / "map.png")), Control())
for how in ("PLACE", "SURPRISE", "BETWEEN"):
    output = str(folder / f"{how}.impasto")
    request = InventStyleRequest(output, how, picture, how, "kiss", "scream", axes=(0.5,))
    assert run(request, Control()).style == output
"""

PAINTING = """
from impasto.core.tasks.regions import RegionsRequest

pictures, painted = str(folder / "pictures"), str(folder / "painted")
command("analyze", pictures, "--out", str(folder / "groups"))
for engine in ("network", "patches", "strokes"):
    relief = ("--relief-maps",) if engine == "strokes" else ()
    style = ("--style", "kiss", "--engine", engine, "--paint-ramps", *relief)
    command("stylize", str(folder / "a.png"), *style, "--out", str(folder / f"{engine}.png"))
command("redraw", str(folder / "strokes.strokes"), "--out", str(folder / "redrawn.png"))
look = Look((StyleRef("kiss"), StyleRef("scream")), regions=2)
run(RegionsRequest(picture, look, str(folder / "regions.png")), Control())
shots = ("--shots", str(folder / "shots.json"))
frames = (pictures, "--style", "kiss", "--engine", "network", *shots)
command("frames", "prepare", *frames)
command("frames", "run", *frames, "--out", painted)
command("frames", "assemble", painted, "--movie", str(folder / "movie.mkv"))
"""

FITS = """
from impasto.core.tasks.create import CreateRequest
from impasto.core.tasks.propagate import PropagateRequest
from impasto.core.tasks.refine import RefineRequest
from impasto.core.tasks.restyle_frames import FramesRequest
from impasto.core.video.sequence import SequenceRef
from impasto.core.video.settings import FramesSettings

new, model = str(folder / "new.png"), str(folder / "new.impasto-model")
settings = FramesSettings(Look((StyleRef("kiss"),)))
frames = FramesRequest(SequenceRef(str(folder / "pictures")), settings, str(folder))
for request in (
    *(CreateRequest((picture,), kind, new, model) for kind in ("GAN", "VAE", "AUTOMATON")),
    RefineRequest(str(folder / "a.png"), (picture,), str(folder / "refined.impasto")),
    PropagateRequest(frames, str(folder / "propagated.impasto")),
):
    try:
        run(request, Control())
    except TorchMissing as error:
        assert "needs torch" in str(error) and "External Python" in str(error)
    else:
        raise AssertionError(f"{request} was run")
assert not Path(new).exists() and not Path(model).exists()
"""

END = """
assert "torch" not in sys.modules
"""


def ran(code: str, folder: Path, *, blocked: bool) -> None:
    """Run code in a process of its own, where torch is not to be found if it is blocked."""
    given = f"ROOT, FOLDER, BLOCKED = {str(ROOT)!r}, {str(folder)!r}, {blocked}"
    result = subprocess.run(
        [sys.executable, "-c", given + BEGIN + code + END],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture
def folder(tmp_path, textures):
    """With pictures of a sequence, one of them by itself."""
    (tmp_path / "pictures").mkdir()
    for number in range(3):
        shifted = np.roll(textures[number % 2], 2 * number, axis=1)
        path = tmp_path / "pictures" / f"frame_{number:04d}.png"
        cv2.imwrite(str(path), to_depth(shifted[..., ::-1], "8"))
    cv2.imwrite(str(tmp_path / "a.png"), to_depth(textures[0][..., ::-1], "8"))
    return tmp_path


def test_saved_generators_and_the_map_of_styles_need_no_torch(folder, textures):
    models = {
        kind: fit(kind, textures, budget=Budget(steps=2)) for kind in ("GAN", "VAE", "AUTOMATON")
    }
    for kind, model in models.items():
        save_model(model, folder / f"{kind}.impasto-model")
    ran(SAMPLES, folder, blocked=True)
    for kind, model in models.items():
        drawn = cv2.imread(str(folder / f"{kind}.png"))[..., ::-1]
        wanted = to_depth(model.sample((48, 64), seed=5), "8")
        np.testing.assert_array_equal(drawn, wanted)
    for name in ("morph_0002.png", "loop_0002.png", "map.png"):
        assert cv2.imread(str(folder / name)).std() > 3


@pytest.mark.parametrize("blocked", [True, False])
def test_painting_needs_no_torch(folder, blocked):
    ran(PAINTING, folder, blocked=blocked)
    assert (folder / "movie.mkv").stat().st_size > 0


def test_fits_say_that_they_need_torch(folder):
    ran(FITS, folder, blocked=True)
