"""Our own files of arrays: what is damaged or made by hand is refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load, save

from impasto.core.create.automaton.model import Automaton
from impasto.core.create.gan.exemplars import Exemplars
from impasto.core.create.gan.model import SpatialGan
from impasto.core.create.interface import load_model, save_model
from impasto.core.create.vae.model import StyleInventor
from impasto.core.errors import ModelUnreadable, StyleUnreadable
from impasto.core.models.adapter import LowRank
from impasto.core.models.decoder import Decoder
from impasto.core.models.loading import weights_of
from impasto.core.models.spatial_gan import Generator
from impasto.core.networks.automaton import bundled_rule
from impasto.core.networks.codes import CODE_LENGTH
from impasto.core.networks.style_vae import LATENT, bundled_style_vae
from impasto.core.styles import style as style_file
from impasto.core.styles.adapter_layers import adapter_arrays
from impasto.core.styles.catalog import FOLDER
from impasto.core.styles.style import load_style_file
from impasto.core.tensor_file import load_tensors, save_tensors

SCREAM = FOLDER / "scream.impasto"
RECIPE = {"generator": "", "seed": 0, "steps": 1, "texture": 0.5}


def test_what_is_known_without_the_networks_is_true():
    assert style_file.CODE_LENGTH == CODE_LENGTH
    own = LowRank(Decoder(), torch.Generator()).tensors()
    arrays = adapter_arrays()
    assert {n: a.shape for n, a in arrays.items()} == {n: tuple(t.shape) for n, t in own.items()}


def test_arrays_and_words_come_back(tmp_path):
    tensors = {"a": np.arange(6, dtype=np.int16).reshape(2, 3), "b": np.zeros((0, 4), np.float32)}
    words = {"name": "é", "deep": [{"x": [1, 2.5, None]}]}
    save_tensors(tmp_path / "f", "kind", tensors, words)
    again, said = load_tensors(tmp_path / "f", "kind")
    assert said == words and again.keys() == tensors.keys()
    assert all(
        np.array_equal(again[n], t) and again[n].dtype == t.dtype for n, t in tensors.items()
    )


@pytest.fixture(scope="session")
def models(tmp_path_factory) -> dict[str, Path]:
    """A file of each kind of generator; none of them was fitted."""
    folder = tmp_path_factory.mktemp("models")
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 255, (64, 64, 3), np.uint8)
    made = {
        "GAN": SpatialGan(
            weights_of(Generator()), np.zeros((1, 16), np.float32), Exemplars([picture]), RECIPE
        ),
        "VAE": StyleInventor(
            bundled_style_vae(), np.zeros((1, LATENT), np.float32), picture / 255, RECIPE
        ),
        "AUTOMATON": Automaton(bundled_rule(), RECIPE),
    }
    paths = {kind: folder / f"{kind}.impasto-model" for kind in made}
    for kind, model in made.items():
        save_model(model, paths[kind])
        assert load_model(paths[kind]).kind == kind
    return paths


def damaged(content: bytes, seed: int) -> bytes:
    """Flip, cut, insert or clear some bytes."""
    rng = np.random.default_rng(seed)
    data = bytearray(content)
    # The header has as much to go wrong as all the numbers.
    at = int(rng.integers(len(data) if rng.random() < 0.5 else min(len(data), 4096)))
    how = int(rng.integers(4))
    if how == 0:
        for place in rng.integers(0, len(data), rng.integers(1, 9)):
            data[place] ^= 1 << int(rng.integers(8))
    elif how == 1:
        del data[at:]
    elif how == 2:
        data[at:at] = rng.bytes(int(rng.integers(1, 64)))
    else:
        end = min(len(data), at + int(rng.integers(1, 512)))
        data[at:end] = bytes(end - at)
    return bytes(data)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_a_damaged_style_is_refused_or_the_same(tmp_path_factory, seed):
    path = tmp_path_factory.getbasetemp() / "damaged.impasto"
    path.write_bytes(damaged(SCREAM.read_bytes(), seed))
    try:
        codes = load_style_file(path).codes
    except StyleUnreadable:
        return
    assert np.array_equal(codes, load_style_file(SCREAM).codes)


@pytest.mark.parametrize("kind", ["GAN", "VAE", "AUTOMATON"])
def test_a_damaged_model_is_refused_or_the_same(models, tmp_path, kind):
    whole = models[kind].read_bytes()
    path = tmp_path / "damaged.impasto-model"
    state = load_model(models[kind]).state()[0]
    for seed in range(40):
        path.write_bytes(damaged(whole, seed))
        try:
            again = load_model(path).state()[0]
        except ModelUnreadable:
            continue
        assert all(np.array_equal(again[name], array) for name, array in state.items())


CODES = np.full((5, CODE_LENGTH), 0.5, np.float16)
BIAS = "adapter.0.to_pixels.bias"
STYLES = {
    "integers": ({"codes": CODES.view(np.int16)}, {}),
    "short": ({"codes": CODES[:, :1].copy()}, {}),
    "none": ({"codes": CODES[:0]}, {}),
    "missing": ({}, {}),
    "no number": ({"codes": np.full_like(CODES, np.nan)}, {}),
    "endless": ({"codes": np.full_like(CODES, np.inf)}, {}),
    "far": ({"codes": np.full_like(CODES, 6e4)}, {}),
    "glaring": ({"codes": np.full_like(CODES, 20)}, {}),
    "no name": ({"codes": CODES}, {"name": ...}),
    "name of lines": ({"codes": CODES}, {"name": "a\nb"}),
    "no list": ({"codes": CODES}, {"adapters": None}),
    "no weight": ({"codes": CODES}, {"adapters": [None]}),
    "a weight that is none": ({"codes": CODES}, {"adapters": [float("nan")]}),
    "no adapter": ({"codes": CODES}, {"adapters": [1.0]}),
    "unknown layer": ({"codes": CODES, "adapter.0.x.bias": CODES[0]}, {"adapters": [1.0]}),
    "unlike layer": ({"codes": CODES, BIAS: np.zeros(5, np.float16)}, {"adapters": [1.0]}),
    "half": ({"codes": CODES, "adapter.0.to_pixels.up": np.zeros((12, 8))}, {"adapters": [1.0]}),
    "layer of none": (
        {"codes": CODES, BIAS: np.full(12, np.nan, np.float16)},
        {"adapters": [1.0]},
    ),
    "thumbnail": ({"codes": CODES, "thumbnail": np.zeros((4, 4), np.uint8)}, {}),
    "no thumbnail": ({"codes": CODES}, {"has_thumbnail": True}),
    "strokes that are no object": ({"codes": CODES}, {"strokes": "[]"}),
    "strokes that are not JSON": ({"codes": CODES}, {"strokes": "{"}),
    "strokes without width": ({"codes": CODES}, {"strokes": '{"width": 0}'}),
    "a stroke set of objects": ({"codes": CODES}, {"strokes": '{"ground": [{}, {}, {}]}'}),
    "deep": ({"codes": CODES}, {"recipe": json.loads("[" * 200 + "]" * 200)}),
}


@pytest.mark.parametrize("name", STYLES)
def test_a_style_made_by_hand_is_refused(tmp_path, name):
    tensors, changed = STYLES[name]
    words = {"name": "N", "has_thumbnail": "thumbnail" in tensors, **changed}
    text = json.dumps({key: value for key, value in words.items() if value is not ...})
    path = tmp_path / "s.impasto"
    path.write_bytes(save(tensors, metadata={"impasto_style": text}))
    with pytest.raises(StyleUnreadable, match="is damaged; choose"):
        load_style_file(path)


@pytest.mark.parametrize("text", ["[]", "{", "1", '"a"', "[" * 5000, '{"name": "a", "name": "b"}'])
def test_words_that_are_no_object_are_refused(tmp_path, text):
    path = tmp_path / "s.impasto"
    path.write_bytes(save({"codes": CODES}, metadata={"impasto_style": text}))
    with pytest.raises(StyleUnreadable):
        load_style_file(path)


@pytest.mark.parametrize("kind", ["GAN", "VAE", "AUTOMATON"])
def test_models_of_other_shapes_kinds_and_numbers_are_refused(models, tmp_path, kind):
    whole = load(models[kind].read_bytes())
    del whole["checksum"]
    words = {"kind": kind, "recipe": RECIPE}
    path = tmp_path / "m.impasto-model"

    def refused(tensors: dict, words: object) -> None:
        path.write_bytes(save(tensors, metadata={"impasto_model": json.dumps(words)}))
        with pytest.raises(ModelUnreadable):
            load_model(path)

    for name, array in list(whole.items())[:: max(1, len(whole) // 8)]:
        refused({n: a for n, a in whole.items() if n != name}, words)
        refused({**whole, name: array.astype(np.float64)}, words)
        refused({**whole, name: array[..., :0].copy()}, words)
        if array.dtype == np.float32:
            refused({**whole, name: np.full_like(array, np.nan)}, words)
            refused({**whole, name: np.full_like(array, 1e30)}, words)
    for wrong in (
        {},
        {"steps": 1},
        {**RECIPE, "texture": "low"},
        {**RECIPE, "steps": -1},
        [],
        None,
    ):
        refused(whole, {"kind": kind, "recipe": wrong})
    for wrong in ("", "DIFFUSION", None, [kind]):
        refused(whole, {"kind": wrong, "recipe": RECIPE})
