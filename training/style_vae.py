"""Train the map of styles: a variational autoencoder over the codes of many looks.

``python -m training.style_vae codes`` encodes the training images, some of them twice with other
colors, and drawn styles (minutes); ``python -m training.style_vae`` trains on these and exports.
``python -m training.style_vae finish`` goes on from what is bundled until the built-in styles come
back as nearly as they can, and what it knew besides is kept (a minute).
"""

from __future__ import annotations

import argparse
import csv
from copy import deepcopy
from pathlib import Path

import numpy as np
import torch

from impasto.core.create.vae.style_codes import DIVERGENCE, EXACT, exact_loss, fit_vae, recalled
from impasto.core.create.vae.style_map import zoom_logarithms
from impasto.core.models.loading import FOLDER, load_style_vae, save_network
from impasto.core.models.style_vae import StyleVae
from impasto.core.paint.network import Stylizer
from impasto.core.paint.style_reader import at_zoom
from impasto.core.styles.catalog import builtin_styles
from impasto.core.styles.style import ZOOMS, load_style_file

from . import data, synthetic

_DRAWN = 400
_STEPS = 6000
_LAST, _LAST_RATE = 3000, 5e-4
_KNOWN, _STYLES = 96, 8  # draws from the prior and built-in styles in a step of the last ones


def gather(root: Path, run: Path) -> None:
    """Write ``codes.npz``: codes, log2 of their zooms."""
    rng = np.random.default_rng(3)
    stylizer = Stylizer()
    styles, contents = (data.load_split(root / "training", k) for k in ("style", "content"))
    with (run / "provenance.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("file", "repository", "license"))
        rows.writerows((s.file, s.repository, s.license) for s in styles + contents)
    pictures = [(s.pixels, False) for s in styles]
    pictures += [(s.pixels, True) for s in styles] + [(s.pixels, True) for s in contents]
    codes, zooms = [], []
    for number in range(len(pictures) + _DRAWN):
        if number < len(pictures):
            pixels, changed = pictures[number]
            pixels = data.jitter_color(pixels, rng, 0.5) if changed else pixels
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


def finish() -> StyleVae:
    """The bundled autoencoder, trained on as it is used: a style's latent is the mean over its zooms,
    and is decoded at each of them. Draws from the prior are learned besides, as they were."""
    known = load_style_vae()
    vae = deepcopy(known).requires_grad_(True)
    torch.manual_seed(0)
    zooms = zoom_logarithms()
    codes = np.stack([load_style_file(info.file).codes for info in builtin_styles()])
    own = torch.from_numpy(codes)
    optimizer = torch.optim.Adam(vae.parameters(), lr=_LAST_RATE)
    for step in range(_LAST):
        for group in optimizer.param_groups:
            group["lr"] = _LAST_RATE * min(1.0, 1.02 - step / _LAST, (step + 1) / 50)
        reconstruction, divergence = vae.loss(*recalled(known, _KNOWN, zooms), DIVERGENCE)
        exact = exact_loss(vae, own[torch.randint(len(own), (_STYLES,))], zooms)
        optimizer.zero_grad(set_to_none=True)
        (reconstruction + DIVERGENCE * divergence + EXACT * exact).backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimizer.step()
        if step % 250 == 0:
            print(f"{step} known {reconstruction.item():.4f} styles {exact.item():.4f}")
    return vae.eval().requires_grad_(False)


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="?", choices=("codes", "train", "finish"), default="train")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--run", type=Path, default=Path("training/runs/style_vae"))
    args = parser.parse_args()
    args.run.mkdir(parents=True, exist_ok=True)
    if args.what == "codes":
        gather(args.data, args.run)
        return
    if args.what == "finish":
        steps = {"steps": str(_STEPS), "last": str(_LAST)}
        save_network(finish(), FOLDER / "style_vae.safetensors", steps)
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
