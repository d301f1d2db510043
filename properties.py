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
    """A line to show: ``name`` is what it is about."""

    reason: StringProperty()


class PictureItem(bpy.types.PropertyGroup):
    """A picture of the analysis: ``name`` is its kind."""

    path: StringProperty(subtype="FILE_PATH")


class TextureItem(bpy.types.PropertyGroup):
    """An image in a group."""

    image: PointerProperty(type=bpy.types.Image)
    role: StringProperty()
    materials: CollectionProperty(type=MaterialItem)
    thumbnail: StringProperty(subtype="FILE_PATH")
    excluded: BoolProperty(name="Exclude", description="Leave this image out when stylizing")


class LookSettings(bpy.types.PropertyGroup):
    """How a group is stylized."""

    style: StringProperty(
        name="Style",
        description="Identifier of a built-in style, or the path of a picture or style file",
    )
    gallery: EnumProperty(
        name="Gallery",
        description="Built-in styles",
        items=gallery.items,
        get=gallery.get_index,
        set=gallery.set_index,
    )
    file: StringProperty(
        name="Style Image",
        description="A picture, or a saved style, whose look the textures take on",
        subtype="FILE_PATH",
        options=RELATIVE_PATH,
        get=gallery.get_file,
        set=gallery.set_file,
    )
    strength: FloatProperty(
        name="Strength",
        description="How much of the style is applied; 0 leaves the texture as it is",
        subtype="FACTOR",
        min=0.0,
        max=1.0,
        default=1.0,
    )
    brush_scale: FloatProperty(
        name="Brush Scale",
        description="Size of the style's strokes; 1 is their size in the style's own picture",
        min=0.25,
        max=4.0,
        default=1.0,
    )
    keep_color: FloatProperty(
        name="Keep Color",
        description="How much of the texture's own color is kept; at 1 only the brightness changes",
        subtype="FACTOR",
        min=0.0,
        max=1.0,
    )
    seamless: BoolProperty(
        name="Seamless",
        description="Treat the texture as endlessly repeating: no seam appears when it is tiled",
    )
    second: StringProperty(
        name="Second Style",
        description="A picture, a saved style, or the identifier of a built-in style",
        subtype="FILE_PATH",
        options=RELATIVE_PATH,
    )
    mix: FloatProperty(
        name="Mix",
        description="How much of the second style there is; with regions, they take turns instead",
        subtype="FACTOR",
        min=0.0,
        max=1.0,
        default=0.5,
    )
    regions: IntProperty(
        name="Regions",
        description=(
            "Split each texture into so many regions by how they look: two styles take turns, one "
            "picture gives each region the paint of its own region that suits it best; 0: do not"
        ),
        min=0,
        max=8,
    )
    max_side: IntProperty(
        name="Largest Side",
        description="Limit of the longer side of the result; 0 keeps the size of the source",
        subtype="PIXEL",
        min=0,
        soft_max=8192,
    )
    seed: IntProperty(
        name="Seed", description="Number from which all that is random follows", min=0
    )


def _get_title(group):
    return group.name


def _set_title(group, value):
    if value.strip() and value != group.name:
        group.name, group.renamed = value, True


class TextureGroup(bpy.types.PropertyGroup):
    """Images that look alike. ``renamed``: the artist chose the name."""

    members: CollectionProperty(type=TextureItem)
    active_member: IntProperty(name="Active Texture", description="The texture chosen in the list")
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
    locked: BoolProperty(name="Lock", description="Keep this group as it is when analyzing again")
    excluded: BoolProperty(
        name="Exclude", description="Leave this group out when stylizing all groups"
    )
    ungrouped: BoolProperty()


