"""Results in the scene: assigned everywhere, compared, reverted, kept through save and undo."""

from __future__ import annotations

import bpy
import pytest

from impasto.scene.textures import find, names, results, versions


@pytest.fixture
def restyled(build):
    """A textured plane whose node shows a result."""
    part = build.textured("Brick")
    part.result = build.image("Brick (Impasto)", kind=1)
    results.assign(part.image, part.result, [part.material])
    return part


def test_result_is_shown_and_original_remembered(restyled):
    assert restyled.node.image == restyled.result
    assert find.original_of(restyled.node) == restyled.image


def test_every_node_that_shows_the_original_changes_in_groups_too(build):
    image = build.image("Brick")
    tree = bpy.data.node_groups.new("Shared", "ShaderNodeTree")
    inside = build.node(tree, image)
    material = build.material("M", image)
    material.node_tree.nodes.new("ShaderNodeGroup").node_tree = tree
    result = build.image("Result", kind=1)
    results.assign(image, result, [material])
    assert inside.image == result
    assert len(results.restyled_nodes([material])) == 2


def test_other_materials_keep_the_original(build, restyled):
    other = build.material("Other", restyled.image)
    assert [use.image for use in find.uses_in([other])] == [restyled.image]
    assert not results.restyled_nodes([other])


def test_compare_goes_there_and_back(restyled):
    assert results.show([restyled.material], originals=True) == 1
    assert restyled.node.image == restyled.image
    results.show([restyled.material], originals=False)
    assert restyled.node.image == restyled.result


def test_revert_leaves_no_trace(restyled):
    assert results.revert([restyled.material]) == 1
    assert restyled.node.image == restyled.image
    assert not restyled.node.keys()


def test_revert_of_other_images_changes_nothing(build, restyled):
    assert results.revert([restyled.material], only=[build.image("Other")]) == 0
    assert restyled.node.image == restyled.result


def test_second_result_remembers_the_first_original(build, restyled):
    second = build.image("Second", kind=2)
    results.assign(restyled.image, second, [restyled.material])
    results.revert([restyled.material])
    assert restyled.node.image == restyled.image


def test_image_chosen_by_hand_afterwards_is_respected(build, restyled):
    restyled.node.image = chosen = build.image("Chosen")
    assert find.original_of(restyled.node) == chosen
    assert not results.restyled_nodes([restyled.material])


def test_original_comes_back_even_if_the_result_was_deleted(restyled):
    bpy.data.images.remove(restyled.result)
    assert results.show([restyled.material], originals=False) == 0
    assert results.revert([restyled.material]) == 1
    assert restyled.node.image == restyled.image


def test_original_survives_save_and_purge(build, restyled):
    assert restyled.image.users > 0
    blend = str(build.save())
    for _ in range(2):
        bpy.ops.outliner.orphans_purge(do_recursive=True)
        bpy.ops.wm.save_mainfile()
        bpy.ops.wm.open_mainfile(filepath=blend)
    material = bpy.data.materials["Brick Material"]
    assert results.revert([material]) == 1
    (use,) = find.uses_in([material])
    assert use.node.image == bpy.data.images["Brick"]


def test_linked_material_is_named_and_not_changed(build, tmp_path):
    build.textured("Brick").material.use_fake_user = True
    library = str(build.save("library.blend"))
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.materials = ["Brick Material"]
    material = bpy.data.materials["Brick Material"]
    (use,) = find.uses_in([material])
    original, result = use.image, build.image("Result", kind=1)
    assert results.assign(original, result, [material]) == ["Brick Material"]
    assert use.node.image == original


def test_earlier_results_leave_the_file_but_for_the_last(build, restyled):
    for name in ("Second", "Third"):
        assert "Brick (Impasto)" in bpy.data.images
        results.assign(restyled.image, build.image(name, kind=2), [restyled.material])
    assert "Brick (Impasto)" not in bpy.data.images and "Second" in bpy.data.images


@pytest.mark.parametrize("layered", [False, True])
def test_the_version_before_comes_back_and_goes_again(build, restyled, layered):
    second = build.image("Second", kind=2)
    results.assign(restyled.image, second, [restyled.material], layered=layered)
    for wanted in (restyled.result, second):
        assert versions.swap(find.uses_in([restyled.material])) == 1
        assert results.shown_image(restyled.node) == wanted
    assert results.revert(None) == 1
    assert not restyled.node.keys() and restyled.node.image == restyled.image


def test_a_preview_is_no_version(build, restyled):
    """The final result before it comes back, and the preview leaves the file."""
    preview, final = build.image("Preview", kind=2), build.image("Final", kind=3)
    preview[find.RECIPE] = {"preview": True}
    results.assign(restyled.image, preview, [restyled.material])
    results.assign(restyled.image, final, [restyled.material])
    assert "Preview" not in bpy.data.images
    assert versions.swap(find.uses_in([restyled.material])) == 1
    assert restyled.node.image == restyled.result


def test_the_first_result_has_no_version_before(restyled):
    assert versions.swap(find.uses_in([restyled.material])) == 0


def test_names_stay_close_to_the_source(tmp_path):
    namer = names.Namer(tmp_path)
    assert namer.result("Brick", "Impasto", ".png") == (
        "Brick (Impasto)",
        tmp_path / "Brick (Impasto).png",
    )
    assert (
        namer.result("wall.PNG", "Impasto", ".exr", (1001,))[1].name == "wall (Impasto).<UDIM>.exr"
    )
    assert namer.result("a/b:c", "Impasto", ".png")[1].name == "a_b_c (Impasto).png"


def test_names_fit_into_what_blender_keeps(tmp_path):
    name, _ = names.Namer(tmp_path).result("é" * 200, "Impasto", ".png")
    assert name.endswith("é (Impasto)")
    assert bpy.data.images.new(name, 1, 1).name == name


def test_names_of_images_and_files_are_never_taken_twice(tmp_path):
    bpy.data.images.new("Brick (Impasto)", 1, 1)
    (tmp_path / "Brick (Impasto 2).png").touch()
    namer = names.Namer(tmp_path)
    found = [namer.result("Brick", "Impasto", ".png")[0] for _ in range(2)]
    assert found == ["Brick (Impasto 3)", "Brick (Impasto 4)"]
    (tmp_path / "Wall (Impasto).1002.png").touch()
    assert namer.result("Wall", "Impasto", ".png", (1001, 1002))[0] == "Wall (Impasto 2)"
