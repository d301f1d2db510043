"""What goes wrong gets one clear sentence, and nothing is lost."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

import bpy
import pytest

from impasto.scene.jobs import queue
from impasto.scene.textures import find

ops = bpy.ops.impasto


def messages() -> list[str]:
    """Sentences about images of the last job."""
    return [failure.message for failure in queue.history[0].failures]


# --- images --------------------------------------------------------------------------------------


def test_no_image_textures_in_the_scope(build):
    build.plane("Plain", build.material("Plain"))
    with pytest.raises(RuntimeError, match="No image textures in this scene"):
        ops.analyze_textures()


def test_only_data_textures_in_the_scope(build):
    build.plane("Rough", build.material("Rough", build.image("R"), "Roughness"))
    with pytest.raises(RuntimeError, match="No color textures in this scene"):
        ops.analyze_textures()


def test_missing_file_is_named_and_the_others_are_done(build, style):
    gone, there = build.textured("Gone"), build.textured("There", 1)
    build.save()
    Path(build.folder / "Gone.png").unlink()
    build.group(gone.image, there.image, style=style)
    ops.stylize_textures()
    assert build.shown() == {"Gone", "There (Impasto)"}
    assert (
        len(messages()) == 1 and "Gone" in messages()[0] and "Find Missing Files" in messages()[0]
    )


def test_all_files_missing(build):
    build.textured("Gone")
    (build.folder / "Gone.png").unlink()
    with pytest.raises(RuntimeError, match=r"Gone.*is missing"):
        ops.analyze_textures()


@pytest.mark.parametrize("content", ["half", "empty", "no pixels"])
def test_damaged_file_is_named_and_the_others_are_done(build, style, content):
    torn, whole = build.textured("Torn"), build.textured("Whole", 1)
    build.save()
    path = build.folder / "Torn.png"
    data = path.read_bytes()
    nothing = data.replace(struct.pack(">II", 64, 64), struct.pack(">II", 0, 0))
    path.write_bytes({"half": data[: len(data) // 2], "empty": b"", "no pixels": nothing}[content])
    torn.image.reload()
    ops.analyze_textures()
    assert "Torn.png" in messages()[0]
    bpy.context.scene.impasto.groups.clear()
    build.group(torn.image, whole.image, style=style)
    ops.stylize_textures()
    assert build.shown() == {"Torn", "Whole (Impasto)"}
    assert len(messages()) == 1 and "Torn.png" in messages()[0]


def test_image_of_one_pixel_is_no_trouble(build, style):
    dot = build.textured("Dot", size=1)
    build.save()
    ops.analyze_textures()
    bpy.context.scene.impasto.groups[0].look.style = style
    ops.stylize_textures()
    assert tuple(dot.node.image.size) == (1, 1)
    assert dot.node.image.name == "Dot (Impasto)"


def test_huge_image_with_too_little_memory(build, style, options):
    side = 16384
    packer = zlib.compressobj(1)
    row = bytes(side + 1)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n"
    for kind, part in ((b"IHDR", header), (b"IDAT", body), (b"IEND", b"")):
        data += (
            struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
        )
    (build.folder / "Huge.png").write_bytes(data)
    image = bpy.data.images.load(str(build.folder / "Huge.png"))
    image.name = "Huge"
    build.plane("Huge", build.material("Huge", image))
    build.save()
    build.group(image, style=style)
    options.memory_limit = 0.5
    with pytest.raises(RuntimeError, match=r"Huge.*memory"):
        ops.stylize_textures()
    assert build.shown() == {"Huge"}


# --- libraries and scenes ------------------------------------------------------------------------


@pytest.fixture
def library(build) -> str:
    """A file with an image and its material."""
    build.textured("Brick").material.use_fake_user = True
    path = str(build.save("library.blend"))
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    return path


def test_linked_image_in_a_local_material_is_restyled(build, library, style):
    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.images = ["Brick"]
    linked = bpy.data.images["Brick"]
    build.plane("P", build.material("Local", linked))
    build.save()
    build.group(linked, style=style)
    ops.stylize_textures()
    assert build.shown() == {"Brick (Impasto)"}
    assert bpy.data.images["Brick (Impasto)"].library is None
    assert linked.library is not None


def test_linked_material_is_named_and_left_as_it_is(build, library, style):
    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.materials = ["Brick Material"]
    build.plane("P", bpy.data.materials["Brick Material"])
    build.save()
    build.group(bpy.data.images["Brick"], style=style)
    ops.stylize_textures()
    assert build.shown() == {"Brick"}
    assert "make them local to restyle them: Brick Material" in queue.history[0].message


def test_material_in_two_scenes_is_said_to_change_in_both(build, style):
    part = build.textured("Brick")
    other = bpy.data.scenes.new("Night")
    build.plane("Elsewhere", part.material, scene=other)
    build.save()
    build.group(part.image, style=style)
    ops.stylize_textures()
    assert "also used in: Night" in queue.history[0].message


def test_image_in_another_scenes_material_stays_there(build, style):
    part = build.textured("Brick")
    other = bpy.data.scenes.new("Night")
    material = build.material("Night Wall", part.image)
    build.plane("Elsewhere", material, scene=other)
    build.save()
    ops.analyze_textures()
    bpy.context.scene.impasto.groups[0].look.style = style
    ops.stylize_textures()
    assert part.node.image.name == "Brick (Impasto)"
    assert [use.node.image.name for use in find.uses_in([material])] == ["Brick"]


# --- styles and outputs --------------------------------------------------------------------------


def test_style_that_is_no_image(build):
    part = build.textured("Brick")
    build.save()
    fake = build.folder / "fake.png"
    fake.write_text("no picture at all")
    build.group(part.image, style=str(fake))
    with pytest.raises(RuntimeError, match=r"fake\.png"):
        ops.stylize_textures()
    assert build.shown() == {"Brick"}


def test_style_that_is_gone(build):
    part = build.textured("Brick")
    build.group(part.image, style=str(build.folder / "gone.png"))
    with pytest.raises(RuntimeError, match=r"gone\.png.*choose another"):
        ops.stylize_textures()


def test_folder_that_cannot_be_written(build, style):
    part = build.textured("Brick")
    build.save()
    (build.folder / "impasto").write_text("a file where the folder should be")
    build.group(part.image, style=style)
    with pytest.raises(RuntimeError, match="choose another Results Folder"):
        ops.stylize_textures()
    assert build.shown() == {"Brick"}


@pytest.mark.skipif(sys.platform == "win32", reason="a file size limit stands in for the full disk")
def test_full_disk(build, style, options):
    part = build.textured("Brick", kind=2, size=256)
    build.save()
    script = build.folder / "python"
    script.write_text(f'#!/bin/sh\nulimit -f 20\nexec "{sys.executable}" "$@"\n')
    script.chmod(0o755)
    options.worker_python = str(script)
    build.group(part.image, style=style)
    with pytest.raises(RuntimeError, match=r"disk|full"):
        ops.stylize_textures()
    assert build.shown() == {"Brick"}
    assert list((build.folder / "impasto").iterdir()) == []


def test_file_that_was_never_saved_packs_its_results(build, style):
    part = build.textured("Brick")
    assert not bpy.data.filepath
    build.group(part.image, style=style)
    ops.stylize_textures()
    assert part.node.image.packed_file is not None
    assert "save the .blend" in queue.history[0].message
    build.save()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    image = bpy.data.images["Brick (Impasto)"]
    assert tuple(image.size) == (64, 64) and image.has_data
