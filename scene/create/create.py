"""Create: invent textures and styles out of the active group."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import bpy

from ... import preferences
from ...core.create.settings import MODEL_SUFFIX, SampleSettings
from ...core.errors import BadRequest, OutputUnwritable
from ...core.styles.look import SUFFIX
from ...core.tasks.create import CreateRequest, CreateResult
from ...core.tasks.invent_style import InventStyleRequest
from ...core.tasks.sample import SampleRequest
from ...core.tasks.style_map import StyleMapRequest
from ...properties import active_group
from .. import compat, storage
from ..groups import pictures
from ..jobs.job import SceneJob, start_job, temporary_folder
from ..looks import gallery
from ..textures import destination, names, results
from ..textures.sources import sources_of

_MOST = 6
"""Textures of a group that a generator is fitted to."""

_MAP = "style map"


def start(context: bpy.types.Context, *, again: bool) -> SceneJob:
    """Begin to create a material from the active group; ``again``: from the generator that was
    fitted last.

    Raises
    ------
    NoImages, BadRequest, OutputUnwritable, WorkerUnavailable
    """
    scene = context.scene
    settings, group = scene.impasto.create, active_group(scene)
    notes: list[str] = []
    folder = destination.preferred(preferences.get(context), notes)
    pack = folder == "PACK"
    if pack and _pictures(settings) > 1:
        raise BadRequest(
            "Several pictures are not packed; save the file, and choose a results folder in the "
            "preferences."
        )
    temporary = temporary_folder()
    place = temporary if pack else folder
    if not pack:
        destination.prepare(place)
    name = f"{group.name} {settings.generator.title()}"
    title, path = names.Namer(place).result(name, "Impasto", ".png")
    if _pictures(settings) > 1:
        path = _numbered(path)
    frames = settings.frames if settings.generator == "AUTOMATON" else 0
    wanted = SampleSettings(
        (settings.width, settings.height),
        settings.seed,
        morph=settings.morph if settings.generator == "GAN" else 0,
        frames=frames,
        damage=settings.damage and frames > 0,
    )
    preview = ""
    failures: tuple = ()
    request: CreateRequest | SampleRequest
    if again:
        request = SampleRequest(settings.model, str(path), wanted)
    else:
        sources, failures = sources_of(group, temporary, _MOST)
        preview = str(temporary / "preview.png")
        request = CreateRequest(
            sources,
            settings.generator,
            str(path),
            str(_new_file(storage.models_folder(), name, MODEL_SUFFIX)),
            wanted,
            settings.seconds,
            seed=settings.seed,
            detail=int(settings.detail),
            preview=preview,
        )
    scene_uid, group_name = scene.session_uid, group.name
    first_frame = scene.frame_start

    def conclude(job: SceneJob) -> None:
        job.failures = (*failures, *job.failures)
        if not isinstance(job.result, CreateResult):
            return
        there = storage.by_uid(bpy.data.scenes, scene_uid)
        if there is not None:
            there.impasto.create.model = job.result.model
        recipe = {**job.result.recipe, "group": group_name, "model": job.result.model}
        image = _load(job.result.outputs, title, pack, recipe)
        material = _material(title, image, recipe.get("learned_size"))
        if wanted.frames:
            _play(material, wanted.frames, first_frame)
        count_ = len(job.result.outputs)
        more = f" of {count_} pictures" if count_ > 1 else ""
        cut = "Cancelled; this is the best so far. " if job.result.cancelled else ""
        job.message = " ".join([f"{cut}Material {material.name} is made{more}.", *notes])
        job.changed = True

    job = start_job(f"Create {group.name}", request, temporary, conclude)
    job.preview = preview
    return job


def draw_map(context: bpy.types.Context) -> SceneJob:
    """Begin to draw the map of styles, painted on the first texture of the active group.

    Raises
    ------
    NoImages, WorkerUnavailable
    """
    scene = context.scene
    temporary = temporary_folder()
    sources, _ = sources_of(active_group(scene), temporary, 1)
    output = storage.new_analysis_folder() / "style_map.png"
    request = StyleMapRequest(sources[0], str(output), _own_styles())
    words = "Choose a place on the map, and press Invent Style."
    conclude = pictures.keeper(scene, _MAP, lambda result: words)
    return start_job("Draw Style Map", request, temporary, conclude)


def invent(context: bpy.types.Context) -> SceneJob:
    """Begin to invent a style; the active group takes it on.

    Raises
    ------
    NoImages, WorkerUnavailable
    """
    scene = context.scene
    settings, group = scene.impasto.create, active_group(scene)
    temporary = temporary_folder()
    sources, failures = sources_of(group, temporary, 1)
    first = gallery.source(group.look) if group.look.style else ""
    output = _new_file(storage.styles_folder(), "Invented", SUFFIX)
    request = InventStyleRequest(
        str(output),
        output.stem,
        sources[0],
        settings.how,
        first,
        settings.second,
        settings.share,
        *settings.place,
        tuple(settings.axes),
        settings.boldness,
        settings.seed,
        _own_styles(),
    )
    if settings.how == "BETWEEN" and not (first and settings.second):
        raise BadRequest("Choose the style of the group, and another one to go to.")
    scene_uid, group_name = scene.session_uid, group.name

    def conclude(job: SceneJob) -> None:
        job.failures = (*failures, *job.failures)
        if job.result is None:
            return
        there = storage.by_uid(bpy.data.scenes, scene_uid)
        taking = there.impasto.groups.get(group_name) if there is not None else None
        if taking is not None:
            taking.look.style = job.result.style
            job.changed = True
        job.message = f"The style is saved as {Path(job.result.style).name}."

    return start_job("Invent Style", request, temporary, conclude)


def _own_styles() -> tuple[str, ...]:
    return tuple(str(path) for path in sorted(storage.styles_folder().glob(f"*{SUFFIX}")))


def _pictures(settings) -> int:
    """How many pictures will be written."""
    if settings.generator == "AUTOMATON" and settings.frames:
        return settings.frames
    if settings.generator == "GAN" and settings.morph > 1:
        return settings.morph
    return 1


def _numbered(path: Path) -> Path:
    """A folder of numbered pictures in place of a picture.

    Raises
    ------
    OutputUnwritable
        The folder cannot be made.
    """
    folder = path.with_suffix("")
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise OutputUnwritable(f'"{folder}" cannot be made ({error.strerror}).') from error
    return folder / "frame_####.png"


def _load(outputs: tuple[str, ...], title: str, pack: bool, recipe: dict) -> bpy.types.Image:
    image = bpy.data.images.load(outputs[0], check_existing=False)
    image.name = title
    if pack:
        image.pack()  # its file is one of the job's temporary ones
        image.filepath_raw = f"//{Path(outputs[0]).name}"
    image[results.RECIPE] = recipe
    return image


def _material(
    title: str, image: bpy.types.Image, learned_size: list[int] | None
) -> bpy.types.Material:
    """A new material that wears the picture, kept although nothing uses it yet.

    Where what it was learned from had a size (width, height), a mapping shows the texture as large.
    """
    material = bpy.data.materials.new(title)
    material.use_fake_user = True
    compat.use_nodes(material)
    tree = compat.node_tree(material)
    node = tree.nodes.new("ShaderNodeTexImage")
    node.image, node.location = image, (-300, 300)
    if learned_size is not None:
        place, mapping = (tree.nodes.new(f"ShaderNode{kind}") for kind in ("TexCoord", "Mapping"))
        place.location, mapping.location = (-700, 300), (-500, 300)
        x, y = (old / new for old, new in zip(learned_size, image.size, strict=True))
        mapping.inputs["Scale"].default_value = (x, y, 1.0)
        tree.links.new(place.outputs["UV"], mapping.inputs["Vector"])
        tree.links.new(mapping.outputs["Vector"], node.inputs["Vector"])
    shader = next((n for n in tree.nodes if n.type == "BSDF_PRINCIPLED"), None)
    if shader is not None:
        tree.links.new(node.outputs["Color"], shader.inputs["Base Color"])
    return material


def _play(material: bpy.types.Material, frames: int, first_frame: int) -> None:
    """Let the picture of a material run through so many frames, again and again."""
    node = next(n for n in compat.node_tree(material).nodes if n.type == "TEX_IMAGE")
    node.image.source = "SEQUENCE"
    node.image_user.frame_duration = frames
    node.image_user.frame_start = first_frame
    node.image_user.use_cyclic = True
    node.image_user.use_auto_refresh = True


def _new_file(folder: Path, stem: str, suffix: str) -> Path:
    """A file of that folder that does not exist yet."""
    plain = names.in_files(stem)
    named = (f"{plain}{f' {n}' if n > 1 else ''}{suffix}" for n in count(1))
    return next(path for path in (folder / name for name in named) if not path.exists())
