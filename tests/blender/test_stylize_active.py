"""Stylize what the artist points at, without groups, and nothing else."""

from __future__ import annotations

import bpy
import pytest

from impasto.core.errors import BadRequest, NoImages
from impasto.scene.looks import targets
from impasto.scene.textures import find, sharing

ops = bpy.ops.impasto


@pytest.fixture
def look(style):
    """The look of the scene, with the engine that is fastest."""
    chosen = bpy.context.scene.impasto.look
    chosen.style, chosen.engine = style, "NETWORK"
    return chosen


def activate(item) -> None:
    for other in bpy.context.view_layer.objects:
        other.select_set(other == item)
    bpy.context.view_layer.objects.active = item


def colors(material) -> list[str]:
    """Names of the images that a material shows, results by the names of their originals."""
    return [
        f"{use.image.name}*" if find.RESULT in use.node else use.image.name
        for use in find.uses_in([material])
    ]


def test_only_the_active_object_changes(build, look):
    first, second = build.textured("First"), build.textured("Second", 1)
    activate(first.item)
    assert ops.stylize(kind="OBJECT") == {"FINISHED"}
    assert colors(first.material) == ["First*"]
    assert colors(second.material) == ["Second"]
    assert len(bpy.context.scene.impasto.groups) == 0


def test_a_shared_material_is_refused_until_it_is_said_what_to_do(build, look):
    part = build.textured("Wood")
    build.plane("Other", part.material)
    activate(part.item)
    with pytest.raises(RuntimeError, match="Wood Material is also used by Other"):
        ops.stylize(kind="OBJECT")
    assert colors(part.material) == ["Wood"]
    assert len(bpy.data.materials) == 1


def test_single_user_leaves_the_others_alone(build, look):
    """Also where the objects share their mesh, which has the material."""
    part = build.textured("Wood")
    twin = bpy.data.objects.new("Twin", part.item.data)
    bpy.context.scene.collection.objects.link(twin)
    other = build.plane("Other", part.material)
    activate(part.item)
    assert ops.stylize(kind="OBJECT", users="SINGLE") == {"FINISHED"}
    own = part.item.material_slots[0].material
    assert colors(own) == ["Wood*"]
    assert twin.material_slots[0].material == other.material_slots[0].material == part.material
    assert colors(part.material) == ["Wood"]


def test_all_users_change_together(build, look):
    part = build.textured("Wood")
    other = build.plane("Other", part.material)
    activate(part.item)
    assert ops.stylize(kind="OBJECT", users="ALL") == {"FINISHED"}
    assert other.material_slots[0].material == part.item.material_slots[0].material
    assert colors(part.material) == ["Wood*"]
    assert len(bpy.data.materials) == 1


@pytest.fixture
def nested(build):
    """Two objects whose materials use one node group, in which another one has the texture."""
    inner = bpy.data.node_groups.new("Inner", "ShaderNodeTree")
    outer = bpy.data.node_groups.new("Outer", "ShaderNodeTree")
    for tree in (inner, outer):
        tree.interface.new_socket("Paint", in_out="OUTPUT", socket_type="NodeSocketColor")
    source = build.node(inner, build.image("Deep")).outputs["Color"]
    inner.links.new(source, inner.nodes.new("NodeGroupOutput").inputs["Paint"])
    within = outer.nodes.new("ShaderNodeGroup")
    within.node_tree = inner
    outer.links.new(within.outputs[0], outer.nodes.new("NodeGroupOutput").inputs["Paint"])
    items = []
    for name in ("First", "Second"):
        material = build.material(name)
        entry = material.node_tree.nodes.new("ShaderNodeGroup")
        entry.node_tree = outer
        base = build.principled(material).inputs["Base Color"]
        material.node_tree.links.new(entry.outputs[0], base)
        items.append(build.plane(f"{name} Plane", material))
    return items


def test_a_shared_node_group_is_asked_about(nested, look):
    activate(nested[0])
    with pytest.raises(RuntimeError, match="Inner is also used by Second"):
        ops.stylize(kind="OBJECT")


def test_single_user_copies_shared_node_groups(nested, look):
    activate(nested[0])
    assert ops.stylize(kind="OBJECT", users="SINGLE") == {"FINISHED"}
    first, second = (item.material_slots[0].material for item in nested)
    assert (first.name, second.name) == ("First", "Second"), "the material itself is not shared"
    assert colors(first) == ["Deep*"]
    assert colors(second) == ["Deep"]


def test_only_the_material_of_the_active_slot_changes(build, look):
    first, second = build.textured("First"), build.textured("Second", 1)
    first.item.data.materials.append(second.material)
    bpy.data.objects.remove(second.item)
    activate(first.item)
    first.item.active_material_index = 1
    assert ops.stylize(kind="MATERIAL") == {"FINISHED"}
    assert colors(first.material) == ["First"]
    assert colors(second.material) == ["Second*"]


def test_only_the_objects_of_the_active_collection_change(build, look):
    inside, outside = build.textured("Inside"), build.textured("Outside", 1)
    collection = bpy.data.collections.new("Props")
    bpy.context.scene.collection.children.link(collection)
    collection.objects.link(inside.item)
    bpy.context.scene.collection.objects.unlink(inside.item)
    layers = bpy.context.view_layer.layer_collection.children
    bpy.context.view_layer.active_layer_collection = layers["Props"]
    assert ops.stylize(kind="COLLECTION") == {"FINISHED"}
    assert colors(inside.material) == ["Inside*"]
    assert colors(outside.material) == ["Outside"]


