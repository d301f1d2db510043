"""Scenes made by script, for tests with real bpy."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

bpy = pytest.importorskip("bpy")


def write_png(path: Path, pixels: np.ndarray) -> Path:
    """Write ``(H, W, 1, 3 or 4)`` uint8 or uint16, with nothing but the standard library."""
    height, width, channels = pixels.shape
    big = pixels.astype(pixels.dtype.newbyteorder(">"))
    rows = b"".join(b"\0" + row.tobytes() for row in big)
    header = struct.pack(
        ">IIBBBBB", width, height, pixels.itemsize * 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0
    )
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    data = b"\x89PNG\r\n\x1a\n"
    for kind, body in chunks:
        data += struct.pack(">I", len(body)) + kind + body
        data += struct.pack(">I", zlib.crc32(kind + body))
    path.write_bytes(data)
    return path


class Builder:
    """Makes images, materials and objects in the open file."""

    write = staticmethod(write_png)

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def pixels(
        self, kind: int = 0, size: int = 64, channels: int = 3, dtype=np.uint8
    ) -> np.ndarray:
        """A texture of one of four kinds: stripes, blobs, noise, checks; each in its own color."""
        rng = np.random.default_rng(kind)
        y, x = np.mgrid[:size, :size] / size
        pattern = [
            0.5 + 0.5 * np.sin(x * 40),
            0.5 + 0.25 * (np.sin(x * 9) + np.cos(y * 9)),
            rng.random((size, size)),
            ((x * 8).astype(int) + (y * 8).astype(int)) % 2,
        ][kind % 4]
        tint = [(1, 0.4, 0.3), (0.3, 0.8, 0.3), (0.7, 0.7, 0.8), (0.2, 0.4, 1)][kind % 4]
        color = (0.2 + 0.8 * pattern[..., None]) * np.array(tint)
        if channels == 4:
            color = np.dstack([color, (x + y) / 2])
        top = np.iinfo(dtype).max
        return (color * top).astype(dtype)

    def png(
        self, name: str, kind: int = 0, size: int = 64, channels: int = 3, dtype=np.uint8
    ) -> Path:
        return write_png(self.folder / f"{name}.png", self.pixels(kind, size, channels, dtype))

    def image(self, name: str, kind: int = 0, **options):
        """An image that is a PNG on disk."""
        image = bpy.data.images.load(str(self.png(name, kind, **options)))
        image.name = name
        return image

    def tiled(self, name: str, tiles: tuple[int, ...] = (1001, 1002)):
        """A UDIM image."""
        for tile in tiles:
            self.png(f"{name}.{tile}", kind=tile % 4)
        image = bpy.data.images.load(str(self.folder / f"{name}.{tiles[0]}.png"))
        image.source = "TILED"
        image.filepath = str(self.folder / f"{name}.<UDIM>.png")
        image.name = name
        return image

    def node(self, tree, image):
        node = tree.nodes.new("ShaderNodeTexImage")
        node.image = image
        return node

    def material(self, name: str, image=None, socket: str = "Base Color"):
        """A material with an image plugged into its Principled BSDF."""
        material = bpy.data.materials.new(name)
        if bpy.app.version < (5, 0, 0):
            material.use_nodes = True
        if image is not None:
            tree = material.node_tree
            node = self.node(tree, image)
            tree.links.new(node.outputs["Color"], self.principled(material).inputs[socket])
        return material

    def principled(self, material):
        return next(n for n in material.node_tree.nodes if n.type == "BSDF_PRINCIPLED")

    def plane(self, name: str, *materials, scene=None):
        """An object with the materials."""
        mesh = bpy.data.meshes.new(name)
        mesh.from_pydata([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)], [], [(0, 1, 2, 3)])
        item = bpy.data.objects.new(name, mesh)
        for material in materials:
            mesh.materials.append(material)
        (scene or bpy.context.scene).collection.objects.link(item)
        return item

    def textured(self, name: str, kind: int = 0, **options):
        """An object with one image texture; returns image, material, node and object."""
        image = self.image(name, kind, **options)
        material = self.material(f"{name} Material", image)
        node = next(n for n in material.node_tree.nodes if n.type == "TEX_IMAGE")
        return SimpleNamespace(
            image=image, material=material, node=node, item=self.plane(f"{name} Plane", material)
        )

    def save(self, name: str = "scene.blend") -> Path:
        path = self.folder / name
        bpy.ops.wm.save_as_mainfile(filepath=str(path))
        return path

    def group(self, *images, style: str = "", name: str = "Group"):
        """A group by hand, as Analyze would make it, but with the engine that is fastest."""
        from impasto.scene.groups import analyze
        from impasto.scene.textures import find as finder

        settings = bpy.context.scene.impasto
        found = {t.image: t for t in finder.textures_in(bpy.data.materials)}
        settings.target = "ALL"
        group = settings.groups.add()
        group.name = name
        for image in images:
            analyze.fill_member(group.members.add(), found[image], "")
        group.look.style, group.look.engine = style, "NETWORK"
        return group

    def shown(self) -> set[str]:
        """Names of the images that materials show."""
        from impasto.scene.textures import find as finder

        return {use.node.image.name for use in finder.uses_in(bpy.data.materials)}


@pytest.fixture
def build(tmp_path) -> Builder:
    return Builder(tmp_path)


@pytest.fixture
def style(build) -> str:
    return str(build.png("style", kind=3))


class Layout:
    """A stand-in for Blender's layout, which only exists in a window; knows what is drawn."""

    def __init__(self) -> None:
        self.drawn: set[str] = set()
        self.said: list[str] = []
        """Texts of labels, and identifiers of operators."""

    def label(self, text="", **_options):
        self.said.append(text)

    def prop(self, data, name, **_options):
        assert name in data.bl_rna.properties
        self.drawn.add(name)

    def template_icon_view(self, data, name, **options):
        self.prop(data, name)

    def operator(self, name, **_options):
        self.said.append(name)
        kind, _, verb = name.partition(".")
        properties = getattr(getattr(bpy.ops, kind), verb).get_rna_type().properties
        return SimpleNamespace(**dict.fromkeys(properties.keys()))

    def __getattr__(self, _name):
        return lambda *_given, **_options: self


