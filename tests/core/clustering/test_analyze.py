"""The task analyze, from files to groups, with all kinds of input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from impasto.core.control import CancelToken, Control, Progress
from impasto.core.errors import BadRequest, JobCancelled, NoImages
from impasto.core.image.reference import ImageRef
from impasto.core.tasks import registry
from impasto.core.tasks.analyze import AnalyzeRequest, AnalyzeResult

from .conftest import KINDS, texture

pytestmark = pytest.mark.filterwarnings("error")
Files = dict[str, Path]


def analyze(request: AnalyzeRequest, control: Control | None = None) -> AnalyzeResult:
    return registry.run(request, control or Control())


def request(files: Files, folder: Path, **choices: object) -> AnalyzeRequest:
    """A request for some files."""
    images = tuple(ImageRef(key, (str(path),)) for key, path in files.items())
    choices = {"cache_folder": str(folder / "cache"), **choices}
    return AnalyzeRequest(images, str(folder / "out"), **choices)  # type: ignore[arg-type]


def kinds(result: AnalyzeResult) -> list[set[str]]:
    """The kinds of texture in each group."""
    return [{key.split("_")[0] for key in group.members} for group in result.groups]


@pytest.mark.parametrize("algorithm", ["KMEANS", "AGGLOMERATIVE", "DBSCAN"])
def test_groups_are_kinds(scene: Files, tmp_path: Path, algorithm: str) -> None:
    result = analyze(request(scene, tmp_path, algorithm=algorithm))
    assert sorted(map(sorted, kinds(result))) == sorted([kind] for kind in KINDS)
    assert result.score > 0.3
    assert result.sentence.startswith("20 textures in 4 groups")
    assert len({group.name for group in result.groups}) == 4
    for group in result.groups:
        assert group.typical in group.members
        assert 1 <= len(group.palette) <= 5
    assert set(result.plots) == {"map", "dendrogram", "silhouette", "palettes"}
    for path in [*result.plots.values(), *result.thumbnails.values()]:
        assert cv2.imread(path) is not None
    assert cv2.imread(next(iter(result.thumbnails.values()))).shape == (128, 128, 3)


def test_same_seed_same_groups(scene: Files, tmp_path: Path) -> None:
    first = analyze(request(scene, tmp_path / "a", seed=3))
    second = analyze(request(scene, tmp_path / "b", seed=3))
    assert first.groups == second.groups
    assert first.sentence == second.sentence


def test_second_analysis_is_the_first(scene: Files, tmp_path: Path) -> None:
    """From the cache, plots included, until a choice or an image changes."""
    first = analyze(request(scene, tmp_path))
    kept = {kind: Path(path).read_bytes() for kind, path in first.plots.items()}
    for path in first.plots.values():
        Path(path).unlink()
    steps: list[str] = []
    again = analyze(request(scene, tmp_path), Control(lambda p: steps.append(p.step)))
    assert again == first
    assert {kind: Path(path).read_bytes() for kind, path in again.plots.items()} == kept
    assert "Drawing" not in steps
    assert len(analyze(request(scene, tmp_path, groups=2)).groups) == 2
    for result in (tmp_path / "cache" / "outcomes").glob("*/result.json"):
        result.write_text("damaged")
    assert analyze(request(scene, tmp_path)) == first
    renamed = {f"{key} new": path for key, path in scene.items()}
    members = {m for group in analyze(request(renamed, tmp_path)).groups for m in group.members}
    assert members <= renamed.keys() and members


def test_number_asked_for(scene: Files, tmp_path: Path) -> None:
    for algorithm in ("KMEANS", "AGGLOMERATIVE"):
        result = analyze(request(scene, tmp_path, algorithm=algorithm, groups=6))
        assert len(result.groups) == 6


def test_locked_group_survives(scene: Files, tmp_path: Path) -> None:
    locked = ("stripes_0", "dots_1", "noise_2")
    result = analyze(request(scene, tmp_path, locked=(locked,)))
    assert locked in [group.members for group in result.groups]
    assert sum(len(group.members) for group in result.groups) == len(scene)


def test_bad_images_do_not_spoil_the_rest(
    scene: Files, write: Callable[..., Path], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(next(iter(scene.values())).read_bytes()[:200])
    text = tmp_path / "text.png"
    text.write_text("no image")
    bad = {"broken": broken, "text": text, "gone": tmp_path / "gone.png"}
    result = analyze(request({**scene, **bad}, tmp_path))
    assert {failure.key for failure in result.failures} == set(bad)
    assert all(failure.message.endswith(".") for failure in result.failures)
    assert len(result.groups) == 4


def test_only_bad_images(tmp_path: Path) -> None:
    result = analyze(request({"gone": tmp_path / "gone.png"}, tmp_path))
    assert result.groups == ()
    assert len(result.failures) == 1


def test_no_images(tmp_path: Path) -> None:
    with pytest.raises(NoImages):
        analyze(request({}, tmp_path))


def test_contradiction(scene: Files, tmp_path: Path) -> None:
    with pytest.raises(BadRequest):
        analyze(request(scene, tmp_path, groups=-1))


@pytest.mark.parametrize("algorithm", ["KMEANS", "AGGLOMERATIVE", "DBSCAN"])
@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_all_the_same(
    write: Callable[..., Path], tmp_path: Path, algorithm: str, count: int
) -> None:
    path = write("same.png", texture("planks", 1))
    result = analyze(request({f"i{n}": path for n in range(count)}, tmp_path, algorithm=algorithm))
    assert [len(group.members) for group in result.groups] == [count]
    assert len(result.duplicates) == (1 if count > 1 else 0)


@pytest.mark.parametrize("algorithm", ["KMEANS", "AGGLOMERATIVE", "DBSCAN"])
def test_constant_colors(write: Callable[..., Path], tmp_path: Path, algorithm: str) -> None:
    colors = {
        "red": (200, 20, 20),
        "red2": (202, 21, 20),
        "blue": (20, 20, 200),
        "white": (255,) * 3,
    }
    files = {
        name: write(f"{name}.png", np.full((40, 60, 3), color, np.uint8))
        for name, color in colors.items()
    }
    result = analyze(request(files, tmp_path, algorithm=algorithm, material_weight=0.0))
    assert any({"red", "red2"} <= set(group.members) for group in result.groups)
    assert not any({"red", "blue"} <= set(group.members) for group in result.groups)
    assert result.duplicates == (("red", "red2"),)


def test_two_unlike_images(scene: Files, tmp_path: Path) -> None:
    two = {key: scene[key] for key in ("stripes_0", "planks_0")}
    assert len(analyze(request(two, tmp_path)).groups) == 2


def test_duplicates_at_other_sizes_and_names(
    scene: Files, write: Callable[..., Path], tmp_path: Path
) -> None:
    image = texture("planks", 77)
    image[30:60, 40:90] = (250, 250, 10)
    files = {
        **scene,
        "original": write("original.png", image),
        "copy": write("copy.tif", image),
        "half": write("half.png", cv2.resize(image, (64, 64), interpolation=cv2.INTER_AREA)),
        "jpeg": write("jpeg.jpg", image),
        "recolored": write("recolored.png", image[..., ::-1].copy()),
    }
    duplicates = analyze(request(files, tmp_path)).duplicates
    assert ("original", "copy", "half", "jpeg") in duplicates
    assert not any("recolored" in found for found in duplicates)


def test_color_or_material(write: Callable[..., Path], tmp_path: Path) -> None:
    files = {}
    for kind in ("stripes", "planks"):
        for view in range(4):
            image = texture(kind, view).mean(2, keepdims=True) / 255
            for name, color in (("red", (230, 60, 50)), ("green", (60, 200, 80))):
                painted = np.clip(image * color, 0, 255).astype(np.uint8)
                files[f"{kind}_{name}_{view}"] = write(f"{kind}_{name}_{view}.png", painted)
    by_color = analyze(request(files, tmp_path, groups=2, material_weight=0.0))
    by_material = analyze(request(files, tmp_path, groups=2, material_weight=1.0))
    colors = [{key.split("_")[1] for key in group.members} for group in by_color.groups]
    assert sorted(map(sorted, colors)) == [["green"], ["red"]]
    assert sorted(map(sorted, kinds(by_material))) == [["planks"], ["stripes"]]


def test_progress_rises_to_one(scene: Files, tmp_path: Path) -> None:
    events: list[Progress] = []
    analyze(request(scene, tmp_path), Control(events.append))
    shares = [progress.done for progress in events]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert all(progress.step for progress in events)


def test_cancel_keeps_what_was_described(scene: Files, tmp_path: Path) -> None:
    asked = 0

    def cancel() -> bool:
        nonlocal asked
        asked += 1
        return asked > len(scene) + 20

    with pytest.raises(JobCancelled):
        analyze(request(scene, tmp_path), Control(cancel=CancelToken(cancel)))
    steps: list[str] = []
    analyze(request(scene, tmp_path), Control(lambda p: steps.append(p.step)))
    assert len({step for step in steps if step.startswith("Describing ")}) < len(scene)


def test_tiles_and_oblong_images(write: Callable[..., Path], scene: Files, tmp_path: Path) -> None:
    strip = np.concatenate([texture("planks", seed) for seed in (50, 51, 52)], axis=1)
    images = (
        *(ImageRef(key, (str(path),)) for key, path in scene.items()),
        ImageRef("udim", (str(scene["planks_0"]), str(scene["planks_1"]))),
        ImageRef("strip", (str(write("strip.png", strip)),)),
        ImageRef("nothing", ()),
    )
    result = analyze(AnalyzeRequest(images, str(tmp_path)))
    planks = next(group for group in result.groups if "planks_0" in group.members)
    assert {"udim", "strip"} <= set(planks.members)
    assert [failure.key for failure in result.failures] == ["nothing"]
