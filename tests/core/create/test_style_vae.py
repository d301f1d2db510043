"""The map of styles, with the shipped autoencoder."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from impasto.core.control import NEVER, Budget, Clock
from impasto.core.create.vae.fit import fine_tune
from impasto.core.create.vae.latents import LOG_ZOOMS, decode_latent, encode_codes
from impasto.core.create.vae.style_map import AXES, StyleMap, _principal_axes
from impasto.core.errors import BadRequest
from impasto.core.models.loading import load_style_vae
from impasto.core.networks.codes import CODE_LENGTH
from impasto.core.networks.style_vae import LATENT, bundled_style_vae
from impasto.core.styles.catalog import pictured_styles
from impasto.core.styles.style import ZOOMS, load_style_file


@pytest.fixture(scope="module")
def styles():
    return [load_style_file(info.file) for info in pictured_styles()]


@pytest.fixture(scope="module")
def whole(styles):
    return StyleMap(bundled_style_vae(), styles)


def test_codes_come_back_nearer_to_their_own_style_than_to_any_other(styles):
    vae = bundled_style_vae()
    scale = vae.code_std
    back = [decode_latent(vae, encode_codes(vae, style.codes)) for style in styles]
    for index, codes in enumerate(back):
        assert codes.shape == (len(ZOOMS), CODE_LENGTH)
        away = [np.abs((codes - style.codes) / scale).mean() for style in styles]
        assert np.argmin(away) == index
        assert away[index] < 0.04


def test_it_computes_as_in_a_fit(styles):
    vae, as_trained = bundled_style_vae(), load_style_vae()
    codes = np.concatenate([style.codes for style in styles])
    zooms = np.tile(LOG_ZOOMS, len(styles))
    latents = vae.encode(codes, zooms)
    with torch.inference_mode():
        wanted = as_trained.encode(*map(torch.from_numpy, (codes, zooms)))[0]
        decoded = as_trained.decode(wanted, torch.from_numpy(zooms)).numpy()
        density = as_trained.family_log_density(wanted).numpy()
    np.testing.assert_allclose(latents, wanted.numpy(), atol=1e-4)
    np.testing.assert_allclose(vae.decode(latents, zooms), decoded, atol=1e-4)
    np.testing.assert_allclose(vae.family_log_density(latents), density, atol=1e-2, rtol=1e-4)


def test_axes_are_those_along_which_styles_vary_most():
    vae = bundled_style_vae()
    random = np.random.default_rng(0)
    families = random.choice(len(vae.shares), 20000, p=vae.shares / vae.shares.sum())
    noise = random.standard_normal((len(families), LATENT))
    drawn = vae.means[families] + np.exp(vae.spreads[families]) * noise
    axes = np.float64(_principal_axes(vae))
    lengths = np.linalg.norm(axes, axis=1)
    along = (drawn - drawn.mean(0)) @ (axes / lengths[:, None]).T
    np.testing.assert_allclose(along.std(0), lengths, rtol=0.05)
    most = np.linalg.eigvalsh(np.cov(drawn.T))[::-1][:AXES]
    np.testing.assert_allclose(np.square(lengths), most, rtol=0.05)


def test_a_place_on_the_map_is_the_style_that_lies_there(whole):
    for index in (0, 7, 19):
        at = whole.at(*whole.positions[index])
        away = np.linalg.norm(whole.latents - at, axis=1)
        assert away.argmin() == index
    assert whole.positions.min() >= 0
    assert whole.positions.max() <= 1


def test_surprises_are_new_and_of_the_family(whole):
    like = whole.latents[3]
    family = int(whole.vae.family_log_density(like[None])[0].argmax())
    drawn = np.stack([whole.draw_from_family(like, seed=seed) for seed in range(20)])
    families = whole.vae.family_log_density(drawn).argmax(1)
    assert (families == family).mean() > 0.6
    assert np.linalg.norm(drawn[0] - drawn[1]) > 0.1
    np.testing.assert_array_equal(whole.draw_from_family(like, seed=5), drawn[5])
    middle = whole.draw_from_family(like, boldness=0.0, seed=5)
    np.testing.assert_array_equal(middle, whole.vae.means[family])


def test_axes_move_a_style_and_there_are_four(whole):
    moved = whole.move(whole.latents[0], (1.0, 0, 0, 0))
    assert np.linalg.norm(moved - whole.latents[0]) > 0.1
    with pytest.raises(BadRequest):
        whole.move(whole.latents[0], (0.0,) * (AXES + 1))


def test_own_styles_are_learned_and_the_known_ones_kept(styles):
    rng = np.random.default_rng(0)
    known = bundled_style_vae()
    strange = styles[2].codes + 1.5 * known.code_std * rng.normal(size=CODE_LENGTH)
    strange = strange.astype(np.float32)
    vae, recipe = fine_tune([strange], clock=Clock(Budget(steps=150), NEVER))
    scale = known.code_std

    def away(network, codes):
        return np.abs((decode_latent(network, encode_codes(network, codes)) - codes) / scale).mean()

    assert away(vae, strange) < 0.7 * away(known, strange)
    assert np.mean([away(vae, s.codes) for s in styles]) < 0.05
    assert recipe["steps"] == 150
