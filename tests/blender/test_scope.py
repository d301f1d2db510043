"""What a scope shows, what a change reaches, and what is said of the rest."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import pytest

from impasto.scene import compat
from impasto.scene.groups import analyze
from impasto.scene.textures import find, results, scope

ops = bpy.ops.impasto


class Nodes:
    """A Geometry Nodes modifier on an object, to be filled with nodes."""

    def __init__(self, item, *inputs: str) -> None:
        self.tree = bpy.data.node_groups.new("Nodes", "GeometryNodeTree")
        face = self.tree.interface
        for way in ("INPUT", "OUTPUT"):
            face.new_socket("Geometry", in_out=way, socket_type="NodeSocketGeometry")
        self.sockets = [
            face.new_socket(kind, in_out="INPUT", socket_type=f"NodeSocket{kind}")
            for kind in inputs
        ]
        self.start, self.end = (self.new(f"NodeGroup{way}") for way in ("Input", "Output"))
        self.modifier = item.modifiers.new("Nodes", "NODES")
        self.modifier.node_group = self.tree

    def new(self, kind: str):
        return self.tree.nodes.new(kind)

    def chain(self, kind: str):
        """A node between the ends."""
        node = self.new(kind)
        self.tree.links.new(self.start.outputs[0], node.inputs[0])
        self.tree.links.new(node.outputs[0], self.end.inputs[0])
        return node

    def give(self, value) -> None:
        """Set the first input of the modifier."""
        identifier = self.sockets[0].identifier
        if hasattr(self.modifier, "properties"):
            getattr(self.modifier.properties.inputs, identifier).value = value
        else:
            self.modifier[identifier] = value


@pytest.fixture
def leaf(build):
    """A material that no slot names, and an object with modifier nodes."""
    part = SimpleNamespace(image=build.image("Leaf"), item=build.plane("Grown"))
    part.material = build.material("Leaves", part.image)
    return part


def of_scene() -> set:
    return find.materials_of(bpy.context.scene)


# --- geometry nodes --------------------------------------------------------------------------------


def test_material_that_set_material_gives(leaf):
    Nodes(leaf.item).chain("GeometryNodeSetMaterial").inputs[
        "Material"
    ].default_value = leaf.material
    assert of_scene() == {leaf.material}


def test_material_that_is_an_input_of_the_modifier(leaf):
    nodes = Nodes(leaf.item, "Material")
    setter = nodes.chain("GeometryNodeSetMaterial")
    nodes.tree.links.new(nodes.start.outputs["Material"], setter.inputs["Material"])
    assert of_scene() == set()
    nodes.give(leaf.material)
    assert compat.data_given_to(nodes.modifier) == [leaf.material]
    assert of_scene() == {leaf.material}


def test_material_in_a_nested_group_and_by_an_input_node(leaf):
    nodes = Nodes(leaf.item)
    inner = Nodes(leaf.item)
    leaf.item.modifiers.remove(inner.modifier)
    setter, given = inner.chain("GeometryNodeSetMaterial"), inner.new("GeometryNodeInputMaterial")
    given.material = leaf.material
    inner.tree.links.new(given.outputs[0], setter.inputs["Material"])
    nodes.new("GeometryNodeGroup").node_tree = inner.tree
    assert of_scene() == {leaf.material}


def test_material_behind_a_switch(leaf):
    nodes = Nodes(leaf.item)
    setter, switch = nodes.chain("GeometryNodeSetMaterial"), nodes.new("GeometryNodeSwitch")
    switch.input_type = "MATERIAL"
    next(s for s in switch.inputs if s.name == "True" and s.enabled).default_value = leaf.material
    output = next(s for s in switch.outputs if s.enabled)
    nodes.tree.links.new(output, setter.inputs["Material"])
    assert of_scene() == {leaf.material}


def elsewhere(build, material):
    """An object with the material that is not in the scene, and its collection."""
    item = build.plane("Elsewhere", material)
    collection = bpy.data.collections.new("Kit")
    collection.objects.link(item)
    bpy.context.scene.collection.objects.unlink(item)
    return item, collection


@pytest.mark.parametrize("kind", ["Object", "Collection"])
@pytest.mark.parametrize("used", [True, False])
def test_what_an_info_node_brings_along(build, leaf, kind, used):
    item, collection = elsewhere(build, leaf.material)
    nodes = Nodes(leaf.item)
    info = nodes.new(f"GeometryNode{kind}Info")
    info.inputs[kind].default_value = item if kind == "Object" else collection
    if used:  # else only its place is asked for
        output = "Geometry" if kind == "Object" else "Instances"
        nodes.tree.links.new(info.outputs[output], nodes.end.inputs[0])
    assert of_scene() == ({leaf.material} if used else set())


def test_what_is_instanced_brings_its_own_geometry_nodes(build, leaf):
    item, collection = elsewhere(build, None)
    Nodes(item).chain("GeometryNodeSetMaterial").inputs["Material"].default_value = leaf.material
    nodes = Nodes(leaf.item, "Collection")
    info = nodes.new("GeometryNodeCollectionInfo")
    nodes.tree.links.new(nodes.start.outputs["Collection"], info.inputs["Collection"])
    nodes.tree.links.new(info.outputs["Instances"], nodes.end.inputs[0])
    nodes.give(collection)
    assert of_scene() == {leaf.material}


def test_groups_that_use_each_other_come_to_an_end(build, leaf):
    item, _ = elsewhere(build, leaf.material)
    for one, other in ((item, leaf.item), (leaf.item, item)):
        nodes = Nodes(one)
        info = nodes.new("GeometryNodeObjectInfo")
        info.inputs["Object"].default_value = other
        nodes.tree.links.new(info.outputs["Geometry"], nodes.end.inputs[0])
    assert of_scene() == {leaf.material}


def test_particles_and_overrides_are_shown_too(build, leaf):
    item, _ = elsewhere(build, leaf.material)
    leaf.item.modifiers.new("Hair", "PARTICLE_SYSTEM")
    settings = leaf.item.particle_systems[0].settings
    settings.render_type, settings.instance_object = "OBJECT", item
    clay = build.material("Clay")
    bpy.context.view_layer.material_override = clay
    assert of_scene() == {leaf.material, clay}


# --- worlds and lights -----------------------------------------------------------------------------


def lit(build, owner, image, kind: str):
    """Plug an image into a light's or world's own nodes."""
    if not owner.node_tree or not owner.use_nodes:
        owner.use_nodes = True
    tree = owner.node_tree
    node = tree.nodes.new(kind)
    node.image = image
    shader = next(n for n in tree.nodes if n.type in {"BACKGROUND", "EMISSION"})
    tree.links.new(node.outputs["Color"], shader.inputs["Color"])
    return node


@pytest.fixture
def stage(build):
    """A scene with a textured object, a world image and a light image."""
    part = build.textured("Brick")
    part.world = bpy.context.scene.world = bpy.data.worlds.new("Sky")
    part.light = bpy.data.lights.new("Lamp", "AREA")
    part.sky = lit(build, part.world, build.image("Sky", 1), "ShaderNodeTexEnvironment")
    part.gobo = lit(build, part.light, build.image("Gobo", 2), "ShaderNodeTexImage")
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("Lamp", part.light))
    return part


def left_alone(scope_name: str) -> dict[str, str]:
    owners = analyze._owners(scope_name, bpy.context)
    return {t.image.name: t.skipped or t.note for t in find.textures_in(owners)}


def test_images_of_world_and_light_are_named(stage):
    named = {
        "Brick": "",
        "Gobo": "Image of a light, not restyled",
        "Sky": "Image of the world, not restyled",
    }
    assert left_alone("SCENE") == left_alone("FILE") == named
    stage.item.select_set(True)
    assert left_alone("SELECTED") == {"Brick": ""}


def test_image_of_world_and_material_is_restyled_in_the_material_only(build, stage):
    stage.sky.image = stage.image
    note = "Restyled only where it is color; left alone as image of a world (Sky)"
    assert left_alone("SCENE")["Brick"] == note
    result = build.image("Result", 3)
    results.assign(stage.image, result, [stage.material])
    assert (stage.node.image, stage.sky.image) == (result, stage.image)


def test_another_world_of_the_file_is_not_the_scenes(build, stage):
    other = bpy.data.worlds.new("Other")
    lit(build, other, build.image("Dusk", 1), "ShaderNodeTexEnvironment")
    assert "Dusk" not in left_alone("SCENE") and "Dusk" in left_alone("FILE")


# --- selected --------------------------------------------------------------------------------------


def test_objects_that_share_the_material_are_named(build, style):
    one = build.textured("Brick")
    for number in range(7):
        build.plane(f"Wall {number}", one.material)
    build.plane("Other", build.material("Other"))
    one.item.select_set(True)
    settings = bpy.context.scene.impasto
    settings.scope = "SELECTED"
    build.group(one.image, style=style)
    build.save()
    ops.stylize_textures()
    said = "The same materials are on objects that are not selected: "
    assert said + "Wall 0, Wall 1, Wall 2, Wall 3, Wall 4 and 2 more" in last_message()
    for item in bpy.data.objects:
        item.select_set(True)
    ops.stylize_textures()
    assert "not selected" not in last_message()


def test_object_that_shares_only_a_node_group_is_named(build, style):
    image = build.image("Brick")
    group = bpy.data.node_groups.new("Shared", "ShaderNodeTree")
    group.interface.new_socket("Paint", in_out="OUTPUT", socket_type="NodeSocketColor")
    node = build.node(group, image)
    group.links.new(node.outputs["Color"], group.nodes.new("NodeGroupOutput").inputs["Paint"])
    items = []
    for name in ("Chosen", "Other"):
        material = build.material(name)
        entry = material.node_tree.nodes.new("ShaderNodeGroup")
        entry.node_tree = group
        material.node_tree.links.new(
            entry.outputs[0], build.principled(material).inputs["Base Color"]
        )
        items.append(build.plane(f"{name} Plane", material))
    items[0].select_set(True)
    bpy.context.scene.impasto.scope = "SELECTED"
    build.group(image, style=style)
    build.save()
    ops.analyze_textures()
    assert "not selected: Other Plane" in last_message()
    bpy.context.scene.impasto.groups[0].look.style = style
    ops.stylize_textures()
    assert node.image != image and "not selected: Other Plane" in last_message()


def test_group_without_images_that_others_use_too_is_no_reason_to_name_them(build):
    one = build.textured("Brick")
    group = bpy.data.node_groups.new("Utility", "ShaderNodeTree")
    other = build.material("Other")
    build.plane("Other", other)
    for material in (one.material, other):
        material.node_tree.nodes.new("ShaderNodeGroup").node_tree = group
    one.item.select_set(True)
    bpy.context.scene.impasto.scope = "SELECTED"
    ops.analyze_textures()
    assert "not selected" not in last_message()


def last_message() -> str:
    from impasto.scene.jobs import queue

    return queue.history[0].message


def test_same_image_on_an_unselected_object_keeps_its_look(build, style):
    one = build.textured("Brick")
    other = build.material("Other", one.image)
    build.plane("Other", other)
    one.item.select_set(True)
    bpy.context.scene.impasto.scope = "SELECTED"
    build.save()
    ops.analyze_textures()
    assert "not selected" not in last_message()
    bpy.context.scene.impasto.groups[0].look.style = style
    ops.stylize_textures()
    assert one.node.image != one.image
    assert [use.node.image for use in find.uses_in([other])] == [one.image]


# --- compare and revert ----------------------------------------------------------------------------


@pytest.fixture
def restyled(build):
    part = build.textured("Brick")
    part.result = build.image("Brick (Impasto)", 1)
    part.result[find.RECIPE] = {}
    results.assign(part.image, part.result, [part.material])
    return part


def hide(build, part, how: str) -> None:
    """Take the material out of the scene in some way."""
    if how == "no object":
        bpy.data.objects.remove(part.item)
        part.material.use_fake_user = True
    elif how == "other scene":
        bpy.context.scene.collection.objects.unlink(part.item)
        bpy.data.scenes.new("Other").collection.objects.link(part.item)
    elif how == "no nodes":
        part.material.use_nodes = False


@pytest.mark.parametrize("how", ["no object", "other scene", "no nodes"])
def test_compare_and_revert_reach_what_the_scene_does_not_show(build, restyled, how):
    hide(build, restyled, how)
    assert ops.compare_textures() == {"FINISHED"}
    assert restyled.node.image == restyled.image
    assert all(scene.impasto.showing_originals for scene in bpy.data.scenes)
    ops.compare_textures()
    assert restyled.node.image == restyled.result
    assert ops.revert_textures(target="ALL") == {"FINISHED"}
    assert restyled.node.image == restyled.image and not restyled.node.keys()


def test_compare_and_revert_reach_a_group_that_nothing_uses_any_more(build):
    image, result = build.image("Brick"), build.image("Result", 1)
    group = bpy.data.node_groups.new("Shared", "ShaderNodeTree")
    node = build.node(group, image)
    material = build.material("M")
    entry = material.node_tree.nodes.new("ShaderNodeGroup")
    entry.node_tree = group
    results.assign(image, result, [material])
    material.node_tree.nodes.remove(entry)
    assert results.compare(originals=True) == 1 and node.image == image
    assert results.revert(None) == 1 and not node.keys()


def test_reverting_some_textures_keeps_comparing_the_others(build, restyled):
    other = build.textured("Other", 2)
    results.assign(other.image, build.image("Second", 3), [other.material])
    ops.compare_textures()
    results.revert(None, only=[other.image])
    settings = bpy.context.scene.impasto
    assert settings.showing_originals
    ops.compare_textures()
    assert restyled.node.image == restyled.result and not settings.showing_originals


def test_reverting_the_last_one_ends_comparing(restyled):
    ops.compare_textures()
    ops.revert_textures(target="ALL")
    assert not bpy.context.scene.impasto.showing_originals


def test_objects_of_a_group_are_selected_also_behind_geometry_nodes(build, leaf):
    Nodes(leaf.item).chain("GeometryNodeSetMaterial").inputs[
        "Material"
    ].default_value = leaf.material
    build.plane("Other", build.material("Other"))
    build.group(leaf.image)
    ops.select_objects()
    assert [item.name for item in bpy.context.selected_objects] == ["Grown"]


# --- linked ----------------------------------------------------------------------------------------


@pytest.fixture
def linked(build):
    """A material of another file on an object of this one."""
    build.textured("Brick").material.use_fake_user = True
    library = str(build.save("library.blend"))
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    with bpy.data.libraries.load(library, link=True) as (_, wanted):
        wanted.materials = ["Brick Material"]
    material = bpy.data.materials["Brick Material"]
    build.plane("Plane", material)
    return SimpleNamespace(material=material, image=bpy.data.images["Brick"])


def test_texture_of_linked_materials_only_is_left_alone(linked):
    (texture,) = find.textures_in([linked.material])
    assert "In linked materials only" in texture.skipped


def test_override_is_left_alone_as_it_would_forget_the_original(linked, build):
    material = linked.material.override_create()
    (texture,) = find.textures_in([material])
    assert "In linked materials only" in texture.skipped
    assert results.assign(linked.image, build.image("R", 1), [material]) == [material.name]


def test_local_material_is_restyled_beside_a_linked_one(linked, build, style):
    local = build.material("Local", linked.image)
    build.plane("Other", local)
    build.save()
    ops.analyze_textures()
    settings = bpy.context.scene.impasto
    assert [row.reason for row in settings.skipped] == [
        "Restyled only where it is color; left alone as part of a linked material (Brick Material)"
    ]
    settings.groups[0].look.style = style
    ops.stylize_textures()
    assert last_message().startswith("Restyled 1 texture")
    assert "make them local to restyle them: Brick Material" in last_message()


def test_nothing_is_said_to_be_restyled_where_all_is_linked(linked, build, style):
    build.group(linked.image, style=style)
    build.save()
    before = set(bpy.data.images)
    ops.stylize_textures()
    assert last_message().startswith("No texture was restyled. Linked materials cannot be changed")
    assert set(bpy.data.images) == before


def test_scope_selected_follows_instances(build, leaf):
    Nodes(leaf.item).chain("GeometryNodeSetMaterial").inputs[
        "Material"
    ].default_value = leaf.material
    build.plane("Other", build.material("Other"))
    leaf.item.select_set(True)
    assert scope.materials_in("SELECTED", bpy.context) == [leaf.material]


def test_reverting_the_selected_names_objects_that_share_the_material(build, restyled, capfd):
    build.plane("Twin", restyled.material)
    restyled.item.select_set(True)
    ops.revert_textures(target="SELECTED")
    assert "on objects that are not selected: Twin" in capfd.readouterr().out
    assert restyled.node.image == restyled.image


def test_left_alone_is_filled_also_where_nothing_can_be_restyled(build):
    build.plane("Rough", build.material("Rough", build.image("Rough"), "Roughness"))
    with pytest.raises(RuntimeError, match="Skipped says why"):
        ops.analyze_textures()
    (row,) = bpy.context.scene.impasto.skipped
    assert (row.name, row.reason) == ("Rough", "Roughness data, not restyled")
