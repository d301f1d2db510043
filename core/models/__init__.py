"""The networks, and style codes. Importing this package loads torch."""

from .loading import load_decoder, load_encoder

__all__ = ("load_decoder", "load_encoder")
