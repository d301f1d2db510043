"""Frame numbers, in file names and in words. Light enough for Blender's process."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

_NUMBER = re.compile(r"((?:(?<![^\W_])(?<!\s)-)?\d+)")
"""With a minus sign, if what is before it is no letter, digit or space: there, it is a hyphen."""

_VERSION = re.compile(r"(?:^|[^a-z])(?:v|ver|version|rev|take)[._ -]?$", re.IGNORECASE)
_UNIT = re.compile(r"(?:k|p|i|px|fps|bit|spp|dpi|mm)(?![a-z])", re.IGNORECASE)
"""What comes before a version's number, and after one that measures something."""

_PLACE = re.compile(r"#+|%0?(\d*)d|\*")

_MOST = 5
"""Ranges or names that are spelled out."""


@dataclass(frozen=True)
class NumberedFiles:
    """Files whose names are alike but for the number of the frame.

    Attributes
    ----------
    before, after : str
        What comes before and after the number in each name, the suffix included.
    names : mapping
        Names by their numbers, in the order of these.
    """

    before: str
    after: str
    names: Mapping[int, str]

    @property
    def padding(self) -> int:
        """Least digits of a number, a sign counted as one; 1 without names."""
        return min(map(len, map(self.digits, self.names)), default=1)

    @property
    def pattern(self) -> str:
        """The names with ``#`` for the digits of the number."""
        return f"{self.before}{'#' * self.padding}{self.after}"

    def digits(self, number: int) -> str:
        """Return how a number is written in its name.

        Parameters
        ----------
        number : int
            One of these.

        Returns
        -------
        str
            With its sign, if it has one.
        """
        name = self.names[number]
        return name[len(self.before) : len(name) - len(self.after)]


@dataclass(frozen=True)
class _Name:
    """A name, cut at its numbers: ``texts`` has one more item than ``numbers``."""

    name: str
    texts: tuple[str, ...]
    numbers: tuple[str, ...]

    @classmethod
    def of(cls, name: str) -> _Name:
        stem, suffix = Path(name).stem, Path(name).suffix
        parts = _NUMBER.split(stem)
        return cls(name, (*parts[:-1:2], parts[-1] + suffix), tuple(parts[1::2]))

    def around(self, place: int) -> tuple[str, str]:
        """Return what comes before and after one of the numbers."""
        parts = [
            part for pair in zip(self.texts, (*self.numbers, ""), strict=True) for part in pair
        ]
        return "".join(parts[: 2 * place + 1]), "".join(parts[2 * place + 2 :])

    def is_other(self, place: int) -> bool:
        """Return whether a number says something else: a version, a size, a fraction."""
        text, after = self.texts[place], self.texts[place + 1]
        times = ("x", "X")
        if (place and text in times) or (after in times and place + 1 < len(self.numbers)):
            return True
        if _VERSION.search(text) or _UNIT.match(after):
            return True
        if not place or text != "." or _VERSION.search(self.texts[place - 1]):
            return False
        return len(self.numbers[place]) < len(self.numbers[place - 1])


def find_sequences(names: Iterable[str]) -> list[NumberedFiles]:
    """Sort the names of files into sequences.

    The number that changes from file to file is the frame's. Where several do, versions (``v002``),
    sizes (``1920x1080``) and fractions (``0001.25``) are not; nor are those that leap where another
    one counts, nor those of one or two digits beside longer ones; of the rest, it is the last.

    Parameters
    ----------
    names : iterable of str
        Without folders. Those without a number are left out.

    Returns
    -------
    list of NumberedFiles
        In the order of their names. Each name is in one of them.

    Examples
    --------
    >>> found = find_sequences(["ref1.png", "a_0001_v2.png", "a_0002_v2.png"])
    >>> [(files.pattern, list(files.names)) for files in found]
    [('a_####_v2.png', [1, 2]), ('ref#.png', [1])]
    """
    alike = defaultdict(list)
    for name in map(_Name.of, sorted(set(names))):
        if name.numbers:
            alike[name.texts].append(name)
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for group in alike.values():
        place = _place_of_frame(group)
        for name in group:
            found[name.around(place)][name.numbers[place]] = name.name
    _join_negative(found)
    sequences = [files for key, texts in found.items() for files in _by_width(*key, texts)]
    return sorted(sequences, key=lambda files: next(iter(files.names.values())))


def sequence_of(name: str, names: Iterable[str]) -> NumberedFiles | None:
    """Return the sequence that a file belongs to.

    Parameters
    ----------
    name : str
        Of the file, which need not exist.
    names : iterable of str
        Of all files in its folder.

    Returns
    -------
    NumberedFiles or None
        Without ``name``, if that is not among the names; None if it has no number.
    """
    there = set(names)
    for files in find_sequences({*there, name}):
        if name in files.names.values():
            kept = {number: other for number, other in files.names.items() if other in there}
            return NumberedFiles(files.before, files.after, kept)
    return None


