"""The cellular automaton: sound for long, closing loops, healing, in the texture's own colors."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist

from impasto.core.control import CancelToken, Control
from impasto.core.create.automaton import fit as automaton_fit
from impasto.core.create.automaton import model
from impasto.core.create.automaton.fit import fit
from impasto.core.create.automaton.model import Automaton
from impasto.core.create.automaton.start import initialized_from
from impasto.core.create.interface import Budget, load_model, save_model
from impasto.core.errors import JobCancelled, ModelUnreadable
from impasto.core.models import automaton as trained
from impasto.core.networks.automaton import (
    CHANNELS,
    Rule,
    Stepper,
    bundled_rule,
    noise_state,
    update_mask,
)
from impasto.core.networks.mosaic import CODES, Mosaic, squash_codes


@pytest.fixture(scope="module")
def automaton():
    return Automaton(bundled_rule(), {})


def grown_from(rule: Rule, cells: tuple[int, int], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A state of noise and the codes it grows by, ``(16, h, w)`` each."""
    random = np.random.default_rng(seed)
    codes = squash_codes(Mosaic(rule.codes, cells, random).at())
    return noise_state(cells, random), codes


def test_it_stays_sound_over_thousands_of_steps():
    random, rule = np.random.default_rng(0), bundled_rule()
    step, (state, codes) = Stepper(rule), grown_from(rule, (8, 8), 0)
    spreads = []
    for number in range(5000):
        state = step(state, codes, update_mask((8, 8), random))
        if number in (63, 999, 4999):
            spreads.append(float(step.paint(state).std()))
    assert np.abs(state).max() <= 1
    assert np.isfinite(spreads).all()
    assert spreads[2] > 0.3 * spreads[0]


@pytest.mark.parametrize("cells", [(4, 4), (8, 20), (36, 12)])
def test_it_grows_and_paints_as_in_a_fit(cells):
    random, rule = np.random.default_rng(1), bundled_rule()
    state, codes = grown_from(rule, cells, 1)
    step = Stepper(rule)
    as_trained = trained.Stepper(Rule(*(torch.from_numpy(part) for part in rule)))
    tensor = torch.from_numpy(np.concatenate((state, codes)))[None]
    with torch.inference_mode():
        for _ in range(20):
            updated = update_mask(cells, random)
            state = step(state, codes, updated)
            tensor = as_trained(tensor, torch.from_numpy(updated)[None, None])
        painted = as_trained.paint(tensor)[0].permute(1, 2, 0).clamp(0, 1).numpy()
    assert np.abs(state - tensor[0, :CHANNELS].numpy()).max() < 1e-4
    assert np.abs(step.paint(state) - painted).max() < 1e-4
    assert painted.std() > 0.02


def test_the_end_of_a_loop_leads_to_its_beginning(automaton):
    frames: list[np.ndarray] = []
    automaton.loop((64, 64), 16, seed=1, on_frame=lambda number, frame: frames.append(frame))
    assert len(frames) == 16
    steps = [np.abs(b - a).mean() for a, b in pairwise(frames[:9])]
    assert np.abs(frames[0] - frames[-1]).mean() <= 1.5 * max(steps)
    assert min(steps) > 0


