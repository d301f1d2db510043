"""Fitting the variational autoencoder of style codes, from nothing or from the bundled one."""

from __future__ import annotations

from collections.abc import Callable

import torch
from sklearn.mixture import GaussianMixture
from torch import Tensor

from ...models.style_vae import FAMILIES, LATENT, StyleVae

_BATCH = 128
_RATE = 1e-3
DIVERGENCE = 0.3
EXACT = 0.5
"""Weight of :func:`exact_loss` beside the evidence lower bound."""
_SHAKEN = 0.01  # of latents, so that what lies beside a style is like it
_WARM = 0.25  # share of the steps before the prior is laid into the latents
_NOISE = 0.03  # of the codes, in their deviations


def fit_vae(
    codes: Tensor,
    zooms: Tensor,
    *,
    steps: int,
    seed: int = 0,
    told: Callable[[int, float, float], None] = lambda *_: None,
) -> StyleVae:
    """Train on codes ``(N, CODE_LENGTH)`` and the logarithms of their zooms ``(N,)``.

    First as a plain autoencoder; then a Gaussian mixture of the latents becomes the prior, and the
    whole is trained by the evidence lower bound, as in variational deep embedding.
    """
    torch.manual_seed(seed)
    vae = StyleVae()
    vae.fit_range(codes)
    optimizer = torch.optim.AdamW(vae.parameters(), lr=_RATE, weight_decay=1e-4)
    for step in range(steps):
        done = step / steps
        if step == int(_WARM * steps):
            lay_prior(vae, codes, zooms, seed)
        for group in optimizer.param_groups:
            group["lr"] = _RATE * min(1.0, 1.02 - done, (step + 1) / 100)
        chosen = torch.randint(len(codes), (_BATCH,))
        noisy = codes[chosen] + _NOISE * vae.code_std * torch.randn(_BATCH, codes.shape[1])
        weight = DIVERGENCE * min(1.0, max(0.0, (done - _WARM) / 0.2))
        reconstruction, divergence = vae.loss(noisy, zooms[chosen], weight)
        optimizer.zero_grad(set_to_none=True)
        (reconstruction + weight * divergence).backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimizer.step()
        told(step, reconstruction.item(), divergence.item())
    return vae.eval().requires_grad_(False)


@torch.no_grad()
def lay_prior(vae: StyleVae, codes: Tensor, zooms: Tensor, seed: int) -> None:
    """Make a Gaussian mixture of the latents the prior: its components are the families."""
    latents = vae.encode(codes, zooms)[0].numpy()
    mixture = GaussianMixture(FAMILIES, covariance_type="diag", reg_covar=1e-2, random_state=seed)
    mixture.fit(latents)
    vae.shares.copy_(torch.from_numpy(mixture.weights_).clamp(min=1e-3).log())
    vae.means.copy_(torch.from_numpy(mixture.means_))
    vae.spreads.copy_(torch.from_numpy(mixture.covariances_).sqrt().log())


@torch.no_grad()
def recalled(known: StyleVae, count: int, zooms: Tensor) -> tuple[Tensor, Tensor]:
    """Draws from the prior of an autoencoder, which another learns so as not to forget them: codes
    ``(count, CODE_LENGTH)``, each at one of the logarithms of zooms, ``(count,)``."""
    families = torch.multinomial(known.shares.softmax(0), count, True)
    drawn = torch.randn(count, LATENT) * known.spreads[families].exp()
    at = zooms[torch.randint(len(zooms), (count,))]
    return known.decode(known.means[families] + drawn, at), at


def exact_loss(vae: StyleVae, styles: Tensor, zooms: Tensor) -> Tensor:
    """How far styles ``(S, Z, CODE_LENGTH)`` at the logarithms of their zooms ``(Z,)`` are from what
    comes back when the autoencoder is used: the latent of a style is the mean over its zooms, and is
    decoded at each of them."""
    count, each = styles.shape[:2]
    codes, every = styles.flatten(0, 1), zooms.repeat(count)
    latents = vae.encode(codes, every)[0].unflatten(0, (count, each)).mean(1)
    latents = latents + _SHAKEN * torch.randn_like(latents)
    apart = (vae.decode(latents.repeat_interleave(each, 0), every) - codes) / vae.code_std
    return apart.abs().mean() + apart.square().mean()
