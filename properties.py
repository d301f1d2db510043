"""The one property tree of Impasto, behind ``Scene.impasto``."""

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from .scene.compat import RELATIVE_PATH
from .scene.looks import gallery
from .scene.looks.look import properties
from .scene.lookup import active_group
from .scene.props import ANY_STYLE, POINTS, duration, layered, seed, similarity


def _get_included(item) -> bool:
    return not item.excluded


def _set_included(item, value: bool) -> None:
    item.excluded = not value


class MaterialItem(bpy.types.PropertyGroup):
    material: PointerProperty(type=bpy.types.Material)


class ColorItem(bpy.types.PropertyGroup):
    color: FloatVectorProperty(
        name="Color",
        description="A main color of the group",
        subtype="COLOR_GAMMA",
        size=3,
        min=0.0,
        max=1.0,
    )


class NoteItem(bpy.types.PropertyGroup):
    """A line of text about ``name``."""

    reason: StringProperty()


class PlotItem(bpy.types.PropertyGroup):
    """A plot of the scene: ``name`` is its kind."""

    path: StringProperty(subtype="FILE_PATH")


class LinkItem(bpy.types.PropertyGroup):
    """What the artist decided about two textures: ``together``, or apart."""

    first: PointerProperty(type=bpy.types.Image)
    second: PointerProperty(type=bpy.types.Image)
    together: BoolProperty()


class DoubtItem(bpy.types.PropertyGroup):
    """Two textures that may be the same kind of thing; ``together``: the analysis grouped them."""

    first: PointerProperty(type=bpy.types.Image)
    second: PointerProperty(type=bpy.types.Image)
    probability: FloatProperty()
    together: BoolProperty()


class TextureItem(bpy.types.PropertyGroup):
    """An image in a group."""

    image: PointerProperty(type=bpy.types.Image)
    role: StringProperty()
    materials: CollectionProperty(type=MaterialItem)
    thumbnail: StringProperty(subtype="FILE_PATH")
    excluded: BoolProperty()
    included: BoolProperty(
        name="Include",
        description="Restyle this texture",
        get=_get_included,
        set=_set_included,
    )


class LookSettings(bpy.types.PropertyGroup):
    """The look of a group: its styles, and below the settings that ``core.styles.look`` declares."""

    style: StringProperty(
        name="Style",
        description="Identifier of a built-in style, or the path of an image or style file",
    )
    gallery: gallery.chooser("style", name="Style", description="Built-in styles")
    file: gallery.chosen_file("style", options=RELATIVE_PATH)
    second: StringProperty(name="Second Style", description=ANY_STYLE)
    second_gallery: gallery.chooser("second", name="Second Style", description="Built-in styles")
    second_file: gallery.chosen_file("second", options=RELATIVE_PATH)
    mix: FloatProperty(
        name="Mix",
        description="Share of the second style. Ignored when Regions is used",
        subtype="FACTOR",
        min=0.0,
        max=1.0,
        default=0.5,
    )


class FrameLookSettings(bpy.types.PropertyGroup):
    """The look of an animation: the same settings, of which some have other defaults and choices."""


FrameLookSettings.__annotations__ = {**LookSettings.__annotations__, **properties("FRAMES")}
LookSettings.__annotations__.update(properties("TEXTURES"))


def _get_title(group):
    return group.name


def _set_title(group, value):
    if value.strip() and value != group.name:
        group.name, group.renamed = value, True


class TextureGroup(bpy.types.PropertyGroup):
    """A group of similar images; ``renamed`` says that the artist chose its name."""

    members: CollectionProperty(type=TextureItem)
    active_member: IntProperty(
        name="Active Texture", description="The texture selected in the list"
    )
    typical: PointerProperty(type=bpy.types.Image)
    palette: CollectionProperty(type=ColorItem)
    look: PointerProperty(type=LookSettings)
    title: StringProperty(
        name="Name",
        description="Name of the group",
        get=_get_title,
        set=_set_title,
    )
    renamed: BoolProperty()
    locked: BoolProperty(name="Lock", description="Keep this group unchanged when analyzing again")
    excluded: BoolProperty()
    included: BoolProperty(
        name="Include",
        description="Restyle this group with all groups",
        get=_get_included,
        set=_set_included,
    )
    ungrouped: BoolProperty()


