"""The meshes that a texture lies on, as Blender has them, and a result without seams."""

from __future__ import annotations

from pathlib import Path

import bpy
import cv2
import numpy as np
import pytest

from impasto.core.mesh.islands import find_islands
from impasto.core.mesh.uv_mesh import UVMesh, load_mesh
from impasto.core.paint.islands import islands_of
from impasto.scene.textures import find, relief_nodes, uv_meshes

ops = bpy.ops.impasto


@pytest.fixture
def unwrapped(build):
    """A cube with the standard layout of six joined faces: seven seams, one island."""
    bpy.ops.mesh.primitive_cube_add()
    item = bpy.context.object
    image = build.image("Skin", 1, size=128)
    material = build.material("Skin", image)
    item.data.materials.append(material)
    return item, image, material


def saved(image, material, folder: Path) -> UVMesh | None:
    path = folder / "mesh.npz"
    path.unlink(missing_ok=True)
    found = uv_meshes.save(image, [material], bpy.context, path)
    assert found == path.is_file()
    return load_mesh(path) if found else None


def image_node(material):
    return next(n for n in material.node_tree.nodes if n.type == "TEX_IMAGE")


def test_triangles_and_seams_of_a_cube(unwrapped, tmp_path):
    _, image, material = unwrapped
    mesh = saved(image, material, tmp_path)
    assert len(mesh.triangles) == 12
    layout = find_islands(mesh)
    assert (layout.count, len(layout.seams)) == (1, 7)


def test_modifiers_count(unwrapped, tmp_path):
    item, image, material = unwrapped
    item.modifiers.new("Triangles", "TRIANGULATE")
    item.modifiers.new("Smooth", "SUBSURF").levels = 2
    mesh = saved(image, material, tmp_path)
    assert len(mesh.triangles) == 12 * 3 * 4 * 2
    assert find_islands(mesh).count == 1
    assert len(item.data.polygons) == 6


def test_a_mirrored_half_is_painted_once(unwrapped, tmp_path):
    item, image, material = unwrapped
    for vertex in item.data.vertices:
        vertex.co.x += 3
    item.modifiers.new("Mirror", "MIRROR")
    mesh = saved(image, material, tmp_path)
    assert find_islands(mesh).count == 1


def test_only_faces_with_the_material_count(unwrapped, build, tmp_path):
    item, image, material = unwrapped
    item.data.materials.append(build.material("Other"))
    item.data.polygons[0].material_index = 1
    assert len(saved(image, material, tmp_path).triangles) == 10


def test_several_objects_on_one_texture(unwrapped, build, tmp_path):
    item, image, material = unwrapped
    copy = item.copy()  # shares the mesh: nothing new of the texture
    bpy.context.scene.collection.objects.link(copy)
    assert len(saved(image, material, tmp_path).triangles) == 12
    bpy.ops.mesh.primitive_cylinder_add()
    bpy.context.object.data.materials.append(material)
    assert len(saved(image, material, tmp_path).triangles) > 12


def test_the_uv_map_that_the_node_uses(unwrapped, tmp_path):
    item, image, material = unwrapped
    layer = item.data.uv_layers.new(name="Second")
    layer.uv.foreach_set("vector", np.full(48, 0.25, np.float32))
    first = saved(image, material, tmp_path)
    tree = material.node_tree
    named = tree.nodes.new("ShaderNodeUVMap")
    named.uv_map = "Second"
    tree.links.new(named.outputs["UV"], image_node(material).inputs["Vector"])
    second = saved(image, material, tmp_path)
    assert np.ptp(first.uv) > 0 and np.ptp(second.uv) == 0
    named.uv_map = "Gone"
    assert saved(image, material, tmp_path) is None


def test_a_texture_that_does_not_lie_where_the_uvs_say(unwrapped, tmp_path):
    _, image, material = unwrapped
    tree, node = material.node_tree, image_node(material)
    mapping, coordinates = (tree.nodes.new(f"ShaderNode{kind}") for kind in ("Mapping", "TexCoord"))
    tree.links.new(coordinates.outputs["UV"], mapping.inputs["Vector"])
    tree.links.new(mapping.outputs["Vector"], node.inputs["Vector"])
    assert relief_nodes.uv_map_of(node, ()) == ""
    assert saved(image, material, tmp_path) is None
    tree.links.new(coordinates.outputs["Generated"], node.inputs["Vector"])
    assert saved(image, material, tmp_path) is None


def test_an_object_of_another_kind(unwrapped, tmp_path):
    item, image, material = unwrapped
    bpy.data.objects.remove(item)
    for kind in ("curve.primitive_bezier_circle_add", "object.text_add", "object.metaball_add"):
        group, name = kind.split(".")
        getattr(getattr(bpy.ops, group), name)()
        bpy.context.object.data.materials.append(material)
    saved(image, material, tmp_path)  # whatever has UVs; none of them is in the way


def test_a_mesh_in_edit_mode(unwrapped, tmp_path):
    _, image, material = unwrapped
    bpy.ops.object.mode_set(mode="EDIT")
    try:
        mesh = saved(image, material, tmp_path)
    finally:
        bpy.ops.object.mode_set(mode="OBJECT")
    assert find_islands(mesh).count == 1


def test_a_texture_on_no_mesh(unwrapped, tmp_path):
    item, image, material = unwrapped
    bpy.data.objects.remove(item)
    assert saved(image, material, tmp_path) is None


def shown(image) -> np.ndarray:
    (use,) = [use for use in find.uses_in(bpy.data.materials) if use.image == image]
    path = bpy.path.abspath(use.node.image.filepath)
    return cv2.imread(path, cv2.IMREAD_COLOR).astype(np.float32) / 255


def step_at_seams(pixels: np.ndarray, mesh: UVMesh) -> float:
    """Mean difference of the two sides of the seams, in [0, 1]."""
    from impasto.core.image.picture import Picture
    from impasto.core.mesh.joining import seam_points
    from impasto.core.mesh.sampling import sampled

    atlas = islands_of(mesh, (1001,)).atlas([Picture(pixels)])
    points = seam_points(atlas)
    one, other = (
        sampled([pixels], *pair) for pair in zip(points.pages, points.places, strict=True)
    )
    return float(np.abs(one - other).mean())


def test_the_result_has_no_seams(unwrapped, build, tmp_path):
    _, image, material = unwrapped
    style = str(build.png("style", kind=3, size=128))
    build.save()
    assert ops.analyze_textures() == {"FINISHED"}
    mesh = saved(image, material, tmp_path)
    (group,) = bpy.context.scene.impasto.groups
    group.look.style, group.look.engine = style, "NETWORK"
    steps = {}
    for across in (False, True):
        group.look.across_seams = across
        assert ops.stylize_textures() == {"FINISHED"}
        steps[across] = step_at_seams(shown(image), mesh)
    assert steps[True] < 0.3 * steps[False]
