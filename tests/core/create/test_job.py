"""The Create jobs: from files to files."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impasto.core.control import CancelToken, Control
from impasto.core.create.inputs import enlarged
from impasto.core.create.settings import SampleSettings
from impasto.core.errors import BadRequest, NoImages, OutputUnwritable, StyleUnreadable
from impasto.core.image.files import read_picture
from impasto.core.image.reference import ImageRef
from impasto.core.schema import from_plain, to_plain
from impasto.core.styles.style import load_style_file
from impasto.core.tasks.create import CreateRequest
from impasto.core.tasks.invent_style import InventStyleRequest
from impasto.core.tasks.registry import run
from impasto.core.tasks.sample import SampleRequest
from impasto.core.tasks.style_map import StyleMapRequest


@pytest.fixture
def images(tmp_path, textures):
    refs = []
    for number, texture in enumerate(textures):
        path = tmp_path / f"texture_{number}.png"
        cv2.imwrite(str(path), (texture[..., ::-1] * 255).astype(np.uint8))
        refs.append(ImageRef(path.name, (str(path),)))
    return tuple(refs)


def request(images, tmp_path: Path, generator="GAN", **more) -> CreateRequest:
    sample = more.pop("sample", SampleSettings((64, 48)))
    out = str(tmp_path / more.pop("name", "new.png"))
    model = str(tmp_path / "made.impasto-model")
    return CreateRequest(images, generator, out, model, sample, steps=2, detail=96, **more)


def test_a_generator_is_fitted_saved_and_drawn_from_again(images, tmp_path):
    first = run(request(images, tmp_path), Control())
    assert read_picture(first.outputs[0]).color.shape == (48, 64, 3)
    again = SampleRequest(first.model, str(tmp_path / "again.png"), SampleSettings((64, 48)))
    second = run(again, Control())
    before, after = (read_picture(r.outputs[0]).color for r in (first, second))
    assert np.abs(before - after).max() < 2 / 255
    assert second.recipe == first.recipe


def test_a_morph_and_a_loop_are_numbered(images, tmp_path):
    morph = SampleSettings((48, 48), morph=3)
    made = run(request(images, tmp_path, sample=morph, name="step_####.png"), Control())
    assert [Path(p).name for p in made.outputs] == [f"step_000{i}.png" for i in (1, 2, 3)]
    loop = SampleSettings((48, 48), frames=4, damage=True)
    assert (
        from_plain(CreateRequest, to_plain(request(images, tmp_path, sample=loop))).sample == loop
    )
    made = run(
        request(images, tmp_path, "AUTOMATON", sample=loop, name="loop_####.png", overwrite=True),
        Control(),
    )
    assert len([p for p in made.outputs if Path(p).is_file()]) == 4


@pytest.mark.parametrize(
    ("generator", "settings", "says"),
    [
        ("GAN", SampleSettings((48, 48), frames=4), "Only the cellular automaton moves"),
        ("AUTOMATON", SampleSettings((48, 48), morph=4), "choose the GAN to morph"),
        ("AUTOMATON", SampleSettings((48, 48), damage=True), "set the number of frames"),
        ("GAN", SampleSettings((48, 48), morph=4), "need #### in their name"),
        ("GAN", SampleSettings((0, 48)), "at least one pixel"),
    ],
)
def test_what_contradicts_itself_is_refused_before_anything_is_fitted(
    images, tmp_path, generator, settings, says
):
    with pytest.raises(BadRequest, match=says):
        run(request(images, tmp_path, generator, sample=settings), Control())


def test_results_are_never_replaced(images, tmp_path):
    (tmp_path / "new.png").write_bytes(b"precious")
    with pytest.raises(OutputUnwritable):
        run(request(images, tmp_path), Control())
    assert (tmp_path / "new.png").read_bytes() == b"precious"


def test_no_readable_image_is_said(tmp_path):
    missing = (ImageRef("gone", (str(tmp_path / "gone.png"),)),)
    with pytest.raises(NoImages, match="None of the textures can be read"):
        run(request(missing, tmp_path), Control())


def test_a_cancelled_fit_is_kept_with_a_small_sample(images, tmp_path):
    reported = []
    asked = request(images, tmp_path, sample=SampleSettings((512, 512)))
    made = run(asked, Control(reported.append, CancelToken(lambda: len(reported) >= 2)))
    assert made.cancelled
    assert read_picture(made.outputs[0]).color.shape == (256, 256, 3)
    assert Path(made.model).is_file()


def test_the_preview_shows_a_sample_and_the_losses(images, tmp_path, monkeypatch):
    monkeypatch.setattr("impasto.core.tasks.create._PREVIEW_SECONDS", 0.0)
    run(request(images, tmp_path, preview=str(tmp_path / "preview.png")), Control())
    shown = cv2.imread(str(tmp_path / "preview.png"))
    assert shown.shape[1] > shown.shape[0] > 300
    assert shown.std() > 5


def test_the_map_is_drawn_and_a_place_on_it_becomes_a_style(images, tmp_path, monkeypatch):
    monkeypatch.setattr("impasto.core.tasks.style_map._CELLS", 3)
    drawn = run(StyleMapRequest(images[0], str(tmp_path / "map.png")), Control())
    assert cv2.imread(drawn.output).shape == (1200, 1200, 3)
    assert len(drawn.names) == len(drawn.places) >= 24
    x, y = drawn.places[0]
    asked = InventStyleRequest(str(tmp_path / "a.impasto"), "New", images[0], "PLACE", x=x, y=y)
    style = load_style_file(Path(run(asked, Control()).style))
    assert style.name == "New"
    assert style.provenance.recipe["place"] == [round(x, 4), round(y, 4)]
    assert style.thumbnail.std() > 3
    with pytest.raises(OutputUnwritable):
        run(asked, Control())


@pytest.mark.parametrize("how", ["SURPRISE", "BETWEEN"])
def test_styles_are_invented_from_styles(images, tmp_path, how):
    from impasto.core.styles.catalog import pictured_styles

    first, second = (info.identifier for info in pictured_styles()[:2])
    output = str(tmp_path / "b.impasto")
    asked = InventStyleRequest(output, "B", images[0], how, first, second, axes=(0.5, 0, 0, 0))
    assert from_plain(InventStyleRequest, to_plain(asked)) == asked
    style = load_style_file(Path(run(asked, Control()).style))
    assert style.provenance.recipe["invented"] == how
    assert style.provenance.recipe["axes"][0] == 0.5


def test_a_style_that_is_none_is_said(images, tmp_path):
    asked = InventStyleRequest(str(tmp_path / "c.impasto"), "C", images[0], "SURPRISE", "nothing")
    with pytest.raises(StyleUnreadable):
        run(asked, Control())


@settings(deadline=None, max_examples=40)
@given(
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    least=st.sampled_from([16, 64, 160]),
)
def test_a_texture_of_any_size_is_extended(height, width, least):
    """By itself: no color comes in, and the sides are ones that networks take."""
    image = np.random.default_rng(height).random((height, width, 3)).astype(np.float32)
    pixels = enlarged(image, least)
    assert all(side >= least and side % 16 == 0 for side in pixels.shape[:2])
    kept = pixels[:height, :width]
    assert np.array_equal(kept, image[: kept.shape[0], : kept.shape[1]])
    assert {*map(tuple, pixels.reshape(-1, 3))} <= {*map(tuple, image.reshape(-1, 3))}


@pytest.mark.parametrize("generator", ["GAN", "VAE", "AUTOMATON"])
@pytest.mark.parametrize("size", [(256, 1), (1, 8), (1, 1), (3, 200)])
def test_a_strip_becomes_a_picture(tmp_path, generator, size):
    width, height = size
    pixels = np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "strip.png"), pixels)
    strip = ImageRef("strip", (str(tmp_path / "strip.png"),))
    result = run(request((strip,), tmp_path, generator), Control())
    assert read_picture(result.outputs[0]).color.shape == (48, 64, 3)
