"""Thumbnails as icons, loaded once each and let go of when the extension is disabled."""

from __future__ import annotations

from pathlib import Path

import bpy
import bpy.utils.previews

_previews: bpy.utils.previews.ImagePreviewCollection | None = None


def icon(path: str) -> int:
    """Icon of an image file; 0, which is no icon, if it does not exist."""
    if _previews is None or not path:
        return 0
    if path not in _previews:
        absolute = bpy.path.abspath(path)
        if not Path(absolute).is_file():
            return 0
        _previews.load(path, absolute, "IMAGE")
    return _previews[path].icon_id


def register() -> None:
    global _previews
    _previews = bpy.utils.previews.new()


def unregister() -> None:
    global _previews
    if _previews is not None:
        bpy.utils.previews.remove(_previews)
        _previews = None
