"""Plan the results of a job: what the worker does for each texture, and where it goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import bpy

from ...core.styles.look import with_engine
from ...core.tasks.stylize import StylizeItem
from ..textures import find, names, results
from ..textures.sources import Source
from . import gallery
from .look import look_of, values_of

PREVIEW_SIDE = 512


@dataclass(frozen=True)
class Part:
    """A texture to stylize.

    Attributes
    ----------
    image : bpy.types.Image
        The original.
    materials : frozenset of int
        Session UIDs of the materials in which it changes.
    look : LookSettings
        How.
    name : str
        Of the group or target that it is a part of.
    """

    image: bpy.types.Image
    materials: frozenset[int]
    look: bpy.types.PropertyGroup
    name: str


def part_of_group(group, member) -> Part:
    """Return a member of a group as a part of a job."""
    rows = (row.material for row in member.materials)
    uids = frozenset(material.session_uid for material in rows if material is not None)
    return Part(member.image, uids, group.look, group.name)


def part_of_target(texture: find.Texture, name: str, look: bpy.types.PropertyGroup) -> Part:
    """Return a texture of a target as a part of a job."""
    uids = frozenset(material.session_uid for material in texture.materials)
    return Part(texture.image, uids, look, name)


class Planner:
    """Names the results of a job, and remembers where each goes."""

    def __init__(
        self,
        folder: Path,
        pack: bool,
        preview: bool,
        layered: bool = False,
        mesh: Callable[[Part], str] = lambda _: "",
    ) -> None:
        self.plans: dict[str, results.Plan] = {}
        self._namer = names.Namer(folder)
        self._pack = pack
        self._preview = preview
        self._layered = layered
        self._mesh = mesh

    def item(self, part: Part, source: Source) -> StylizeItem:
        """Return what the worker does for a texture."""
        word = "Impasto Preview" if self._preview else "Impasto"
        name, path = self._namer.result(part.image.name, word, source.suffix, source.tiles)
        plan = results.Plan(
            source_uid=part.image.session_uid,
            material_uids=part.materials,
            name=name,
            path=path,
            tiles=source.tiles,
            color_space=source.ref.color_space,
            alpha_mode=source.ref.alpha_mode,
            pack=self._pack,
            recipe=_recipe(part, self._preview),
        )
        look = with_engine(look_of(part.look))
        if self._preview:
            look = replace(look, max_side=min(look.max_side or PREVIEW_SIDE, PREVIEW_SIDE))
        if self._layered:  # the layer turns these down, live
            look = replace(look, strength=1.0, keep_color=0.0)
        if look.engine == "STROKES" and look.relief > 0:
            height, normal = (
                self._map(plan, part.image.name, f"{word} {kind}") for kind in ("Height", "Normal")
            )
            plan = replace(plan, height=height, normal=normal)
        self.plans[source.ref.key] = plan
        outputs = _outputs(plan)
        strokes: tuple[str, ...] = ()
        if look.engine == "STROKES" and not (self._pack or self._preview):
            strokes = tuple(str(Path(file).with_suffix(".strokes")) for file in outputs)
        relief = _outputs(plan.height), _outputs(plan.normal)
        return StylizeItem(
            source.ref,
            look,
            outputs,
            *relief,
            strokes,
            mesh=self._mesh(part) if look.across_seams and not look.seamless else "",
            tiles=source.tiles,
        )

    def _map(self, plan: results.Plan, source: str, word: str) -> results.Plan:
        """Return the plan of a map of a result's relief."""
        name, path = self._namer.result(source, word, ".png", plan.tiles)
        return replace(plan, name=name, path=path, color_space="Non-Color", alpha_mode="NONE")


def _outputs(plan: results.Plan | None) -> tuple[str, ...]:
    """Return the files of a plan."""
    return () if plan is None else tuple(map(str, names.tile_paths(plan.path, plan.tiles)))


def _recipe(part: Part, preview: bool) -> dict:
    """Return how a result is made, as it is kept in the result's image."""
    settings = values_of(part.look)
    return {
        "source": part.image.name_full,
        "group": part.name,
        "style": gallery.title(part.look),
        "style_source": settings.pop("style"),
        "second_style": settings.pop("second"),
        **settings,
        "preview": preview,
    }
