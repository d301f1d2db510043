"""The analyze job: image files in, named groups, their quality and their pictures out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..descriptors import (
    Descriptions,
    DescriptorCache,
    Thumbnails,
    comparing_pipeline,
    describe,
)
from ..descriptors.columns import COLUMNS
from ..errors import JobCancelled, NoImages
from ..jobs.messages import AnalyzeRequest, AnalyzeResult, Group, Progress
from .duplicates import duplicates
from .grouping import Grouping, graded, group
from .names import Named, group_names, lab_palette, nearest_to_mean, srgb_palette
from .outcomes import Outcomes, outcome_key
from .pictures.all import Drawn, draw_pictures
from .quality import sentence

_DESCRIBED, _GROUPED, _NAMED = 0.8, 0.86, 0.9
"""Shares of the whole job that are done after each step."""


def analyze(
    request: AnalyzeRequest,
    *,
    progress: Callable[[Progress], None] = lambda progress: None,
    cancel: Callable[[], bool] = lambda: False,
) -> AnalyzeResult:
    """Describe images, group them, name the groups, draw the pictures.

    An image that cannot be read becomes a failure in the result. Locked groups come back unchanged;
    only the other images are grouped.

    Raises
    ------
    NoImages
        The request names none.
    BadRequest
        The choices contradict themselves.
    JobCancelled
        ``cancel`` said so; descriptions made so far stay in the cache.
    """
    if not request.images:
        raise NoImages(
            "There are no images to analyze; choose a wider scope or add image textures."
        )
    output = Path(request.output_folder)
    cache_folder = Path(request.cache_folder) if request.cache_folder else None
    cache = DescriptorCache(cache_folder / "descriptors" if cache_folder else None)
    thumbnails = Thumbnails((cache_folder or output) / "thumbnails", request.thumbnail_size)

    def tick(done: float, step: str) -> None:
        if cancel():
            raise JobCancelled("Analyze was cancelled; what was described so far is kept.")
        progress(Progress(min(done, 1.0), step))

    described = describe(
        request.images,
        cache=cache,
        thumbnails=thumbnails,
        progress=lambda done, step: tick(_DESCRIBED * done, step),
        cancel=cancel,
    )
    cache.prune()
    tick(_DESCRIBED, "Grouping")
    keys = [image.key for image in described.images]
    small = {
        key: str(thumbnails.path(content))
        for key, content in zip(keys, described.contents, strict=True)
    }
    outcomes = Outcomes(cache_folder / "outcomes" if cache_folder else None)
    place = outcome_key(request, keys, described.contents)
    known = outcomes.get(place, output, small)
    if known is not None:
        tick(1.0, "Done")
        return replace(known, failures=described.failures)
    points = comparable(described, request.material_weight, request.seed)
    grouping = _grouping(
        request,
        described,
        points,
        lambda done: tick(_DESCRIBED + (_GROUPED - _DESCRIBED) * done, "Grouping"),
    )
    tick(_GROUPED, "Naming groups")
    named = _named(described, points, grouping, request.seed)
    twins = duplicates(described.rows[:, COLUMNS["fingerprint"]])
    tick(_NAMED, "Drawing")
    pictures = draw_pictures(
        output,
        Drawn(points, grouping, named, thumbnails, described.contents),
        linkage=request.linkage,
        cut=request.algorithm == "AGGLOMERATIVE" and not request.locked,
        seed=request.seed,
        tick=lambda done: tick(_NAMED + (1 - _NAMED) * done, "Drawing"),
    )
    result = AnalyzeResult(
        groups=tuple(
            Group(
                name,
                tuple(keys[i] for i in members),
                keys[typical],
                srgb_palette(palette[0]),
            )
            for name, members, typical, palette in zip(
                named.names, named.members, named.typical, named.palettes, strict=True
            )
        ),
        ungrouped=tuple(key for key, label in zip(keys, grouping.labels, strict=True) if label < 0),
        score=grouping.score,
        sentence=named.sentence,
        duplicates=tuple(tuple(keys[i] for i in members) for members in twins),
        thumbnails=small,
        pictures=pictures,
    )
    outcomes.put(place, result)
    tick(1.0, "Done")
    return replace(result, failures=described.failures)


def comparable(described: Descriptions, material_weight: float = 0.5, seed: int = 0) -> np.ndarray:
    """Points ``(N, D)`` float32 whose Euclidean distance is how different two images look."""
    if not len(described.rows):
        return np.zeros((0, 1), np.float32)
    return comparing_pipeline(material_weight, seed=seed).fit_transform(described.rows)


def _grouping(
    request: AnalyzeRequest,
    described: Descriptions,
    points: np.ndarray,
    tick: Callable[[float], None],
) -> Grouping:
    """Group the free images; a locked group keeps its members, no more and no fewer."""
    place = {image.key: index for index, image in enumerate(described.images)}
    locked = [[place[key] for key in members if key in place] for members in request.locked]
    locked = [members for members in locked if members]
    labels = np.full(len(points), -1)
    for label, members in enumerate(locked):
        labels[members] = label
    free = np.ones(len(points), bool)
    free[[index for members in locked for index in members]] = False
    found = group(
        points[free],
        request.algorithm,
        groups=request.groups,
        distance=request.distance,
        linkage=request.linkage,
        seed=request.seed,
        tick=tick,
    )
    if not locked:
        return found
    labels[free] = np.where(found.labels >= 0, found.labels + len(locked), -1)
    return graded(points, labels, request.seed, found.reason)


def _named(described: Descriptions, points: np.ndarray, grouping: Grouping, seed: int) -> Named:
    members = tuple(np.flatnonzero(grouping.labels == label) for label in range(grouping.count))
    palettes = tuple(lab_palette(described.rows[m], seed=seed) for m in members)
    names = tuple(group_names(palettes, [described.rows[m] for m in members]))
    return Named(
        names,
        members,
        tuple(nearest_to_mean(points, m) for m in members),
        palettes,
        sentence(names, grouping.labels, grouping.silhouettes, grouping.reason),
    )
