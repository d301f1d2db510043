"""What every generator promises, with the shipped weights."""

from __future__ import annotations

from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from impasto.benchmarks.seams import seam_strength
from impasto.core.control import NEVER, Budget, CancelToken, Clock, Control
from impasto.core.create.gan import fit as gan_fit
from impasto.core.create.inputs import enlarged, normalize_mix
from impasto.core.create.interface import fit, load_model, save_model
from impasto.core.errors import BadRequest, JobCancelled, ModelUnreadable, OutputUnwritable
from impasto.core.models.layers import as_batch
from impasto.core.models.loading import weights_of
from impasto.core.models.spatial_gan import Generator
from impasto.core.models.style_vae import StyleVae
from impasto.core.networks.automaton import Rule
from impasto.core.networks.spatial_gan import (
    EMBEDDING,
    TexturePainter,
    draw_noise,
    layout_of,
    shapes,
)

KINDS = ("GAN", "VAE", "AUTOMATON")


@pytest.fixture(scope="module", params=KINDS)
def model(request, textures):
    return fit(request.param, textures, budget=Budget(steps=3), seed=4)


def test_the_same_seed_gives_the_same_pixels(model, textures):
    again = fit(model.kind, textures, budget=Budget(steps=3), seed=4)
    first, second = (m.sample((80, 64), seed=7) for m in (model, again))
    np.testing.assert_array_equal(first, second)
    assert np.abs(model.sample((80, 64), seed=8) - first).mean() > 1e-3


@pytest.mark.parametrize("size", [(64, 64), (70, 50), (33, 95)])
def test_samples_have_the_size_and_range_that_was_asked_for(model, size):
    sample = model.sample(size, seed=1)
    assert sample.shape == (size[1], size[0], 3)
    assert sample.dtype == np.float32
    assert 0 <= sample.min() <= sample.max() <= 1


def test_a_saved_model_paints_the_same(model, tmp_path):
    path = tmp_path / "a.impasto-model"
    save_model(model, path)
    loaded = load_model(path)
    assert loaded.recipe == model.recipe
    assert loaded.recipe["steps"] == 3
    difference = loaded.sample((64, 64), seed=2) - model.sample((64, 64), seed=2)
    assert np.abs(difference).max() < 1 / 255
    with pytest.raises(OutputUnwritable):
        save_model(model, path)


def test_a_cancel_before_the_first_step_leaves_nothing(model, textures):
    with pytest.raises(JobCancelled):
        fit(model.kind, textures, budget=Budget(steps=3), cancel=CancelToken(lambda: True))


def test_a_cancel_keeps_the_best_so_far(model, textures):
    reported = []
    made = fit(
        model.kind,
        textures,
        budget=Budget(steps=50),
        on_step=reported.append,
        cancel=CancelToken(lambda: len(reported) >= 2),
    )
    assert made.recipe["steps"] == 2
    assert reported[-1].result().shape[2] == 3
    assert all(np.isfinite(value) for step in reported for value in step.losses.values())


@pytest.mark.parametrize("kind", ["GAN", "AUTOMATON"])
def test_samples_are_seamless(kind):
    noise = np.random.default_rng(5).random((160, 160, 3)).astype(np.float32)
    blobs = cv2.GaussianBlur(noise, (0, 0), 3)
    blobs = (blobs - blobs.min()) / np.ptp(blobs)
    made = fit(kind, [blobs], budget=Budget(steps=3))
    assert seam_strength(made.sample((128, 96), seed=3)).worst < 1.5