class FrameSettings(bpy.types.PropertyGroup):
    """Settings for restyling a rendered animation."""

    source: StringProperty(
        name="Source",
        description="Any frame of the animation, or a movie",
        subtype="FILE_PATH",
        options=RELATIVE_PATH,
    )
    layer: StringProperty(
        name="Layer",
        description="View layer of OpenEXR frames. Leave empty for the picture of the compositor",
    )
    output: StringProperty(
        name="Output Folder",
        description="Folder of the restyled frames. Leave empty to write next to the source",
        subtype="DIR_PATH",
        options=RELATIVE_PATH,
    )
    use_range: BoolProperty(name="Range", description="Restyle only some of the frames")
    first: IntProperty(name="First", description="First frame to restyle", default=1)
    last: IntProperty(name="Last", description="Last frame to restyle", default=250)
    step: IntProperty(name="Step", description="Restyle every Nth frame", min=1, default=1)
    look: PointerProperty(type=FrameLookSettings)
    relief_maps: BoolProperty(
        name="Relief Maps",
        description="Also write the height and the normals of the paint, as image sequences",
    )
    coherence: EnumProperty(
        name="Coherence",
        description="Reduce flicker between frames",
        items=(
            ("OFF", "Off", "Each frame by itself"),
            ("STATISTICS", "Shared Statistics", "One set of style statistics for each shot"),
            ("MOTION", "Motion", "Strokes follow motion, by the Vector pass or optical flow"),
        ),
        default="MOTION",
    )
    coherence_strength: FloatProperty(
        name="Coherence Strength",
        description="How strongly strokes follow motion",
        subtype="FACTOR",
        min=0.0,
        max=1.0,
        default=1.0,
    )
    learn_seconds: duration("How long to learn from the painted frames, in seconds", 90)
    anchor_interval: IntProperty(
        name="Anchor Interval",
        description="Frames between key frames that are painted from scratch (0 = automatic)",
        min=0,
        soft_max=200,
        default=0,
    )
    format: EnumProperty(
        name="Format",
        description="File format of the restyled frames",
        items=(
            ("SOURCE", "As Source", "Same format as the source"),
            ("PNG", "PNG", "Lossless, with alpha"),
            ("JPEG", "JPEG", "Small, without alpha"),
            ("TIFF", "TIFF", "Lossless, 8 or 16 bit"),
            ("OPEN_EXR", "OpenEXR", "Scene-linear floats"),
        ),
    )
    depth: EnumProperty(
        name="Color Depth",
        description="Bits per channel of the restyled frames, if their format supports it",
        items=(
            ("SOURCE", "As Source", "Same depth as the source"),
            ("8", "8 Bit", "256 levels"),
            ("16", "16 Bit", "65536 levels"),
            ("half", "Half Float", "16 bits, values above 1"),
            ("float", "Float", "32 bits, values above 1"),
        ),
    )
    movie: BoolProperty(name="Movie", description="Also write the restyled frames as a movie")
    overwrite: BoolProperty(name="Overwrite", description="Overwrite existing files")
    result: StringProperty()


class CreateSettings(bpy.types.PropertyGroup):
    """Settings for creating materials and styles."""

    generator: EnumProperty(
        name="Generator",
        description="Model that generates the texture",
        items=(
            ("GAN", "Variations", "Seamless variations; two textures can morph"),
            ("VAE", "New Looks", "Restyled variation close to the group's look"),
            ("AUTOMATON", "Growing Texture", "Texture that grows, and can move in a loop"),
        ),
    )
    seconds: duration("How long to train, in seconds; cancelling keeps the best result so far")
    detail: EnumProperty(
        name="Detail",
        description="Training resolution",
        items=(
            ("128", "128", "Coarse. Best for large structures"),
            ("256", "256", "Recommended"),
            ("512", "512", "Fine. For textures without large structures"),
        ),
        default="256",
    )
    width: IntProperty(
        name="Width", description="Width of the new image", subtype="PIXEL", min=16, default=1024
    )
    height: IntProperty(
        name="Height", description="Height of the new image", subtype="PIXEL", min=16, default=1024
    )
    seed: seed()
    morph: IntProperty(
        name="Morph Steps",
        description="Images from the first texture of the group to the second (1 = no morph)",
        min=1,
        soft_max=24,
        default=1,
    )
    frames: IntProperty(
        name="Loop Frames",
        description="Images of a seamless loop (0 = a still image)",
        min=0,
        soft_max=240,
    )
    damage: BoolProperty(
        name="Damage and Regrow",
        description="Tear holes at the start of the loop, and let the texture grow over them",
    )
    model: StringProperty(subtype="FILE_PATH")
    how: EnumProperty(
        name="Source",
        description="Where the new style comes from",
        items=(
            ("SURPRISE", "Random", "Random style from the family of the group's style"),
            ("PLACE", "Pick from Map", "The style at a place on the style map"),
            ("BETWEEN", "Blend", "Between the group's style and another one"),
        ),
    )
    place: FloatVectorProperty(
        name="Place",
        description="Position on the style map, across and down",
        size=2,
        min=0.0,
        max=1.0,
        default=(0.5, 0.5),
    )
    second: StringProperty(name="Other Style", description=ANY_STYLE)
    second_gallery: gallery.chooser("second", name="Other Style", description="Built-in styles")
    second_file: gallery.chosen_file("second", options=RELATIVE_PATH)
    share: FloatProperty(
        name="Share",
        description="Share of the other style",
        subtype="FACTOR",
        min=0.0,
        max=1.0,
        default=0.5,
    )
    boldness: FloatProperty(
        name="Boldness",
        description="0 stays at the center of the family, 1 is as varied as the family",
        min=0.0,
        max=3.0,
        default=1.0,
    )
    axes: FloatVectorProperty(
        name="Axes",
        description="Offsets along the main axes of all styles",
        size=4,
        soft_min=-2.0,
        soft_max=2.0,
    )


