"""Which numbers of a release are withheld, what that costs, and what its readers then see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from linkage.release.audit.problem import Flags, Part, Problem, Whole

STAYS: Final = 0
"""The cost of a number that cannot be withheld: it is not ours, or was told before."""


@dataclass(frozen=True, eq=False)
class Costs:
    """What it costs to withhold each told sum and each total of a problem, in whole numbers.

    sums: for each part, shape (m,); totals: shape (number of totals,). STAYS where it cannot be withheld.
    """

    sums: tuple[Whole, ...]
    totals: Whole

    def of(self, pattern: Pattern) -> int:
        """What a pattern costs."""
        several = zip((*self.sums, self.totals), (*pattern.sums, pattern.totals), strict=True)
        return int(sum(costs[flags].sum() for costs, flags in several))


@dataclass(frozen=True, eq=False, repr=False)
class Pattern:
    """The numbers that are withheld. sums: flags for each part; totals: flags. Shapes as in Costs."""

    sums: tuple[Flags, ...]
    totals: Flags

    def __repr__(self) -> str:
        return "<Pattern>"

    def __or__(self, other: Pattern) -> Pattern:
        """What one of the two withholds."""
        sums = tuple(a | b for a, b in zip(self.sums, other.sums, strict=True))
        return Pattern(sums, self.totals | other.totals)


def primary(problem: Problem, costs: Costs) -> Pattern:
    """What must be withheld whatever else is: every sensitive number that can be."""
    sums = tuple(p.sensitive & (c != STAYS) for p, c in zip(problem.parts, costs.sums, strict=True))
    totals = np.array([total.sensitive for total in problem.totals], np.bool_)
    return Pattern(sums, totals & (costs.totals != STAYS))


def everything(costs: Costs) -> Pattern:
    """All that can be withheld."""
    return Pattern(tuple(c != STAYS for c in costs.sums), costs.totals != STAYS)


def withheld(told: Problem, untold: Problem, pattern: Pattern) -> Problem:
    """What readers see when these numbers are withheld.

    told: with every number of ours told; untold: with none, and whatever was told before.
    """
    parts = tuple(_part(*several) for several in zip(told.parts, untold.parts, pattern.sums, strict=True))
    totals = tuple(
        free if flag else total
        for total, free, flag in zip(told.totals, untold.totals, pattern.totals, strict=True)
    )
    return replace(told, parts=parts, totals=totals)


def _part(told: Part, untold: Part, flags: Flags) -> Part:
    low, high = np.where(flags, untold.low, told.low), np.where(flags, untold.high, told.high)
    return replace(told, low=low, high=high)


def check(told: Problem, untold: Problem, costs: Costs) -> None:
    """Raises ValueError unless the two are of the same numbers, and each has a cost."""
    same = len(told.totals) == len(untold.totals) == len(costs.totals)
    for one, other, cost in zip(told.parts, untold.parts, costs.sums, strict=True):
        same = same and one.low.shape == other.low.shape == cost.shape
    if not same or any(a.pieces != b.pieces for a, b in zip(told.totals, untold.totals, strict=True)):
        raise ValueError("not a cost for each number, or not the same numbers")
