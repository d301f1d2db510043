"""Training of what Create ships with."""

from __future__ import annotations

import numpy as np
import torch
from safetensors.torch import load_file

from impasto.core.models.style_vae import StyleVae
from impasto.core.networks.automaton import Stepper, bundled_rule, noise_state, update_mask
from impasto.core.networks.codes import CODE_LENGTH
from impasto.core.networks.mosaic import squash_codes
from impasto.training.export import save_network
from impasto.training.style_vae import fit_vae
from impasto.training.texture_automaton import first_rule


def test_an_untrained_rule_has_the_shape_of_the_bundled_one_and_is_stable():
    random = np.random.default_rng(0)
    rule, bundled = first_rule(random), bundled_rule()
    shapes = [{n: p.shape for n, p in r._asdict().items() if n != "codes"} for r in (rule, bundled)]
    assert shapes[0] == shapes[1]
    assert all(part.dtype == np.float32 for part in rule)
    step, state, codes = Stepper(rule), noise_state((8, 8), random), squash_codes(rule.codes)
    for _ in range(50):
        state = step(state, codes[:, :8, :8], update_mask((8, 8), random))
    assert np.abs(state).max() <= 1
    assert step.paint(state).std() > 0


def test_a_map_of_styles_is_fitted(tmp_path):
    random = torch.Generator().manual_seed(1)
    factors = torch.randn(4, CODE_LENGTH, generator=random)
    codes = torch.randn(300, 4, generator=random) @ factors
    zooms = torch.randint(-1, 2, (300,), generator=random).float()
    errors = []
    vae = fit_vae(codes, zooms, steps=60, on_step=lambda step, error, _: errors.append(error))
    assert errors[14] < errors[0]  # as a plain autoencoder
    assert min(errors[-5:]) < errors[0]
    decoded = vae.decode(vae.encode(codes, zooms)[0], zooms)
    assert ((decoded >= vae.code_low) & (decoded <= vae.code_high)).all()
    assert vae.means.abs().max() > 0

    path = tmp_path / "vae.safetensors"
    save_network(vae, path, {"steps": "60"})
    again = StyleVae()
    again.load_state_dict({name: tensor.float() for name, tensor in load_file(path).items()})
    torch.testing.assert_close(again.code_mean, vae.code_mean, atol=1e-3, rtol=1e-3)
