"""Messages survive the wire, and nonsense does not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impasto.core.clustering.settings import Group
from impasto.core.control import Failure, Progress
from impasto.core.errors import BadRequest
from impasto.core.image.reference import ImageRef
from impasto.core.styles.look import ENGINES, Look, StyleRef
from impasto.core.tasks.analyze import AnalyzeRequest, AnalyzeResult
from impasto.core.tasks.stylize import StylizeItem, StylizeRequest
from impasto.core.worker import protocol

text = st.text(max_size=12)
unit = st.floats(0, 1, width=32)
refs = st.builds(ImageRef, text, st.lists(text, max_size=3).map(tuple), text)
looks = st.builds(
    Look,
    st.lists(st.builds(StyleRef, text, unit), max_size=3).map(tuple),
    engine=st.sampled_from(ENGINES),
    strength=unit,
    brush_scale=unit,
    keep_color=unit,
    seamless=st.booleans(),
)
items = st.builds(StylizeItem, refs, looks, st.lists(text, max_size=2).map(tuple))
failures = st.lists(st.builds(Failure, text, text), max_size=2).map(tuple)
groups = st.builds(
    Group,
    text,
    st.lists(text, max_size=3).map(tuple),
    text,
    st.lists(st.tuples(unit, unit, unit)).map(tuple),
)
results = st.builds(
    AnalyzeResult,
    st.lists(groups, max_size=2).map(tuple),
    thumbnails=st.dictionaries(text, text, max_size=2),
    failures=failures,
)
anything = st.one_of(
    st.builds(StylizeRequest, st.lists(items, max_size=2).map(tuple)),
    st.builds(AnalyzeRequest, st.lists(refs, max_size=2).map(tuple), text),
    st.builds(Progress, unit, text),
    st.builds(protocol.Finished, results),
    st.builds(protocol.Failed, text, text, text),
)


@given(anything, st.integers(0, 99))
def test_round_trip(message, job):
    line = protocol.encode(message, job)
    assert "\n" not in line
    envelope = json.loads(line)
    assert protocol.decode(envelope) == message and envelope["job"] == job


@pytest.mark.parametrize(
    "body",
    [
        {"done": "half"},
        {"done": True},
        {"done": 0.5, "extra": 1},
        {"done": int("9" * 400)},
        {"step": "no share"},
        [],
        None,
    ],
)
def test_nonsense_is_refused(body):
    with pytest.raises(BadRequest):
        protocol.decode({"kind": "Progress", "body": body})


@pytest.mark.parametrize(
    "envelope",
    [None, "text", [], {"kind": "Nobody"}, {"kind": []}, {"body": {}}, {"kind": "Finished"}],
)
def test_unknown_messages_are_refused(envelope):
    with pytest.raises(BadRequest):
        protocol.decode(envelope)