class FrameSettings(bpy.types.PropertyGroup):
    """How a rendered animation is restyled."""

    source: StringProperty(
        name="Source",
        description="Any frame of the animation, or a movie",
        subtype="FILE_PATH",
        options=RELATIVE_PATH,
    )
    output: StringProperty(
        name="Output Folder",
        description="Folder of the restyled frames; empty: beside the folder of the source",
        subtype="DIR_PATH",
        options=RELATIVE_PATH,
    )
    use_range: BoolProperty(name="Range", description="Restyle only some of the frames")
    first: IntProperty(name="First", description="First frame that is restyled", default=1)
    last: IntProperty(name="Last", description="Last frame that is restyled", default=250)
    step: IntProperty(name="Step", description="Restyle every so many frames", min=1, default=1)
    look: PointerProperty(type=LookSettings)
    coherence: EnumProperty(
        name="Coherence",
        description="How the frames are tied together",
        items=(
            ("OFF", "Off", "Every frame by itself"),
            ("STATISTICS", "Statistics", "One set of style statistics for each shot"),
            ("MOTION", "Motion", "Strokes follow what moves, by the Vector pass or optical flow"),
        ),
        default="MOTION",
    )
    coherence_strength: FloatProperty(
        name="Coherence Strength",
        description="How much of the strokes is carried along",
        subtype="FACTOR",
        min=0.0,
        max=1.0,
        default=1.0,
    )
    learn_seconds: IntProperty(
        name="Seconds",
        description="How long to learn from the painted frames",
        min=1,
        soft_min=30,
        soft_max=900,
        default=90,
    )
    anchor_interval: IntProperty(
        name="Anchor Interval",
        description="Frames between two that are painted from nothing but themselves",
        min=2,
        soft_max=100,
        default=24,
    )
    format: EnumProperty(
        name="Format",
        description="File format of the restyled frames",
        items=(
            ("SOURCE", "As Source", "The format of the frames"),
            ("PNG", "PNG", "Lossless, with alpha"),
            ("JPEG", "JPEG", "Small, without alpha"),
            ("TIFF", "TIFF", "Lossless, 8 or 16 bit"),
            ("OPEN_EXR", "OpenEXR", "Scene-linear floats"),
        ),
    )
    depth: EnumProperty(
        name="Color Depth",
        description="Bits of a channel of the restyled frames, as far as their format has them",
        items=(
            ("SOURCE", "As Source", "The depth of the frames"),
            ("8", "8 Bit", "256 levels"),
            ("16", "16 Bit", "65536 levels"),
            ("half", "Half Float", "16 bits, also above 1"),
            ("float", "Float", "32 bits, also above 1"),
        ),
    )
    movie: BoolProperty(name="Movie", description="Also write the restyled frames as a movie")
    overwrite: BoolProperty(name="Overwrite", description="Replace files that lie where frames go")
    result: StringProperty()


class CreateSettings(bpy.types.PropertyGroup):
    """What is created, and how."""

    generator: EnumProperty(
        name="Generator",
        description="What invents the texture",
        items=(
            ("GAN", "Variations (GAN)", "Endless, seamless variations; several textures morph"),
            ("VAE", "New Looks (VAE)", "A texture of the group in looks akin to the group's own"),
            ("AUTOMATON", "Growth (RNN)", "A cellular automaton: it grows, and moves in a loop"),
        ),
    )
    seconds: IntProperty(
        name="Seconds",
        description="How long to fit the generator; cancelling keeps the best so far",
        min=1,
        soft_min=30,
        soft_max=900,
        default=120,
    )
    detail: EnumProperty(
        name="Detail",
        description="Long side to which larger textures are brought before the generator learns them",
        items=(
            ("128", "128", "Coarse: large structures are learned best"),
            ("256", "256", "As a rule"),
            ("512", "512", "Fine: for textures without large structures"),
        ),
        default="256",
    )
    width: IntProperty(
        name="Width", description="Of the new picture", subtype="PIXEL", min=16, default=1024
    )
    height: IntProperty(
        name="Height", description="Of the new picture", subtype="PIXEL", min=16, default=1024
    )
    seed: IntProperty(
        name="Seed", description="Number from which all that is random follows", min=0
    )
    morph: IntProperty(
        name="Morph Steps",
        description="Pictures that lead from the first texture of the group to the second; 1: none",
        min=1,
        soft_max=24,
        default=1,
    )
    frames: IntProperty(
        name="Loop Frames",
        description="Pictures of a loop whose end joins its beginning; 0: a still",
        min=0,
        soft_max=240,
    )
    damage: BoolProperty(
        name="Damage and Regrow",
        description="Tear holes at the beginning of the loop, and let the texture grow over them",
    )
    model: StringProperty(subtype="FILE_PATH")
    how: EnumProperty(
        name="Invent",
        description="Where the new style comes from",
        items=(
            ("SURPRISE", "Surprise", "Drawn from the family of the group's style"),
            ("PLACE", "Place on the Map", "The look at a place on the style map"),
            ("BETWEEN", "Between Two", "On the way from the group's style to another one"),
        ),
    )
    place: FloatVectorProperty(
        name="Place",
        description="Across and down the style map",
        size=2,
        min=0.0,
        max=1.0,
        default=(0.5, 0.5),
    )
    second: StringProperty(
        name="Other Style",
        description="A picture, a saved style, or the identifier of a built-in style",
        subtype="FILE_PATH",
    )
    share: FloatProperty(
        name="Share",
        description="How far to go to the other style",
        subtype="FACTOR",
        min=0.0,
        max=1.0,
        default=0.5,
    )
    boldness: FloatProperty(
        name="Boldness",
        description="0 is the middle of the family, 1 as varied as the family itself",
        min=0.0,
        max=3.0,
        default=1.0,
    )
    axes: FloatVectorProperty(
        name="Axes",
        description="Move along the main axes of all styles",
        size=4,
        soft_min=-2.0,
        soft_max=2.0,
    )


