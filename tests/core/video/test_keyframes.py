"""Painted frames carried through their shots."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from impasto.core.control import Budget, Control
from impasto.core.errors import BadRequest
from impasto.core.image.files import read_picture
from impasto.core.paint.engine import PaintJob
from impasto.core.paint.network import Stylizer
from impasto.core.styles.look import Look, StyleRef
from impasto.core.tasks import registry
from impasto.core.tasks.propagate import PropagateRequest
from impasto.core.tasks.restyle_frames import FramesRequest
from impasto.core.video.keyframes import imitate
from impasto.core.video.settings import FramesSettings, PaintedFrame, SequenceRef
from impasto.core.worker.protocol import decode, encode

from .conftest import CUT, picture

LOOK = Look((StyleRef("starry-night"),), engine="NETWORK", brush_scale=4.0)


def painted_over(number: int) -> np.ndarray:
    """A frame in other colors, with a pink square that moves with the texture."""
    image = picture(number)[..., ::-1] * 0.8
    left = 6 + 4 * (number - 1)
    image[28:36, left + 8 : left + 16] = (1.0, 0.2, 0.7)
    return image


def request(animation, folder: Path, *numbers: int) -> PropagateRequest:
    painted = []
    folder.mkdir(exist_ok=True)
    for number in numbers:
        path = folder / f"frame_{number:04d}.png"
        cv2.imwrite(str(path), (painted_over(number)[..., ::-1] * 255).astype(np.uint8))
        painted.append(PaintedFrame(number, str(path)))
    settings = FramesSettings(LOOK, painted=tuple(painted))
    frames = FramesRequest(SequenceRef(str(animation)), settings, str(folder / "out"))
    return PropagateRequest(frames, str(folder / "learned.impasto"), steps=4)


def run(asked: PropagateRequest):
    return registry.run(asked, Control())


def frame(folder: Path, number: int) -> np.ndarray:
    return read_picture(folder / "out" / f"shot_{number:04d}.png").color


def test_the_painting_is_kept_and_carried_both_ways(animation, tmp_path):
    asked = request(animation, tmp_path, 3)
    assert decode(json.loads(encode(asked, 1))) == asked
    result = run(asked)
    assert not result.failures
    assert result.shots[0].anchors == (1, 3)
    assert np.abs(frame(tmp_path, 3) - painted_over(3)).max() < 2 / 255
    for number in (1, 2, 4, 5):  # the mark has moved along, before and after
        left = 6 + 4 * (number - 1)
        mark = frame(tmp_path, number)[30:34, left + 10 : left + 14].mean((0, 1))
        assert np.abs(mark - (1.0, 0.2, 0.7)).max() < 0.25
    beyond = frame(tmp_path, CUT + 1)  # another shot has no mark
    left = 6 + 4 * CUT
    assert np.abs(beyond[30:34, left + 10 : left + 14].mean((0, 1)) - (1.0, 0.2, 0.7)).max() > 0.25


def test_it_goes_on_with_what_was_learned_and_paints_anew_what_was_painted_anew(
    animation, tmp_path
):
    asked = request(animation, tmp_path, 2)
    run(asked)
    style, before = Path(asked.style).read_bytes(), frame(tmp_path, 2)
    assert len(run(asked).skipped) == 8
    changed = 255 - cv2.imread(asked.frames.settings.painted[0].path)
    cv2.imwrite(asked.frames.settings.painted[0].path, changed)
    again = replace(asked, frames=replace(asked.frames, overwrite=True))
    assert len(run(again).written) >= 5
    assert Path(asked.style).read_bytes() == style
    assert np.abs(frame(tmp_path, 2) - before).mean() > 0.1


def test_what_is_painted_must_be_in_the_sequence(animation, tmp_path):
    with pytest.raises(BadRequest, match="No frame is painted yet"):
        run(request(animation, tmp_path))
    asked = request(animation, tmp_path, 3)
    wrong = (replace(asked.frames.settings.painted[0], number=99),)
    settings = replace(asked.frames.settings, painted=wrong)
    with pytest.raises(BadRequest, match="Frame 99 is painted, but not in the sequence"):
        run(replace(asked, frames=replace(asked.frames, settings=settings)))


def test_the_network_learns_to_paint_as_the_artist_did():
    stylizer = Stylizer()
    pair = (picture(1), painted_over(1))
    away = []
    for steps in (1, 40):
        style = imitate(stylizer, [pair], budget=Budget(steps=steps), seed=1)
        painted = stylizer.paint(PaintJob(picture(2), style.code(1.0), adapters=style.adapters))
        away.append(np.abs(painted - painted_over(2)).mean())
    assert away[1] < 0.75 * away[0]