def test_to_upsample_is_the_same_where_something_is_learned():
    maps = torch.rand(2, 3, 12, 20, generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        painted = trained._upsample(maps, 4)
    torch.testing.assert_close(trained._upsample(maps.requires_grad_(), 4).detach(), painted)


def test_bands_of_rows_grow_as_the_whole_does(automaton, monkeypatch):
    whole = automaton.sample((96, 160), seed=3, steps=12)
    monkeypatch.setattr(model, "_BAND", 8)
    monkeypatch.setattr(model, "_PAINTED", 8)
    np.testing.assert_allclose(automaton.sample((96, 160), seed=3, steps=12), whole, atol=1e-4)


def test_a_cancel_is_heard_within_a_step(automaton, monkeypatch):
    monkeypatch.setattr(model, "_BAND", 8)
    asked = []
    with pytest.raises(JobCancelled):
        automaton.sample(
            (64, 64),
            steps=1,
            control=Control(cancel=CancelToken(lambda: asked.append(1) or len(asked) > 2)),
        )
    assert len(asked) == 3


def test_a_damaged_loop_is_whole_then_torn_then_whole_again(automaton):
    plain: list[np.ndarray] = []
    hurt: list[np.ndarray] = []
    for frames, damage in ((plain, False), (hurt, True)):
        automaton.loop(
            (96, 96), 16, seed=2, damage=damage, on_frame=lambda n, f, kept=frames: kept.append(f)
        )
    holes = model._Holes((24, 24), 16, 2)
    shares = [holes.at(number).mean() for number in range(16)]
    assert shares[0] == 0
    assert shares[2] == max(shares) > 0.02
    assert all(later <= sooner for sooner, later in pairwise(shares[2:]))
    assert shares[12:] == [0] * 4
    np.testing.assert_array_equal(hurt[0], plain[0])
    torn = cv2.resize(holes.at(2).astype(np.uint8), (96, 96), interpolation=0) > 0
    inside = cv2.erode(torn.astype(np.uint8), np.ones((17, 17))) > 0
    assert hurt[2][inside].std(0).max() < 0.3 * plain[2][inside].std(0).max()
    assert hurt[15][inside].std(0).max() > 0.5 * plain[15][inside].std(0).max()
    steps = [np.abs(b - a).mean() for a, b in pairwise(plain)]
    assert np.abs(hurt[0] - hurt[-1]).mean() <= 1.5 * max(steps)


def test_a_gray_texture_stays_gray():
    random = np.random.default_rng(3)
    gray = np.repeat(random.random((128, 128, 1), np.float32), 3, axis=2)
    sample = fit([gray], budget=Budget(steps=2)).sample((64, 64))
    assert np.ptp(sample, axis=2).max() < 0.01
    assert sample.std() > 0.02


def test_the_painter_leaves_no_grid_of_two_pixels():
    """However different the four pixels of a fine cell are, where the state is even, so is the
    picture."""
    rule = bundled_rule()
    uneven = np.random.default_rng(1).standard_normal(rule.fine_bias.shape, np.float32)
    step = Stepper(rule._replace(fine_bias=uneven, mean=np.full(3, 0.5, np.float32)))
    painted = step.paint(np.zeros((CHANNELS, 8, 8), np.float32))
    assert 0 < painted.min() <= painted.max() < 1
    assert painted.std((0, 1)).max() < 1e-5


def test_a_grid_of_cells_is_noticed():
    random = np.random.default_rng(1)
    smooth = cv2.GaussianBlur(random.random((128, 128, 3)).astype(np.float32), (0, 0), 2)
    blocks = cv2.resize(cv2.resize(smooth, (32, 32), interpolation=3), (128, 128), interpolation=0)
    pictures = [torch.from_numpy(p).permute(2, 0, 1)[None] for p in (smooth, blocks)]
    wanted = automaton_fit._pixel_steps(pictures[0]).mean(1)
    own, grid = (float(automaton_fit._grid(p, wanted)) for p in pictures)
    assert own < 0.2
    assert grid > 1


def test_pieces_keep_the_spread_of_codes_and_come_back():
    codes = np.random.default_rng(1).standard_normal((CODES, 40, 56), np.float32)
    for cells in ((64, 64), (256, 128), (4, 4), (17, 5)):
        mosaic = Mosaic(codes, cells, np.random.default_rng(2))
        begun, half, ended = mosaic.at(0.0), mosaic.at(0.5), mosaic.at(1.0)
        assert begun.shape == (CODES, *cells)
        assert begun.dtype == np.float32
        np.testing.assert_allclose(begun, ended, atol=1e-4)
        assert np.abs(half - begun).mean() > 0.1
        if min(cells) >= 64:
            for whole in (begun, half, mosaic.at()):
                assert abs(float(whole.std()) - 1) < 0.06


def test_pieces_are_the_texture_where_they_do_not_overlap():
    codes = np.random.default_rng(1).standard_normal((CODES, 40, 40), np.float32)
    mosaic = Mosaic(codes, (64, 64), np.random.default_rng(2)).at()
    cells, whole = (maps.reshape(CODES, -1).T for maps in (codes, mosaic))
    share = (cdist(whole, cells).min(axis=1) < 1e-3).mean()
    assert 0.3 < share < 0.95


def test_only_the_cells_that_are_drawn_change():
    rule = bundled_rule()
    state, codes = grown_from(rule, (16, 16), 1)
    updated = update_mask((16, 16), np.random.default_rng(2))
    assert 0.3 < updated.mean() < 0.7
    changed = np.abs(Stepper(rule)(state, codes, updated) - state)
    assert changed[:, ~updated].max() == 0
    assert changed[:, updated].mean() > 1e-3


def test_a_texture_is_known_before_anything_is_learned(textures):
    """The bundled rule takes over what a texture tells of itself: its colors, and its pieces."""
    for texture in textures:
        sample = Automaton(initialized_from(bundled_rule(), texture), {}).sample((128, 96), seed=1)
        both = [image.reshape(-1, 3) for image in (sample, texture)]
        apart = np.abs(
            np.quantile(both[0], [0.1, 0.5, 0.9], 0) - np.quantile(both[1], [0.1, 0.5, 0.9], 0)
        )
        assert apart.max() < 0.15


def test_a_rule_of_another_shape_is_refused_in_words(automaton, tmp_path):
    class Older(Automaton):
        def state(self):
            tensors, metadata = super().state()
            return {**tensors, "near": tensors["near"][:, :16]}, metadata

    path = tmp_path / "older.impasto-model"
    save_model(Older(automaton.rule, {"steps": 1}), path)
    with pytest.raises(ModelUnreadable, match="another version of Impasto; fit it"):
        load_model(path)
