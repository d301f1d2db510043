"""Refine with the shipped weights: adapters that fit, travel, blend, and repeat."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from impasto.core.control import Budget, CancelToken, Control
from impasto.core.errors import JobCancelled, OutputUnwritable, StyleUnreadable
from impasto.core.image.reference import ImageRef
from impasto.core.models.layers import as_batch
from impasto.core.models.loading import load_encoder
from impasto.core.models.texture_loss import TextureTarget
from impasto.core.networks.decoder import merge_adapters
from impasto.core.networks.weights import bundled
from impasto.core.paint.adapter_fit import refine
from impasto.core.paint.engine import PaintJob
from impasto.core.paint.network import Stylizer
from impasto.core.paint.style_reader import encode_zooms
from impasto.core.styles.style import Style, blend, load_style_file
from impasto.core.tasks.refine import RefineRequest
from impasto.core.tasks.registry import run

STEPS = 4


@pytest.fixture(scope="module")
def stylizer() -> Stylizer:
    return Stylizer()


def stripes(period: int, colors: list) -> np.ndarray:
    """Two colors in turn, ``(192, 192, 3)`` float32."""
    y, x = np.mgrid[0:192, 0:192]
    return np.float32(colors)[((x + y // 3) // period) % 2]


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return stripes(6, [[0.9, 0.2, 0.1], [0.1, 0.1, 0.5]])


@pytest.fixture(scope="module")
def content() -> np.ndarray:
    rng = np.random.default_rng(0)
    return cv2.resize(rng.random((24, 24, 3)).astype(np.float32), (288, 288))


@pytest.fixture(scope="module")
def plain(stylizer, picture) -> Style:
    return Style("stripes", "Stripes", encode_zooms(stylizer, picture))


@pytest.fixture(scope="module")
def refined(stylizer, plain, picture, content) -> Style:
    return refine(stylizer, plain, picture, [content], budget=Budget(steps=STEPS), seed=3)


def test_same_seed_same_adapter(stylizer, plain, picture, content, refined):
    again = refine(stylizer, plain, picture, [content], budget=Budget(steps=STEPS), seed=3)
    first, second = refined.adapters[0][0], again.adapters[0][0]
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert refined.provenance.recipe["steps"] == STEPS


def test_refined_paints_otherwise_and_plain_as_before(stylizer, plain, content, refined):
    code = plain.code(1.0)
    before = stylizer.paint(PaintJob(content, code))
    special = stylizer.paint(PaintJob(content, code, adapters=refined.adapters))
    assert np.abs(special - before).max() > 0.02
    assert np.array_equal(stylizer.paint(PaintJob(content, code)), before)


def test_adapters_of_a_blend_are_weighed(stylizer, plain, refined):
    half = blend([refined, plain], [1, 1]).adapters
    assert [weight for _, weight in half] == [0.5]
    names = ("blocks.0.first.weight", "to_pixels.bias", "blocks.4.modulation.bias")
    states = [merge_adapters(bundled("decoder"), a) for a in ((), half, refined.adapters)]
    for name in names:
        none, some, full = (state[name] for state in states)
        assert np.allclose(some, (none + full) / 2, atol=1e-6)


def test_job_writes_a_style_that_can_be_read(tmp_path, picture, content):
    for name, color in (("style", picture), ("texture", content)):
        cv2.imwrite(str(tmp_path / f"{name}.png"), color[..., ::-1] * 255)
    (tmp_path / "broken.png").write_bytes(b"no picture")
    images = tuple(ImageRef(n, (str(tmp_path / f"{n}.png"),)) for n in ("texture", "broken"))
    request = RefineRequest(
        str(tmp_path / "style.png"),
        images,
        str(tmp_path / "my.impasto"),
        steps=2,
        preview=str(tmp_path / "preview.png"),
    )
    seen = []
    result = run(request, Control(seen.append))
    assert [f.key for f in result.failures] == ["broken"]
    assert seen[-1].done == 1.0
    assert cv2.imread(str(tmp_path / "preview.png")) is not None
    style = load_style_file(tmp_path / "my.impasto")
    assert style.thumbnail.shape == (128, 128, 3)
    assert style.adapters[0][1] == 1.0
    assert style.provenance.recipe["refined"] == "style"
    with pytest.raises(OutputUnwritable, match="exists"):
        run(request, Control(seen.append))


def test_cancel_keeps_what_there_is(stylizer, plain, picture, content):
    steps = []
    result = refine(
        stylizer,
        plain,
        picture,
        [content],
        budget=Budget(seconds=600),
        on_step=lambda step: steps.append(step.number),
        cancel=CancelToken(lambda: len(steps) >= 2),
    )
    assert result.provenance.recipe["steps"] == 2
    with pytest.raises(JobCancelled):
        refine(
            stylizer, plain, picture, [content], budget=Budget(), cancel=CancelToken(lambda: True)
        )


def test_a_built_in_style_has_no_picture(tmp_path):
    request = RefineRequest("irises", (), str(tmp_path / "a.impasto"))
    with pytest.raises(StyleUnreadable, match="picture"):
        run(request, Control())


def test_texture_loss_knows_a_texture_from_another(picture):
    target = TextureTarget(load_encoder(), as_batch(picture))
    moved = np.roll(picture, (12, 36), (0, 1))
    coarse = stripes(24, [[0.9, 0.2, 0.1], [0.1, 0.1, 0.5]])
    other = stripes(6, [[0.2, 0.8, 0.1], [0.9, 0.9, 0.9]])
    same, *worse = (float(target.loss(as_batch(a))) for a in (moved, coarse, other))
    assert same < 0.2 * min(worse)
