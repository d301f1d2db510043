"""Turn the GUI tests' screenshots into the manual's pictures, ``docs/images``.

python tools/screenshots.py [FOLDER]        FOLDER: a tour's pictures (dist/gui/sid/tour)
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
TOUR = ROOT / "dist/gui/sid/tour"
IMAGES = ROOT / "docs/images"
LARGEST = 250_000

WHOLE = (0, 0, 1280, 960)
WINDOW = (0, 0, 1052, 872)
"""The 3D Viewport with its sidebar."""
SIDEBAR = (760, 76, 1052, 872)
PREFERENCES = (100, 0, 985, 600)

PICTURES = {
    "install-from-disk": ("install-from-disk", (100, 0, 1280, 600)),
    "first-look": ("first-look", WINDOW),
    "preferences": ("preferences", PREFERENCES),
    "nothing-to-do": ("nothing-to-do", SIDEBAR),
    "analyzed": ("analyzed", WINDOW),
    "panel-textures": ("analyzed", SIDEBAR),
    "gallery": ("gallery-3", (300, 0, 1280, 640)),
    "panel-style": ("styles", SIDEBAR),
    "stylizing": ("stylizing", (300, 560, 1280, 960)),
    "stylized": ("stylized", WINDOW),
    "originals": ("originals", WINDOW),
    "panel-stylize": ("stylized", SIDEBAR),
    "image-editor": ("image-editor", WINDOW),
}
"""Picture of the manual -> the tour's screenshot and the part of it that is shown."""


def main(tour: Path) -> int:
    """Crop, reduce to 256 colours, and check the sizes."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, (source, part) in PICTURES.items():
        with Image.open(tour / f"{source}.png") as shot:
            picture = shot.convert("RGB").crop(part).quantize(256, dither=Image.Dither.NONE)
        target = IMAGES / f"{name}.png"
        picture.save(target, optimize=True)
        if target.stat().st_size > LARGEST:
            print(f"{target.name} has {target.stat().st_size} bytes, more than {LARGEST}")
            return 1
    print(f"{len(PICTURES)} pictures in {IMAGES.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else TOUR))
