"""Every error that Impasto raises on purpose.

Each carries one sentence for the artist: what is wrong, and what to do about it. Anything else that
escapes is a bug and is reported with its traceback.
"""

from __future__ import annotations


class ImpastoError(Exception):
    """Base of all deliberate errors; ``str(error)`` is fit to be shown to an artist."""


class ImageMissing(ImpastoError):
    """An image file is not on disk."""


class ImageUnreadable(ImpastoError):
    """An image file is damaged, empty (0x0), or not an image."""


class ImageTooLarge(ImpastoError):
    """The work on an image would not fit into the memory that is free."""


class UnsupportedImage(ImpastoError):
    """The image is sound, but Impasto cannot handle its kind."""


class NoImages(ImpastoError):
    """There is nothing to work on in the chosen scope."""


class StyleUnreadable(ImpastoError):
    """A style file is no image and no Impasto style."""


class ModelUnreadable(ImpastoError):
    """A file is no generator that Impasto saved, or is damaged."""


class FileDamaged(ImpastoError):
    """A file of ours is not as it was written; who reads it says what to do about it."""


class MeshUnreadable(ImpastoError):
    """A file with the mesh of a texture is missing or damaged, or the mesh has no UVs."""


class OutputUnwritable(ImpastoError):
    """A result cannot be written: folder missing, read-only, or the disk is full."""


class OutputTaken(OutputUnwritable):
    """Another file is where a result is to go, and may not be replaced."""


class WorkerDied(ImpastoError):
    """The worker process ended in the middle of a job; names the step it was in."""


class WorkerUnavailable(ImpastoError):
    """No worker could be started: no Python with torch, or it does not answer."""


class TorchMissing(ImpastoError):
    """A job needs torch, which is not installed."""


class JobCancelled(ImpastoError):
    """The artist pressed Cancel; what was finished is kept."""


class BadRequest(ImpastoError):
    """A request contradicts itself or names something unknown."""


# numpy, torch's two allocators, OpenCV and the system each say it in their own words.
_NO_MEMORY = (
    "out of memory",
    "can't allocate memory",
    "cannot allocate memory",
    "not enough memory",
    "insufficient memory",
)


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error says that memory ran out, of the machine or of a GPU.

    Parameters
    ----------
    error : BaseException
        From any library.

    Returns
    -------
    bool
        True if it does.
    """
    words = str(error).lower()
    return isinstance(error, MemoryError) or any(phrase in words for phrase in _NO_MEMORY)
