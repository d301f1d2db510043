"""Train the map of styles: a variational autoencoder of the codes of many styles.

``python -m training.style_vae codes`` encodes the training images, some of them twice with other
colors, and drawn styles (minutes); ``python -m training.style_vae`` trains on these and exports.
``python -m training.style_vae finish`` trains the bundled autoencoder further, until the built-in
styles are reconstructed as well as possible, and keeps what else it knew (a minute).
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import numpy as np
import torch
from sklearn.mixture import GaussianMixture
from torch import Tensor

from impasto.core.create.vae.latents import LOG_ZOOMS
from impasto.core.create.vae.losses import (
    DIVERGENCE_WEIGHT,
    ROUND_TRIP_WEIGHT,
    replay,
    round_trip_loss,
)
from impasto.core.models.loading import load_style_vae
from impasto.core.models.style_vae import FAMILIES, StyleVae
from impasto.core.networks.weights import FOLDER
from impasto.core.paint.network import Stylizer
from impasto.core.paint.style_reader import at_zoom
from impasto.core.styles.catalog import pictured_styles
from impasto.core.styles.style import ZOOMS, load_style_file

from . import data, synthetic
from .export import save_network

_DRAWN = 400
_STEPS, _BATCH, _RATE = 6000, 128, 1e-3
_WARM_UP = 0.25  # share of the steps before the prior is initialized from the latents
_NOISE = 0.03  # of the codes, in their deviations
_LAST, _LAST_RATE = 3000, 5e-4
_REPLAYED, _STYLES = 96, 8  # draws from the prior and built-in styles in each of the last steps


def gather(root: Path, run: Path) -> None:
    """Write ``codes.npz``: codes, and base-2 logarithms of their brush scales."""
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
    for info in pictured_styles():
        codes += list(load_style_file(info.file).codes)
        zooms += list(np.log2(ZOOMS))
    np.savez(run / "codes.npz", codes=np.stack(codes), zooms=np.array(zooms, np.float32))


def fit_vae(
    codes: Tensor,
    zooms: Tensor,
    *,
    steps: int,
    seed: int = 0,
    on_step: Callable[[int, float, float], None] = lambda *_: None,
) -> StyleVae:
    """Train on codes ``(N, CODE_LENGTH)`` and the base-2 logarithms of their brush scales ``(N,)``.

    First as a plain autoencoder; then a Gaussian mixture of the latents becomes the prior, and the
    whole is trained by the evidence lower bound, as in variational deep embedding. ``on_step`` is
    called with the number of the step, the reconstruction error and the divergence.
    """
    torch.manual_seed(seed)
    vae = StyleVae()
    _fit_range(vae, codes)
    optimizer = torch.optim.AdamW(vae.parameters(), lr=_RATE, weight_decay=1e-4)
    for step in range(steps):
        done = step / steps
        if step == int(_WARM_UP * steps):
            _initialize_prior(vae, codes, zooms, seed)
        for group in optimizer.param_groups:
            group["lr"] = _RATE * min(1.0, 1.02 - done, (step + 1) / 100)
        chosen = torch.randint(len(codes), (_BATCH,))
        noisy = codes[chosen] + _NOISE * vae.code_std * torch.randn(_BATCH, codes.shape[1])
        weight = DIVERGENCE_WEIGHT * min(1.0, max(0.0, (done - _WARM_UP) / 0.2))
        reconstruction, divergence = vae.loss(noisy, zooms[chosen], weight)
        optimizer.zero_grad(set_to_none=True)
        (reconstruction + weight * divergence).backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimizer.step()
        on_step(step, reconstruction.item(), divergence.item())
    return vae.eval().requires_grad_(False)


def _fit_range(vae: StyleVae, codes: Tensor) -> None:
    """Set mean, deviation and range of the codes from codes ``(N, CODE_LENGTH)``."""
    vae.code_mean.copy_(codes.mean(0))
    vae.code_std.copy_(codes.std(0) + 0.02)
    margin = 0.05 * (codes.amax(0) - codes.amin(0))
    vae.code_low.copy_(codes.amin(0) - margin)
    vae.code_high.copy_(codes.amax(0) + margin)


@torch.no_grad()
def _initialize_prior(vae: StyleVae, codes: Tensor, zooms: Tensor, seed: int) -> None:
    """Make a Gaussian mixture of the latents the prior; its components are the families."""
    latents = vae.encode(codes, zooms)[0].numpy()
    mixture = GaussianMixture(FAMILIES, covariance_type="diag", reg_covar=1e-2, random_state=seed)
    mixture.fit(latents)
    vae.shares.copy_(torch.from_numpy(mixture.weights_).clamp(min=1e-3).log())
    vae.means.copy_(torch.from_numpy(mixture.means_))
    vae.spreads.copy_(torch.from_numpy(mixture.covariances_).sqrt().log())


def finish() -> StyleVae:
    """Train the bundled autoencoder further, as it is used.

    The latent of a style is the mean over its brush scales, and is decoded at each of them. Draws from
    the prior are learned, too, so that they stay as they were.
    """
    known = load_style_vae()
    vae = deepcopy(known).requires_grad_(True)
    torch.manual_seed(0)
    zooms = torch.from_numpy(LOG_ZOOMS)
    codes = np.stack([load_style_file(info.file).codes for info in pictured_styles()])
    styles = torch.from_numpy(codes)
    optimizer = torch.optim.Adam(vae.parameters(), lr=_LAST_RATE)
    for step in range(_LAST):
        for group in optimizer.param_groups:
            group["lr"] = _LAST_RATE * min(1.0, 1.02 - step / _LAST, (step + 1) / 50)
        replayed = replay(known, _REPLAYED, zooms)
        reconstruction, divergence = vae.loss(*replayed, DIVERGENCE_WEIGHT)
        round_trip = round_trip_loss(vae, styles[torch.randint(len(styles), (_STYLES,))], zooms)
        optimizer.zero_grad(set_to_none=True)
        loss = reconstruction + DIVERGENCE_WEIGHT * divergence + ROUND_TRIP_WEIGHT * round_trip
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimizer.step()
        if step % 250 == 0:
            print(f"{step} known {reconstruction.item():.4f} styles {round_trip.item():.4f}")
    return vae.eval().requires_grad_(False)


def main() -> None:
    """Encode, train or finish, as the command line asks."""
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

    def report(step: int, reconstruction: float, divergence: float) -> None:
        if step % 250 == 0:
            print(f"{step} reconstruction {reconstruction:.4f} divergence {divergence:.4f}")

    vae = fit_vae(codes, zooms, steps=_STEPS, seed=1, on_step=report)
    save_network(vae, FOLDER / "style_vae.safetensors", {"steps": str(_STEPS)})


if __name__ == "__main__":
    main()
