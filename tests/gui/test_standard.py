"""The zip that everyone gets, with nothing but its own wheels, and without a network."""

from __future__ import annotations

import pytest
from conftest import ROOT
from test_tour import SHOWN

pytestmark = pytest.mark.story

GROUPS = "len(bpy.context.scene.impasto.groups)"
FRAMES = "bpy.context.scene.impasto.frames"
MAKE_FRAMES = """
import numpy
os.makedirs('/w/clip', exist_ok=True)
y, x = numpy.mgrid[0:96, 0:160] / 20
for number in (1, 2, 3):
    image = bpy.data.images.new('frame', 160, 96)
    waves = [numpy.sin(x + number / 4), numpy.cos(y), numpy.sin(x * y), numpy.ones_like(x)]
    image.pixels.foreach_set(numpy.stack(waves, 2).clip(0, 1).astype('f').ravel())
    image.filepath_raw, image.file_format = f'/w/clip/{number:04d}.png', 'PNG'
    image.save()
    bpy.data.images.remove(image)
"""


@pytest.fixture(scope="module")
def standard(sandbox):
    """The zip for the Python of this suite's Blender."""
    code = "import sys; print(f'py{sys.version_info.major}{sys.version_info.minor}')"
    tag = sandbox.run("python3", "-c", code).strip()
    version = int(sandbox.run("blender", "--version").split()[1].split(".")[0])
    found = sorted((ROOT / "dist").glob(f"impasto-*-linux_x64-{tag}-standard.zip"))
    if not found or version < 5:
        pytest.skip(f"no standard zip is for Blender {version} with {tag}, or its wheels are away")
    return max(found, key=lambda path: path.stat().st_mtime)


@pytest.fixture(scope="module")
def artist(open_window, standard):
    """A Blender that has nothing else."""
    return open_window("standard", alone=True)


def test_there_is_nothing_else(artist):
    names = "('torch', 'cv2', 'sklearn', 'onnxruntime', 'PIL', 'av')"
    find = "__import__('importlib.util').util.find_spec"
    assert artist.ask(f"[n for n in {names} if {find}(n)]") == []
    assert artist.ask("[n for _, n in __import__('socket').if_nameindex()]") == ["lo"]


def test_install_and_analyze(artist, standard):
    artist.install(standard)
    artist.open("/w/scene/scene.blend")
    artist.open_tab()
    artist.press(r"impasto\.analyze_textures")
    artist.wait_idle()
    assert artist.ask(GROUPS) >= 2
    own = artist.ask("bpy.utils.user_resource('EXTENSIONS')")
    where = "__import__('importlib.util').util.find_spec('onnxruntime').origin"
    assert artist.ask(where).startswith(own)


def test_what_needs_torch_is_gray_and_says_why(artist):
    artist.run("bpy.context.scene.impasto.active_group = 0")
    assert "torch" in artist.why_disabled("impasto.create_material")


def test_stylize_compare_and_revert(artist):
    originals = artist.ask(SHOWN)
    assert len(originals) == 8
    for engine in ("NETWORK", "PATCHES", "STROKES"):
        artist.run(
            "for g in bpy.context.scene.impasto.groups:\n"
            f"    g.look.style, g.look.engine = 'starry-night', {engine!r}"
        )
        artist.press(r"impasto\.stylize_textures")
        artist.wait_idle()
        assert artist.ask(f"{artist.JOBS}.history[0].state") == "FINISHED"
        done = artist.ask(SHOWN)
        assert [name for name in done if done[name] == originals.get(name)] == []
        artist.over_viewport()
        artist.shot(f"stylized-{engine.lower()}", smooth=True)
        artist.press(r"impasto\.compare_textures", columns=(0.3,))
        assert artist.ask(SHOWN) == originals
        artist.press(r"impasto\.compare_textures", columns=(0.3,))
        assert artist.ask(SHOWN) == done
        artist.revert_all()
        assert artist.ask(SHOWN) == originals


def test_frames(artist):
    artist.run(MAKE_FRAMES)
    artist.run(
        f"f = {FRAMES}\n"
        "f.source, f.output, f.look.style = '/w/clip/0001.png', '/w/clip out', 'starry-night'\n"
        "bpy.ops.impasto.restyle_frames()",
        timeout=300,
    )
    artist.wait_idle()
    assert artist.ask(f"{artist.JOBS}.history[0].state") == "FINISHED"
    made = artist.ask("[f for f in sorted(os.listdir('/w/clip out')) if f.endswith('.png')]")
    assert made == ["0001.png", "0002.png", "0003.png"]
