"""True figures → counts of which some are withheld. What comes of it is audited once more, from its bytes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from math import log
from typing import TYPE_CHECKING, Final

import numpy as np

from linkage.measures.figures import Note
from linkage.release.counts import ALL, TIME_AXES, Counts
from linkage.release.matrix.cells import numbered
from linkage.release.methods.suppress.amounts import told_amounts
from linkage.release.methods.suppress.choose import choose
from linkage.release.methods.suppress.pattern import STAYS, Costs, Pattern, everything
from linkage.release.protected import Protected
from linkage.release.tables import AMOUNT_STEP

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linkage.measures.figures import Axis, Cells
    from linkage.release.audit.problem import Flags, Problem
    from linkage.release.matrix.cells import Index
    from linkage.release.matrix.rows import Matrix, Piece
    from linkage.release.protected import Task

_UNIT: Final = 10
"""Of the cost, for a row of nobody in full detail."""
_DIMENSIONS: Final = (*TIME_AXES, "sex", "age")
_FINEST: Final = ("age", "sex", *TIME_AXES)
"""In this order breakdowns are given up where no pattern was found."""


def protect(task: Task) -> Protected:
    """Small numbers withheld, and others so that nobody can work them out. Raises SuppressionError."""
    matrix, told, untold = task.matrix, task.exactly, task.untold
    if matrix is None or told is None or untold is None:
        raise ValueError("figures without their matrix cannot be protected")
    told = _narrowed(told, task.narrow)
    numbers = _Numbers(task, matrix, told)
    costs = numbers.costs(untold)
    chosen = choose(told, untold, costs, [*numbers.coarser(costs)], key=task.key)
    counts = {
        name: _counts(cells, numbers.withheld(name, chosen.pattern), task.rule.threshold)
        for name, cells in task.figures.cells.items()
    }
    return Protected({"name": task.rule.method, **task.rule.parameters}, counts, {"audited": False})


def _narrowed(told: Problem, narrow: frozenset[tuple[Piece, ...]]) -> Problem:
    """The same, with what an audit found too narrow among what must not be."""
    parts = []
    for number, part in enumerate(told.parts):
        flags = part.sensitive.copy()
        flags[[row for pieces in narrow if len(pieces) == 1 for p, row in pieces if p == number]] = True
        parts.append(replace(part, sensitive=flags))
    totals = tuple(replace(t, sensitive=t.sensitive or t.pieces in narrow) for t in told.totals)
    return replace(told, parts=tuple(parts), totals=totals)


class _Numbers:
    """Where the cells of all measures stand in a problem: as one sum, or as one total."""

    def __init__(self, task: Task, matrix: Matrix, told: Problem) -> None:
        self._task, self._matrix, self._told = task, matrix, told
        self._totals: defaultdict[tuple[Piece, ...], list[int]] = defaultdict(list)
        for number, total in enumerate(told.totals):
            if not total.less and total.low == total.high:
                self._totals[total.pieces].append(number)

    def costs(self, untold: Problem) -> Costs:
        """What each number costs: the cells that it stands in, more for larger ones and for totals."""
        sums = [np.full(len(part.told), STAYS, np.int64) for part in self._told.parts]
        totals = np.full(len(self._told.totals), STAYS, np.int64)
        for name, cells in self._task.figures.cells.items():
            for index in numbered(cells):
                price = _price(cells, index)
                for array, number in self._at(name, index, sums, totals):
                    array[number] += price
        for part, free, costs in zip(self._told.parts, untold.parts, sums, strict=True):
            known = (free.low == part.low) & (free.high == part.high)  # told before: withholding is no use
            costs[known | (part.low != part.high)] = STAYS
        return Costs(tuple(sums), totals)

    def withheld(self, measure: str, pattern: Pattern) -> Flags:
        """Which cells of a measure a pattern withholds. Shape: that of its axes."""
        cells = self._task.figures.cells[measure]
        flags = np.zeros(cells.people.shape, np.bool_)
        for index in numbered(cells):
            flags[index] = any(a[n] for a, n in self._at(measure, index, pattern.sums, pattern.totals))
        return flags

    def coarser(self, costs: Costs) -> Iterator[Pattern]:
        """Whole breakdowns withheld: the finest dimension of all measures, then the next too."""
        possible = everything(costs)
        for upto in range(1, len(_FINEST) + 1):
            sums = tuple(np.zeros_like(flags) for flags in possible.sums)
            totals = np.zeros_like(possible.totals)
            for name, cells in self._task.figures.cells.items():
                for index in numbered(cells):
                    if _detailed(cells.axes, index, _FINEST[:upto]):
                        for array, number in self._at(name, index, sums, totals):
                            array[number] = True
            several = zip(sums, possible.sums, strict=True)
            yield Pattern(tuple(s & p for s, p in several), totals & possible.totals)

    def _at(
        self, measure: str, index: Index, sums: Sequence[np.ndarray], totals: np.ndarray
    ) -> Iterator[tuple[np.ndarray, int]]:
        """Where a cell stands: an array of a part, or that of the totals, and the place in it."""
        pieces = self._matrix.cells[measure].pieces(index)
        if len(pieces) == 1:
            yield sums[pieces[0][0]], pieces[0][1]
        else:
            yield from ((totals, number) for number in self._totals.get(pieces, ()))


def _price(cells: Cells, index: Index) -> int:
    """Of one cell. A total is worth twice as much as a part of it, so that detail is withheld first."""
    wide = sum(
        axis.name in _DIMENSIONS and len(axis.values) > 1 and axis.values[i] == ALL
        for axis, i in zip(cells.axes, index, strict=True)
    )
    return round(_UNIT * (1 + log(1 + int(cells.people[index])))) << wide


def _detailed(axes: Sequence[Axis], index: Index, dimensions: Sequence[str]) -> bool:
    """Whether a cell is of one label of one of these dimensions, and no total."""
    return any(axis.name in dimensions and axis.values[i] != ALL for axis, i in zip(axes, index, strict=True))


def _counts(cells: Cells, withheld: Flags, threshold: int) -> Counts:
    notes = cells.notes.copy()
    notes[withheld] = Note.WITHHELD
    values = np.where(notes == Note.KNOWN, cells.people, 0)
    counts = Counts(cells.axes, values, notes)
    if cells.sums is None:
        return counts
    told = told_amounts(cells, notes == Note.KNOWN, threshold)
    sum_notes = notes.copy()
    sum_notes[(notes == Note.KNOWN) & ~told] = Note.WITHHELD
    sums = np.where(told, cells.sums.total, 0)
    return Counts(cells.axes, values, notes, sums, sum_notes, AMOUNT_STEP)
