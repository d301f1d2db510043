"""Results and searches of earlier analyses: what is damaged is made anew; nothing else is touched."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from impasto.core.clustering.settings import Group
from impasto.core.tasks._analysis_cache import AnalysisCache
from impasto.core.tasks._search_cache import SearchCache
from impasto.core.tasks.analyze import AnalyzeResult


@pytest.fixture
def kept(tmp_path: Path) -> tuple[AnalysisCache, AnalyzeResult]:
    plots = tmp_path / "plots"
    plots.mkdir()
    (plots / "map.png").write_bytes(b"a map")
    result = AnalyzeResult(
        (Group("Brown", ("a", "b"), "a"),), score=0.5, plots={"map": str(plots / "map.png")}
    )
    cache = AnalysisCache(tmp_path / "cache")
    cache.put("key", result)
    return cache, result


def test_a_result_comes_back(kept, tmp_path):
    cache, result = kept
    again = cache.get("key", tmp_path / "out", {"a": "a.png"})
    assert again.groups == result.groups and again.thumbnails == {"a": "a.png"}
    assert Path(again.plots["map"]).read_bytes() == b"a map"
    assert os.listdir(tmp_path / "out") == ["map.png"]


@pytest.mark.parametrize(
    "name",
    ["../../elsewhere.txt", "/elsewhere.txt", "..", "", "result.json", "a/map.png", "C:map.png"],
)
def test_a_result_names_nothing_outside_of_its_folder(kept, tmp_path, name):
    cache, _ = kept
    (tmp_path / "elsewhere.txt").write_text("not of the cache")
    file = tmp_path / "cache" / "key" / "result.json"
    document = json.loads(file.read_text())
    document["result"]["plots"] = {"map": name}
    document["plots"] = {name: next(iter(document["plots"].values()))}
    file.write_text(json.dumps(document))
    (tmp_path / "a" / "b").mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    assert cache.get("key", tmp_path / "a" / "b" / "out", {}) is None
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("cut", [0, 1, 20, -1])
def test_a_damaged_result_is_none(kept, tmp_path, cut):
    cache, _ = kept
    file = tmp_path / "cache" / "key" / "result.json"
    whole = file.read_bytes()
    for damaged in (whole[:cut], whole.replace(b"0.5", b"0.7"), whole.replace(b"Brown", b"Green")):
        file.write_bytes(damaged)
        assert cache.get("key", tmp_path / "out", {}) is None
    file.write_bytes(b"[" * 100_000)
    assert cache.get("key", tmp_path / "out", {}) is None
    file.write_bytes(whole)
    (tmp_path / "cache" / "key" / "map.png").write_bytes(b"a nap")
    assert cache.get("key", tmp_path / "out", {}) is None
    assert not (tmp_path / "out").exists()


def test_the_newest_result_stays_whatever_the_clock_says(kept, tmp_path):
    cache, result = kept
    for number in range(12):
        cache.put(f"{number}", replace(result, score=number / 100))
        os.utime(tmp_path / "cache" / f"{number}", (4e9, 4e9))  # the clock was set back since
        assert cache.get(f"{number}", tmp_path / "out", {}).score == number / 100
    assert len(os.listdir(tmp_path / "cache")) == 8
    cache.put("now", result)
    assert cache.get("now", tmp_path / "out", {}) is not None


@pytest.mark.parametrize(
    "changed",
    [
        {"contents": 5},
        {"contents": [["a"], "b"]},
        {"links": [[0, 9, "same"]]},
        {"links": [[0, -1, "same"]]},
        {"links": [[0.5, 1, "same"]]},
        {"links": None},
        {"links": [[0, 1, "mirrored"]]},
        {"version": True},
        {"more": 1},
    ],
)
def test_a_damaged_search_is_none(tmp_path, changed):
    cache = SearchCache(tmp_path)
    cache.put(["a", "b"], [(0, 1, "same")])
    assert cache.get(["b", "a"])[1] == [(1, 0, "same")]
    (file,) = tmp_path.iterdir()
    file.write_text(json.dumps({**json.loads(file.read_text()), **changed}))
    searched, links = cache.get(["b", "a"])
    assert not searched.any() and not links
