"""Where bpy meets pixels: finding images, writing results back, and the worker's life."""

from __future__ import annotations

from . import icons, jobs


def register() -> None:
    icons.register()
    jobs.register()


def unregister() -> None:
    jobs.unregister()
    icons.unregister()
