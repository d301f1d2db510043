"""Fit the VAE: fine-tune the bundled autoencoder of style codes on the styles of a group.

What the bundled autoencoder knew is kept by also training on draws from its prior and on the built-in
styles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy

import numpy as np
import torch

from ...control import NEVER, SILENT, Budget, CancelToken, Clock, FitStep
from ...image.resize import resize
from ...models.loading import load_style_vae, weights_of
from ...networks.style_vae import FAMILIES, FrozenStyleVae
from ...paint.session import session
from ...paint.style_reader import encode_zooms
from ...styles.catalog import pictured_styles
from ...styles.style import load_style_file
from .latents import LOG_ZOOMS, encode_codes
from .losses import DIVERGENCE_WEIGHT, ROUND_TRIP_WEIGHT, replay, round_trip_loss
from .model import StyleInventor

_RATE = 5e-4
_BATCH, _NEW = 96, 32  # codes in a step, and how many of them are the group's
_STYLES = 8  # in a step of the round-trip loss: built-in ones and those of the group
_MAX_STEPS = 400  # more changes nothing
_CONTENT = 1024  # long side of the content of samples, at most


def fit(
    images: Sequence[np.ndarray],
    *,
    budget: Budget,
    seed: int = 0,
    on_step: Callable[[FitStep], None] = lambda step: None,
    cancel: CancelToken = NEVER,
) -> StyleInventor:
    """Fit a VAE to the styles of images.

    Parameters
    ----------
    images : sequence of ndarray
        ``(H, W, 3)`` float32, sRGB-encoded in [0, 1]; samples are painted on the first.
    budget : Budget
        Seconds or steps.
    seed : int, optional
        Seed of the fit.
    on_step : callable, optional
        Called with every :class:`~core.control.FitStep`.
    cancel : CancelToken, optional
        Ends the fit early.

    Returns
    -------
    StyleInventor
        The fitted model.

    Raises
    ------
    JobCancelled
        Cancelled before the first step.
    """
    clock = Clock(budget, cancel)
    stylizer = session(SILENT).stylizer
    codes = [encode_zooms(stylizer, image) for image in images]
    content = images[0]
    if max(content.shape[:2]) > _CONTENT:
        factor = _CONTENT / max(content.shape[:2])
        size = [max(1, round(side * factor)) for side in content.shape[1::-1]]
        content = np.clip(resize(content, (size[0], size[1])), 0, 1)

    def inventor(vae: FrozenStyleVae, recipe: dict) -> StyleInventor:
        latents = np.stack([encode_codes(vae, style) for style in codes])
        return StyleInventor(vae, latents, content, recipe)

    vae, recipe = fine_tune(
        codes,
        clock=clock,
        seed=seed,
        on_step=lambda now, losses: on_step(
            FitStep(
                *(clock.number, clock.done, losses),
                lambda: inventor(now(), {}).sample((256, 256)),
            )
        ),
    )
    return inventor(vae, recipe)


def fine_tune(
    codes: Sequence[np.ndarray],
    *,
    clock: Clock,
    seed: int = 0,
    on_step: Callable[[Callable[[], FrozenStyleVae], dict[str, float]], None] = lambda *_: None,
) -> tuple[FrozenStyleVae, dict]:
    """Train the bundled autoencoder on new styles.

    Parameters
    ----------
    codes : sequence of ndarray
        ``(len(ZOOMS), CODE_LENGTH)`` float32; codes of each new style.
    clock : Clock
        Counts the steps and ends the fit.
    seed : int, optional
        Seed of the fit.
    on_step : callable, optional
        Called after every step with what returns the autoencoder, and its losses by name.

    Returns
    -------
    vae : FrozenStyleVae
        The autoencoder.
    recipe : dict
        See :class:`~core.create.interface.Model`.

    Raises
    ------
    JobCancelled
        Cancelled before the first step.
    """
    known = load_style_vae()
    vae = deepcopy(known).requires_grad_(True)
    torch.manual_seed(seed)
    new = torch.from_numpy(np.concatenate(list(codes)))
    zooms = torch.from_numpy(LOG_ZOOMS)
    new_zooms = zooms.repeat(len(codes))
    builtin = [load_style_file(info.file).codes for info in pictured_styles()]
    styles = torch.from_numpy(np.stack([*codes, *builtin]))
    vae.code_low.copy_(torch.minimum(vae.code_low, new.amin(0)))
    vae.code_high.copy_(torch.maximum(vae.code_high, new.amax(0)))
    optimizer = torch.optim.Adam(vae.parameters(), lr=_RATE)

    def frozen() -> FrozenStyleVae:
        return FrozenStyleVae(weights_of(vae))

    texture = 0.0
    while clock.number < _MAX_STEPS and clock.more():
        old, old_zooms = replay(known, _BATCH - _NEW, zooms)
        chosen = torch.randint(len(new), (_NEW,))
        batch = torch.cat([new[chosen], old])
        batch_zooms = torch.cat([new_zooms[chosen], old_zooms])
        reconstruction, divergence = vae.loss(batch, batch_zooms, DIVERGENCE_WEIGHT)
        round_trip = round_trip_loss(vae, styles[torch.randint(len(styles), (_STYLES,))], zooms)
        optimizer.zero_grad(set_to_none=True)
        loss = reconstruction + DIVERGENCE_WEIGHT * divergence + ROUND_TRIP_WEIGHT * round_trip
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimizer.step()
        clock.count()
        texture = reconstruction.item()
        on_step(frozen, {"texture": texture, "divergence": divergence.item()})
    recipe = {
        "generator": "VAE",
        "seed": seed,
        "steps": clock.number,
        "texture": round(texture, 4),
        "families": FAMILIES,
    }
    return frozen(), recipe
