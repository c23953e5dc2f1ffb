"""What somebody outside can work out of one release, and of others that tell the same numbers.

First one table that agrees with every published number is looked for: it stands for the truth, which the
reader does not know. From there the audit's own search goes on, for the reader who knows nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from linkage.release.audit.model import Ground
from linkage.release.audit.problem import FAR, NO_MARK, Problem, Total
from linkage.release.audit.verdict import audit
from linkage.release.matrix.problem import rule_of
from linkage.release.matrix.rows import OUTSIDER
from linkage.release.outsider.first import first
from linkage.release.outsider.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linkage.release.audit.problem import Part, Whole
    from linkage.release.audit.solver import Clock
    from linkage.release.matrix.bounds import Bounds
    from linkage.release.matrix.problem import Rule
    from linkage.release.matrix.rows import Piece
    from linkage.release.outsider.seen import Number, Seen

Pieces: TypeAlias = "tuple[Piece, ...]"


class Found(Enum):
    """What can be said of a hidden number.

    APART: two tables keep it apart by the width. NARROW: none do, and it is one that the method promises to
    hide, whatever it is. OPEN: none do, and it is of as many people as may be told. UNCLEAR: none do, and
    it may be either. UNKNOWN: none do of the people who were drawn; of all there could be, two might.
    """

    APART = "apart"
    NARROW = "narrow"
    OPEN = "open"
    UNCLEAR = "unclear"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Result:
    """Of each hidden number what was found; numbers of the same people are one, the first of them."""

    found: tuple[tuple[Number, Found], ...]

    def of(self, kind: Found) -> tuple[Number, ...]:
        """The numbers of which this was found."""
        return tuple(number for number, found in self.found if found is kind)


def attack(seen: Seen, others: Iterable[tuple[Number, Bounds]], clock: Clock) -> Result | None:
    """All that somebody outside can do. others: what other releases say of numbers of this one.

    None where no table agrees with all of it. Raises TimeError.
    """
    rule = rule_of(seen.release.method)
    told = _Told(seen, others)
    problem = told.problem(rule, clock)
    if problem is None and told.marked:
        told.unmark()
        problem = told.problem(rule, clock)
    if problem is None:
        return None
    verdict = audit(problem, clock.left())
    narrow: set[Pieces] = {(place,) for place in verdict.narrow}
    narrow |= {problem.totals[number].pieces for number in verdict.totals}
    ground = Ground(problem)
    found = []
    for number in told.hidden.values():
        near = number.pieces in narrow
        found.append((number, _look(seen, number, rule, ground, clock) if near else Found.APART))
    return Result(tuple(found))


def _look(seen: Seen, number: Number, rule: Rule, ground: Ground, clock: Clock) -> Found:
    """What a number is that the search did not keep apart: how small and how large it can be."""
    numbers = sorted({n for part, _ in number.pieces for n in ground.closure(part)})
    model, begins = ground.model(numbers, OUTSIDER)
    rows = np.array([begins[part] + row for part, row in number.pieces], np.intp)
    least, most = Tables(model, clock).ends(rows)
    if most - least >= rule.width:
        return Found.APART
    if not seen.every:
        return Found.UNKNOWN
    if least >= rule.threshold or (most == 0 and not number.joined):
        return Found.OPEN
    if most < rule.threshold and (least > 0 or number.joined):
        return Found.NARROW
    return Found.UNCLEAR


class _Told:
    """What is told of each sum of a release, and which are hidden."""

    def __init__(self, seen: Seen, others: Iterable[tuple[Number, Bounds]]) -> None:
        self._untold = seen.untold()
        sizes = [len(part.told) for part in self._untold.parts]
        self._low = [np.zeros(n, np.int64) for n in sizes]
        self._high = [np.full(n, FAR, np.int64) for n in sizes]
        self._marks = [np.full(n, NO_MARK, np.int64) for n in sizes]
        self._totals: dict[Pieces, tuple[int, int]] = {}
        self.hidden: dict[Pieces, Number] = {}
        for number in seen.numbers:
            self._tell(number.pieces, number.bounds)
            if number.hidden:
                self.hidden.setdefault(number.pieces, number)
        for number, bounds in others:
            self._tell(number.pieces, bounds)
        if seen.release.agreement.round > 1:
            self.unmark()

    @property
    def marked(self) -> bool:
        """Whether anything says of sums that they are of different people."""
        return any((marks != NO_MARK).any() for marks in self._marks)

    def unmark(self) -> None:
        """Equal people may be told with different numbers: where one was told before, of others."""
        for marks in self._marks:
            marks[:] = NO_MARK

    def _tell(self, pieces: Pieces, bounds: Bounds) -> None:
        if len(pieces) > 1:
            low, high = self._totals.get(pieces, (0, FAR))
            self._totals[pieces] = max(low, bounds.low), min(high, bounds.high)
            return
        ((part, row),) = pieces
        self._low[part][row] = max(int(self._low[part][row]), bounds.low)
        self._high[part][row] = min(int(self._high[part][row]), bounds.high)
        if bounds.mark != NO_MARK:
            self._marks[part][row] = bounds.mark

    def problem(self, rule: Rule, clock: Clock) -> Problem | None:
        """The attack of somebody outside on a table that could be the true one; None where there is none."""
        told = [Total(p, low, high, (), p in self.hidden) for p, (low, high) in self._totals.items()]
        marked = [m if (m != NO_MARK).any() else None for m in self._marks]
        nobody = tuple(replace(p, marks=m) for p, m in zip(self._untold.parts, marked, strict=True))
        start = replace(self._untold, parts=nobody, width=rule.width, totals=(*self._untold.totals, *told))
        people = first(start, self._low, self._high, clock)
        if people is None:
            return None
        return replace(start, parts=tuple(self._part(n, p, people[n]) for n, p in enumerate(nobody)))

    def _part(self, number: int, part: Part, people: Whole) -> Part:
        sensitive = np.zeros(len(part.told), np.bool_)
        sensitive[[p[0][1] for p in self.hidden if len(p) == 1 and p[0][0] == number]] = True
        return replace(
            part, people=people, low=self._low[number], high=self._high[number], sensitive=sensitive
        )
