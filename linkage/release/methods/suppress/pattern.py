"""Which numbers of a release are withheld, what that costs, and what its readers then see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from linkage.release.audit.problem import FAR

if TYPE_CHECKING:
    from linkage.release.audit.problem import Flags, Part, Problem, Total, Whole

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


def withheld(problem: Problem, pattern: Pattern) -> Problem:
    """The same problem, as its readers see it when these numbers are withheld."""
    parts = tuple(_part(p, flags) for p, flags in zip(problem.parts, pattern.sums, strict=True))
    totals = tuple(_total(t, bool(f)) for t, f in zip(problem.totals, pattern.totals, strict=True))
    return replace(problem, parts=parts, totals=totals)


def _part(part: Part, flags: Flags) -> Part:
    low, high = np.where(flags, 0, part.low), np.where(flags, FAR, part.high)
    return replace(part, low=low, high=high)


def _total(total: Total, withheld: bool) -> Total:
    return replace(total, low=-FAR if total.less else 0, high=FAR) if withheld else total


def check(problem: Problem, costs: Costs) -> None:
    """Raises ValueError unless what can be withheld is told exactly, and everything has a cost."""
    shapes = all(c.shape == p.low.shape for c, p in zip(costs.sums, problem.parts, strict=True))
    if not shapes or len(costs.totals) != len(problem.totals):
        raise ValueError("not a cost for each number")
    for part, cost in zip(problem.parts, costs.sums, strict=True):
        if ((part.low != part.high) & (cost != STAYS)).any():
            raise ValueError("only what is told exactly can be withheld")
