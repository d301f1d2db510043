"""The VAE: looks that nobody painted, from the map of styles, bent towards a group's own looks.

A fit takes the bundled autoencoder of style codes and adds the looks of the group's pictures to it;
what it knew is kept by training on draws from its own prior and on the built-in styles besides. A
sample is a texture of the group painted in a look from the family of the group's looks, or from
between them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy

import numpy as np
import torch
from torch import Tensor

from ...control import NEVER, SILENT, Budget, CancelToken, Clock, Control, FitStep
from ...image.resize import resize
from ...models.encoder import STRIDE
from ...models.loading import load_style_vae
from ...models.style_vae import FAMILIES, LATENT, StyleVae
from ...paint.session import session
from ...paint.style_reader import encode_zooms
from ...styles.catalog import builtin_styles
from ...styles.style import ZOOMS, load_style_file
from ..interface import mixture
from .style_codes import DIVERGENCE, EXACT, exact_loss, recalled
from .style_map import codes_of, latent_of, zoom_logarithms

_RATE = 5e-4
_BATCH, _OWN = 96, 32  # codes in a step, and how many of them are the group's
_STYLES = 8  # that are held to come back as they are: built-in ones and those of the group
_ENOUGH = 400  # steps: more changes nothing
_CONTENT = 1024


class StyleInventor:
    """A fitted VAE; see :class:`~.interface.Model`.

    Parameters
    ----------
    latents : (N, LATENT) Tensor
        Of the pictures' looks.
    content : (H, W, 3) float32, sRGB-encoded in [0, 1]
        What samples are painted on.
    """

    kind = "VAE"

    def __init__(self, vae: StyleVae, latents: Tensor, content: np.ndarray, recipe: dict) -> None:
        self.recipe = recipe
        self.vae, self.latents = vae, latents
        self._content = np.rint(content * 255).astype(np.uint8)  # as it is saved

    def latent(self, *, seed: int, mix: Sequence[float] = ()) -> Tensor:
        """Where a sample lies: between the pictures, or drawn from the family of one of them."""
        if mix:
            return torch.tensor(mixture(mix, len(self.latents))) @ self.latents
        random = torch.Generator().manual_seed(seed)
        start = self.latents[int(torch.randint(len(self.latents), (), generator=random))]
        family = int(self.vae.family_log_odds(start[None])[0].argmax())
        drawn = torch.randn(LATENT, generator=random)
        return self.vae.means[family] + self.vae.spreads[family].exp() * drawn

    def sample(
        self,
        size: tuple[int, int],
        *,
        seed: int = 0,
        seamless: bool = True,
        mix: Sequence[float] = (),
        control: Control = SILENT,
    ) -> np.ndarray:
        """See :meth:`~.interface.Model.sample`."""
        code = codes_of(self.vae, self.latent(seed=seed, mix=mix))[list(ZOOMS).index(1.0)]
        canvas = tuple(max(STRIDE, round(side / STRIDE) * STRIDE) for side in size)
        content = self._content.astype(np.float32) / 255
        content = np.clip(resize(content, (canvas[0], canvas[1]), wrap=seamless), 0, 1)
        painted = session(SILENT).stylizer.paint(
            content, code, seed=seed, seamless=seamless, control=control
        )
        return np.clip(resize(painted, size, wrap=seamless), 0, 1)

    def state(self) -> tuple[dict[str, np.ndarray], dict]:
        """See :meth:`~.interface.Model.state`."""
        tensors = {f"vae.{n}": t.numpy() for n, t in self.vae.state_dict().items()}
        return {**tensors, "latents": self.latents.numpy(), "content": self._content}, {}


def restore(tensors: dict[str, np.ndarray], words: dict) -> StyleInventor:
    """Of what :meth:`StyleInventor.state` gave."""
    kept = dict(tensors)
    content, latents = kept.pop("content"), kept.pop("latents")
    vae = StyleVae()
    vae.load_state_dict({n.removeprefix("vae."): torch.from_numpy(t) for n, t in kept.items()})
    vae.eval().requires_grad_(False)
    pictured = content.astype(np.float32) / 255
    return StyleInventor(vae, torch.from_numpy(latents), pictured, words["recipe"])


def fit(
    images: Sequence[np.ndarray],
    *,
    budget: Budget,
    seed: int = 0,
    on_step: Callable[[FitStep], None] = lambda step: None,
    cancel: CancelToken = NEVER,
) -> StyleInventor:
    """See :func:`~.interface.fit`; the first image is what samples are painted on."""
    clock = Clock(budget, cancel)
    stylizer = session(SILENT).stylizer
    codes = [encode_zooms(stylizer, image) for image in images]
    content = images[0]
    if max(content.shape[:2]) > _CONTENT:
        factor = _CONTENT / max(content.shape[:2])
        size = [max(1, round(side * factor)) for side in content.shape[1::-1]]
        content = np.clip(resize(content, (size[0], size[1])), 0, 1)

    def inventor(vae: StyleVae, recipe: dict) -> StyleInventor:
        still = deepcopy(vae).eval().requires_grad_(False)
        latents = torch.stack([latent_of(still, own) for own in codes])
        return StyleInventor(still, latents, content, recipe)

    vae, recipe = extend(
        codes,
        clock=clock,
        seed=seed,
        on_step=lambda vae, losses: on_step(
            FitStep(clock.number, clock.done, losses, lambda: inventor(vae, {}).sample((256, 256)))
        ),
    )
    return inventor(vae, recipe)


def extend(
    codes: Sequence[np.ndarray],
    *,
    clock: Clock,
    seed: int = 0,
    on_step: Callable[[StyleVae, dict[str, float]], None] = lambda vae, losses: None,
) -> tuple[StyleVae, dict]:
    """The bundled autoencoder taught looks, each ``(len(ZOOMS), CODE_LENGTH)``; and its recipe."""
    known = load_style_vae()
    vae = deepcopy(known).requires_grad_(True)
    torch.manual_seed(seed)
    own = torch.from_numpy(np.concatenate(list(codes)))
    zooms = zoom_logarithms()
    own_zooms = zooms.repeat(len(codes))
    builtin = [load_style_file(info.file).codes for info in builtin_styles()]
    styles = torch.from_numpy(np.stack([*codes, *builtin]))
    vae.code_low.copy_(torch.minimum(vae.code_low, own.amin(0)))
    vae.code_high.copy_(torch.maximum(vae.code_high, own.amax(0)))
    optimizer = torch.optim.Adam(vae.parameters(), lr=_RATE)
    texture = 0.0
    while clock.number < _ENOUGH and clock.more():
        old, old_zooms = recalled(known, _BATCH - _OWN, zooms)
        chosen = torch.randint(len(own), (_OWN,))
        batch, at = torch.cat([own[chosen], old]), torch.cat([own_zooms[chosen], old_zooms])
        reconstruction, divergence = vae.loss(batch, at, DIVERGENCE)
        exact = exact_loss(vae, styles[torch.randint(len(styles), (_STYLES,))], zooms)
        optimizer.zero_grad(set_to_none=True)
        (reconstruction + DIVERGENCE * divergence + EXACT * exact).backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimizer.step()
        clock.count()
        texture = reconstruction.item()
        on_step(vae, {"texture": texture, "divergence": divergence.item()})
    recipe = {
        "generator": "VAE",
        "seed": seed,
        "steps": clock.number,
        "texture": round(texture, 4),
        "families": FAMILIES,
    }
    return vae.eval().requires_grad_(False), recipe
