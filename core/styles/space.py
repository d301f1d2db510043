"""The space of styles: families of looks, looks between them, and looks that nobody painted.

All functions work on plain rows of style codes, ``(N, D)`` float32, and are decided by their seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sklearn.decomposition import PCA

from ..clustering.grouping import Grouping, group
from ..errors import BadRequest

_COMPONENTS = 16
_REGULARIZATION = 0.05
_ATTEMPTS = 200


class _Axes(NamedTuple):
    mean: np.ndarray
    scale: np.ndarray
    rows: np.ndarray
    size: float


@dataclass(frozen=True)
class StyleSpace:
    """Codes seen as points: standardized, then projected onto their principal components.

    Attributes
    ----------
    codes : (N, D) float32
    points : (N, K) float32
        Of unit mean square spread.
    families : Grouping
        Which styles are alike.
    """

    codes: np.ndarray
    points: np.ndarray
    families: Grouping
    _axes: _Axes

    def point(self, code: np.ndarray) -> np.ndarray:
        """Where a code ``(D,)`` lies among the points, ``(K,)``."""
        return ((code - self._axes.mean) / self._axes.scale @ self._axes.rows.T) / self._axes.size

    def code(self, point: np.ndarray) -> np.ndarray:
        """The code ``(..., D)`` float32 of a point ``(..., K)``."""
        even = self._axes.size * point @ self._axes.rows
        return (self._axes.mean + self._axes.scale * even).astype(np.float32)

    def members(self, family: int) -> np.ndarray:
        """Rows of a family, ``(M,)`` int.

        Raises
        ------
        BadRequest
            There is no such family.
        """
        rows = np.flatnonzero(self.families.labels == family)
        if not len(rows):
            raise BadRequest(f"There is no style family {family}; there are {self.families.count}.")
        return rows


def style_space(codes: np.ndarray, *, families: int = 0, seed: int = 0) -> StyleSpace:
    """Lay out style codes ``(N, D)`` float32 and cluster them into families (0: automatic).

    Raises
    ------
    BadRequest
        There are no codes, or they are not finite.
    """
    codes = np.asarray(codes, np.float32)
    if codes.ndim != 2 or not len(codes) or not np.isfinite(codes).all():
        raise BadRequest("A style space needs at least one style, each with a finite code.")
    mean, scale = codes.mean(0), np.maximum(codes.std(0), 1e-3)
    even = (codes - mean) / scale
    components = min(_COMPONENTS, len(codes) - 1)
    if components < 1 or float(even.std()) < 1e-6:
        points, size = np.zeros((len(codes), 1), np.float32), 1.0
        axes = np.zeros((1, codes.shape[1]), np.float32)
    else:
        pca = PCA(components, random_state=seed).fit(even)
        points, axes = pca.transform(even).astype(np.float32), pca.components_.astype(np.float32)
        size = float(np.sqrt((points**2).sum(1).mean()))
        points = points / size

    found = group(points, groups=families, seed=seed)
    return StyleSpace(codes, points, found, _Axes(mean, scale, axes, size))


def between(space: StyleSpace, first: int, second: int, share: float = 0.5) -> np.ndarray:
    """A code ``(D,)`` on the way from one family's mean (``share`` 0) to another's (1).

    Raises
    ------
    BadRequest
        There is no such family, or ``share`` is outside [0, 1].
    """
    if not 0 <= share <= 1:
        raise BadRequest("The share between two families goes from 0 to 1.")
    means = [space.codes[space.members(family)].mean(0) for family in (first, second)]
    return ((1 - share) * means[0] + share * means[1]).astype(np.float32)


def new_codes(
    space: StyleSpace,
    count: int = 1,
    *,
    family: int | None = None,
    boldness: float = 1.0,
    seed: int = 0,
) -> np.ndarray:
    """Codes ``(count, D)`` float32 that nobody painted, drawn from a family or from all of them.

    The points are seen as a mixture of Gaussians, one for each family. A draw that lies nearer to
    a known style than
    the known styles lie to each other is drawn again, so that what is new is new.

    Parameters
    ----------
    family : int, optional
        Draw from this family only.
    boldness : float
        Spread of the draws: 0 gives the means, 1 the family's own spread.

    Raises
    ------
    BadRequest
        There is no such family, or ``count`` or ``boldness`` is negative.
    """
    if count < 0 or boldness < 0:
        raise BadRequest("The number of new styles and their boldness cannot be negative.")
    if family is not None:
        space.members(family)
    random = np.random.default_rng(seed)
    mixture = _mixture(space)
    shares = mixture.shares if family is None else np.eye(space.families.count)[family]
    least = _nearest(space.points, space.points, skip=True) * 0.5 * min(boldness, 1.0)
    drawn: list[np.ndarray] = []
    for _ in range(count):
        for _attempt in range(_ATTEMPTS):
            component = random.choice(len(shares), p=shares)
            root = np.linalg.cholesky(mixture.covariances[component])
            away = root @ random.standard_normal(space.points.shape[1])
            point = mixture.means[component] + boldness * away
            known = np.concatenate([space.points, *[d[None] for d in drawn]])
            if _nearest(point[None], known) >= least:
                break
        drawn.append(point)
    rows = np.stack(drawn) if drawn else np.zeros((0, space.points.shape[1]))
    # Codes hold deviations and quantiles; no draw leaves the range of the known by more than a
    # tenth.
    low, high = space.codes.min(0), space.codes.max(0)
    room = 0.1 * (high - low)
    return np.clip(space.code(rows), low - room, high + room)


class _Mixture(NamedTuple):
    """A mixture of Gaussians over points of ``K`` dimensions, one for each of ``F`` families."""

    shares: np.ndarray
    means: np.ndarray
    covariances: np.ndarray


def _mixture(space: StyleSpace) -> _Mixture:
    """Closed form, as the families are known: no iteration, hence no collapse on a small family."""
    size = space.points.shape[1]
    members = [space.points[space.members(family)] for family in range(space.families.count)]
    means = [points.mean(0) for points in members]
    away = [points - mean for points, mean in zip(members, means, strict=True)]
    common = float(np.concatenate(away).var()) + _REGULARIZATION / size
    covariances = []
    for rows in away:
        # The smaller the family, the more its covariance is drawn towards the common, round one.
        share = size / (size + len(rows))
        own = rows.T @ rows / len(rows)
        covariances.append((1 - share) * own + share * common * np.eye(size))
    shares = np.array([len(points) for points in members], float)
    return _Mixture(shares / shares.sum(), np.stack(means), np.stack(covariances))


def _nearest(points: np.ndarray, known: np.ndarray, skip: bool = False) -> float:
    """Median distance of points to the nearest known one (``skip`` itself)."""
    away = np.sqrt(((points[:, None] - known[None]) ** 2).sum(2))
    if skip:
        np.fill_diagonal(away, np.inf)
    nearest = away.min(1)
    return float(np.median(nearest[np.isfinite(nearest)])) if np.isfinite(nearest).any() else 0.0
