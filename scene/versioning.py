"""Carry over what files of earlier versions call by another name."""

from __future__ import annotations

from collections.abc import Iterator

import bpy

_RENAMED = {"keep_colour": "keep_color"}
"""Settings of a look: former name -> name."""

_PLOTS = "pictures"
"""Former name of the list of plots."""


def update(scene: bpy.types.Scene) -> None:
    """Give the settings of a scene the values that they had under their former names."""
    for look, stored in _looks(scene):
        for former, name in _RENAMED.items():
            if former in stored:
                setattr(look, name, stored[former])
                del stored[former]
    stored = _stored(scene)
    if stored.get("groups") and "target" not in stored:
        scene.impasto.target = "ALL"  # its former default
    for row in stored.get(_PLOTS, ()):
        plot = scene.impasto.plots.add()
        plot.name, plot.path = row["name"], row["path"]
    if _PLOTS in stored:
        del stored[_PLOTS]


def _looks(scene: bpy.types.Scene) -> Iterator[tuple]:
    """Yield each look of a scene with its stored values, unless none is stored."""
    stored = _stored(scene)
    settings = scene.impasto
    groups = zip(settings.groups, stored.get("groups", ()), strict=True)
    for owner, values in (*groups, (settings.frames, stored.get("frames", {}))):
        if "look" in values:
            yield owner.look, values["look"]


def _stored(scene: bpy.types.Scene):
    """Return the values behind ``Scene.impasto``, also those that no property names any more."""
    if hasattr(scene, "bl_system_properties_get"):  # Blender 5.0
        stored = scene.bl_system_properties_get()
        return stored.get("impasto", {}) if stored is not None else {}
    return scene.get("impasto", {})


@bpy.app.handlers.persistent
def _after_load(*_) -> None:
    for scene in bpy.data.scenes:
        update(scene)


def register() -> None:
    """Update every file that is opened."""
    bpy.app.handlers.load_post.append(_after_load)


def unregister() -> None:
    """Update files no more."""
    bpy.app.handlers.load_post.remove(_after_load)
