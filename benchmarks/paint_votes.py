"""Count the votes on a blind sheet: ``python -m benchmarks.paint_votes KEY VOTES``.

``KEY`` is the key that ``bench_paint sheet`` wrote; ``VOTES`` is JSON: for each row by its number,
the letters from best to worst as each viewer ordered them, ``{"1": ["B>A>C>D", ...], ...}``. Printed
are a table, and the votes with names in the place of letters, as ``benchmarks/votes`` has them.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from .paint_common import table


def named(key: Sequence[dict[str, str]], votes: dict[str, list[str]]) -> dict[str, list[list[str]]]:
    """Return for each pair of pictures the order that each viewer gave, by what painted."""
    rows = {str(row["row"]): row for row in key}
    return {
        rows[number]["pictures"]: [[rows[number][c] for c in vote.split(">")] for vote in given]
        for number, given in votes.items()
    }


def counted(orders: dict[str, list[list[str]]]) -> str:
    """Return a table: rows won by majority, first places and mean ranks."""
    won: Counter[str] = Counter()
    first: Counter[str] = Counter()
    ranks: dict[str, list[int]] = {}
    for given in orders.values():
        best = Counter(order[0] for order in given)
        first += best
        name, count = best.most_common(1)[0]
        won[name if 2 * count > len(given) else "nobody"] += 1
        for order in given:
            for rank, painter in enumerate(order, 1):
                ranks.setdefault(painter, []).append(rank)
    viewers = len(next(iter(orders.values())))
    rows = [
        (name, str(won[name]), str(first[name]), f"{sum(found) / len(found):.2f}")
        for name, found in sorted(ranks.items(), key=lambda item: sum(item[1]))
    ]
    head = (
        f"{len(orders)} pairs, {viewers} viewers",
        "won by majority",
        "first places",
        "mean rank",
    )
    return table(head, rows)


def main() -> None:
    """Read, count and print."""
    key, votes = (json.loads(Path(path).read_text(encoding="utf-8")) for path in sys.argv[1:3])
    orders = named(key, votes)
    print(counted(orders))
    print(json.dumps(orders, indent=1))


if __name__ == "__main__":
    main()
