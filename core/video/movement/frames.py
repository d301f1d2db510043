"""Paint frames with strokes: those of a segment, carried by its motion, or each by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

import numpy as np

from ...control import CancelToken, Control
from ...errors import ImpastoError
from ...image.picture import Picture
from ...image.resize import resize
from ...paint import working
from ...paint.guides import guide_size
from ...paint.network import Stylizer
from ...paint.strokes.painter import StrokePainting, paint_strokes, working_size
from ..outcome import Outcome
from ..plan import Plan, Segment
from ..spill import SpillFile
from .fine import drawn_size, shrunk
from .movement import FramePainting, Mover
from .survey import Surveyor, paint_guide


class StrokeFrames:
    """Paints the frames of segments with strokes.

    Parameters
    ----------
    plan : Plan
        What to paint.
    stylizer : Stylizer
        Paints guides.
    file : SpillFile
        For what is known of a segment.
    cancel : CancelToken
        Asked before each frame, and between strokes.
    """

    def __init__(
        self, plan: Plan, stylizer: Stylizer, file: SpillFile, cancel: CancelToken
    ) -> None:
        self._plan, self._stylizer, self._cancel = plan, stylizer, cancel
        self._look, self._strokes = plan.settings.look, plan.style.stroke_set()
        self._surveyor = Surveyor(plan, stylizer, file, cancel)
        self._mover = Mover(self._strokes, self._look)

    def paintings(
        self, segment: Segment, wanted: Collection[int], outcome: Outcome
    ) -> Iterator[tuple[int, StrokePainting]]:
        """Paint frames of a segment.

        Parameters
        ----------
        segment : Segment
            Of the plan.
        wanted : collection of int
            Numbers of the frames to paint.
        outcome : Outcome
            Told of frames that cannot be read, and of what is being done.

        Yields
        ------
        number : int
            Of the frame.
        painting : StrokePainting
            At the size of the result.

        Raises
        ------
        JobCancelled
            The token is set.
        """
        if not self._plan.by_motion:
            yield from self._apart(segment, wanted, outcome)
            return
        survey = self._surveyor.survey(segment, outcome)
        if not set(survey.numbers) & set(wanted):
            return
        outcome.say(f"Following strokes to frame {survey.numbers[-1]}")
        ends = segment.end_anchor is not None and survey.numbers[-1] == segment.end_anchor
        movement = self._mover.move(survey, end_anchor=ends)
        size = working.plan(survey.size, self._look).size
        control = Control(cancel=self._cancel)
        painting: FramePainting | None = None
        for index, number in enumerate(survey.numbers):
            if number in wanted:
                painting = movement.paint(index, size, self._strokes, self._look, painting, control)
                yield number, painting

    def _apart(
        self, segment: Segment, wanted: Collection[int], outcome: Outcome
    ) -> Iterator[tuple[int, StrokePainting]]:
        """Paint each frame by itself."""
        for number in segment.numbers:
            if number not in wanted:
                continue
            self._cancel.raise_if_set()
            try:
                picture = self._plan.read(self._plan.sequence.by_number[number])
            except ImpastoError as error:
                outcome.add_failure(number, str(error))
                continue
            yield number, self._alone(picture, segment.shot)

    def _alone(self, picture: Picture, shot: int) -> StrokePainting:
        look, strokes = self._look, self._strokes
        size = working.plan(picture.size, look).size
        at = working_size(picture.size, strokes, look)
        content, mask = working.to_work(
            picture, working.Plan(size, at, 1.0), look.seamless, alpha_covers=True
        )
        low, low_mask = working.to_work(
            picture,
            working.Plan(size, guide_size(picture.size), 1.0),
            look.seamless,
            alpha_covers=True,
        )
        guide = paint_guide(self._plan, self._stylizer, low, low_mask, shot, self._cancel)
        base = np.clip(resize(guide, at, wrap=look.seamless), 0, 1)
        control, large = Control(cancel=self._cancel), drawn_size(size, strokes, look)
        drawn = paint_strokes(content, base, large, strokes, look, mask=mask, control=control)
        return replace(drawn, color=shrunk(drawn.color, size), height=shrunk(drawn.height, size))
