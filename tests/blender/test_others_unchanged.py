"""Stylize changes what is meant, and nothing that merely shares something with it."""

from __future__ import annotations

import bpy
import pytest

from impasto.scene.textures import find, results

ops = bpy.ops.impasto


def look_of(item) -> list:
    """What an object shows: the images of its materials, results by the names of their originals."""
    rows = []
    for slot in item.material_slots:
        for use in find.uses_in([slot.material] if slot.material else []):
            rows.append((use.image.name_full, results.shown_image(use.node) == use.image))
    return sorted(rows)


def looks() -> dict[str, list]:
    """What all objects, worlds and lights of the file show, by name."""
    found = {item.name_full: look_of(item) for item in bpy.data.objects}
    for owner in (*bpy.data.worlds, *bpy.data.lights):
        uses = find.uses_in([owner])
        found[f"{type(owner).__name__} {owner.name}"] = [
            (use.image.name_full, use.node.image == use.image) for use in uses
        ]
    return found


def group_with(build, name: str, image):
    """A node group that gives the color of an image."""
    tree = bpy.data.node_groups.new(name, "ShaderNodeTree")
    tree.interface.new_socket("Paint", in_out="OUTPUT", socket_type="NodeSocketColor")
    source = build.node(tree, image).outputs["Color"]
    tree.links.new(source, tree.nodes.new("NodeGroupOutput").inputs["Paint"])
    return tree


def use_group(build, material, tree) -> None:
    entry = material.node_tree.nodes.new("ShaderNodeGroup")
    entry.node_tree = tree
    base = build.principled(material).inputs["Base Color"]
    material.node_tree.links.new(entry.outputs[0], base)


@pytest.fixture
def shared(build):
    """Objects that share materials, meshes, images, node groups, a library, and the world's image."""
    wood = build.textured("Wood")
    build.plane("Same Material", wood.material)
    twin = bpy.data.objects.new("Same Mesh", wood.item.data)
    bpy.context.scene.collection.objects.link(twin)
    build.plane("Same Image", build.material("Twin", wood.image))
    tree = group_with(build, "Shared", build.image("Inner", 2))
    for name in ("Grouped", "Same Group"):
        material = build.material(name)
        use_group(build, material, tree)
        build.plane(f"{name} Plane", material)
    build.plane("Two Slots", wood.material, bpy.data.materials["Grouped"])
    other_scene = bpy.data.scenes.new("Elsewhere")
    build.plane("In Another Scene", wood.material, scene=other_scene)
    world = bpy.data.worlds.new("World")
    if bpy.app.version < (5, 0, 0):
        world.use_nodes = True
    sky = build.node(world.node_tree, wood.image)
    shader = next(node for node in world.node_tree.nodes if node.type == "BACKGROUND")
    world.node_tree.links.new(sky.outputs["Color"], shader.inputs["Color"])
    bpy.context.scene.world = world
    library = str(build.folder / "library.blend")
    bpy.data.libraries.write(library, {wood.item})
    with bpy.data.libraries.load(library, link=True) as (_, given):
        given.objects = [wood.item.name]
    bpy.context.scene.collection.objects.link(given.objects[0])
    look = bpy.context.scene.impasto.look
    look.style, look.engine = str(build.png("style", kind=3)), "NETWORK"
    return bpy.context.scene


NAMES = (
    *("Wood Plane", "Same Material", "Same Mesh", "Same Image", "Grouped Plane", "Two Slots"),
    "Same Group Plane",
)
ALONE = {"Same Image"}
"""Whose material is not shared; that its image is makes no difference."""


def activate(name: str) -> None:
    item = next(o for o in bpy.data.objects if o.name == name and o.library is None)
    for other in bpy.context.view_layer.objects:
        other.select_set(other == item)
    bpy.context.view_layer.objects.active = item


@pytest.mark.parametrize("layered", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_only_the_object_changes(shared, name, layered):
    before = looks()
    activate(name)
    if name in ALONE:
        assert ops.stylize(kind="OBJECT", layered=layered) == {"FINISHED"}
    else:
        with pytest.raises(RuntimeError, match="is also used by"):
            ops.stylize(kind="OBJECT")
        assert looks() == before, "it is asked before anything changes"
        assert ops.stylize(kind="OBJECT", users="SINGLE", layered=layered) == {"FINISHED"}
    after = looks()
    assert {key for key in before if after[key] != before[key]} == {name}
    assert all(not original for _, original in after[name])


@pytest.mark.parametrize("name", ["Wood Plane", "Grouped Plane"])
def test_all_users_are_those_that_were_named(shared, name):
    before = looks()
    activate(name)
    with pytest.raises(RuntimeError, match="is also used by") as asked:
        ops.stylize(kind="OBJECT")
    assert ops.stylize(kind="OBJECT", users="ALL") == {"FINISHED"}
    after = looks()
    changed = {key for key in before if after[key] != before[key]}
    others = {"Wood Plane": "Same Material", "Grouped Plane": "Same Group"}
    assert others[name] in str(asked.value) and name in changed
    assert not {"Same Image", "World World", "Wood Plane [library.blend]"} & changed


@pytest.mark.parametrize("name", ["Two Slots", "Grouped Plane"])
def test_only_the_active_slot_of_the_object_changes(shared, name):
    before = looks()
    activate(name)
    assert ops.stylize(kind="MATERIAL", users="SINGLE") == {"FINISHED"}
    after = looks()
    assert {key for key in before if after[key] != before[key]} == {name}
    assert sum(not original for _, original in after[name]) == 1


def test_a_linked_object_is_refused_or_left_alone(shared):
    before = looks()
    item = next(o for o in bpy.data.objects if o.library is not None)
    bpy.context.view_layer.objects.active = item
    with pytest.raises(RuntimeError, match="linked"):
        ops.stylize(kind="OBJECT", users="SINGLE")
    assert looks() == before


def test_revert_gives_the_object_its_look_back(shared):
    before = looks()
    activate("Wood Plane")
    assert ops.stylize(kind="OBJECT", users="SINGLE") == {"FINISHED"}
    assert ops.revert_textures(target="SELECTED") == {"FINISHED"}
    assert looks() == before
