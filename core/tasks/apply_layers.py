"""Make one image of an original and the painting that lies over it."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from pathlib import Path

from ..control import Control, Failure, ItemDone
from ..errors import ImpastoError, JobCancelled
from ..image.reference import ImageRef
from .registry import Request, task


@dataclass(frozen=True)
class LayerItem:
    """Name an original, what lies over it, and the output files.

    Attributes
    ----------
    image, painting : ImageRef
        The original and its painting, file by file.
    outputs : tuple of str
        One file per input file.
    strength : float
        How much of the painting is seen, in [0, 1].
    keep_color : float
        How much of the original's color is kept, in [0, 1].
    mask : str
        An image file; its brightness says where the painting is seen. Empty: everywhere.
    """

    image: ImageRef
    painting: ImageRef
    outputs: tuple[str, ...]
    strength: float = 1.0
    keep_color: float = 0.0
    mask: str = ""


@dataclass(frozen=True)
class ApplyLayersRequest(Request["ApplyLayersResult"]):
    """Apply layers one after the other; each image is written as soon as it is done.

    Attributes
    ----------
    items : tuple of LayerItem
        The layers.
    """

    items: tuple[LayerItem, ...]


@dataclass(frozen=True)
class ApplyLayersResult:
    """List the items that were written, and those that failed.

    Attributes
    ----------
    written : dict of str to tuple of str
        Output files by the image's key.
    failures : tuple of Failure
        The others.
    """

    written: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()


@task
def run(request: ApplyLayersRequest, control: Control) -> ApplyLayersResult:
    """Apply every layer; one that fails is reported, and the others are still done.

    Parameters
    ----------
    request : ApplyLayersRequest
        What to do.
    control : Control
        Progress and cancellation.

    Returns
    -------
    ApplyLayersResult
        What was written.

    Raises
    ------
    JobCancelled
        It was asked to stop; images already written stay.
    """
    written: dict[str, tuple[str, ...]] = {}
    failures = []
    for index, item in enumerate(request.items):
        key = item.image.key
        control.cancel.raise_if_set()
        control.progress(index / len(request.items), f'Applying "{key}"')
        try:
            for original, painting, output in zip(
                item.image.paths, item.painting.paths, item.outputs, strict=True
            ):
                _apply(item, original, painting, output)
        except JobCancelled:
            raise
        except ImpastoError as error:
            failures.append(Failure(key, str(error)))
        else:
            written[key] = item.outputs
            control.item_done(ItemDone(key, item.outputs))
    control.progress(1.0, "Done")
    return ApplyLayersResult(written, tuple(failures))


def _apply(item: LayerItem, original: str, painting: str, output: str) -> None:
    """Write one file, as large as the larger of the two."""
    import numpy as np

    from ..image.color import LUMA, lay_over, linear_to_srgb, srgb_to_linear
    from ..image.files import open_image, read_picture, write_picture
    from ..image.metadata import NOTHING
    from ..image.resize import resize
    from ..paint.working import resize_picture

    with open_image(original) as file:
        below = file.read(color_space=item.image.color_space, alpha_mode=item.image.alpha_mode)
        metadata = NOTHING if item.image.is_copy else file.metadata()
    above = read_picture(
        painting, color_space=item.painting.color_space, alpha_mode=item.painting.alpha_mode
    )
    size = max(below.size, above.size, key=prod)
    below, above = (p if p.size == size else resize_picture(p, size, False) for p in (below, above))
    old, new = (
        p.color if p.encoding == "linear" else srgb_to_linear(p.color) for p in (below, above)
    )
    share = np.full((*old.shape[:2], 1), item.strength, np.float32)
    if item.mask:
        mask = read_picture(item.mask, color_space="Non-Color").color @ LUMA
        share[..., 0] *= np.clip(resize(mask, size), 0, 1)
    color = lay_over(old, new, np.broadcast_to(share, old.shape), item.keep_color)
    if below.encoding != "linear":
        color = np.clip(linear_to_srgb(color), 0, 1)
    write_picture(
        below.with_color(color),
        Path(output),
        alpha_mode=item.image.alpha_mode,
        metadata=metadata,
    )