@pytest.mark.parametrize("rows", ["reflect", "circular"])
@pytest.mark.parametrize("columns", ["reflect", "circular"])
def test_a_texture_is_painted_as_in_a_fit(rows, columns):
    torch.manual_seed(1)
    generator = Generator()
    for part in generator.parameters():
        torch.nn.init.normal_(part, std=0.08)
    random = np.random.default_rng(2)
    picture, embedding = (random.random(s, np.float32) for s in ((48, 80, 3), EMBEDDING))
    layout, noise = np.moveaxis(layout_of(picture), 2, 0), draw_noise(1, 48, 80, random)
    painter = TexturePainter(weights_of(generator), embedding)
    painted = painter.paint(layout, picture, [maps[0] for maps in noise], (rows, columns))
    with torch.inference_mode():
        wanted = generator(
            *(torch.from_numpy(layout.copy())[None], as_batch(picture)),
            [torch.from_numpy(maps) for maps in noise],
            torch.from_numpy(embedding)[None],
            (rows, columns),
        )
    wanted = wanted[0].permute(1, 2, 0).clamp(0, 1).numpy()
    assert np.abs(wanted - picture).mean() > 0.02
    assert np.abs(painted - wanted).max() < 1e-4


def test_weights_have_the_shapes_that_are_asked_for():
    parts = {name: part.shape for name, part in weights_of(Generator()).items()}
    assert parts == shapes()


def test_a_layout_is_means_and_contrasts():
    picture = np.random.default_rng(3).random((24, 40, 3), np.float32)
    cells = picture.reshape(6, 4, 10, 4, 3)
    layout = layout_of(picture)
    np.testing.assert_allclose(layout[..., :3], cells.mean((1, 3)), atol=1e-6)
    np.testing.assert_allclose(layout[..., 3], 2 * cells.mean(4).std((1, 3)), atol=1e-3)


def test_samples_do_not_depend_on_the_number_of_threads(model):
    counts, drawn = cv2.getNumThreads(), []
    try:
        for count in (1, 2, 4):
            cv2.setNumThreads(count)
            with threadpool_limits(count):
                drawn.append(model.sample((272, 208), seed=6))
    finally:
        cv2.setNumThreads(counts)
    np.testing.assert_array_equal(drawn[0], drawn[1])
    np.testing.assert_array_equal(drawn[0], drawn[2])


def test_files_have_the_names_of_earlier_versions(model):
    names = {
        "GAN": [*(f"generator.{n}" for n in Generator().state_dict()), "places"],
        "VAE": [*(f"vae.{n}" for n in StyleVae().state_dict()), "latents", "content"],
        "AUTOMATON": Rule._fields,
    }[model.kind]
    pictures = {"picture.0", "picture.1"} if model.kind == "GAN" else set()
    assert set(model.state()[0]) == {*names, *pictures}


def test_weights_of_another_shape_are_refused(model, tmp_path):
    tensors, metadata = model.state()
    name = max(tensors, key=lambda n: (n.startswith(("generator.", "vae.")), tensors[n].size))
    less = {other: part for other, part in tensors.items() if other != name}
    for changed in (less, {**less, name: tensors[name][:-1]}):
        other = SimpleNamespace(kind=model.kind, recipe={}, state=lambda t=changed: (t, metadata))
        path = tmp_path / "other.impasto-model"
        save_model(other, path, overwrite=True)
        with pytest.raises(ModelUnreadable):
            load_model(path)


def test_a_large_canvas_is_painted_in_tiles_that_agree(textures):
    from impasto.core.create.gan import model

    made = fit("GAN", textures, budget=Budget(steps=2))
    whole = made.sample((1600, 512), seed=3)
    tile, model.TILE = model.TILE, 512
    try:
        tiled = made.sample((1600, 512), seed=3)
    finally:
        model.TILE = tile
    assert np.abs(whole - tiled).max() < 1 / 255


def test_a_mix_leads_from_one_picture_to_the_other(textures):
    made = fit("GAN", textures, budget=Budget(steps=3))
    ends = [made.sample((64, 64), mix=mix) for mix in ((1, 0), (0, 1))]
    half = made.sample((64, 64), mix=(0.5, 0.5))
    apart = np.abs(ends[0] - ends[1]).mean()
    assert 0 < max(np.abs(half - end).mean() for end in ends) < 2 * apart


def test_broken_files_are_refused(tmp_path):
    path = tmp_path / "broken.impasto-model"
    path.write_bytes(b"\0" * 64)
    for wrong in (path, tmp_path / "missing.impasto-model"):
        with pytest.raises(ModelUnreadable, match=r"choose a \.impasto-model file"):
            load_model(wrong)


