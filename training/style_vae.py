"""Train the map of styles: a variational autoencoder over the codes of many looks.

``python -m training.style_vae codes`` encodes the training images, some of them twice with other
colours, and drawn styles (minutes); ``python -m training.style_vae`` trains on these and exports.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
import torch

from core.create.style_codes import fit_vae
from core.generators.stylebook import at_zoom
from core.generators.stylizer import Stylizer
from core.networks.weights import FOLDER, save_network
from core.styles.catalog import builtin_styles
from core.styles.style import ZOOMS, load_style_file

from . import data, synthetic

_DRAWN = 400
_STEPS = 6000


def gather(root: Path, run: Path) -> None:
    """Write ``codes.npz``: codes, log2 of their zooms."""
    rng = np.random.default_rng(3)
    stylizer = Stylizer()
    styles, contents = (data.load_split(root / "training", k) for k in ("style", "content"))
    with (run / "provenance.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("file", "repository", "licence"))
        rows.writerows((s.file, s.repository, s.licence) for s in styles + contents)
    pictures = [(s.pixels, False) for s in styles]
    pictures += [(s.pixels, True) for s in styles] + [(s.pixels, True) for s in contents]
    codes, zooms = [], []
    for number in range(len(pictures) + _DRAWN):
        if number < len(pictures):
            pixels, changed = pictures[number]
            pixels = data.jitter_colour(pixels, rng, 0.5) if changed else pixels
        else:
            pixels = synthetic.draw_style(rng, 320)
        zoom = ZOOMS[rng.integers(len(ZOOMS))]
        codes.append(stylizer.encode_style(at_zoom(pixels.astype(np.float32) / 255, zoom)))
        zooms.append(np.log2(zoom))
        if number % 200 == 0:
            print(number, len(pictures) + _DRAWN, flush=True)
    for info in builtin_styles():
        codes += list(load_style_file(info.file).codes)
        zooms += list(np.log2(ZOOMS))
    np.savez(run / "codes.npz", codes=np.stack(codes), zooms=np.array(zooms, np.float32))


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="?", choices=("codes", "train"), default="train")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--run", type=Path, default=Path("training/runs/style_vae"))
    args = parser.parse_args()
    args.run.mkdir(parents=True, exist_ok=True)
    if args.what == "codes":
        gather(args.data, args.run)
        return
    with np.load(args.run / "codes.npz") as file:
        codes, zooms = torch.from_numpy(file["codes"]), torch.from_numpy(file["zooms"])

    def told(step: int, reconstruction: float, divergence: float) -> None:
        if step % 250 == 0:
            print(f"{step} reconstruction {reconstruction:.4f} divergence {divergence:.4f}")

    vae = fit_vae(codes, zooms, steps=_STEPS, seed=1, told=told)
    save_network(vae, FOLDER / "style_vae.safetensors", {"steps": str(_STEPS)})


if __name__ == "__main__":
    main()
