"""A job that does not start leaves no temporary folder behind."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest

from impasto.core.errors import ImageMissing, WorkerUnavailable
from impasto.core.tasks.regions import RegionsRequest
from impasto.scene.jobs import queue, scratch
from impasto.scene.jobs.draft import draft_job

ops = bpy.ops.impasto


@pytest.fixture
def folders(monkeypatch):
    """The temporary folders that jobs make."""
    made: list[Path] = []
    make = scratch.new_folder

    def new_folder() -> Path:
        made.append(make())
        return made[-1]

    monkeypatch.setattr(scratch, "new_folder", new_folder)
    return made


def test_an_error_while_it_is_prepared_removes_the_folder(folders):
    before = len(queue.history)

    def prepare():
        with draft_job(bpy.context.scene.session_uid) as new:
            (new.folder / "copy.png").touch()
            raise ImageMissing("It is gone.")

    with pytest.raises(ImageMissing):
        prepare()
    assert len(folders) == 1 and not folders[0].exists()
    assert len(queue.history) == before


def test_a_worker_that_cannot_start_removes_the_folder(folders, build, options):
    options.worker_python = str(build.folder / "no such python")
    image = build.image("Brick")

    def prepare():
        with draft_job(bpy.context.scene.session_uid) as new:
            request = RegionsRequest(image.name, None, str(new.folder / "out.png"))
            new.start("Test", request, lambda job: None)

    with pytest.raises(WorkerUnavailable):
        prepare()
    assert not folders[0].exists()


@pytest.mark.parametrize(
    "operator",
    [
        "analyze_textures",
        "stylize_textures",
        "refine_style",
        "create_material",
        "draw_regions",
        "invent_style",
        "draw_style_map",
    ],
)
def test_textures_that_cannot_be_read_leave_no_folder(folders, build, operator):
    part = build.textured("Gone")
    group = build.group(part.image, style=str(build.png("style", kind=3)))
    group.look.regions = 2
    (build.folder / "Gone.png").unlink()
    build.save()
    with pytest.raises(RuntimeError, match=r"Gone.*is missing"):
        getattr(ops, operator)()
    assert folders and not any(folder.exists() for folder in folders)


def test_a_job_that_runs_keeps_its_folder_until_its_end(folders, build, style):
    part = build.textured("Brick")
    part.image.pack()
    group = build.group(part.image, style=style)
    group.look.regions = 2
    assert ops.draw_regions() == {"FINISHED"}
    assert len(folders) == 1 and not folders[0].exists()
