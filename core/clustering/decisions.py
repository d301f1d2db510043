"""The artist's decisions about pairs of images, kept free of contradictions; light, for Blender."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Decision:
    """Two images that belong together (must-link), or apart (cannot-link).

    Attributes
    ----------
    first, second : int
        Identifiers of the images.
    together : bool
        Which of the two.
    """

    first: int
    second: int
    together: bool


@dataclass(frozen=True)
class Decisions:
    """All that was decided, the oldest first.

    Images that are together, also by way of others, are a set. Each method returns new decisions, in
    which the newest one holds: an older one that contradicts it is gone. So no two images of a set are
    apart, and no image of a set can be left out of its chain without parting it.

    Attributes
    ----------
    pairs : tuple of Decision
        One for each pair at most.
    """

    pairs: tuple[Decision, ...] = ()

    def sets(self) -> dict[int, set[int]]:
        """Return the set of each image that is together with another.

        Returns
        -------
        dict of int to set of int
            Images of one set share one object.
        """
        found: dict[int, set[int]] = {}
        for pair in self.pairs:
            if not pair.together:
                continue
            large = found.setdefault(pair.first, {pair.first})
            small = found.setdefault(pair.second, {pair.second})
            if large is small:
                continue
            if len(large) < len(small):
                large, small = small, large
            large |= small
            found.update(dict.fromkeys(small, large))
        return found

    def decided(self, first: int, second: int) -> bool | None:
        """Return what was decided about two images, also by way of others.

        Parameters
        ----------
        first, second : int
            The images.

        Returns
        -------
        bool or None
            True if they are together, False if they are apart, None if it was not decided.
        """
        sets = self.sets()
        one, other = sets.get(first, {first}), sets.get(second, {second})
        if second in one:
            return True
        return False if any(_between(pair, one, other) for pair in self.pairs) else None

    def put_together(self, items: Sequence[int]) -> Decisions:
        """Chain images that belong together.

        Parameters
        ----------
        items : sequence of int
            The images.

        Returns
        -------
        Decisions
            Their sets are one.
        """
        sets = self.sets()
        united = set[int]().union(*(sets.get(item, {item}) for item in items))
        kept = [p for p in self.pairs if p.together or not _between(p, united, united)]
        chained = set(items[:1]).union(*(sets.get(item, {item}) for item in items[:1]))
        for previous, item in pairwise(items):
            if item not in chained:
                kept.append(Decision(previous, item, True))
                chained |= sets.get(item, {item})
        return Decisions(tuple(kept))

    def join(self, item: int, group: Sequence[int]) -> Decisions:
        """Put an image together with the first of a group; no other of the group keeps it apart.

        Parameters
        ----------
        item : int
            The image.
        group : sequence of int
            The others; at least one.

        Returns
        -------
        Decisions
            With one pair more, or as many.
        """
        sets = self.sets()
        own = sets.get(item, {item})
        others = set[int]().union(*(sets.get(other, {other}) for other in group))
        kept = (p for p in self.pairs if p.together or not _between(p, own, others))
        return Decisions(tuple(kept)).put_together([item, group[0]])

    def part(self, items: Collection[int], others: Collection[int]) -> Decisions:
        """Take images out of the sets of others; what is left of a set stays together.

        Parameters
        ----------
        items, others : collection of int
            Images; none is in both.

        Returns
        -------
        Decisions
            No image of one side is in a set with an image of the other.
        """
        taken, left = set(items), set(others)
        result = self
        for members in {id(found): found for found in self.sets().values()}.values():
            inside, rest = members & taken, members - taken
            if not inside or not rest & left:
                continue
            kept = (p for p in result.pairs if not (p.together and _between(p, inside, rest)))
            result = Decisions(tuple(kept))
            for side in (inside, rest):
                result = result.put_together(sorted(side))
        return result

    def keep_apart(self, item: int, others: Sequence[int]) -> Decisions:
        """Keep an image apart from others; what was together with both stays with the others.

        Parameters
        ----------
        item : int
            The image.
        others : sequence of int
            The others, without it.

        Returns
        -------
        Decisions
            With one pair for each of the others.
        """
        parted = self.part([item], others)
        older = tuple(p for p in parted.pairs if p.together or not _between(p, {item}, set(others)))
        return Decisions((*older, *(Decision(item, other, False) for other in others)))

    def among(self, items: Collection[int]) -> Decisions:
        """Return what follows for some of the images, also by way of those that are not among them.

        Parameters
        ----------
        items : collection of int
            The images.

        Returns
        -------
        Decisions
            Pairs of them alone.
        """
        sets = self.sets()
        chosen = set(items)
        result = Decisions()
        for members in {id(found): found for found in sets.values()}.values():
            result = result.put_together(sorted(members & chosen))
        apart: dict[tuple[int, int], None] = {}
        for pair in self.pairs:
            if pair.together:
                continue
            sides = [sets.get(side, {side}) & chosen for side in (pair.first, pair.second)]
            if all(sides):
                apart[min(sides[0]), min(sides[1])] = None
        return Decisions((*result.pairs, *(Decision(*sides, together=False) for sides in apart)))


def _between(pair: Decision, one: Collection[int], other: Collection[int]) -> bool:
    """Return whether a pair has an image on either side."""
    first, second = pair.first, pair.second
    return (first in one and second in other) or (first in other and second in one)
