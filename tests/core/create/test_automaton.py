"""The cellular automaton: sound for long, closing loops, healing."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from bl_ext.user_default.impasto.core.create import automaton as module
from bl_ext.user_default.impasto.core.create.automaton import Automaton
from bl_ext.user_default.impasto.core.errors import JobCancelled
from bl_ext.user_default.impasto.core.networks.automaton import Stepper, rest, seeds
from bl_ext.user_default.impasto.core.networks.weights import load_rule


@pytest.fixture(scope="module")
def automaton():
    return Automaton(load_rule(), {})


@torch.inference_mode()
def test_it_stays_sound_over_thousands_of_steps():
    random = torch.Generator().manual_seed(0)
    step, state = Stepper(load_rule()), seeds(1, 32, 32, random)
    spreads = []
    for number in range(5000):
        state = step(state, rest(state, random))
        if number in (63, 999, 4999):
            spreads.append(float(step.paint(state).std()))
    assert state.abs().max() <= 1
    assert np.isfinite(spreads).all()
    assert spreads[2] > 0.3 * spreads[0]


def test_the_end_of_a_loop_leads_to_its_beginning(automaton):
    frames: list[np.ndarray] = []
    automaton.loop((64, 64), 16, seed=1, show=lambda number, frame: frames.append(frame))
    assert len(frames) == 16
    steps = [np.abs(b - a).mean() for a, b in pairwise(frames[:9])]
    assert np.abs(frames[0] - frames[-1]).mean() <= 1.5 * max(steps)
    assert min(steps) > 0


def test_what_is_torn_out_grows_again_and_the_rest_stays_a_texture(automaton):
    damaged = np.zeros((64, 64), bool)
    damaged[16:48, 16:48] = True
    torn, healed = automaton.regrow((64, 64), damaged, seed=1)
    inside = slice(20, 44)
    whole = automaton.sample((64, 64), seed=1)
    assert np.abs(torn - whole)[:12].max() < np.abs(torn - whole)[inside, inside].max()
    assert healed[inside, inside].std() > 0.5 * whole.std()


def test_to_widen_is_the_same_where_something_is_learned():
    from bl_ext.user_default.impasto.core.networks.automaton import _widen

    maps = torch.rand(2, 3, 12, 20, generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        painted = _widen(maps, 4)
    torch.testing.assert_close(_widen(maps.requires_grad_(), 4).detach(), painted)


def test_bands_of_rows_grow_as_the_whole_does(automaton, monkeypatch):
    whole = automaton.sample((96, 160), seed=3, steps=12)
    monkeypatch.setattr(module, "_BAND", 32)
    np.testing.assert_allclose(automaton.sample((96, 160), seed=3, steps=12), whole, atol=1e-4)


def test_a_cancel_is_heard_within_a_step(automaton, monkeypatch):
    monkeypatch.setattr(module, "_BAND", 8)
    asked = []
    with pytest.raises(JobCancelled):
        automaton.sample((64, 64), steps=1, cancel=lambda: asked.append(1) or len(asked) > 2)
    assert len(asked) == 3