def editor(**values):
    """The context of an editor, as far as targets look at it."""
    from types import SimpleNamespace

    known = {"scene": bpy.context.scene, "object": bpy.context.object, "collection": None}
    return SimpleNamespace(**{**known, "space_data": SimpleNamespace(**values)})


def test_a_node_is_the_target_of_a_shader_editor(build):
    """Only this one, of two with the same image."""
    part = build.textured("Brick")
    tree = part.material.node_tree
    second = build.node(tree, part.image)
    tree.links.new(second.outputs["Color"], build.principled(part.material).inputs[27])
    tree.nodes.active = part.node
    activate(part.item)
    context = editor(type="NODE_EDITOR", edit_tree=tree, id=part.material)
    assert targets.kind_in(context) == "NODE"
    target = targets.target_of(context, "NODE")
    assert [use.node for use in target.uses()] == [part.node]
    assert not sharing.sharing(target.find_objects(), target.uses())


def test_an_image_is_meant_on_the_active_object(build):
    part = build.textured("Brick")
    twin = build.material("Twin", part.image)
    build.plane("Twin Plane", twin)
    activate(part.item)
    context = editor(type="IMAGE_EDITOR", image=part.image)
    assert targets.kind_in(context) == "IMAGE"
    assert targets.target_of(context, "IMAGE").find_materials() == [part.material]
    bpy.context.view_layer.objects.active = None
    everywhere = targets.target_of(editor(type="IMAGE_EDITOR", image=part.image), "IMAGE")
    assert set(everywhere.find_materials()) == {part.material, twin}
    assert not sharing.sharing(everywhere.find_objects(), everywhere.uses())


def test_only_what_is_active_is_reverted(build, look):
    parts = [build.textured("First"), build.textured("Second", 1)]
    for part in parts:
        activate(part.item)
        assert ops.stylize(kind="OBJECT") == {"FINISHED"}
    assert ops.revert_textures(target="ACTIVE") == {"FINISHED"}
    assert [colors(part.material) for part in parts] == [["First*"], ["Second"]]
    assert ops.revert_textures(target="ACTIVE") == {"CANCELLED"}


def test_an_image_of_no_material_says_so(build):
    image = build.image("Loose")
    with pytest.raises(NoImages, match='"Loose" is no color of a material'):
        targets.target_of(editor(type="IMAGE_EDITOR", image=image), "IMAGE")


def test_a_result_stands_for_its_original(build, look):
    """In an Image Editor that shows the result, and where its painting is the active node."""
    part = build.textured("Brick")
    activate(part.item)
    assert ops.stylize(kind="OBJECT", layered=True) == {"FINISHED"}
    tree = part.material.node_tree
    painting = tree.nodes.active
    assert find.PAINTING in painting
    context = editor(type="IMAGE_EDITOR", image=painting.image)
    assert [use.node for use in targets.target_of(context, "IMAGE").uses()] == [part.node]
    context = editor(type="NODE_EDITOR", edit_tree=tree, id=part.material)
    assert targets.pointed_at(context, "NODE") == part.node


def test_what_cannot_be_stylized_says_why(build):
    rough = build.plane("Rough", build.material("Rough", build.image("Grain"), "Roughness"))
    activate(rough)
    with pytest.raises(NoImages, match="Grain: Roughness data"):
        targets.target_of(editor(type="VIEW_3D"), "OBJECT").textures()
    activate(build.plane("Bare"))
    with pytest.raises(NoImages, match='"Bare" has no image texture'):
        targets.target_of(editor(type="VIEW_3D"), "OBJECT").textures()
    bpy.context.view_layer.objects.active = None
    with pytest.raises(BadRequest, match="no active object"):
        targets.target_of(editor(type="VIEW_3D"), "OBJECT")


def test_what_instances_bring_cannot_be_single(build):
    """A copy of the material would need a copy of the collection."""
    part = build.textured("Tree")
    collection = bpy.data.collections.new("Trees")
    collection.objects.link(part.item)
    bpy.context.scene.collection.objects.unlink(part.item)
    for name in ("One", "Two"):
        item = bpy.data.objects.new(name, None)
        item.instance_type, item.instance_collection = "COLLECTION", collection
        bpy.context.scene.collection.objects.link(item)
    activate(bpy.data.objects["One"])
    target = targets.target_of(editor(type="VIEW_3D"), "OBJECT")
    found = sharing.sharing(target.find_objects(), target.uses())
    assert list(found.materials.values()) == [["Two"]]
    assert not found.separable


def test_an_instance_of_the_object_itself_is_no_other_user(build):
    part = build.textured("Tree")
    collection = bpy.data.collections.new("Trees")
    collection.objects.link(part.item)
    item = bpy.data.objects.new("One", None)
    item.instance_type, item.instance_collection = "COLLECTION", collection
    bpy.context.scene.collection.objects.link(item)
    activate(part.item)
    target = targets.target_of(editor(type="VIEW_3D"), "OBJECT")
    assert not sharing.sharing(target.find_objects(), target.uses())


def test_previous_version_is_one_click(build, look):
    part, other = build.textured("Brick"), build.textured("Other", 1)
    activate(part.item)
    for style in ("irises", "kiss"):
        assert ops.stylize(kind="OBJECT", style=style) == {"FINISHED"}
    activate(other.item)
    assert ops.stylize(kind="OBJECT") == {"FINISHED"}
    activate(part.item)
    for style in ("Irises", "The Kiss"):
        assert ops.previous_version() == {"FINISHED"}
        assert part.node.image[find.RECIPE]["style"] == style
    activate(other.item)
    assert ops.previous_version() == {"CANCELLED"}