def test_there_are_only_three_kinds(textures):
    with pytest.raises(BadRequest, match="GAN, VAE, AUTOMATON"):
        fit("DIFFUSION", textures, budget=Budget(steps=1))


@given(st.lists(st.floats(0, 1e6), max_size=5), st.integers(1, 5))
def test_a_mixture_sums_to_one_or_is_refused(mix, count):
    if len(mix) > count or (mix and sum(mix) <= 0):
        with pytest.raises(BadRequest):
            normalize_mix(mix, count)
    else:
        weights = normalize_mix(mix, count)
        assert len(weights) == count
        assert sum(weights) == pytest.approx(1)


def test_a_weave_begins_anywhere():
    """Threads as wide as a cell: without that, pixels would be alike in all samples."""
    threads = np.tile(np.float32([0.2, 0.5, 0.8, 0.5]), (160, 40))[..., None].repeat(3, axis=2)
    made = fit("GAN", [threads], budget=Budget(steps=1))
    samples = np.stack(
        [made.sample((64, 64), seed=seed, seamless=seed % 2 > 0) for seed in range(12)]
    )
    assert samples.std(0).mean() > 0.6 * threads.std()


def test_a_fit_that_stands_still_ends(textures, monkeypatch):
    monkeypatch.setattr(gan_fit, "_MIN_STEPS", 2)
    monkeypatch.setattr(gan_fit, "_PATIENCE", 0)
    made = fit("GAN", textures[:1], budget=Budget(steps=60), seed=1)
    assert made.recipe["plateau"]
    assert 2 < made.recipe["steps"] < 60


def test_what_is_kept_is_a_moving_average(textures):
    """One step moves it by a tenth of the way at most, so what is painted hardly changes."""

    torch.manual_seed(0)
    trainer = gan_fit._Trainer([enlarged(texture, 128) for texture in textures])
    before = [part.clone() for part in trainer._smooth]
    trainer.step(50, 0.5)
    for old, smooth, now in zip(before, trainer._smooth, trainer._learned, strict=True):
        torch.testing.assert_close(smooth, torch.lerp(old, now.detach(), 1 - 51 / 60))


def test_critics_are_kept_from_growing_steep(textures):
    """R1: a step with the penalty moves critics otherwise than one without."""

    moved = []
    for number in (gan_fit._R1_EVERY, gan_fit._R1_EVERY + 1):
        torch.manual_seed(0)
        trainer = gan_fit._Trainer([enlarged(textures[1], 128)])
        painted = torch.rand(2, 3, 128, 128, generator=torch.Generator().manual_seed(1))
        torch.manual_seed(2)
        trainer._step_critics(number, painted, 0, torch.ones(2, 1))
        gradients = [p.grad for p in trainer._critics.judge.parameters()]
        moved.append(torch.cat([g.flatten() for g in gradients]))
        assert torch.isfinite(moved[-1]).all()
    assert (moved[0] - moved[1]).norm() > 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_a_cancel_is_heard_between_any_two_steps(textures, kind):
    """Once it is asked for, no further step is begun."""
    reported, asked = [], []

    def cancel() -> bool:
        asked.append(len(reported))
        return len(reported) >= 3

    fit(
        kind, textures, budget=Budget(steps=50), on_step=reported.append, cancel=CancelToken(cancel)
    )
    assert len(reported) == 3
    assert set(asked) >= {0, 1, 2, 3}


def test_painting_a_large_picture_can_be_cancelled(textures):
    made = fit("GAN", textures, budget=Budget(steps=1))
    asked = []

    def cancel() -> bool:
        asked.append(True)
        return len(asked) > 20

    with pytest.raises(JobCancelled):
        made.sample((512, 512), control=Control(cancel=CancelToken(cancel)))
    assert len(asked) == 21


def test_a_budget_in_seconds_is_kept(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("impasto.core.control.time.monotonic", lambda: now[0])
    clock = Clock(Budget(seconds=60), NEVER)
    while clock.more():
        now[0] += 0.7
        clock.count()
    assert 54 <= now[0] <= 60
