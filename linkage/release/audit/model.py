"""The atoms of some parts, with everything that a reader knows of them, as rows of a whole-number program."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from linkage.release.audit.problem import FAR, NOTHING, Sums
from linkage.release.audit.solver import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from linkage.release.audit.problem import Flags, Part, Places, Problem, Whole


class Bound(NamedTuple):
    """low ≤ these sums, less those, ≤ high: what binds sums of several parts to each other."""

    more: Places
    less: Places
    low: int
    high: int


@dataclass(frozen=True, repr=False)
class Model:
    """The tables that one reader cannot tell from the true one.

    people: the true table. told, low, high: sums and what they may be; the first `cells` of them are the told
    sums of the parts, in order. bounds: what binds several sums.
    """

    people: Whole
    told: Sums
    low: Whole
    high: Whole
    cells: int
    bounds: tuple[Bound, ...] = ()

    def holds(self, table: Whole) -> bool:
        """Whether a table agrees with everything, in exact arithmetic."""
        if (table < 0).any():
            return False
        values = self.told.values(table)
        if (values < self.low).any() or (values > self.high).any():
            return False
        return all(
            bound.low <= int(values[bound.more].sum()) - int(values[bound.less].sum()) <= bound.high
            for bound in self.bounds
        )

    def rows(self) -> Rows:
        """The same for a solver: sums, then bounds."""
        starts, columns = [self.told.starts], [self.told.atoms]
        coefficients = [np.ones(len(self.told.atoms), np.int64)]
        end = len(self.told.atoms)
        for bound in self.bounds:
            row = np.zeros(len(self.people), np.int64)
            for sums, sign in ((bound.more, 1), (bound.less, -1)):
                for number in sums:
                    row[self.told.one(int(number))] += sign
            there = np.flatnonzero(row)
            end += len(there)
            starts.append(np.array([end], np.intp))
            columns.append(there)
            coefficients.append(row[there])
        low = np.concatenate([self.low, np.array([b.low for b in self.bounds], np.int64)])
        high = np.concatenate([self.high, np.array([b.high for b in self.bounds], np.int64)])
        rows, atoms, signs = (np.concatenate(x) for x in (starts, columns, coefficients))
        return Rows(rows, atoms, signs, low, high)


def alone(problem: Problem, number: int, view: str) -> Model:
    """One part by itself, all others as they truly are: a tie becomes a bound. Fewer worlds, all real."""
    part = problem.parts[number]
    low, high = part.low.copy(), part.high.copy()
    true = [p.told.values(p.people) for p in problem.parts]
    bounds = []
    for several, least, most in _relations(problem):
        mine = [(row, sign) for (p, row), sign in several if p == number]
        rest = sum(sign * int(true[p][row]) for (p, row), sign in several if p != number)
        if len(mine) == 1:
            ((row, sign),) = mine
            below, above = (least - rest, most - rest) if sign > 0 else (rest - most, rest - least)
            low[row], high[row] = max(int(low[row]), below), min(int(high[row]), above)
        elif mine:
            bounds.append(_bound([((0, row), sign) for row, sign in mine], least - rest, most - rest, {0: 0}))
    model = _with_known(part.people, part.told, low, high, [(part, 0)], view)
    return replace(model, bounds=tuple(bounds))


def _relations(problem: Problem) -> Iterator[tuple[list[tuple[tuple[int, int], int]], int, int]]:
    """What binds sums to each other: (sum and its sign, …), at least, at most."""
    for tie in problem.ties:
        for piece in tie.pieces:
            yield [(tie.whole, 1), (piece, -1)], 0, FAR
        if tie.complete and tie.pieces:
            yield [*((piece, 1) for piece in tie.pieces), (tie.whole, -1)], 0, FAR
    for total in problem.totals:
        yield [(piece, 1) for piece in total.pieces], total.low, total.high


def together(problem: Problem, numbers: Sequence[int], view: str) -> tuple[Model, dict[int, int]]:
    """Several parts with what binds them to each other; and where each part's sums begin."""
    parts = [problem.parts[n] for n in numbers]
    first_atom = np.cumsum([0, *(len(p.people) for p in parts)])
    first_sum = np.cumsum([0, *(len(p.told) for p in parts)])
    begins = {n: int(first_sum[i]) for i, n in enumerate(numbers)}
    told = _stacked([(p.told, int(first_atom[i])) for i, p in enumerate(parts)])
    low, high = np.concatenate([p.low for p in parts]), np.concatenate([p.high for p in parts])
    people = np.concatenate([p.people for p in parts])
    held = [(p, int(first_atom[i])) for i, p in enumerate(parts)]
    model = _with_known(people, told, low, high, held, view)
    bounds = tuple(
        _bound(*relation, begins) for relation in _relations(problem) if _inside(relation[0], begins)
    )
    return replace(model, bounds=bounds), begins


def _inside(several: Sequence[tuple[tuple[int, int], int]], begins: Mapping[int, int]) -> bool:
    return all(part in begins for (part, _), _ in several)


def _bound(
    several: Sequence[tuple[tuple[int, int], int]], low: int, high: int, begins: Mapping[int, int]
) -> Bound:
    places = {sign: [begins[p] + r for (p, r), s in several if s == sign] for sign in (1, -1)}
    return Bound(np.array(places[1], np.intp), np.array(places[-1], np.intp), low, high)


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
