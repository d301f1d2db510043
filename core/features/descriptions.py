"""Describe images as rows of a feature matrix, and cache the rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from itertools import islice
from threading import Semaphore

import cv2
import numpy as np

from ..control import SILENT, Control, Failure
from ..errors import BadRequest, ImageMissing, ImpastoError
from ..image.files import ImageFile, open_image
from ..image.picture import Picture
from ..image.reference import ImageRef
from .cache import DescriptorCache, content_key
from .columns import LENGTH
from .encoder import shared_describer
from .pipeline import describing_pipeline
from .sample import Sample
from .thumbnails import Thumbnails

_BATCH = 8
_MOST_THREADS = 8
_LARGE, _LARGE_AT_ONCE = 2048**2, 2
"""Pixels of a large image, and how many of those are in memory at a time."""

_NO_ROW = np.zeros(0, np.float32)


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
    contents, failures = _contents(images, cache, control)
    rows = cache.get_many([*contents.values()])
    drawn = thumbnails.contents() if thumbnails else set()
    missing = [
        (image, contents[image.key])
        for image in images
        if image.key in contents
        and not (contents[image.key] in rows and (not thumbnails or contents[image.key] in drawn))
    ]
    done = len(images) - len(missing)
    describer = _Describer(thumbnails)
    try:
        if missing:
            describer.start(control.part(done / len(images), 1.0))
        for image, content, row in describer.describe(missing):
            control.advance(done / len(images), f"Describing {image.key}")
            done += 1
            if isinstance(row, ImpastoError):
                failures.append(Failure(image.key, str(row)))
                del contents[image.key]
                continue
            rows[content] = row
            cache.put(content, row)
    finally:
        describer.stop()
        cache.close()
    kept = tuple(i for i in images if i.key in contents)
    table = np.zeros((len(kept), LENGTH), np.float32)
    for index, image in enumerate(kept):
        table[index] = rows[contents[image.key]]
    return Descriptions(kept, table, tuple(contents[i.key] for i in kept), tuple(failures))


def _contents(
    images: Sequence[ImageRef], cache: DescriptorCache, control: Control
) -> tuple[dict[str, str], list[Failure]]:
    """Return the content key of each image by its key, and those whose files cannot be read."""
    known = cache.known_digests([path for image in images for path in image.paths])
    contents: dict[str, str] = {}
    failures = []
    for image in images:
        control.cancel.raise_if_set()
        try:
            contents[image.key] = content_key(
                image, lambda path: known.get(path) or cache.read_digest(path)
            )
        except (OSError, BadRequest) as error:
            failures.append(Failure(image.key, _missing(error)))
    return contents, failures


class _Describer:
    """Describes images in as many threads as OpenCV may use.

    So the other half of the work is shared, too, and no thread waits for another between layers.
    """

    def __init__(self, thumbnails: Thumbnails | None) -> None:
        self._thumbnails = thumbnails
        pipeline = describing_pipeline()
        self._resize = pipeline.named_steps["resize"]
        self._blocks = pipeline.named_steps["blocks"]
        self._large = Semaphore(_LARGE_AT_ONCE)
        self._pool: ThreadPoolExecutor | None = None
        self._ahead = 1
        self._stopped = False

    def start(self, control: Control) -> None:
        """Load the encoder, and start the threads."""
        shared_describer()
        control.advance(0.0, "Describing")
        threads = min(max(1, cv2.getNumThreads()), _MOST_THREADS)
        self._ahead = 2 * threads + 1
        self._pool = ThreadPoolExecutor(threads, "impasto-describe")

    def describe(
        self, missing: Sequence[tuple[ImageRef, str]]
    ) -> Iterator[tuple[ImageRef, str, np.ndarray | ImpastoError]]:
        """Yield each image, its content key, and its row or why there is none, in order."""
        if self._pool is None:
            return
        waiting: deque[tuple[list[tuple[ImageRef, str]], Future]] = deque()
        batches = _batches(missing)
        while True:
            # A few batches ahead, so that a pause or a cancel is not followed by much work.
            for batch in islice(batches, self._ahead - len(waiting)):
                waiting.append((batch, self._pool.submit(self._batch, batch)))
            if not waiting:
                return
            batch, future = waiting.popleft()
            for (image, content), row in zip(batch, future.result(), strict=True):
                yield image, content, row

    def stop(self) -> None:
        """End the threads."""
        self._stopped = True
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _batch(self, batch: list[tuple[ImageRef, str]]) -> list[np.ndarray | ImpastoError]:
        results: list[np.ndarray | ImpastoError] = []
        samples: list[Sample] = []
        for image, content in batch:
            if self._stopped:
                return []
            try:
                sample = self._sample(image)
            except ImpastoError as error:
                results.append(error)
                continue
            if self._thumbnails:
                self._thumbnails.put(content, sample)
            samples.append(sample)
            results.append(_NO_ROW)
        rows = iter(self._blocks.transform(samples) if samples else ())
        return [next(rows) if result is _NO_ROW else result for result in results]

    def _sample(self, image: ImageRef) -> Sample:
        with ExitStack() as stack:
            # The files are opened once, for their sizes and their pixels.
            first = stack.enter_context(open_image(image.paths[0]))
            width, height = first.size
            if width * height > _LARGE:
                stack.enter_context(self._large)
            return self._resize.transform([[*_tiles(image, first)]])[0]


def _tiles(image: ImageRef, first: ImageFile) -> Iterator[Picture]:
    for path in image.paths:
        with nullcontext(first) if path == image.paths[0] else open_image(path) as file:
            picture = file.read(color_space=image.color_space, alpha_mode=image.alpha_mode)
        # Channel-packed alpha is another map, which hides nothing.
        yield (replace(picture, alpha=None) if image.alpha_mode == "CHANNEL_PACKED" else picture)


def _batches(items: Sequence[tuple[ImageRef, str]]) -> Iterator[list[tuple[ImageRef, str]]]:
    for start in range(0, len(items), _BATCH):
        yield list(items[start : start + _BATCH])


def _missing(error: OSError | BadRequest) -> str:
    if isinstance(error, BadRequest):
        return str(error)
    words = f'"{error.filename}" cannot be opened ({error.strerror}); '
    return str(ImageMissing(f"{words}find the file or exclude the image."))