class ImpastoSettings(bpy.types.PropertyGroup):
    scope: EnumProperty(
        name="Scope",
        description="Which textures to analyze",
        items=(
            ("SELECTED", "Selected Objects", "Textures of the selected objects"),
            ("SCENE", "Scene", "Textures of all objects in this scene"),
            ("FILE", "Whole File", "Textures of all materials in the file"),
        ),
        default="SCENE",
    )
    algorithm: EnumProperty(
        name="Grouping",
        description="How textures are grouped",
        items=(
            ("KMEANS", "Balanced", "Compact groups of textures near their mean. Good default"),
            ("DBSCAN", "Dense Clusters", "Dense groups of any shape. Odd textures stay ungrouped"),
            (
                "AGGLOMERATIVE",
                "Step by Step",
                "Merge the most similar textures step by step",
            ),
        ),
    )
    automatic: BoolProperty(
        name="Automatic",
        description="Let Similarity decide how many groups there are",
        default=True,
    )
    group_count: IntProperty(
        name="Groups", description="Number of groups", min=1, soft_max=20, default=4
    )
    similarity: similarity()
    linkage: EnumProperty(
        name="Linkage",
        description="How the distance between two groups is measured",
        items=(
            # Numbers as in the files of earlier versions, where Ward came first.
            ("average", "Average", "Mean distance between the textures of the two groups", 1),
            ("ward", "Ward", "Minimize the spread inside each group", 0),
        ),
        default="average",
    )
    material_weight: FloatProperty(
        name="Color to Structure",
        description="Group by color (0) or by structure (1)",
        subtype="FACTOR",
        min=0.0,
        max=1.0,
        default=0.5,
    )
    seed: seed()
    frames: PointerProperty(type=FrameSettings)
    create: PointerProperty(type=CreateSettings)
    groups: CollectionProperty(type=TextureGroup)
    active_group: IntProperty(name="Active Group", description="The group selected in the list")
    sentence: StringProperty()
    score: FloatProperty()
    doubts: CollectionProperty(type=DoubtItem)
    links: CollectionProperty(type=LinkItem)
    duplicates: CollectionProperty(type=NoteItem)
    skipped: CollectionProperty(type=NoteItem)
    plots: CollectionProperty(type=PlotItem)
    target: EnumProperty(
        name="Target",
        description="What to stylize",
        items=(
            ("ACTIVE", "Active", "What is active in this editor, without groups"),
            ("GROUP", "Active Group", "The group selected in the list"),
            ("ALL", "All Groups", "Every included group that has a style"),
        ),
    )
    point: EnumProperty(name="Target", description="What to stylize", items=POINTS)
    look: PointerProperty(type=LookSettings)
    layered: layered(default=True)
    refine_seconds: duration(
        "How long to refine, in seconds; cancelling keeps the best result so far"
    )
    showing_originals: BoolProperty(
        name="Showing Originals", description="The scene shows its original textures for comparison"
    )

    @property
    def shows_group(self):
        """Return whether the panels show the look of the active group, not that of the scene."""
        return self.target != "ACTIVE" and active_group(self.id_data) is not None

    @property
    def shown_look(self):
        """Return the look that the panels show."""
        return active_group(self.id_data).look if self.shows_group else self.look


_CLASSES = (
    MaterialItem,
    ColorItem,
    NoteItem,
    PlotItem,
    LinkItem,
    DoubtItem,
    TextureItem,
    LookSettings,
    FrameLookSettings,
    TextureGroup,
    FrameSettings,
    CreateSettings,
    ImpastoSettings,
)
_register_classes, _unregister_classes = bpy.utils.register_classes_factory(_CLASSES)


def register() -> None:
    _register_classes()
    bpy.types.Scene.impasto = PointerProperty(type=ImpastoSettings)


def unregister() -> None:
    del bpy.types.Scene.impasto
    _unregister_classes()
