"""Groups changed by hand through the operators that the panel offers."""

from __future__ import annotations

import bpy
import pytest


def names(group) -> list[str]:
    return [member.image.name for member in group.members]


@pytest.fixture
def settings(build):
    """Two groups: A, B, C with one style, and D with another."""
    parts = {name: build.textured(name, kind).image for kind, name in enumerate("ABCD")}
    build.group(parts["A"], parts["B"], parts["C"], style="/one.png", name="First")
    build.group(parts["D"], style="/two.png", name="Second")
    return bpy.context.scene.impasto


def test_merge(settings):
    assert bpy.ops.impasto.merge_groups(into="1") == {"FINISHED"}
    (group,) = settings.groups
    assert group.name == "Second" and names(group) == ["D", "A", "B", "C"]
    assert settings.active_group == 0
    assert group.members[1].materials[0].material == bpy.data.materials["A Material"]


def test_split_keeps_the_look(settings):
    settings.groups[0].active_member = 1
    bpy.ops.impasto.split_group()
    first, second, new = settings.groups
    assert (names(first), names(second), names(new)) == (["A"], ["D"], ["B", "C"])
    assert new.name == "First 2" and new.look.style == "/one.png"


def test_split_at_the_first_texture_takes_only_the_last(settings):
    bpy.ops.impasto.split_group()
    assert names(settings.groups[0]) == ["A", "B"]
    assert names(settings.groups[2]) == ["C"]


def test_group_of_one_cannot_be_split(settings):
    settings.active_group = 1
    assert not bpy.ops.impasto.split_group.poll()


def test_move_to_another_group(settings):
    settings.groups[0].active_member = 2
    bpy.ops.impasto.move_texture(into="1")
    assert names(settings.groups[0]) == ["A", "B"]
    assert names(settings.groups[1]) == ["D", "C"]
    assert settings.groups[0].active_member == 1


def test_move_to_a_new_group(settings):
    bpy.ops.impasto.move_texture(into="-1")
    assert names(settings.groups[2]) == ["A"]


def test_group_emptied_by_a_move_goes_away(settings):
    settings.active_group = 1
    bpy.ops.impasto.move_texture(into="0")
    (group,) = settings.groups
    assert names(group) == ["A", "B", "C", "D"]
    assert settings.active_group == 0


def test_one_look_for_all_spares_locked_groups(settings):
    first, second = settings.groups
    first.look.strength = 0.25
    second.locked = True
    bpy.ops.impasto.copy_look()
    assert second.look.style == "/two.png"
    second.locked = False
    bpy.ops.impasto.copy_look()
    assert (second.look.style, second.look.strength) == ("/one.png", 0.25)


def test_rename_is_remembered_as_the_artists_choice(settings):
    group = settings.groups[0]
    group.title = "Walls"
    assert (group.name, group.title, group.renamed) == ("Walls", "Walls", True)
    group.title = "   "
    assert group.name == "Walls"


def test_select_objects_of_a_group(settings):
    bpy.data.objects["D Plane"].select_set(True)
    bpy.ops.impasto.select_objects()
    assert {item.name for item in bpy.context.selected_objects} == {"A Plane", "B Plane", "C Plane"}


def test_choosing_a_file_sets_the_style_of_the_active_group(settings, build):
    path = str(build.png("style"))
    bpy.ops.impasto.choose_style(filepath=path)
    look = settings.groups[0].look
    assert (look.style, look.file, look.gallery) == (path, path, "FILE")
    look.gallery = "NONE"
    assert (look.style, look.file) == ("", "")


def test_choosing_something_else_is_refused(settings):
    with pytest.raises(RuntimeError, match=r"notes\.txt.*choose another"):
        bpy.ops.impasto.choose_style(filepath="/tmp/notes.txt")
    assert settings.groups[0].look.style == "/one.png"


def test_groups_survive_save_and_reload(settings, build):
    build.save()
    bpy.ops.wm.open_mainfile(filepath=bpy.data.filepath)
    groups = bpy.context.scene.impasto.groups
    assert [names(group) for group in groups] == [["A", "B", "C"], ["D"]]
    assert groups[0].look.style == "/one.png"


def test_deleted_image_leaves_its_row_empty_and_harmless(settings):
    bpy.data.images.remove(bpy.data.images["A"])
    assert settings.groups[0].members[0].image is None
    bpy.ops.impasto.split_group()
    bpy.ops.impasto.select_objects()
