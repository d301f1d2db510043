"""The part of ``bench_clusters`` about small scenes: table, reliability, and the scenes as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from matplotlib.figure import Figure

from impasto.core.clustering.grouping import group
from impasto.core.clustering.settings import SIMILARITY, Algorithm
from impasto.core.features import comparing_pipeline, describing_pipeline
from impasto.core.features.metric import calibration
from impasto.core.image.picture import Picture
from impasto.core.plots import theme

from .scenes import Scene, drawn_scenes, photographed_scenes, score

ALGORITHMS: tuple[Algorithm, ...] = ("KMEANS", "AGGLOMERATIVE", "DBSCAN")
_CELL, _GAP, _SHOWN = 64, 8, 10
_BINS = np.linspace(0, 1, 11)


def scene_quality(folder: Path) -> list[dict]:
    """Measure pairs on both sets of scenes, print the table, and draw the pictures into a folder."""
    table = []
    print(f"\n{'scenes':24} {'method':16} {'precision':>9} {'recall':>7} {'F1':>6} {'mixed':>6}")
    for name, scenes in (("drawn", drawn_scenes()), ("photographed", photographed_scenes())):
        points = [_points(scene) for scene in scenes]
        for algorithm in ALGORITHMS:
            found = score(scenes, [_labels(p, algorithm) for p in points])
            row = {
                "set": name,
                "scenes": len(scenes),
                "algorithm": algorithm,
                "precision": round(found.precision, 4),
                "recall": round(found.recall, 4),
                "f1": round(found.f1, 4),
                "mixed": found.mixed,
            }
            table.append(row)
            print(
                f"{f'{len(scenes)} {name}':24} {algorithm:16} {found.precision:9.3f} "
                f"{found.recall:7.3f} {found.f1:6.3f} {found.mixed:6}",
                flush=True,
            )
        distances, same = _pairs(scenes, points)
        probability = calibration().probability(distances)
        row = {"set": name, "reliability": _reliability(probability, same)}
        table.append(row)
        if name == "drawn":
            cv2.imwrite(
                str(folder / "scenes.jpg"),
                _sheet(scenes, points)[..., ::-1],
                [cv2.IMWRITE_JPEG_QUALITY, 88],
            )
    curves = {row["set"]: row["reliability"] for row in table if "reliability" in row}
    theme.save(reliability_plot(curves), folder / "reliability.png")
    return table


def _points(scene: Scene) -> np.ndarray:
    pictures = [[Picture(image.astype(np.float32) / 255)] for image in scene.images]
    return comparing_pipeline().fit_transform(describing_pipeline().transform(pictures))


def _labels(points: np.ndarray, algorithm: Algorithm) -> np.ndarray:
    return group(points, algorithm, reach=calibration().distance(SIMILARITY)).labels


def _pairs(scenes: Sequence[Scene], points: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the distance of every pair inside a scene, and whether it is of one kind."""
    distances, same = [], []
    for scene, place in zip(scenes, points, strict=True):
        first, second = np.triu_indices(len(place), 1)
        distances.append(np.linalg.norm(place[first] - place[second], axis=1))
        same.append([(a, b) in scene.alike for a, b in zip(first, second, strict=True)])
    return np.concatenate(distances), np.concatenate(same)


def _reliability(probability: np.ndarray, same: np.ndarray) -> list[dict]:
    """Return for each tenth of probability what was said and what was so."""
    rows = []
    for low, high in pairwise(_BINS):
        here = (probability >= low) & ((probability < high) | (high == 1))
        if here.sum() >= 5:
            rows.append(
                {
                    "pairs": int(here.sum()),
                    "said": round(float(probability[here].mean()), 3),
                    "so": round(float(same[here].mean()), 3),
                }
            )
    return rows


def reliability_plot(curves: dict[str, list[dict]]) -> Figure:
    """Draw how often pairs were the same kind, against the probability that was said."""
    figure = theme.figure(900, 900)
    axes = figure.add_axes((0.12, 0.1, 0.82, 0.72), facecolor=theme.BACKGROUND)
    axes.plot([0, 1], [0, 1], color=theme.MUTED, linewidth=1, linestyle=(0, (4, 4)))
    for number, (name, rows) in enumerate(curves.items()):
        said, so = ([row[key] for row in rows] for key in ("said", "so"))
        label = f"{name} ({sum(row['pairs'] for row in rows):,} pairs)"
        axes.plot(said, so, "o-", color=theme.group_color(number), linewidth=2.5, label=label)
    axes.set_xlabel("probability that was said", color=theme.MUTED, fontsize=12)
    axes.set_ylabel("share of pairs of one kind", color=theme.MUTED, fontsize=12)
    axes.grid(color=theme.LINE, linewidth=0.7)
    axes.tick_params(colors=theme.MUTED)
    for side in axes.spines.values():
        side.set_visible(False)
    legend = axes.legend(frameon=False, fontsize=12)
    for text in legend.get_texts():
        text.set_color(theme.TEXT)
    figure.text(
        0.05, 0.93, "Are they the same kind?", color=theme.TEXT, fontsize=19, fontweight="bold"
    )
    figure.text(
        0.05,
        0.885,
        "pairs of textures in scenes of pictures that the metric does not know",
        color=theme.MUTED,
        fontsize=12,
    )
    return figure


def _sheet(scenes: Sequence[Scene], points: Sequence[np.ndarray]) -> np.ndarray:
    """Return ten scenes, the worst five first: a row each, a frame for each group that was found."""
    labels = [_labels(place, "KMEANS") for place in points]
    wrong = [_wrong(scene, found) for scene, found in zip(scenes, labels, strict=True)]
    order = np.argsort([-count for count in wrong], kind="stable")
    evenly = order[5:][:: max(1, (len(order) - 5) // (_SHOWN - 5))][: _SHOWN - 5]
    rows = [_row(scenes[i], labels[i]) for i in [*order[:5], *evenly]]
    width = max(row.shape[1] for row in rows)
    padded = [
        np.pad(row, ((0, _GAP), (0, width - row.shape[1]), (0, 0)), constant_values=34)
        for row in rows
    ]
    return np.vstack(padded)


def _wrong(scene: Scene, labels: np.ndarray) -> int:
    """Return how many pairs are joined or parted wrongly."""
    first, second = np.triu_indices(len(labels), 1)
    joined = labels[first] == labels[second]
    same = np.array([(a, b) in scene.alike for a, b in zip(first, second, strict=True)])
    return int((joined != same).sum())


def _row(scene: Scene, labels: np.ndarray) -> np.ndarray:
    """Return the groups of a scene side by side; a red bar marks pictures of an unlike kind."""
    frames = [np.full((_CELL + 2 * _GAP, _GAP, 3), 34, np.uint8)]
    for label in range(int(labels.max()) + 1):
        members = np.flatnonzero(labels == label)
        kinds = [scene.kinds[m] for m in members]
        usual = max(set(kinds), key=kinds.count)
        split = any(scene.kinds[m] == usual for m in np.flatnonzero(labels != label))
        cells = []
        for member, kind in zip(members, kinds, strict=True):
            cell = cv2.resize(scene.images[member], (_CELL, _CELL), interpolation=cv2.INTER_AREA)
            if kind != usual:
                cell[-6:] = (235, 60, 50)
            elif split:
                cell[-6:] = (245, 190, 60)
            cells.append(cell)
        frame = np.pad(np.hstack(cells), ((4, 4), (4, 4), (0, 0)), constant_values=90)
        frames.append(np.pad(frame, ((4, 4), (0, _GAP), (0, 0)), constant_values=34))
    return np.hstack(frames)
