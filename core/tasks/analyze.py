"""Describe images, group them by look, and draw plots of the groups."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..atomic import check_output
from ..clustering.settings import SIMILARITY, Algorithm, Doubt, Group, Linkage
from ..control import Control, Failure
from ..errors import NoImages
from ..image.reference import ImageRef
from ..notes import make_folder
from .registry import Request, task

if TYPE_CHECKING:
    from ..clustering.duplicates import DuplicateSet
    from ..features import Descriptions, Thumbnails

_DESCRIBED, _COMPARED, _GROUPED, _NAMED = 0.78, 0.84, 0.88, 0.9
"""Shares of the task that are done after each step."""

_ROOM = 1 << 17
"""Bytes that the plots need at least."""


@dataclass(frozen=True)
class AnalyzeRequest(Request["AnalyzeResult"]):
    """Describe images, group them by look, and draw plots of the groups.

    Attributes
    ----------
    images : tuple of ImageRef
        The images.
    output_folder : str
        Where the plots go, and the thumbnails if there is no cache folder.
    cache_folder : str
        Where descriptions, thumbnails and results are kept; empty keeps no descriptions and results.
    algorithm : {"KMEANS", "DBSCAN", "AGGLOMERATIVE"}
        How to group.
    groups : int
        Number of groups for K-means and agglomerative; 0 chooses it.
    similarity : float
        How probable it must be that two images show the same kind of thing, for them to be grouped, in
        [0, 1]; it decides how many groups there are, and is DBSCAN's ``eps``.
    linkage : {"average", "ward"}
        Linkage of the agglomerative tree and of the dendrogram.
    material_weight : float
        From 0 (group by color) to 1 (group by material).
    seed : int
        Random seed.
    locked : tuple of tuple of str
        Groups, by the keys of their images, that must come back unchanged.
    together, apart : tuple of (str, str)
        Pairs of keys that the artist put into one group, or into two; keys of no image are ignored.
    thumbnail_size : int
        Side of the thumbnails, in pixels.
    """

    images: tuple[ImageRef, ...]
    output_folder: str
    cache_folder: str = ""
    algorithm: Algorithm = "KMEANS"
    groups: int = 0
    similarity: float = SIMILARITY
    linkage: Linkage = "average"
    material_weight: float = 0.5
    seed: int = 0
    locked: tuple[tuple[str, ...], ...] = ()
    together: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    thumbnail_size: int = 128


@dataclass(frozen=True)
class AnalyzeResult:
    """Groups of images, and how good they are.

    Attributes
    ----------
    groups : tuple of Group
        By falling size, locked ones among them.
    ungrouped : tuple of str
        Keys of the images in no group: DBSCAN's noise.
    score : float
        Mean silhouette, in [-1, 1]; 0 where it is undefined.
    sentence : str
        How good the groups are, in words.
    doubts : tuple of Doubt
        Pairs that may or may not be the same kind of thing, the least certain first.
    duplicates : tuple of tuple of str
        Sets of keys of images that show the same picture; first the largest or most complete one.
    duplicate_kinds : tuple of tuple of str
        How each of them differs from the first: ``same``, ``smaller``, ``mirrored``, ``turned``,
        ``crop``; empty for the first itself.
    thumbnails : dict of str to str
        PNG of each image, by its key.
    plots : dict of str to str
        PNG of each plot: ``map``, ``dendrogram``, ``silhouette``, ``palettes``.
    failures : tuple of Failure
        Images that could not be read.
    """

    groups: tuple[Group, ...]
    ungrouped: tuple[str, ...] = ()
    score: float = 0.0
    sentence: str = ""
    doubts: tuple[Doubt, ...] = ()
    duplicates: tuple[tuple[str, ...], ...] = ()
    duplicate_kinds: tuple[tuple[str, ...], ...] = ()
    thumbnails: dict[str, str] = field(default_factory=dict)
    plots: dict[str, str] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()


@task
def run(request: AnalyzeRequest, control: Control) -> AnalyzeResult:
    """Describe images, group them, name the groups, and draw the plots.

    An image that cannot be read becomes a failure in the result. Locked groups come back unchanged;
    only the other images are grouped.

    Parameters
    ----------
    request : AnalyzeRequest
        What to do.
    control : Control
        Progress and cancellation.

    Returns
    -------
    AnalyzeResult
        The groups.

    Raises
    ------
    NoImages
        The request names none.
    BadRequest
        A choice is out of range.
    OutputUnwritable
        The plots cannot be written.
    JobCancelled
        It was asked to stop; descriptions made so far stay in the cache.
    """
    from ..features import DescriptorCache, Thumbnails, describe
    from ._analysis_cache import AnalysisCache, analysis_key

    if not request.images:
        raise NoImages(
            "There are no images to analyze; choose a wider scope or add image textures."
        )
    output = Path(request.output_folder)
    make_folder(output)
    check_output(output / "map.png", overwrite=True, room=_ROOM)
    cache_folder = Path(request.cache_folder) if request.cache_folder else None
    cache = DescriptorCache(cache_folder / "descriptors" if cache_folder else None)
    thumbnails = Thumbnails((cache_folder or output) / "thumbnails", request.thumbnail_size)
    described = describe(
        request.images, cache=cache, thumbnails=thumbnails, control=control.part(0.0, _DESCRIBED)
    )
    cache.prune()
    control.advance(_DESCRIBED, "Grouping")
    keys = [image.key for image in described.images]
    paths = {
        key: str(thumbnails.path(content))
        for key, content in zip(keys, described.contents, strict=True)
    }
    analyses = AnalysisCache(cache_folder / "outcomes" if cache_folder else None)
    cache_key = analysis_key(request, keys, described.contents)
    result = analyses.get(cache_key, output, paths)
    if result is None:
        result = replace(_analyze(request, described, thumbnails, control), thumbnails=paths)
        analyses.put(cache_key, result)
    control.progress(1.0, "Done")
    return replace(result, failures=described.failures)


def _analyze(
    request: AnalyzeRequest, described: Descriptions, thumbnails: Thumbnails, control: Control
) -> AnalyzeResult:
    """Group the images, name the groups, and draw the plots."""
    from ..clustering.algorithms import MANY, Links
    from ..clustering.analysis import comparable, doubts, group_unlocked, name_groups
    from ..clustering.names import srgb_palette
    from ..features.metric import calibration
    from ..plots.analysis import Analysis, draw_plots

    keys = [image.key for image in described.images]
    points = comparable(described.rows, request.material_weight, request.seed)
    index = {key: number for number, key in enumerate(keys)}
    comparing = control.part(_DESCRIBED, _COMPARED, "Comparing")
    same = _duplicates(request, described, thumbnails, comparing)
    calibrated = calibration(request.material_weight)
    locked = [[index[key] for key in members if key in index] for members in request.locked]
    links = Links(_rows(request.together, index), _rows(request.apart, index))
    if len(keys) <= MANY:
        links = links.with_sets([one.rows for one in same])
    grouping = group_unlocked(
        points,
        locked,
        request.algorithm,
        groups=request.groups,
        reach=calibrated.distance(request.similarity),
        linkage=request.linkage,
        seed=request.seed,
        links=links,
        control=control.part(_COMPARED, _GROUPED, "Grouping"),
    )
    control.advance(_GROUPED, "Naming groups")
    unsure = doubts(points, locked, grouping, calibrated, links)
    named = name_groups(described.rows, points, grouping, request.seed, len(unsure))
    control.advance(_NAMED, "Drawing")
    plots = draw_plots(
        Path(request.output_folder),
        Analysis(
            points,
            grouping,
            named,
            thumbnails,
            described.contents,
            tuple(Path(key).name for key in keys),
        ),
        linkage=request.linkage,
        reach=None if request.groups else calibrated.distance(request.similarity),
        cut=request.algorithm == "AGGLOMERATIVE" and not request.locked,
        seed=request.seed,
        control=control.part(_NAMED, 1.0, "Drawing"),
    )
    return AnalyzeResult(
        groups=tuple(
            Group(name, tuple(keys[i] for i in members), keys[typical], srgb_palette(palette[0]))
            for name, members, typical, palette in zip(
                named.names, named.members, named.typical, named.palettes, strict=True
            )
        ),
        ungrouped=tuple(key for key, label in zip(keys, grouping.labels, strict=True) if label < 0),
        score=grouping.score,
        sentence=named.sentence,
        doubts=tuple(
            Doubt(
                keys[pair.first],
                keys[pair.second],
                pair.probability,
                bool(grouping.labels[pair.first] == grouping.labels[pair.second] >= 0),
            )
            for pair in unsure
        ),
        duplicates=tuple(tuple(keys[row] for row in one.rows) for one in same),
        duplicate_kinds=tuple(one.kinds for one in same),
        plots=plots,
    )


def _duplicates(
    request: AnalyzeRequest, described: Descriptions, thumbnails: Thumbnails, control: Control
) -> tuple[DuplicateSet, ...]:
    """Find images that show the same picture; what an earlier search compared is not compared again."""
    from ..clustering.duplicates import duplicates
    from ..features.columns import COLUMNS
    from ._search_cache import SearchCache

    folder = Path(request.cache_folder) / "duplicates" if request.cache_folder else None
    searches = SearchCache(folder)
    searched, links = searches.get(described.contents)
    found = duplicates(
        described.rows[:, COLUMNS["fingerprint"]],
        lambda row: thumbnails.read(described.contents[row]),
        control,
        searched=searched,
        links=links,
    )
    searches.put(described.contents, found.links)
    return found.sets


def _rows(pairs: tuple[tuple[str, str], ...], index: dict[str, int]) -> tuple[tuple[int, int], ...]:
    """Return the rows of pairs of keys; pairs of which one is not there are left out."""
    return tuple((index[a], index[b]) for a, b in pairs if a in index and b in index)