def _draw(*panels) -> Layout:
    layout = Layout()
    addons = bpy.context.preferences.addons
    scale = SimpleNamespace(ui_scale=1.0)  # 0 without a window
    preferences = SimpleNamespace(system=scale, addons=addons)
    context = SimpleNamespace(
        scene=bpy.context.scene,
        preferences=preferences,
        region=None,
        space_data=None,
        object=bpy.context.object,
    )
    for panel in panels:
        if hasattr(panel, "poll") and not panel.poll(context):
            continue
        panel.draw(SimpleNamespace(layout=layout), context)
    return layout


@pytest.fixture
def draw():
    """Draw bodies of panels; the names of the properties that they show."""
    return lambda *panels: _draw(*panels).drawn


@pytest.fixture
def read():
    """Draw bodies of panels; the texts of their labels and their operators, in order."""
    return lambda *panels: _draw(*panels).said


@pytest.fixture
def options():
    """The preferences, as they were again afterwards."""
    from impasto.scene.options import preferences

    found = preferences(bpy.context)
    before = {name: getattr(found, name) for name in found.__annotations__}
    yield found
    for name, value in before.items():
        setattr(found, name, value)


class Studio:
    """Gives textures the relief of strokes, as the worker does, but with ready pictures."""

    def __init__(self, build: Builder) -> None:
        self.build = build
        self.folder = build.folder / "results"
        self.folder.mkdir()
        self.normals = self.ridges()
        """What the next results have; None: no maps are written."""
        self.items = []
        """What the worker was asked for last."""

    @staticmethod
    def ridges(axis: int = 0, size: int = 64) -> np.ndarray:
        """Normals (x, y, z), y up, whose slopes along one axis go up and down."""
        slope = np.broadcast_to(0.9 * np.sin(np.arange(size) * 0.4), (size, size))
        flat = np.zeros_like(slope)
        normals = np.dstack([slope, flat, flat + 1] if axis == 0 else [flat, slope.T, flat + 1])
        return normals / np.linalg.norm(normals, axis=2, keepdims=True)

    def group(self, *images):
        """A group that is painted with strokes."""
        group = self.build.group(*images, style="starry-night")
        group.look.engine = "STROKES"
        return group

    def stylize(self, group, pack: bool = False, preview: bool = False) -> str:
        """Conclude a job; returns its message."""
        from impasto.core.control import ItemDone
        from impasto.scene.looks import stylize
        from impasto.scene.looks.planner import Planner, part_of_group
        from impasto.scene.textures.sources import source_of

        planner = Planner(self.folder, pack, preview)
        sources = [source_of(member.image, self.folder) for member in group.members]
        pairs = zip(group.members, sources, strict=True)
        self.items = [planner.item(part_of_group(group, m), source) for m, source in pairs]
        for item in self.items:
            self._write(item)
        done = [ItemDone(item.image.key, item.outputs) for item in self.items]
        scene = bpy.context.scene
        job = SimpleNamespace(done=done, cancelled=False, result=1, scene=scene, message="")
        for _ in stylize._conclude(job, stylize._Batch(planner.plans, "", "")):
            pass
        assert job.changed
        return job.message

    def _write(self, item) -> None:
        pictures = [(item.outputs, self.build.pixels(1))]
        if self.normals is not None:
            pictures.append((item.heights, np.full((64, 64, 1), 30000, np.uint16)))
            encoded = np.round((self.normals * 0.5 + 0.5) * 65535)
            pictures.append((item.normals, encoded.astype(np.uint16)))
        for paths, pixels in pictures:
            for path in map(Path, paths):
                assert not path.exists()
                write_png(path, pixels)

    def former(self, material, kind: str):
        """A normal map or a bump, linked to the material's shader."""
        tree = material.node_tree
        image = self.build.node(tree, self.build.image("Former", 2))
        image.image.colorspace_settings.name = "Non-Color"
        node = tree.nodes.new(f"ShaderNode{kind}")
        entry = {"NormalMap": "Color", "Bump": "Height"}[kind]
        tree.links.new(image.outputs["Color"], node.inputs[entry])
        tree.links.new(node.outputs["Normal"], self.build.principled(material).inputs["Normal"])
        return node

    @staticmethod
    def links(tree) -> set[tuple]:
        """All links of a tree, as values."""
        return {
            (
                *(link.from_node.name, link.from_socket.identifier),
                *(link.to_node.name, link.to_socket.identifier, link.is_muted),
            )
            for link in tree.links
        }

    @staticmethod
    def parts(tree, kind: str = "") -> list:
        """The nodes of relief in a tree, all or of a kind."""
        from impasto.scene.textures.find import PART

        return [node for node in tree.nodes if PART in node and node.type == (kind or node.type)]

    def part(self, tree, kind: str):
        """The only such node."""
        (node,) = self.parts(tree, kind)
        return node


@pytest.fixture
def studio(build) -> Studio:
    return Studio(build)


@pytest.fixture
def brick(build, studio):
    """A textured plane, and the group of its texture, which is painted with strokes."""
    part = build.textured("Brick")
    part.tree = part.material.node_tree
    part.shader = build.principled(part.material)
    part.group = studio.group(part.image)
    return part
