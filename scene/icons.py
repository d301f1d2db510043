"""Show image files as icons; each is loaded once and freed when the extension is disabled."""

from __future__ import annotations

from pathlib import Path

import bpy
import bpy.utils.previews

_collections: dict[str, bpy.utils.previews.ImagePreviewCollection] = {}


def icon(path: str) -> int:
    """Return the icon of an image file; 0, which means no icon, if it does not exist."""
    previews = _collections.get("all")
    if previews is None or not path:
        return 0
    if path not in previews:
        absolute = bpy.path.abspath(path)
        if not Path(absolute).is_file():
            return 0
        previews.load(path, absolute, "IMAGE")
    return previews[path].icon_id


def changing(path: str) -> int:
    """Return the icon of an image that is replaced now and then; a newer file is loaded again."""
    previews = _collections.get("all")
    if previews is None or not path or not Path(path).is_file():
        return 0
    key = f"{path}?{Path(path).stat().st_mtime_ns}"
    if key not in previews:
        for old in [name for name in previews if name.startswith(f"{path}?")]:
            del previews[old]
        previews.load(key, path, "IMAGE")
    return previews[key].icon_id


def register() -> None:
    """Make room for icons."""
    _collections["all"] = bpy.utils.previews.new()


def unregister() -> None:
    """Free all icons."""
    bpy.utils.previews.remove(_collections.pop("all"))
