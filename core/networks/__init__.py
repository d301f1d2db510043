"""The networks that paint and describe, without torch: their sizes, style codes, and how they are run.

``core/models/`` has the same networks in torch, for fits and GPUs.
"""
