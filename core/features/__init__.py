"""Describe how images look, as vectors. Importing this package loads scikit-learn, but not torch."""

from .cache import DescriptorCache
from .descriptions import Descriptions, describe
from .pipeline import comparing_pipeline, describing_pipeline
from .thumbnails import Thumbnails

__all__ = (
    "Descriptions",
    "DescriptorCache",
    "Thumbnails",
    "comparing_pipeline",
    "describe",
    "describing_pipeline",
)
