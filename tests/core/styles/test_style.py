"""Styles as values and as files."""

from __future__ import annotations

import json

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from impasto.core.errors import OutputUnwritable, StyleUnreadable
from impasto.core.networks.codes import CODE_LENGTH
from impasto.core.paint.network import Stylizer
from impasto.core.paint.style_reader import StyleReader
from impasto.core.styles import catalog
from impasto.core.styles.catalog import builtin_styles
from impasto.core.styles.look import StyleRef
from impasto.core.styles.style import (
    ZOOMS,
    Provenance,
    Style,
    blend,
    load_style_file,
    save_style,
)


def some_style(seed: int, name: str = "Some") -> Style:
    codes = np.random.default_rng(seed).random((len(ZOOMS), CODE_LENGTH)).astype(np.float16)
    thumbnail = np.full((8, 8, 3), seed, np.uint8)
    return Style(
        identifier=name.lower(),
        name=name,
        codes=codes.astype(np.float32),
        family="Family",
        provenance=Provenance(title="T", source="S", license="CC0-1.0", recipe={"seed": seed}),
        thumbnail=thumbnail,
    )


def test_save_and_load(tmp_path):
    style = some_style(3)
    save_style(style, tmp_path / "some.impasto")
    again = load_style_file(tmp_path / "some.impasto")
    assert (again.identifier, again.name, again.family) == ("some", "Some", "Family")
    assert again.provenance == style.provenance
    assert np.array_equal(again.codes, style.codes)
    assert np.array_equal(again.thumbnail, style.thumbnail)
    assert [p.name for p in tmp_path.iterdir()] == ["some.impasto"]


@pytest.mark.parametrize("content", [b"", b"not a style", b"\x10\0\0\0\0\0\0\0{}"])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "other.impasto"
    path.write_bytes(content)
    with pytest.raises(StyleUnreadable, match="not an Impasto style"):
        load_style_file(path)


def test_missing_folder_is_named(tmp_path):
    with pytest.raises(OutputUnwritable, match="choose another folder"):
        save_style(some_style(1), tmp_path / "none" / "some.impasto")


def test_codes_between_zooms():
    style = some_style(5)
    assert np.allclose(style.code(1.0), style.codes[2], atol=1e-4)
    assert np.allclose(style.code(0.01), style.codes[0])
    assert np.allclose(style.code(99), style.codes[-1])
    between = style.code(2**0.25)
    assert np.allclose(between, (style.codes[2] + style.codes[3]) / 2, atol=1e-3)


def test_blend_is_the_weighted_mean_with_its_recipe():
    a, b = some_style(1, "A"), some_style(2, "B")
    mixed = blend([a, b], [3, 1])
    assert np.allclose(mixed.codes, 0.75 * a.codes + 0.25 * b.codes, atol=1e-6)
    assert mixed.provenance.recipe == {"blend": {"a": 0.75, "b": 0.25}}
    assert blend([a], [0.2]) is a
    assert np.isfinite(blend([a, b], [0, 0]).codes).all()


def test_builtin_styles_are_complete():
    styles = builtin_styles()
    assert len(styles) >= 24
    assert len({s.identifier for s in styles}) == len(styles)
    for info in styles:
        style = load_style_file(info.file)
        assert info.thumbnail.exists()
        assert info.license and info.source and info.family
        assert info.medium or (info.work and info.year)
        assert info.credit.startswith(info.work)
        assert info.rights == ("CC0-1.0" if info.medium else "Public domain")
        assert style.own_color == info.medium and style.strokes is not None
        assert style.provenance.title == info.credit
        assert style.provenance.license == info.license
        assert style.name == info.name
        assert np.isfinite(style.codes).all()


def test_unknown_styles_are_named():
    book = StyleReader(Stylizer())
    for references in ((), (StyleRef("no-such-style"),)):
        with pytest.raises(StyleUnreadable):
            book.resolve(references)


@pytest.mark.parametrize("key", ["license", "licence"])
def test_files_of_either_spelling_have_their_license(tmp_path, key):
    path = tmp_path / "some.impasto"
    save_style(some_style(3), path)
    with safe_open(path, framework="numpy") as file:
        metadata = json.loads(file.metadata()["impasto_style"])
        codes = file.get_tensor("codes")
    metadata[key] = metadata.pop("license")
    metadata["has_thumbnail"] = False
    save_file({"codes": codes}, path, metadata={"impasto_style": json.dumps(metadata)})
    assert load_style_file(path).provenance.license == "CC0-1.0"


def test_the_license_is_read_from_builtin_files():
    assert all(load_style_file(info.file).provenance.license for info in builtin_styles())


def test_keys_of_the_index_that_a_gallery_does_not_know_are_ignored(tmp_path, monkeypatch):
    row = {"identifier": "a", "name": "A", "family": "F", "license": "CC0-1.0", "source": "S"}
    (tmp_path / "index.json").write_text(json.dumps([{**row, "painter": "P", "year": 1888}]))
    monkeypatch.setattr(catalog, "FOLDER", tmp_path)
    (info,) = builtin_styles.__wrapped__()
    assert (info.identifier, info.license) == ("a", "CC0-1.0")
