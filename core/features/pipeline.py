"""Two pipelines: from images to raw descriptions, and from raw descriptions to points."""

from __future__ import annotations

from sklearn.compose import ColumnTransformer
from sklearn.pipeline import FeatureUnion, Pipeline

from .color import ColorBlock
from .encoder import EncoderBlock
from .fingerprint import FingerprintBlock, SwatchBlock
from .metric import BLOCKS, Embed, load_metric
from .reduction import Balance, Reduce, Standardize
from .sample import Resize
from .structure import Grayscale, StructureBlock


def describing_pipeline() -> Pipeline:
    """Make the pipeline from images (each a sequence of Pictures, its tiles) to raw descriptions.

    It learns nothing. ``columns.COLUMNS`` says which columns each block has.

    Returns
    -------
    Pipeline
        Steps ``resize`` and ``blocks``. The blocks are ``color``, ``material`` (``grayscale``, then
        ``structure`` and ``encoder``) and two that no distance uses: ``fingerprint``, for duplicates,
        and ``swatches``, for palettes.
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
    return Pipeline([("resize", Resize()), ("blocks", blocks)])


def comparing_pipeline(material_weight: float = 0.5, seed: int = 0) -> Pipeline:
    """Make the pipeline from raw descriptions to points.

    Their Euclidean distance is how different two images look; ``metric.calibration`` says how probable
    it makes them the same kind of thing. As long as the principal components keep all dimensions,
    it does not depend on the other images.

    Parameters
    ----------
    material_weight : float, optional
        From 0 (compare colors only) to 1 (compare material only: structure and encoder).
    seed : int, optional
        Random seed.

    Returns
    -------
    Pipeline
        For each block the steps ``standardize``, ``embed``, ``pca`` and ``balance``.
    """
    metric = load_metric()
    shares = {"color": 1 - material_weight, "material": material_weight}
    blocks = []
    for name, share in shares.items():
        if share <= 0:
            continue
        standardize, embed = Standardize(), Embed()
        if metric is not None:
            standardize = Standardize(metric.mean[name], metric.scale[name])
            embed = Embed(metric.hidden[name], metric.bias[name], metric.projection[name])
        steps = [
            ("standardize", standardize),
            ("embed", embed),
            ("pca", Reduce(random_state=seed)),
            ("balance", Balance(share)),
        ]
        blocks.append((name, Pipeline(steps), BLOCKS[name]))
    return Pipeline([("blocks", ColumnTransformer(blocks))])
