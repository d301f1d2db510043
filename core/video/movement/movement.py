"""The strokes of a segment over time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...control import SILENT, Control
from ...image.resize import resize
from ...paint.strokes.painter import StrokePainting, placing_of, replay, working_size
from ...paint.strokes.place import layer_widths, place_layers
from ...paint.strokes.stroke_list import ARRAYS, StrokeList, joined, picked
from ...styles.look import Look
from ...styles.stroke_set import StrokeSet
from .births import keep_density
from .colors import color_placements, shift_at, shifted, underpainting
from .exchange import join
from .fine import drawn_size, shrunk
from .placement import Layers, Placement, layered, mixed, trace
from .survey import Guide, Survey


@dataclass(frozen=True, eq=False)
class FramePainting(StrokePainting):
    """A painted frame."""

    def shows(self, strokes: StrokeList, under: np.ndarray) -> bool:
        """Return whether it is a painting of these very strokes.

        Parameters
        ----------
        strokes : StrokeList
            In order.
        under : (h, w, 3) float32
            What lies below them.

        Returns
        -------
        bool
            True if it would be painted the same.
        """
        return np.array_equal(under, self.underpainting) and all(
            np.array_equal(getattr(strokes, name), getattr(self.strokes, name)) for name in ARRAYS
        )


@dataclass(frozen=True, eq=False)
class Movement:
    """The strokes of a segment: where they are, when they live, and in which colors.

    Attributes
    ----------
    placements : tuple of Placement
        Those of the anchors, and of births between them.
    guides : tuple of int
        Indices of the frames with guides.
    survey : Survey
        Has what lies below the strokes.
    """

    placements: tuple[Placement, ...]
    guides: tuple[int, ...]
    survey: Survey

    def strokes(self, index: int) -> StrokeList:
        """Return the strokes of a frame, in the order in which they are laid.

        Parameters
        ----------
        index : int
            Of the frame in the segment.

        Returns
        -------
        StrokeList
            The strokes.
        """
        lists, keys = [], []
        for placement in self.placements:
            rows, strokes, share, partner = mixed(placement, index)
            shift = shift_at(placement, index, rows, self.guides)
            color = shifted(strokes.color, shift)
            if placement.other is not None and share.any():
                other = placement.other
                goal = shifted(
                    other.layers.strokes.color[partner],
                    shift_at(other, index, partner, self.guides),
                )
                color = color + (goal - color) * share[:, None]
            lists.append(replace(strokes, color=color.astype(np.float32)))
            keys.append(placement.layers.key[rows])
        order = np.argsort(np.concatenate(keys), kind="stable")
        return picked(joined(lists), order)

    def turnover(self) -> np.ndarray:
        """Return the share of strokes that appear or vanish in each frame where nothing hides them.

        A stroke that takes over from another that lies where it does is not counted.

        Returns
        -------
        (F,) float32
            For each frame of the segment.
        """
        frames = len(self.placements[0].tracks.x)
        events, living = np.zeros(frames), np.zeros(frames)
        for placement in self.placements:
            alone = placement.partner < 0
            for times, natural in (
                (placement.appear, placement.natural_start),
                (placement.vanish, placement.natural_end),
            ):
                counted = times[alone & ~natural & (times > 0) & (times < frames)]
                events += np.bincount(counted.astype(int), minlength=frames)
            living += [(placement.opacity(t) > 0.5).sum() for t in range(frames)]
        return events / np.maximum(living, 1)

    def paint(
        self,
        index: int,
        size: tuple[int, int],
        strokes: StrokeSet,
        look: Look,
        last: FramePainting | None = None,
        control: Control = SILENT,
    ) -> FramePainting:
        """Paint a frame.

        Parameters
        ----------
        index : int
            Of the frame in the segment.
        size : (int, int)
            Width and height of the result in pixels.
        strokes : StrokeSet
            Has the stamps.
        look : Look
            Has the thickness of the paint.
        last : FramePainting, optional
            Of the frame before, at the same size: it is returned where nothing has changed.
        control : Control
            Asked for a cancel.

        Returns
        -------
        FramePainting
            Color, height and strokes.

        Raises
        ------
        JobCancelled
            The control was cancelled.
        """
        placed = self.strokes(index)
        widest = float(layer_widths(strokes, placing_of(look))[0])
        under = underpainting(self.survey, index, strokes, widest, seamless=look.seamless)
        if last is not None and last.shows(placed, under):
            return last
        drawn = replay(placed, under, drawn_size(size, strokes, look), strokes, control=control)
        height = np.minimum(shrunk(drawn.height, size) * np.float32(2 * look.relief), 1)
        return FramePainting(shrunk(drawn.color, size), height, placed, under)


class Mover:
    """Finds the movements of segments; the strokes of an end anchor are those that begin the next one.

    Parameters
    ----------
    strokes : StrokeSet
        Of the style.
    look : Look
        How strokes are placed.
    """

    def __init__(self, strokes: StrokeSet, look: Look) -> None:
        self._strokes, self._look = strokes, look
        self._last: tuple[int, Layers] | None = None

    def move(self, survey: Survey, *, end_anchor: bool) -> Movement:
        """Find the strokes of a segment over time.

        Parameters
        ----------
        survey : Survey
            Of the segment.
        end_anchor : bool
            Whether its last frame is an anchor, whose strokes begin the next segment.

        Returns
        -------
        Movement
            The same on every machine.
        """
        look, end = self._look, len(survey.numbers) - 1
        rng = np.random.default_rng((look.seed, abs(survey.numbers[0])))
        first = trace(self._anchor(survey, 0), 0, 0, end, survey)
        placements = [first]
        if end_anchor and end > 0:
            second = trace(self._anchor(survey, end), end, 0, end, survey)
            join(first, second, rng, sparse=self._strokes.ground is not None)
            placements.append(second)
        spacing = float(np.sqrt(0.5 * self._strokes.aspect / max(0.1, self._strokes.density)))

        def place_at(index: int) -> Layers:
            return self._place(survey, survey.guide(index))

        keep_density(placements, survey, place_at, spacing, end_anchor, rng)
        color_placements(placements, survey, self._strokes)
        return Movement(tuple(placements), tuple(survey.guides), survey)

    def _anchor(self, survey: Survey, index: int) -> Layers:
        number = survey.numbers[index]
        if self._last is None or self._last[0] != number:
            self._last = number, self._place(survey, survey.guide(index))
        return self._last[1]

    def _place(self, survey: Survey, guide: Guide) -> Layers:
        look = self._look
        size = working_size(survey.size, self._strokes, look)

        def sized(image: np.ndarray) -> np.ndarray:
            return np.clip(resize(image, size, wrap=look.seamless), 0, 1)

        mask = None if guide.mask is None else sized(guide.mask)
        parts = place_layers(
            sized(guide.content), sized(guide.color), self._strokes, placing_of(look), mask
        )
        return layered(parts)
