"""Turn the GUI tests' screenshots into the manual's pictures, ``docs/images``.

python tools/screenshots.py [FOLDER]        FOLDER: a suite's pictures (dist/gui/sid)
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "dist/gui/sid"
IMAGES = ROOT / "docs/images"
LARGEST = 250_000

WINDOW = (0, 0, 1052, 872)
"""The 3D Viewport with its sidebar."""
SIDEBAR = (760, 76, 1052, 872)
PREFERENCES = (100, 0, 985, 600)

PICTURES = {
    "install-from-disk": ("tour/install-from-disk", (100, 0, 1280, 600)),
    "first-look": ("tour/first-look", WINDOW),
    "preferences": ("tour/preferences", PREFERENCES),
    "nothing-to-do": ("tour/nothing-to-do", (400, 76, 1052, 560)),
    "active": ("active/first-result", WINDOW),
    "shared": ("active/shared", (500, 76, 1052, 640)),
    "shader-editor": ("active/editor-node_editor", WINDOW),
    "analyzed": ("tour/analyzed", WINDOW),
    "gallery": ("tour/gallery-3", (270, 76, 1060, 950)),
    "stylizing": ("tour/stylizing", (0, 0, 1052, 960)),
    "stylized": ("tour/stylized", WINDOW),
    "originals": ("tour/originals", WINDOW),
    "image-editor": ("tour/image-editor", WINDOW),
    "dropped": ("features/dropped", WINDOW),
    "chinese": ("features/chinese-0", WINDOW),
    "queue": ("features/paused", SIDEBAR),
    "in-doubt": ("panels/in-doubt", SIDEBAR),
    "regions": ("panels/regions", (32, 48, 1248, 912)),
    **{
        f"panel-{name}": (f"panels/panel-{name}", SIDEBAR)
        for name in ("textures", "style", "stylize", "animation", "create", "jobs")
    },
}
"""Picture of the manual -> a screenshot and the part of it that is shown."""


def trimmed(picture: Image.Image) -> Image.Image:
    """Without the plain rows at the bottom of a sidebar that is longer than its panels."""
    rows = picture.convert("L")
    height = picture.height - 12  # Below that begins the next editor.
    while height > 310:  # The tabs of the sidebar are almost as high.
        darkest, lightest = rows.crop((8, height - 16, 250, height)).getextrema()
        if lightest - darkest > 4:
            break
        height -= 8
    return picture.crop((0, 0, picture.width, height))


def main(shots: Path) -> int:
    """Crop, reduce what is large to 256 colors, and check the sizes."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, (source, part) in PICTURES.items():
        with Image.open(shots / f"{source}.png") as shot:
            picture = shot.convert("RGB").crop(part)
        if part == SIDEBAR:
            picture = trimmed(picture)
        target = IMAGES / f"{name}.png"
        picture.save(target, optimize=True)
        if target.stat().st_size > LARGEST:
            picture.quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)
        if target.stat().st_size > LARGEST:
            print(f"{target.name} has {target.stat().st_size} bytes, more than {LARGEST}")
            return 1
    print(f"{len(PICTURES)} pictures in {IMAGES.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else SHOTS))
