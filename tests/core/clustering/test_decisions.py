"""What the artist decides about pairs of images: the newest holds, and nothing contradicts it."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from impasto.core.clustering.decisions import Decision, Decisions

IMAGES = range(8)
some = st.lists(st.sampled_from(IMAGES), min_size=1, max_size=5, unique=True)
parts = st.lists(st.sampled_from(IMAGES), min_size=2, max_size=8, unique=True).flatmap(
    lambda items: st.integers(1, len(items) - 1).map(lambda cut: (items[:cut], items[cut:]))
)
steps = st.one_of(
    some.map(lambda items: ("put_together", items)),
    parts.map(lambda sides: ("join", sides[0][0], sides[1])),
    parts.map(lambda sides: ("part", *sides)),
    parts.map(lambda sides: ("keep_apart", sides[0][0], sides[1])),
)


def after(history) -> Decisions:
    decisions = Decisions()
    for name, *arguments in history:
        decisions = getattr(decisions, name)(*arguments)
    return decisions


histories = st.lists(steps, max_size=8).map(after)


def all_decided(decisions: Decisions) -> dict[tuple[int, int], bool | None]:
    return {pair: decisions.decided(*pair) for pair in combinations(IMAGES, 2)}


@given(histories)
def test_nothing_is_contradicted_and_nothing_is_said_twice(decisions):
    sets = decisions.sets()
    for pair in decisions.pairs:
        assert pair.first != pair.second
        if not pair.together:
            assert pair.second not in sets.get(pair.first, {pair.first})
    unordered = [frozenset((pair.first, pair.second)) for pair in decisions.pairs]
    assert len(unordered) == len(set(unordered))
    chains = {id(members): members for members in sets.values()}.values()
    links = sum(pair.together for pair in decisions.pairs)
    assert links == sum(len(members) - 1 for members in chains)


@given(histories, some)
def test_put_together_holds(decisions, items):
    found = decisions.put_together(items)
    assert all(found.decided(*pair) for pair in combinations(items, 2))
    kept = {pair for pair, said in all_decided(decisions).items() if said}
    assert kept <= {pair for pair, said in all_decided(found).items() if said}


@given(histories, parts)
def test_join_keeps_nothing_of_the_group_apart_from_it(decisions, sides):
    (item, *_), group = sides
    found = decisions.join(item, group)
    assert found.decided(item, group[0]) is True
    for other in group[1:]:  # those that the first keeps apart cannot be joined as well
        assert (
            found.decided(item, other) is not False or decisions.decided(group[0], other) is False
        )


@given(histories, parts)
def test_parted_sides_are_in_no_set_and_each_is_as_before(decisions, sides):
    before, after = (all_decided(d) for d in (decisions, decisions.part(*sides)))
    taken, others = map(set, sides)
    for (a, b), said in before.items():
        if (a in taken and b in others) or (a in others and b in taken):
            assert after[a, b] is not True
        elif said and (a in taken) == (b in taken):
            assert after[a, b] is True


@given(histories, parts)
def test_keep_apart_holds_and_leaves_the_others_together(decisions, sides):
    (item, *_), others = sides
    found = decisions.keep_apart(item, others)
    assert all(found.decided(item, other) is False for other in others)
    for (a, b), said in all_decided(decisions).items():
        if said and item not in (a, b):
            assert found.decided(a, b) is True


@given(histories, some)
def test_among_some_images_says_the_same_about_them(decisions, items):
    found = decisions.among(items)
    assert {image for pair in found.pairs for image in (pair.first, pair.second)} <= set(items)
    for a, b in combinations(items, 2):
        assert found.decided(a, b) == decisions.decided(a, b)


def test_an_image_leaves_a_chain_that_stays_whole():
    chain = Decisions().put_together([1, 2, 3])
    assert chain.pairs == (Decision(1, 2, True), Decision(2, 3, True))
    found = chain.keep_apart(2, [1])
    assert found.pairs == (Decision(1, 3, True), Decision(2, 1, False))
    assert found.decided(2, 3) is False
    assert found.put_together([3, 2]).decided(1, 2) is True
