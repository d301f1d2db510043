"""Create in Blender: a group becomes a new material, a style map, a new style."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import bpy
import numpy as np
import pytest

from impasto.scene import storage
from impasto.scene.create import material
from impasto.scene.jobs import worker


@pytest.fixture
def settings(build, tmp_path, monkeypatch):
    """Of a group of two textures."""
    for name in ("styles_folder", "models_folder"):
        monkeypatch.setattr(storage, name, lambda: tmp_path)
    parts = [build.textured(name, kind).image for kind, name in enumerate("AB")]
    build.group(*parts, style="irises", name="Pair")
    create = bpy.context.scene.impasto.create
    create.seconds, create.detail, create.width, create.height = 2, "128", 64, 64
    return create


@pytest.mark.parametrize("generator", ["GAN", "VAE", "AUTOMATON"])
def test_a_group_becomes_a_new_material(settings, generator):
    settings.generator = generator
    before = set(bpy.data.materials)
    assert bpy.ops.impasto.create_material() == {"FINISHED"}
    (material,) = set(bpy.data.materials) - before
    (node,) = (n for n in material.node_tree.nodes if n.type == "TEX_IMAGE")
    assert node.outputs["Color"].links[0].to_socket.name == "Base Color"
    assert tuple(node.image.size) == (64, 64)
    recipe = node.image["impasto"].to_dict()
    assert (recipe["generator"], recipe["group"]) == (generator, "Pair")
    assert recipe["steps"] >= 1
    mappings = [n for n in material.node_tree.nodes if n.type == "MAPPING"]
    if generator == "VAE":
        assert not mappings
    else:  # the texture is as large on the object as it was
        assert mappings[0].inputs["Scale"].default_value[0] == recipe["learned_size"][0] / 64
        assert node.inputs["Vector"].links[0].from_node == mappings[0]
    assert Path(settings.model).is_file()
    settings.seed = 3
    assert bpy.ops.impasto.create_variation() == {"FINISHED"}
    assert len(set(bpy.data.materials) - before) == 2


def test_a_loop_is_an_image_sequence_on_the_material(settings, build, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    settings.generator, settings.frames = "AUTOMATON", 4
    before = set(bpy.data.materials)
    assert bpy.ops.impasto.create_material() == {"FINISHED"}
    (material,) = set(bpy.data.materials) - before
    (node,) = (n for n in material.node_tree.nodes if n.type == "TEX_IMAGE")
    assert node.image.source == "SEQUENCE"
    assert node.image_user.frame_duration == 4
    assert node.image_user.use_cyclic
    assert len(list(Path(bpy.path.abspath(node.image.filepath)).parent.glob("*.png"))) == 4


def test_a_loop_is_damaged_and_regrows(settings, tmp_path):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    settings.generator, settings.frames, settings.damage = "AUTOMATON", 8, False
    pictures = []
    for create, damage in (("create_material", False), ("create_variation", True)):
        settings.damage = damage
        before = set(bpy.data.images)
        assert getattr(bpy.ops.impasto, create)() == {"FINISHED"}
        (image,) = set(bpy.data.images) - before
        files = sorted(Path(bpy.path.abspath(image.filepath)).parent.glob("*.png"))
        pictures.append([bpy.data.images.load(str(file)) for file in files])
    apart = []
    for plain, torn in zip(*pictures, strict=True):
        pixels = [np.empty(64 * 64 * 4, np.float32) for _ in range(2)]
        plain.pixels.foreach_get(pixels[0])
        torn.pixels.foreach_get(pixels[1])
        apart.append(np.abs(pixels[0] - pixels[1]).mean())
    assert apart[0] == 0
    assert apart[1] > 1e-3
    settings.frames = 0  # damage alone makes a still
    assert bpy.ops.impasto.create_variation() == {"FINISHED"}


def test_several_pictures_are_not_packed(settings):
    settings.generator, settings.frames = "AUTOMATON", 4
    with pytest.raises(RuntimeError, match="save the file"):
        bpy.ops.impasto.create_material()


def test_the_group_takes_the_invented_style(settings, tmp_path):
    for how in ("SURPRISE", "PLACE"):
        settings.how = how
        assert bpy.ops.impasto.invent_style() == {"FINISHED"}
    look = bpy.context.scene.impasto.groups[0].look
    assert Path(look.style) == tmp_path / "Invented 2.impasto"
    assert bpy.ops.impasto.stylize_textures() == {"FINISHED"}


def test_between_wants_another_style(settings):
    settings.how = "BETWEEN"
    with pytest.raises(RuntimeError, match="another one to go to"):
        bpy.ops.impasto.invent_style()


def test_another_style_beside_the_file_is_found(settings, build, tmp_path):
    build.png("other", kind=2)
    build.save()
    settings.how, settings.second = "BETWEEN", "//other.png"
    assert bpy.ops.impasto.invent_style() == {"FINISHED"}
    assert Path(bpy.context.scene.impasto.groups[0].look.style) == tmp_path / "Invented.impasto"


def test_create_wants_a_group(build):
    assert not bpy.ops.impasto.create_material.poll()
    assert not bpy.ops.impasto.invent_style.poll()
    assert not bpy.ops.impasto.pick_on_map.poll()


def test_a_crash_while_it_learns_leaves_blender_and_the_next_job_alone(settings):
    settings.seconds = 60
    materials = set(bpy.data.materials)
    job = material.start(bpy.context, again=False)
    end = time.monotonic() + 120
    while "Fitting" not in job.step:
        assert job.poll() and time.monotonic() < end
        time.sleep(0.02)
    os.kill(worker.pid(), signal.SIGKILL)
    job.block()
    assert job.state == "FAILED"
    assert job.message
    assert set(bpy.data.materials) == materials
    settings.seconds = 2
    assert bpy.ops.impasto.create_material() == {"FINISHED"}
    assert len(set(bpy.data.materials) - materials) == 1