def sequence_like(pattern: str, names: Iterable[str]) -> NumberedFiles | None:
    """Return the files that a pattern means.

    Parameters
    ----------
    pattern : str
        With ``####``, ``%04d`` or ``*`` for the number, which may have any count of digits.
    names : iterable of str
        Of all files in its folder.

    Returns
    -------
    NumberedFiles or None
        None if there are no such files, or the pattern has no place for a number.
    """
    names = list(names)
    for place in reversed(list(_PLACE.finditer(pattern))):
        before, after = pattern[: place.start()], pattern[place.end() :]
        number = re.compile(f"{re.escape(before)}(-?\\d+){re.escape(after)}")
        texts = {m[1]: name for name in names if (m := number.fullmatch(name))}
        if not texts:
            continue
        width = len(place[0]) if "#" in place[0] else int(place[1] or 1)
        found = _by_width(before, after, texts)
        return min(found, key=lambda files: (files.padding != width, -len(files.names)))
    return None


def _place_of_frame(names: Sequence[_Name]) -> int:
    """Return which of the numbers of names that are alike otherwise is the frame's."""
    columns = list(zip(*(name.numbers for name in names), strict=True))
    changing = [i for i, column in enumerate(columns) if len(set(column)) > 1]
    places = changing or list(range(len(columns)))
    if len(places) == 1:
        return places[0]
    first = names[0]
    places = [i for i in places if not first.is_other(i)] or places
    counting = {i: _evenness(names, i) for i in places}
    most = max(counting.values())
    places = [i for i in places if counting[i] >= most / 2]
    long = [i for i in places if _is_long(columns[i])]
    return (long or places)[-1]


def _evenness(names: Sequence[_Name], place: int) -> float:
    """Return how many of the numbers between the lowest and the highest are there, where the other
    numbers stay the same: 1 if all are."""
    groups = defaultdict(set)
    for name in names:
        groups[name.around(place)].add(int(name.numbers[place]))
    steps = sum(len(group) - 1 for group in groups.values())
    return steps / max(1, sum(max(group) - min(group) for group in groups.values()))


def _is_long(column: Sequence[str]) -> bool:
    """Return whether numbers have three digits or more, or are not padded to one length."""
    lengths = {len(text.lstrip("-")) for text in column}
    return max(lengths) >= 3 or len(lengths) > 1


def _join_negative(found: dict[tuple[str, str], dict[str, str]]) -> None:
    """Where ``shot-0001`` comes before ``shot0000``, its hyphen is a minus sign."""
    for before, after in [key for key in found if key[0].endswith("-")]:
        other = found.get((before[:-1], after))
        if other is None:
            continue
        below, above = sorted(map(int, found[before, after])), sorted(map(int, other))
        step = min((b - a for a, b in pairwise(above)), default=1)
        if 0 < below[0] + above[0] <= max(1, step):
            other.update({f"-{text}": name for text, name in found.pop((before, after)).items()})


def _by_width(before: str, after: str, texts: Mapping[str, str]) -> list[NumberedFiles]:
    """Make a sequence of names by the texts of their numbers; several, if one number is there with
    several paddings (``shot_1``, ``shot_0001``)."""
    if len({int(text) for text in texts}) == len(texts):
        widths = {1}
    else:
        padded = {text for text in texts if text.lstrip("-").startswith("0")}
        widths = {len(text) for text in padded} | {1}
    groups: dict[int, dict[int, str]] = defaultdict(dict)
    for text in sorted(texts, key=int):
        is_padded = text.lstrip("-").startswith("0") and len(widths) > 1
        width = len(text) if is_padded else max(w for w in widths if w <= len(text))
        groups[width][int(text)] = texts[text]
    return [NumberedFiles(before, after, group) for group in groups.values()]


def spelled(numbers: Iterable[int]) -> str:
    """Spell out frame numbers, at most five ranges of them.

    Parameters
    ----------
    numbers : iterable of int
        In any order.

    Returns
    -------
    str
        For messages.

    Examples
    --------
    >>> spelled([1, 2, 3, 7])
    'frames 1-3, 7'
    """
    ranges: list[list[int]] = []
    numbers = sorted(set(numbers))
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    shown = ", ".join(_range(a, b) for a, b in ranges[:_MOST])
    more = sum(b - a + 1 for a, b in ranges[_MOST:])
    return f"frame{'s'[: len(numbers) > 1]} {shown}" + (f" and {more} more" if more else "")


def listed(names: Sequence[str]) -> str:
    """List names of files, at most five of them.

    Parameters
    ----------
    names : sequence of str
        In order.

    Returns
    -------
    str
        For messages.

    Examples
    --------
    >>> listed(["a.png", "b.png"])
    'a.png, b.png'
    """
    more = len(names) - _MOST
    return ", ".join(names[:_MOST]) + (f" and {more} more" if more > 0 else "")


def _range(first: int, last: int) -> str:
    """Return ``1-3``, or ``-2 to 1`` where a hyphen would look like a sign."""
    if first == last:
        return str(first)
    return f"{first} to {last}" if first < 0 else f"{first}-{last}"
