"""The atoms of some parts, with everything that a reader knows of them, as rows of a whole-number program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from linkage.release.audit.problem import FAR, NOTHING, Sums
from linkage.release.audit.solver import Rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.release.audit.problem import Flags, Part, Problem, Tie, Whole


@dataclass(frozen=True, repr=False)
class Model:
    """The tables that one reader cannot tell from the true one.

    people: the true table. told, low, high: sums and what they may be; the first `cells` of them are the told
    sums of the parts, in order. ties: linear rows that must not be negative, coefficients aside.
    """

    people: Whole
    told: Sums
    low: Whole
    high: Whole
    cells: int
    tied: tuple[tuple[Whole, Whole], ...] = ()

    def holds(self, table: Whole) -> bool:
        """Whether a table agrees with everything, in exact arithmetic."""
        if (table < 0).any():
            return False
        values = self.told.values(table)
        if (values < self.low).any() or (values > self.high).any():
            return False
        return all((values[more].sum() - values[less].sum()) >= 0 for more, less in self.tied)

    def rows(self) -> Rows:
        """The same for a solver: sums, then ties."""
        starts, columns = [self.told.starts], [self.told.atoms]
        coefficients = [np.ones(len(self.told.atoms), np.int64)]
        low, high = [self.low], [self.high]
        end = len(self.told.atoms)
        for more, less in self.tied:
            row = np.zeros(len(self.people), np.int64)
            for side, sign in ((more, 1), (less, -1)):
                for sum_ in side:
                    row[self.told.one(int(sum_))] += sign
            there = np.flatnonzero(row)
            end += len(there)
            starts.append(np.array([end], np.intp))
            columns.append(there)
            coefficients.append(row[there])
            low.append(np.zeros(1, np.int64))
            high.append(np.full(1, FAR, np.int64))
        return Rows(*(np.concatenate(x) for x in (starts, columns, coefficients, low, high)))


def alone(problem: Problem, number: int, view: str) -> Model:
    """One part by itself, all others as they truly are: a tie becomes a bound. Fewer worlds, all real."""
    part = problem.parts[number]
    low, high = part.low.copy(), part.high.copy()
    true = [p.told.values(p.people) for p in problem.parts]
    for tie in problem.ties:
        for place in (tie.whole, *tie.pieces):
            if place[0] == number:
                _bound(tie, place, true, low, high)
    return _with_known(part.people, part.told, low, high, [(part, 0)], view)


def _bound(tie: Tie, place: tuple[int, int], true: Sequence[Whole], low: Whole, high: Whole) -> None:
    """What a tie says of one of its sums when the others are as they are."""
    row = place[1]
    pieces = [int(true[p][r]) for p, r in tie.pieces]
    whole = int(true[tie.whole[0]][tie.whole[1]])
    if place == tie.whole:
        low[row] = max(int(low[row]), max(pieces, default=0))
        if tie.complete:
            high[row] = min(int(high[row]), sum(pieces))
    else:
        high[row] = min(int(high[row]), whole)
        if tie.complete:
            own = int(true[place[0]][row])
            low[row] = max(int(low[row]), whole - (sum(pieces) - own))


def together(problem: Problem, numbers: Sequence[int], view: str) -> tuple[Model, dict[int, int]]:
    """Several parts with the ties between them, the rest as it truly is; and where each part's sums begin."""
    parts = [problem.parts[n] for n in numbers]
    first_atom = np.cumsum([0, *(len(p.people) for p in parts)])
    first_sum = np.cumsum([0, *(len(p.told) for p in parts)])
    begins = {n: int(first_sum[i]) for i, n in enumerate(numbers)}
    told = _stacked([(p.told, int(first_atom[i])) for i, p in enumerate(parts)])
    low, high = np.concatenate([p.low for p in parts]), np.concatenate([p.high for p in parts])
    tied = [rows for tie in problem.ties for rows in _inequalities(tie, begins)]
    people = np.concatenate([p.people for p in parts])
    held = [(p, int(first_atom[i])) for i, p in enumerate(parts)]
    model = _with_known(people, told, low, high, held, view)
    return Model(model.people, model.told, model.low, model.high, model.cells, tuple(tied)), begins


def _inequalities(tie: Tie, begins: dict[int, int]) -> list[tuple[Whole, Whole]]:
    """(sums that together are at least, these together): of a tie all of whose parts are here."""
    places = (tie.whole, *tie.pieces)
    if any(part not in begins for part, _ in places):
        return []
    whole, *pieces = (np.array([begins[part] + row], np.int64) for part, row in places)
    found = [(whole, piece) for piece in pieces]
    return [*found, (np.concatenate(pieces), whole)] if tie.complete and pieces else found


def _with_known(
    people: Whole, told: Sums, low: Whole, high: Whole, parts: Sequence[tuple[Part, int]], view: str
) -> Model:
    known = _stacked([(part.known.get(view, NOTHING), first) for part, first in parts])
    exact = known.values(people)
    return Model(
        people,
        _stacked([(told, 0), (known, 0)]),
        np.concatenate([low, exact]),
        np.concatenate([high, exact]),
        len(told),
    )


def _stacked(several: Sequence[tuple[Sums, int]]) -> Sums:
    """Sums one after the other; each with the number of its first atom."""
    starts, atoms, end = [np.zeros(1, np.intp)], [np.empty(0, np.intp)], 0
    for sums, first in several:
        starts.append(sums.starts[1:] + end)
        atoms.append(sums.atoms + first)
        end += len(sums.atoms)
    return Sums(np.concatenate(starts), np.concatenate(atoms))


def determined(told: Sums, known: Sums, atoms: int) -> Flags:
    """Which told sums are unions of known ones, which have no atom in common."""
    group = np.full(atoms, -1, np.intp)
    group[known.atoms] = known.rows
    sizes = np.diff(known.starts)
    found = np.zeros(len(told), np.bool_)
    for number in range(len(told)):
        mine = group[told.one(number)]
        if len(mine) and mine.min() < 0:
            continue
        groups, counts = np.unique(mine, return_counts=True)
        found[number] = bool((counts == sizes[groups]).all())
    return found
