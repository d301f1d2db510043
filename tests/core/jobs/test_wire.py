"""Messages survive the wire, and nonsense does not."""

from __future__ import annotations

import json

import pytest
from bl_ext.user_default.impasto.core.errors import BadRequest
from bl_ext.user_default.impasto.core.jobs import messages, wire
from bl_ext.user_default.impasto.core.styles.look import Look, StyleRef
from hypothesis import given
from hypothesis import strategies as st

text = st.text(max_size=12)
unit = st.floats(0, 1, width=32)
refs = st.builds(messages.ImageRef, text, st.lists(text, max_size=3).map(tuple), text)
looks = st.builds(
    Look,
    st.lists(st.builds(StyleRef, text, unit), max_size=3).map(tuple),
    unit,
    unit,
    unit,
    st.booleans(),
)
items = st.builds(messages.StylizeItem, refs, looks, st.lists(text, max_size=2).map(tuple))
failures = st.lists(st.builds(messages.Failure, text, text), max_size=2).map(tuple)
groups = st.builds(
    messages.Group,
    text,
    st.lists(text, max_size=3).map(tuple),
    text,
    st.lists(st.tuples(unit, unit, unit)).map(tuple),
)
results = st.builds(
    messages.AnalyzeResult,
    st.lists(groups, max_size=2).map(tuple),
    thumbnails=st.dictionaries(text, text, max_size=2),
    failures=failures,
)
anything = st.one_of(
    st.builds(messages.StylizeRequest, st.lists(items, max_size=2).map(tuple)),
    st.builds(messages.AnalyzeRequest, st.lists(refs, max_size=2).map(tuple), text),
    st.builds(messages.Progress, unit, text),
    st.builds(messages.Finished, results),
    st.builds(messages.Failed, text, text, text),
)


@given(anything, st.integers(0, 99))
def test_round_trip(message, job):
    line = wire.encode(message, job=job)
    assert "\n" not in line
    assert wire.decode(line) == (message, {"job": job})


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
        wire.decode(json.dumps({"kind": "Progress", "body": body}))


@pytest.mark.parametrize(
    "line",
    ["", "no json", "[]", "[" * 100_000, '{"kind": "Nobody"}', '{"kind": []}', '{"body": {}}'],
)
def test_unknown_lines_are_refused(line):
    with pytest.raises(BadRequest):
        wire.decode(line)
