"""Split one image into regions that look alike, and match them with the regions of a style."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import pairwise_distances, silhouette_score

from ..errors import BadRequest
from ..features.encoder import shared_networks
from ..image.color import LUMA, srgb_to_lab

_WORK = 512
"""Long side at which regions are found; borders are refined at full size."""

_COMPONENTS = 8
_SAMPLE = 4096
"""Points that principal components and clusters are fitted to."""

_COLOR_WEIGHT = 1.0
_SOFTNESS = 0.15
_NOTHING = 1e-3
_MOST_AUTOMATIC = 6


@dataclass(frozen=True)
class Regions:
    """Parts of an image that look alike, the largest first.

    Attributes
    ----------
    weights : (H, W, K) float32
        Share of each region in each pixel, in [0, 1]; they sum to 1.
    features : (K, C) float32
        Mean encoder features of each region.
    colors : (K, 3) float32
        Mean CIE Lab of each region.
    heights : (K,) float32
        Mean position of each region, from 0 at the top to 1 at the bottom.
    """

    weights: np.ndarray
    features: np.ndarray
    colors: np.ndarray
    heights: np.ndarray

    @property
    def count(self) -> int:
        """Number of regions."""
        return self.weights.shape[2]


def find_regions(image: np.ndarray, count: int = 0, *, seed: int = 0) -> Regions:
    """Split an image into regions by encoder features and color.

    A region can be in several pieces. Its borders follow the image (fast guided filter; He and Sun,
    arXiv:1505.00996).

    Parameters
    ----------
    image : (H, W, 3) float32
        sRGB-encoded in [0, 1].
    count : int, optional
        Regions at most; 0 chooses from 1 to 6.
    seed : int, optional
        Random seed.

    Returns
    -------
    Regions
        Largest first.

    Raises
    ------
    BadRequest
        ``count`` is negative.
    """
    if count < 0:
        raise BadRequest("The number of regions cannot be negative; 0 means automatic.")
    image = np.asarray(image, np.float32)
    height, width = image.shape[:2]
    scale = min(1.0, _WORK / max(height, width))
    size = (max(32, round(width * scale / 16) * 16), max(32, round(height * scale / 16) * 16))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    features = _encoder_features(small)
    lab = srgb_to_lab(cv2.resize(small, features.shape[1::-1], interpolation=cv2.INTER_AREA))
    points = _points(features, lab, seed)
    labels = _labels(points, count, seed)
    labels = np.argsort(np.argsort(-np.bincount(labels.ravel())))[labels]
    soft = _soften(points, labels)
    weights = _refined(soft, small, image)
    flat, share = features.reshape(-1, features.shape[2]), soft.reshape(-1, soft.shape[2])
    share = share / np.maximum(share.sum(0), 1e-6)
    rows = np.repeat(np.linspace(0, 1, features.shape[0]), features.shape[1])
    return Regions(
        weights,
        (share.T @ flat).astype(np.float32),
        (share.T @ lab.reshape(-1, 3)).astype(np.float32),
        (share.T @ rows).astype(np.float32),
    )


def match_regions(content: Regions, style: Regions) -> tuple[int, ...]:
    """Find the region of the style that suits each region of the content best.

    This is the optimal assignment (Hungarian method) by encoder features, color, and place: sky is
    painted like sky. Each region of the style is used once or, if the content has more, as evenly as
    possible. After Zhang et al., "Multimodal Style Transfer via Graph Cuts", ICCV 2019, who match
    clusters of features by their cosine distance.

    Parameters
    ----------
    content : Regions
        Regions of the image that is painted.
    style : Regions
        Regions of the style's image.

    Returns
    -------
    tuple of int
        For each region of the content, one of the style.
    """
    both = np.concatenate([content.features, style.features])
    centered = both - both.mean(0)
    unit = centered / np.maximum(np.linalg.norm(centered, axis=1, keepdims=True), 1e-6)
    mine, theirs = unit[: content.count], unit[content.count :]
    cost = 1 - mine @ theirs.T
    cost += np.linalg.norm(content.colors[:, None] - style.colors[None], axis=2) / 60
    cost += 0.75 * np.abs(content.heights[:, None] - style.heights[None])
    copies = -(-content.count // style.count)
    rows, columns = linear_sum_assignment(np.tile(cost, (1, copies)))
    chosen = np.empty(content.count, int)
    chosen[rows] = columns % style.count
    return tuple(int(index) for index in chosen)


def _encoder_features(image: np.ndarray) -> np.ndarray:
    """Return log-compressed features at 1/4 and 1/8, on the grid of 1/4: ``(h, w, 192)`` float32."""
    quarter, eighth = shared_networks().encode(image)[1:3]
    size = quarter.shape[:0:-1]
    planes = np.concatenate(
        [
            # A neighborhood's average describes the texture; a single activation only the pixel.
            [cv2.resize(_mean(plane), size, interpolation=cv2.INTER_LINEAR) for plane in part]
            for part in (quarter, eighth)
        ]
    )
    return np.ascontiguousarray(np.moveaxis(np.log1p(planes), 0, 2))


def _mean(plane: np.ndarray) -> np.ndarray:
    """Return means of the neighborhoods of 5 x 5, which are smaller at the border."""
    sums = cv2.blur(plane, (5, 5), borderType=cv2.BORDER_CONSTANT)
    return sums / cv2.blur(np.ones_like(plane), (5, 5), borderType=cv2.BORDER_CONSTANT)


def _points(features: np.ndarray, lab: np.ndarray, seed: int) -> np.ndarray:
    """Return principal components and color, ``(h, w, D)``, of about unit spread each."""
    flat = features.reshape(-1, features.shape[2])
    flat = flat - flat.mean(0)
    if float(flat.std()) < 1e-5:
        texture = np.zeros((len(flat), 1), np.float32)
    else:
        found = PCA(min(_COMPONENTS, *flat.shape), random_state=seed)
        texture = found.fit(_thinned(flat)).transform(flat)
        texture /= max(float(np.sqrt(texture.var(0).sum())), 1e-6)
    color = cv2.GaussianBlur(lab, (0, 0), 1.5).reshape(-1, 3)
    color = (color - color.mean(0)) / max(float(np.sqrt(color.var(0).sum())), 4.0)
    table = np.concatenate([texture, _COLOR_WEIGHT * color], 1)
    return table.reshape(*lab.shape[:2], -1).astype(np.float32)


def _labels(points: np.ndarray, count: int, seed: int) -> np.ndarray:
    height, width = points.shape[:2]
    flat = points.reshape(-1, points.shape[2])
    distinct = _distinct(flat)
    count = min(count or _automatic(flat, distinct, seed), distinct)
    if count < 2:
        return np.zeros((height, width), int)
    # A sample of the points has the same clusters, if it is as varied.
    sample = _thinned(flat)
    sample = sample if _distinct(sample) >= count else flat
    found = KMeans(count, n_init=3, random_state=seed).fit(sample)
    return found.predict(flat).reshape(height, width)


def _distinct(flat: np.ndarray) -> int:
    """Count the rows that differ, to four places."""
    hashed = flat.round(4) @ np.random.default_rng(0).random(flat.shape[1])
    return len(np.unique(hashed))


def _thinned(flat: np.ndarray, count: int = _SAMPLE, seed: int = 0) -> np.ndarray:
    """Return a random sample of at most ``count`` rows."""
    return flat[np.random.default_rng(seed).permutation(len(flat))[:count]]


def _automatic(flat: np.ndarray, distinct: int, seed: int) -> int:
    """Return the number of regions with the best silhouette on a sample; 1 for a plain image."""
    sample = _thinned(flat, 800, seed)
    if float(np.sqrt(sample.var(0).sum())) < 0.3:
        return 1
    distances = pairwise_distances(sample)
    scores = {}
    for count in range(2, min(_MOST_AUTOMATIC, distinct, len(sample) - 1) + 1):
        labels = np.unique(
            KMeans(count, n_init=2, random_state=seed).fit(sample).labels_, return_inverse=True
        )[1]
        # Each further region has a price, as artists tune few looks better than many.
        scores[count] = silhouette_score(distances, labels, metric="precomputed") - 0.01 * count
    return max(scores, key=lambda count: scores[count]) if scores else 1


def _soften(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return soft membership ``(h, w, K)``: mostly the label, partly nearness to the regions' means.

    It is blurred, so that specks smaller than a brush stroke vanish.
    """
    count = int(labels.max()) + 1
    means = np.stack([points[labels == region].mean(0) for region in range(count)])
    away = ((points[:, :, None] - means) ** 2).sum(3)
    hard = np.eye(count, dtype=np.float32)[labels]
    nearness = np.exp(-(away - away.min(2, keepdims=True)) / _SOFTNESS)
    soft = 0.3 * nearness / nearness.sum(2, keepdims=True) + 0.7 * hard
    blurred = cv2.GaussianBlur(soft.astype(np.float32), (0, 0), 2.0, borderType=cv2.BORDER_REFLECT)
    return blurred.reshape(soft.shape)


