"""One frame: read, painted by itself, and brought back to the picture that is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ..control import CancelToken, Control
from ..errors import ImpastoError
from ..image.convert import to_depth
from ..image.files import read_picture
from ..image.picture import Picture
from ..image.resize import resize
from ..paint import pipeline
from ..paint.network import PaintJob
from ..paint.session import Session
from ..paint.tiling import Tile
from ..styles.style import Style
from .motion import Seen, Tie, read_passes, shrunk, ties
from .sequence import Frame, Sequence
from .settings import FramesSettings


@dataclass(frozen=True)
class Loaded:
    """A frame as it was read, at its own size and at that of the work; as motion sees it, and what ties
    it to the frame that was read before it."""

    frame: Frame
    picture: Picture
    work: np.ndarray
    counted: np.ndarray | None
    seen: Seen | None = None
    ties: tuple[Tie, Tie] | None = None


class Painter:
    """What happens to single frames of a sequence. Threads may read, paint and finish side by side.

    Parameters
    ----------
    own : sequence of (CODE_LENGTH,) float32
        For each shot, the content's own code.
    painted : mapping
        Files of the frames that the artist painted.
    tile : int
        Side in pixels of the tiles in which the network paints a frame.
    cancel : callable
        Where it returns true, the next step raises ``JobCancelled``.
    """

    def __init__(
        self,
        settings: FramesSettings,
        sequence: Sequence,
        batch: Session,
        style: Style,
        own: tuple[np.ndarray, ...],
        painted: Mapping[int, Path],
        tile: int,
        cancel: CancelToken,
    ) -> None:
        self._look, self._coherence = settings.look, settings.coherence
        self._sequence, self._batch, self._style = sequence, batch, style
        self._own, self._painted = own, painted
        self._tile, self._cancel = tile, cancel
        self._covered: dict[int, Picture] = {}
        """Frames of which the painting leaves nothing but alpha and depth, which are kept for it."""
        self._last: tuple[int, np.ndarray] | None = None

    def load(self, frames: Iterable[Frame], failed: Callable[[int, str], None]) -> Iterator[Loaded]:
        """Those of the frames that can be read, and the motion between them; of the others,
        ``failed`` is told number and reason."""
        last: Seen | None = None
        for frame in frames:
            try:
                item, last = self._read(frame, last)
            except ImpastoError as error:
                failed(frame.number, str(error))
            else:
                yield item

    def remember(self, item: Loaded) -> None:
        """A frame that will be finished: what that needs besides the painting, if it is little."""
        if pipeline.replaces_all(item.picture, item.work, self._look):
            nothing = np.broadcast_to(np.float32(0), item.picture.color.shape)
            self._covered[item.frame.number] = item.picture.with_color(nothing)

    def paint(self, item: Loaded, shot: int) -> np.ndarray:
        """The painting of a frame alone, ``(H, W, 3)`` float32, sRGB-encoded in [0, 1], at the size
        of the work. An anchor that closes an interval and opens the next is painted once.
        """
        self._cancel.raise_if_set()
        number = item.frame.number
        if self._last is None or self._last[0] != number:
            by_artist = number in self._painted
            painting = self._by_artist(item) if by_artist else self._by_network(item, shot)
            self._last = (number, painting)
        return self._last[1]

    def repaint(
        self, item: Loaded, onto: np.ndarray, parts: Collection[Tile], shot: int
    ) -> np.ndarray:
        """Some parts of the painting of a frame alone, onto a picture of the rest of it."""
        self._cancel.raise_if_set()
        return self._by_network(item, shot, onto, parts) if parts else onto

    def finish(self, frame: Frame, result: np.ndarray) -> Picture:
        """The picture to write, of a painting of that frame.

        Raises
        ------
        ImageMissing, ImageUnreadable
            The frame, which is read once more where more than its alpha is needed, is gone.
        """
        covered = self._covered.pop(frame.number, None)
        if covered is not None:
            return covered.with_color(result)
        picture = self._sequence.read(frame)
        goal = pipeline.plan(picture.size, self._look)
        work, _ = pipeline.to_work(picture, goal, self._look.seamless, alpha_covers=True)
        sized = pipeline.resized(picture, goal.size, self._look.seamless)
        return pipeline.from_work(sized, work, result, self._look)

    def _read(self, frame: Frame, last: Seen | None) -> tuple[Loaded, Seen | None]:
        picture = self._sequence.read(frame)
        goal = pipeline.plan(picture.size, self._look)
        work, counted = pipeline.to_work(picture, goal, self._look.seamless, alpha_covers=True)
        if self._coherence != "MOTION":
            return Loaded(frame, picture, work, counted), None
        size = shrunk((work.shape[1], work.shape[0]))
        passes = read_passes(frame.path, size) if frame.index < 0 else None
        seen = Seen(to_depth(cv2.resize(work, size, interpolation=cv2.INTER_AREA), "8"), passes)
        tied = None if last is None else ties(last, seen)
        return Loaded(frame, picture, work, counted, seen, tied), seen

    def _by_network(
        self,
        item: Loaded,
        shot: int,
        onto: np.ndarray | None = None,
        parts: Collection[Tile] = (),
    ) -> np.ndarray:
        goal = pipeline.plan(item.picture.size, self._look)
        job = PaintJob(
            item.work,
            self._style.code(goal.zoom),
            content_code=None if self._coherence == "OFF" else self._own[shot][None],
            strength=self._look.strength,
            seamless=self._look.seamless,
            seed=self._look.seed,
            mask=item.counted,
            adapters=self._style.adapters,
            base=onto,
            tiles=parts,
            tile=self._tile,
        )
        return self._batch.stylizer.paint(job, Control(cancel=self._cancel))

    def _by_artist(self, item: Loaded) -> np.ndarray:
        """The artist's picture in place of the network's, at the size of the work."""
        painted = pipeline.display(read_picture(self._painted[item.frame.number]))
        return np.clip(resize(painted, (item.work.shape[1], item.work.shape[0])), 0, 1)
