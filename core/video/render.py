"""Paint the frames of a segment, each by itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from contextlib import closing
from functools import partial

import numpy as np

from ..control import CancelToken, Control
from ..image.files import read_picture
from ..image.resize import resize
from ..paint import working
from ..paint.engine import PaintJob
from ..paint.network import Stylizer
from ..paint.tiling import Tile
from .load import FrameLoader, LoadedFrame
from .plan import Plan, Segment
from .prefetch import prefetch
from .reuse import FrameReuse

_INTERPOLATE_FROM = 0.5
"""Strength of coherence from which on a frame's own strokes weigh so little that every other frame may
be interpolated from its neighbors."""

_READ_AHEAD = 2


class SegmentPainter:
    """Paints the frames of segments with the network, or takes the artist's paintings.

    Parameters
    ----------
    plan : Plan
        What to paint.
    stylizer : Stylizer
        Paints.
    cancel : CancelToken
        Asked before each frame and inside the network.
    """

    def __init__(self, plan: Plan, stylizer: Stylizer, cancel: CancelToken) -> None:
        self._plan, self._stylizer, self._cancel = plan, stylizer, cancel
        self._look = plan.settings.look
        self._loader = FrameLoader(plan)
        self._last: tuple[int, np.ndarray] | None = None

    def paintings(
        self, segment: Segment, on_failure: Callable[[int, str], None]
    ) -> Generator[tuple[LoadedFrame, np.ndarray], None, None]:
        """Read and paint the frames of a segment in order; those ahead are read in a thread.

        Parameters
        ----------
        segment : Segment
            Of the plan.
        on_failure : callable
            Gets the number of a frame that cannot be read, and why.

        Yields
        ------
        item : LoadedFrame
            The frame.
        painting : (H, W, 3) float32
            Sized as its ``work``, sRGB-encoded in [0, 1].

        Raises
        ------
        JobCancelled
            The token is set.
        """
        frames = [self._plan.sequence.by_number[number] for number in segment.numbers]
        loading = self._loader.load(frames, on_failure)
        with closing(prefetch(loading, _READ_AHEAD)) as items:
            yield from self._painted(items, segment)

    def _painted(
        self, items: Iterable[LoadedFrame], segment: Segment
    ) -> Iterator[tuple[LoadedFrame, np.ndarray]]:
        paint = partial(self._paint, shot=segment.shot)
        # A change at one border of a torus changes the painting at the other, so all is painted there.
        if self._look.seamless or not self._plan.by_motion:
            return ((item, paint(item)) for item in items)
        reuse = FrameReuse(
            paint,
            partial(self._repaint, shot=segment.shot),
            self._plan.tile,
            interpolates=self._plan.settings.strength >= _INTERPOLATE_FROM,
        )
        return reuse.paintings(items, segment.end_anchor, self._plan.painted)

    def _paint(self, item: LoadedFrame, shot: int) -> np.ndarray:
        """Paint a frame; an anchor that ends a segment and begins the next is painted once."""
        self._cancel.raise_if_set()
        number = item.frame.number
        if self._last is None or self._last[0] != number:
            by_artist = number in self._plan.painted
            painting = self._by_artist(item) if by_artist else self._by_network(item, shot)
            self._last = (number, painting)
        return self._last[1]

    def _repaint(
        self, item: LoadedFrame, base: np.ndarray, tiles: Collection[Tile], shot: int
    ) -> np.ndarray:
        """Paint some tiles of a frame over a base image."""
        self._cancel.raise_if_set()
        return self._by_network(item, shot, base, tiles) if tiles else base

    def _by_network(
        self,
        item: LoadedFrame,
        shot: int,
        base: np.ndarray | None = None,
        tiles: Collection[Tile] = (),
    ) -> np.ndarray:
        look, plan = self._look, self._plan
        zoom = working.plan(item.picture.size, look).zoom
        code = plan.shots.content_codes[shot][None]
        job = PaintJob(
            item.work,
            plan.style.code(zoom),
            content_code=None if plan.settings.coherence == "OFF" else code,
            strength=look.strength,
            seamless=look.seamless,
            seed=look.seed,
            grain=look.grain,
            mask=item.mask,
            adapters=plan.style.adapters,
            base=base,
            tiles=tiles,
            tile=plan.tile,
        )
        return self._stylizer.paint(job, Control(cancel=self._cancel))

    def _by_artist(self, item: LoadedFrame) -> np.ndarray:
        """Read the artist's painting of a frame, at the size of the work."""
        painting = working.display_colors(read_picture(self._plan.painted[item.frame.number]))
        return np.clip(resize(painting, (item.work.shape[1], item.work.shape[0])), 0, 1)
