"""Apply: make one image of each original and its layer, which then takes their place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import bpy

from ...core.errors import BadRequest
from ...core.tasks.apply_layers import ApplyLayersRequest, LayerItem
from .. import lookup, options
from ..jobs.draft import JobDraft, draft_job
from ..jobs.job import SceneJob
from ..textures import destination, find, layer_group, layers, masks, names, results
from ..textures.sources import source_of, sources_of
from ..words import counted, joined
from .layers import Pair


@dataclass(frozen=True)
class _Layer:
    """What a layer looks like, wherever it is: data-blocks by their session UIDs.

    Attributes
    ----------
    original, painting, mask : int
        Images; 0: there is no mask.
    strength, keep_color : float
        Its values.
    """

    original: int
    painting: int
    mask: int
    strength: float
    keep_color: float


def start(context: bpy.types.Context, pairs: Iterable[Pair]) -> SceneJob:
    """Start to apply layers.

    Raises
    ------
    BadRequest, NoImages, OutputUnwritable, WorkerUnavailable
    """
    found: dict[_Layer, set[int]] = {}
    for node, layer in pairs:
        materials = found.setdefault(_read(node, layer), set())
        materials |= {owner.session_uid for owner in find.users_of([node.id_data])}
    if not found:
        raise BadRequest("There is no layer to apply; stylize with Keep as Layer first.")
    folder, note = destination.preferred(options.preferences(context))
    if folder != "PACK":
        destination.prepare(folder)
    with draft_job(context.scene.session_uid) as draft:
        namer = names.Namer(draft.folder if folder == "PACK" else folder)
        planned = [_plan(number, layer, namer, draft) for number, layer in enumerate(found)]
        plans = {
            item.image.key: (replace(plan, pack=folder == "PACK"), layer, found[layer])
            for layer, (item, plan) in zip(found, planned, strict=True)
        }

        def conclude(job: SceneJob) -> None:
            count = sum(_show(*plans[done.key]) for done in job.done)
            job.changed = count > 0
            place = "" if folder == "PACK" else f" to {destination.shown(folder)}"
            job.message = joined(f"Applied {counted(count, 'layer')}{place}", note, job.message)

        request = ApplyLayersRequest(tuple(item for item, _ in planned))
        return draft.start(f"Apply {counted(len(found), 'Layer')}", request, conclude)


def _read(node: bpy.types.Node, layer: bpy.types.Node) -> _Layer:
    """Return what a layer looks like; refuse what an image cannot hold."""
    name, mask = node.image.name, masks.source_of(layer)
    for socket in (layer_group.STRENGTH, layer_group.KEEP):
        if layer.inputs[socket].is_linked:
            raise BadRequest(f'{socket} of "{name}" is linked; unlink it to apply the layer.')
    if mask is not None and (mask.type != "TEX_IMAGE" or mask.image is None):
        raise BadRequest(f'The mask of "{name}" is no image; bake it into one to apply the layer.')
    painting = node[find.RESULT]
    if results.is_preview(node):
        raise BadRequest(f'The painting of "{name}" is a preview; press Stylize first.')
    everywhere = 1.0 if mask is not None else layer.inputs[layer_group.MASK].default_value
    return _Layer(
        original=node.image.session_uid,
        painting=painting.session_uid,
        mask=mask.image.session_uid if mask is not None else 0,
        strength=layer.inputs[layer_group.STRENGTH].default_value * everywhere,
        keep_color=layer.inputs[layer_group.KEEP].default_value,
    )


def _plan(
    number: int, layer: _Layer, namer: names.Namer, draft: JobDraft
) -> tuple[LayerItem, results.Plan]:
    """Return what the worker does for a layer, and where the image goes."""
    original, painting = (
        lookup.by_uid(bpy.data.images, uid) for uid in (layer.original, layer.painting)
    )
    (below,), _ = sources_of([original], draft.folder)
    above = source_of(painting, draft.folder)
    mask = lookup.by_uid(bpy.data.images, layer.mask) if layer.mask else None
    name, path = namer.result(original.name, "Impasto", below.suffix, below.tiles)
    recipe = painting.get(find.RECIPE, {})
    recipe = recipe.to_dict() if hasattr(recipe, "to_dict") else dict(recipe)
    plan = results.Plan(
        source_uid=layer.original,
        material_uids=frozenset(),
        name=name,
        path=path,
        tiles=below.tiles,
        color_space=below.ref.color_space,
        alpha_mode=below.ref.alpha_mode,
        pack=False,
        recipe={**recipe, "strength": layer.strength, "keep_color": layer.keep_color},
    )
    item = LayerItem(
        image=replace(below.ref, key=f"{original.name_full} ({number + 1})"),
        painting=above.ref,
        outputs=tuple(map(str, names.tile_paths(path, below.tiles))),
        strength=min(max(layer.strength, 0.0), 1.0),
        keep_color=min(max(layer.keep_color, 0.0), 1.0),
        mask=source_of(mask, draft.folder).ref.paths[0] if mask is not None else "",
    )
    return item, plan


def _show(plan: results.Plan, wanted: _Layer, material_uids: set[int]) -> int:
    """Replace the nodes' images in the place of such layers; return how many there were."""
    original = lookup.by_uid(bpy.data.images, plan.source_uid)
    materials = [m for m in bpy.data.materials if m.session_uid in material_uids]
    if original is None:
        return 0
    nodes = {
        node.as_pointer()
        for node, layer in layers.in_trees(find.trees_in(materials))
        if _same(node, layer, wanted)
    }
    if not nodes:
        return 0
    uses = [use for use in find.uses_in(materials) if use.node.as_pointer() in nodes]
    results.assign(original, results.load(plan), materials, uses)
    return len(nodes)


def _same(node: bpy.types.Node, layer: bpy.types.Node, wanted: _Layer) -> bool:
    try:
        return _read(node, layer) == wanted
    except BadRequest:
        return False
