"""Describe images as rows of a feature matrix, and cache the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..control import SILENT, Control, Failure
from ..errors import BadRequest, ImageMissing, ImpastoError
from ..image.files import read_picture
from ..image.picture import Picture
from ..image.reference import ImageRef
from .cache import DescriptorCache, content_key
from .columns import LENGTH
from .pipeline import describing_pipeline
from .sample import Sample
from .thumbnails import Thumbnails

_BATCH = 8


@dataclass(frozen=True)
class Descriptions:
    """Raw descriptions of images.

    Attributes
    ----------
    images : tuple of ImageRef
        Images that could be read, in the order of the request.
    rows : (N, LENGTH) float32
        A raw description for each; see ``columns.COLUMNS``.
    contents : tuple of str
        Content key of each image.
    failures : tuple of Failure
        Images that could not be read.
    """

    images: tuple[ImageRef, ...]
    rows: np.ndarray
    contents: tuple[str, ...]
    failures: tuple[Failure, ...]


def describe(
    images: Sequence[ImageRef],
    *,
    cache: DescriptorCache,
    thumbnails: Thumbnails | None = None,
    control: Control = SILENT,
) -> Descriptions:
    """Describe images; those in the cache are not decoded again.

    Only a few images are in memory at a time.

    Parameters
    ----------
    images : sequence of ImageRef
        The images.
    cache : DescriptorCache
        Descriptions made earlier.
    thumbnails : Thumbnails, optional
        Thumbnails, of which missing ones are made.
    control : Control, optional
        Progress and cancellation.

    Returns
    -------
    Descriptions
        Of all images that can be read.

    Raises
    ------
    JobCancelled
        It was asked to stop; descriptions made so far are in the cache.

    Examples
    --------
    >>> from impasto.core.image.files import write_picture
    >>> from impasto.core.image.picture import Picture
    >>> write_picture(Picture(np.full((64, 64, 3), 0.5, np.float32)), "gray.png")
    >>> images = [ImageRef("Gray", ("gray.png",)), ImageRef("Gone", ("gone.png",))]
    >>> described = describe(images, cache=DescriptorCache(None))
    >>> len(described.rows), [failure.key for failure in described.failures]
    (1, ['Gone'])
    """
    found: dict[str, tuple[str, np.ndarray]] = {}
    failures: list[Failure] = []
    missing: list[tuple[ImageRef, str]] = []
    for image in images:
        control.cancel.raise_if_set()
        try:
            content = content_key(image)
        except (OSError, BadRequest) as error:
            failures.append(Failure(image.key, _missing(error)))
            continue
        row = cache.get(content)
        if row is None or (thumbnails and not thumbnails.has(content)):
            missing.append((image, content))
        else:
            found[image.key] = content, row
    pipeline = describing_pipeline()
    resize, blocks = pipeline.named_steps["resize"], pipeline.named_steps["blocks"]
    done = len(images) - len(missing)
    for batch in _batches(missing):
        samples: list[tuple[ImageRef, str, Sample]] = []
        for image, content in batch:
            control.advance(done / len(images), f"Describing {image.key}")
            done += 1
            try:
                sample = resize.transform([[*_tiles(image)]])[0]
            except ImpastoError as error:
                failures.append(Failure(image.key, str(error)))
                continue
            if thumbnails:
                thumbnails.put(content, sample)
            samples.append((image, content, sample))
        if samples:
            for (image, content, _), row in zip(
                samples, blocks.transform([s for _, _, s in samples]), strict=True
            ):
                cache.put(content, row)
                found[image.key] = content, row
    kept = tuple(i for i in images if i.key in found)
    rows = np.stack([found[i.key][1] for i in kept]) if kept else np.zeros((0, LENGTH), np.float32)
    return Descriptions(kept, rows, tuple(found[i.key][0] for i in kept), tuple(failures))


def _batches(items: list) -> Iterator[list]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]


def _tiles(image: ImageRef) -> Iterator[Picture]:
    for path in image.paths:
        picture = read_picture(path, color_space=image.color_space, alpha_mode=image.alpha_mode)
        # Channel-packed alpha is another map, which hides nothing.
        yield (replace(picture, alpha=None) if image.alpha_mode == "CHANNEL_PACKED" else picture)


def _missing(error: OSError | BadRequest) -> str:
    if isinstance(error, BadRequest):
        return str(error)
    words = f'"{error.filename}" cannot be opened ({error.strerror}); '
    return str(ImageMissing(f"{words}find the file or exclude the image."))