def _refined(soft: np.ndarray, small: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Return weights at full size, ``(H, W, K)``, whose borders follow the image's lightness."""
    height, width = image.shape[:2]
    guide = cv2.resize(small, soft.shape[1::-1], interpolation=cv2.INTER_AREA) @ LUMA
    full = image @ LUMA
    radius, epsilon = 4, 4e-3
    mean, square = _box(guide, radius), _box(guide * guide, radius)
    planes = np.empty((soft.shape[2], height, width), np.float32)
    for region, plane in enumerate(planes):
        part = soft[..., region]
        average = _box(part, radius)
        slope = (_box(guide * part, radius) - mean * average) / (square - mean**2 + epsilon)
        offset = average - slope * mean
        slope, offset = (
            cv2.resize(_box(term, radius), (width, height), interpolation=cv2.INTER_LINEAR)
            for term in (slope, offset)
        )
        cv2.multiply(slope, full, dst=plane)
        cv2.add(plane, offset, dst=plane)
        cv2.threshold(plane, 0, 0, cv2.THRESH_TOZERO, dst=plane)
        cv2.threshold(plane, 1, 0, cv2.THRESH_TRUNC, dst=plane)
    total = planes[0].copy()
    for plane in planes[1:]:
        cv2.add(total, plane, dst=total)
    lost = total < _NOTHING
    if lost.any():  # where the filter has lost every region, the first one takes over
        planes[0][lost] = total[lost] = 1
    for plane in planes:
        cv2.divide(plane, total, dst=plane)
    return np.moveaxis(planes, 0, 2)


def _box(image: np.ndarray, radius: int) -> np.ndarray:
    side = 2 * radius + 1
    return cv2.blur(image, (side, side), borderType=cv2.BORDER_REFLECT)
