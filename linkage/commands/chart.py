"""Numbers of people as a small table with bars, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Counts: TypeAlias = Sequence[int]

_LEAST, _MOST = 8, 24  # signs of a bar
_GAP = "   "
_YELLOW, _PLAIN = "\x1b[33m", "\x1b[0m"


@dataclass(frozen=True)
class Paper:
    """What is drawn on. width: in signs; colour: whether to use it; blocks: whether the signs exist."""

    width: int = 80
    colour: bool = False
    blocks: bool = True


def chart(
    labels: Sequence[str], series: Mapping[str, Counts], odd: Mapping[str, frozenset[int]], paper: Paper
) -> list[str]:
    """A line per label: the number of every series, and a bar of it; what is odd has a mark.

    As many series stand beside each other as fit; the others follow below. Each series has its own scale.
    """
    if not labels or not series:
        return []
    left = max(map(len, labels)) + 2
    names = list(series)
    number = max(len(grouped(n)) for counts in series.values() for n in counts)
    cell = max(number + 2 + _LEAST, *(len(name) for name in names))
    beside = max((paper.width - left + len(_GAP)) // (cell + len(_GAP)), 1)
    bar = min((paper.width - left + len(_GAP)) // min(beside, len(names)) - len(_GAP) - number - 2, _MOST)
    lines: list[str] = []
    for start in range(0, len(names), beside):
        group = names[start : start + beside]
        lines += [""] * bool(start)
        lines += _table(labels, {name: series[name] for name in group}, odd, number, max(bar, 1), paper)
    return lines


def grouped(number: int) -> str:
    """With thin gaps between thousands: 1 234."""
    return f"{number:,}".replace(",", " ")


def _table(
    labels: Sequence[str],
    series: Mapping[str, Counts],
    odd: Mapping[str, frozenset[int]],
    number: int,
    bar: int,
    paper: Paper,
) -> list[str]:
    left = max(map(len, labels)) + 2
    cell = number + 2 + bar
    head = " " * left + _GAP.join(_cut(name, cell).ljust(cell) for name in series)
    lines = [head.rstrip()]
    for row, label in enumerate(labels):
        cells = [
            _cell(counts[row], max(counts), row in odd.get(name, ()), number, bar, paper)
            for name, counts in series.items()
        ]
        lines.append((label.ljust(left) + _GAP.join(cells)).rstrip())
    return lines


def _cell(count: int, most: int, odd: bool, number: int, bar: int, paper: Paper) -> str:
    sign = "█" if paper.blocks else "#"
    length = -(-count * bar // most) if most else 0  # somebody is always seen
    text = f"{grouped(count):>{number}}{'!' if odd else ' '} {sign * length:<{bar}}"
    return f"{_YELLOW}{text}{_PLAIN}" if odd and paper.colour else text


def _cut(name: str, width: int) -> str:
    return name if len(name) <= width else name[: width - 1] + "…"