class ImpastoSettings(bpy.types.PropertyGroup):
    scope: EnumProperty(
        name="Scope",
        description="Whose textures are analyzed",
        items=(
            ("SELECTED", "Selected Objects", "Textures of the selected objects"),
            ("SCENE", "Scene", "Textures of all objects in this scene"),
            ("FILE", "Whole File", "Textures of all materials in the file"),
        ),
        default="SCENE",
    )
    algorithm: EnumProperty(
        name="Algorithm",
        description="How textures are grouped",
        items=(
            ("KMEANS", "K-Means", "Round groups of similar size; a good first choice"),
            ("DBSCAN", "DBSCAN", "Dense groups of any shape; odd textures stay ungrouped"),
            (
                "AGGLOMERATIVE",
                "Agglomerative",
                "Merges the most similar textures step by step, as a tree",
            ),
        ),
    )
    automatic: BoolProperty(
        name="Automatic",
        description="Let the textures decide how many groups there are",
        default=True,
    )
    group_count: IntProperty(
        name="Groups", description="Number of groups", min=1, soft_max=20, default=4
    )
    distance: FloatProperty(
        name="Distance",
        description="Textures nearer than this belong together; 0 finds a value",
        min=0.0,
        soft_max=10.0,
    )
    linkage: EnumProperty(
        name="Linkage",
        description="How the distance between two groups is measured",
        items=(
            ("ward", "Ward", "Keep the spread inside each group small"),
            ("average", "Average", "Mean distance between the textures of the two groups"),
        ),
    )
    material_weight: FloatProperty(
        name="Color to Material",
        description="0 groups by color, 1 by structure and material",
        subtype="FACTOR",
        min=0.0,
        max=1.0,
        default=0.5,
    )
    seed: IntProperty(
        name="Seed", description="Number from which all that is random follows", min=0
    )
    frames: PointerProperty(type=FrameSettings)
    create: PointerProperty(type=CreateSettings)
    groups: CollectionProperty(type=TextureGroup)
    active_group: IntProperty(name="Active Group", description="The group chosen in the list")
    sentence: StringProperty()
    score: FloatProperty()
    duplicates: CollectionProperty(type=NoteItem)
    skipped: CollectionProperty(type=NoteItem)
    pictures: CollectionProperty(type=PictureItem)
    target: EnumProperty(
        name="Target",
        description="Which groups are stylized",
        items=(
            ("GROUP", "Active Group", "The group chosen in the list"),
            ("ALL", "All Groups", "Every group that has a style and is not excluded"),
        ),
        default="ALL",
    )
    refine_seconds: IntProperty(
        name="Seconds",
        description="How long to refine; cancelling keeps what there is",
        min=1,
        soft_min=30,
        soft_max=900,
        default=120,
    )
    showing_originals: BoolProperty(
        name="Showing Originals", description="The scene shows its original textures for comparison"
    )


def active_group(scene: bpy.types.Scene):
    """The group chosen in the list, or None."""
    settings = scene.impasto
    if 0 <= settings.active_group < len(settings.groups):
        return settings.groups[settings.active_group]
    return None


_CLASSES = (
    MaterialItem,
    ColorItem,
    NoteItem,
    PictureItem,
    TextureItem,
    LookSettings,
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
