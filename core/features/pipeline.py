"""The two pipelines: an image to a raw description, and raw descriptions to points that compare."""

from __future__ import annotations

from sklearn.compose import ColumnTransformer
from sklearn.pipeline import FeatureUnion, Pipeline

from .color import ColorBlock
from .encoder import EncoderBlock
from .fingerprint import FingerprintBlock, SwatchBlock
from .metric import BLOCKS, Discriminate, load_metric
from .reduction import Balance, Reduce, Standardize
from .sample import SIDE, Resize
from .structure import Grayscale, StructureBlock


def describing_pipeline(side: int = SIDE) -> Pipeline:
    """Images (each a sequence of Pictures, its tiles) -> raw descriptions ``(N, LENGTH)`` float32.

    Learns nothing. Steps: ``resize``, then ``blocks``: ``color``, ``material`` (``grayscale``,
    then
    ``structure`` and ``encoder``), and two that no distance uses: ``fingerprint`` (for duplicates)
    and ``swatches`` (for palettes). ``columns.COLUMNS`` says where each lies.
    """
    textures = FeatureUnion([("structure", StructureBlock()), ("encoder", EncoderBlock())])
    material = Pipeline([("grayscale", Grayscale()), ("textures", textures)])
    blocks = FeatureUnion(
        [
            ("color", ColorBlock()),
            ("material", material),
            ("fingerprint", FingerprintBlock()),
            ("swatches", SwatchBlock()),
        ]
    )
    return Pipeline([("resize", Resize(side)), ("blocks", blocks)])


def comparing_pipeline(
    material_weight: float = 0.5, components: int = 24, seed: int = 0
) -> Pipeline:
    """Raw descriptions -> points whose Euclidean distance is how different two images look.

    The unit is absolute: unrelated photographs lie about 1.4 apart, crops of one material 0.4.

    Parameters
    ----------
    material_weight : float in [0, 1]
        0 compares colors only, 1 material (structure and encoder) only.
    components : int
        Principal components kept of each block.
    seed : int

    Returns
    -------
    Pipeline
        For each block the steps ``standardize``, ``discriminate``, ``pca`` and ``balance``.
    """
    metric = load_metric()
    shares = {"color": 1 - material_weight, "material": material_weight}
    blocks = []
    for name, share in shares.items():
        if share <= 0:
            continue
        standardize, discriminate = Standardize(), Discriminate()
        if metric is not None:
            standardize = Standardize(metric.mean[name], metric.scale[name])
            discriminate = Discriminate(metric.projection[name], metric.spread[name])
        steps = [
            ("standardize", standardize),
            ("discriminate", discriminate),
            ("pca", Reduce(components, random_state=seed)),
            ("balance", Balance(share)),
        ]
        blocks.append((name, Pipeline(steps), BLOCKS[name]))
    return Pipeline([("blocks", ColumnTransformer(blocks))])
