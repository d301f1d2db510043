"""Versions of the file formats and algorithms that a run may find results of and resume from."""

from __future__ import annotations

SHOT_FILE_VERSION = 3
"""Raise it when the layout of shot files changes: other ones are then refused."""

SHOTS_VERSION = 6
"""Raise it when the same frames and settings give other shots, anchors or content codes: shot files and
frames of former versions are then made anew."""

FRAME_VERSION = 5
"""Raise it when the same shot file gives other pixels: frames of former versions are then not taken for
finished, and a shot that one of them has begun is not continued with another look."""

DECODING_VERSION = 2
"""Raise it when the frames of the same movie are read with other pixels, or are counted otherwise."""
