"""``python -m training.synthetic sheet out.png``: every style and content, a few of each."""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from . import CONTENTS, STYLES


def labeled(cell: np.ndarray, name: str) -> np.ndarray:
    """The picture with its name written over its upper border."""
    cell = cell.copy()
    for color, thickness in (((255, 255, 255), 3), ((0, 0, 0), 1)):
        cv2.putText(
            cell, name, (4, 13), cv2.FONT_HERSHEY_SIMPLEX, 0.42, color, thickness, cv2.LINE_AA
        )
    return cell


def contact_sheet(
    size: int, each: int, columns: int, seed: int, photos: list[np.ndarray], only: list[str]
) -> np.ndarray:
    """All generators (or those named in ``only``) in rows, as one uint8 RGB picture."""
    cells = []
    for registry in (STYLES, CONTENTS):
        for name, function in registry.items():
            if only and name not in only:
                continue
            for k in range(each):
                # A seed per name, so that a new generator does not change the others' cells.
                rng = np.random.default_rng([seed, k, *name.encode()])
                more = {}
                if registry is STYLES and photos and k % 2:
                    more["photo"] = photos[int(rng.integers(len(photos)))]
                cells.append(labeled(function(rng, size, **more), name))
    cells += [np.full((size, size, 3), 30, np.uint8)] * (-len(cells) % columns)
    rows = [np.hstack(cells[i : i + columns]) for i in range(0, len(cells), columns)]
    return np.vstack(rows)


def main() -> None:
    """Draw the sheet and save it."""
    parser = argparse.ArgumentParser(prog="python -m training.synthetic", description=__doc__)
    parser.add_argument("command", choices=["sheet"])
    parser.add_argument("out", type=Path, help="PNG or JPEG")
    parser.add_argument("--size", type=int, default=192, help="side of each picture, pixels")
    parser.add_argument("--each", type=int, default=2, help="pictures of each generator")
    parser.add_argument("--columns", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", default=[], help="names of generators")
    parser.add_argument(
        "--photos", type=Path, help="folder of JPEGs for every second picture to depict"
    )
    args = parser.parse_args()
    files = sorted(args.photos.glob("*.jpg"))[::23] if args.photos else []
    photos = [cv2.cvtColor(cv2.imread(str(f)), cv2.COLOR_BGR2RGB) for f in files]
    sheet = contact_sheet(args.size, args.each, args.columns, args.seed, photos, args.only)
    if args.out.suffix.lower() not in (".png", ".jpg"):
        parser.error("give a name for the sheet that ends in .png or .jpg")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    bgr = cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR)
    if not cv2.imwrite(str(args.out), bgr, [cv2.IMWRITE_JPEG_QUALITY, 85]):
        parser.error(f"{args.out} cannot be written; choose a folder that is writable")


if __name__ == "__main__":
    main()
