"""Create: fit a generator to the active group, and make a material with what it draws."""

from __future__ import annotations

from pathlib import Path

import bpy

from ...core.create.settings import MODEL_SUFFIX, SampleSettings
from ...core.errors import BadRequest, OutputUnwritable
from ...core.tasks.create import CreateRequest, CreateResult
from ...core.tasks.sample import SampleRequest
from .. import compat, options, storage
from ..jobs.draft import JobDraft, draft_job
from ..jobs.job import SceneJob
from ..lookup import active_group
from ..textures import destination, names, results
from ..textures.sources import sources_of_group
from ..words import joined

_MOST = 6
"""Textures of a group that a generator is fitted to."""

_WORDS = {"GAN": "Variation", "VAE": "New Look", "AUTOMATON": "Growth"}
"""Names of results, by the generator."""


def start(context: bpy.types.Context, *, again: bool) -> SceneJob:
    """Start to create a material from the active group, or ``again`` from the last generator.

    Raises
    ------
    NoImages, BadRequest, OutputUnwritable, WorkerUnavailable
    """
    scene, group = context.scene, active_group(context.scene)
    settings = scene.impasto.create
    folder, note = destination.preferred(options.preferences(context))
    pack = folder == "PACK"
    if pack and _image_count(settings) > 1:
        raise BadRequest(
            "Several images are not packed; save the file, and choose a results folder in the "
            "preferences."
        )
    if not pack:
        destination.prepare(folder)
    group_name, first_frame = group.name, scene.frame_start
    sample = _sample_settings(settings)

    with draft_job(scene.session_uid) as draft:
        name = f"{group_name} {_WORDS[settings.generator]}"
        title, path = names.Namer(draft.folder if pack else folder).result(name, "Impasto", ".png")
        if _image_count(settings) > 1:
            path = _numbered(path)
            draft.made.append(path.parent)
        request: CreateRequest | SampleRequest
        if again:
            request, failures = SampleRequest(settings.model, str(path), sample), ()
        else:
            request, failures = _create_request(settings, group, name, path, sample, draft)

        def conclude(job: SceneJob) -> None:
            if not isinstance(job.result, CreateResult):
                return
            result = job.result
            if job.scene is not None:
                job.scene.impasto.create.model = result.model
            recipe = {**result.recipe, "group": group_name, "model": result.model}
            image = _load(result.outputs, title, pack, recipe)
            material = _material(title, image, recipe.get("learned_size"))
            if sample.frames:
                _play(material, sample.frames, first_frame)
            count = len(result.outputs)
            images = f" ({count} images)" if count > 1 else ""
            cut = "Cancelled; this is the best result so far" if result.cancelled else ""
            job.message = joined(cut, f"Created material {material.name}{images}", note)
            job.changed = True

        return draft.start(
            f"Create {group_name}",
            request,
            conclude,
            failures=failures,
            preview=request.preview if isinstance(request, CreateRequest) else "",
        )


def _sample_settings(settings) -> SampleSettings:
    frames = settings.frames if settings.generator == "AUTOMATON" else 0
    return SampleSettings(
        size=(settings.width, settings.height),
        seed=settings.seed,
        morph=settings.morph if settings.generator == "GAN" else 0,
        frames=frames,
        damage=settings.damage and frames > 0,
    )


def _create_request(
    settings, group, name: str, path: Path, sample: SampleSettings, draft: JobDraft
) -> tuple[CreateRequest, tuple]:
    """Return the request, and the textures that cannot be read."""
    sources, failures = sources_of_group(group, draft.folder, _MOST)
    request = CreateRequest(
        images=sources,
        generator=settings.generator,
        output=str(path),
        model=str(storage.new_file(storage.models_folder(), name, MODEL_SUFFIX)),
        sample=sample,
        seconds=settings.seconds,
        seed=settings.seed,
        detail=int(settings.detail),
        preview=str(draft.folder / "preview.png"),
    )
    return request, failures


def _image_count(settings) -> int:
    """Return how many images will be written."""
    if settings.generator == "AUTOMATON" and settings.frames:
        return settings.frames
    if settings.generator == "GAN" and settings.morph > 1:
        return settings.morph
    return 1


def _numbered(path: Path) -> Path:
    """Make a folder in place of an image; return the pattern of numbered images in it.

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
    """Make a material that shows an image, and keep it although nothing uses it yet.

    If the size (width, height) is known of what the image was learned from, a mapping shows the
    texture at the same scale.
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
    """Play the image of a material as a sequence of that many frames, again and again."""
    node = next(n for n in compat.node_tree(material).nodes if n.type == "TEX_IMAGE")
    node.image.source = "SEQUENCE"
    node.image_user.frame_duration = frames
    node.image_user.frame_start = first_frame
    node.image_user.use_cyclic = True
    node.image_user.use_auto_refresh = True
