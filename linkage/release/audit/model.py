"""The atoms of some parts, with everything that a reader knows of them, as rows of a whole-number program."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from linkage.release.audit.problem import FAR, NO_MARK, NOTHING, Sums
from linkage.release.audit.solver import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from linkage.release.audit.problem import Part, Places, Problem, Whole

_SEED = 1


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
    sums of the parts, in order. bounds: what binds several sums. marks: shape (cells,), see Part; equal
    people of different parts are not looked for, so part_of tells them apart.
    """

    people: Whole
    told: Sums
    low: Whole
    high: Whole
    cells: int
    bounds: tuple[Bound, ...] = ()
    marks: Whole | None = None
    part_of: Whole | None = None

    def holds(self, table: Whole) -> bool:
        """Whether a table agrees with everything, in exact arithmetic."""
        return self.adds_up(table) and not self.twins(table)

    def adds_up(self, table: Whole) -> bool:
        """Whether it agrees with every sum and bound."""
        if (table < 0).any():
            return False
        values = self.told.values(table)
        if (values < self.low).any() or (values > self.high).any():
            return False
        return not self.broken(values)

    def broken(self, values: Whole) -> list[int]:
        """The bounds that these values of the sums do not keep."""
        if not self.bounds:
            return []
        sums, places, signs, low, high = self._bound_rows
        found = np.zeros(len(low), np.int64)
        np.add.at(found, places, signs * values[sums])
        return np.flatnonzero((found < low) | (found > high)).tolist()

    def twins(self, table: Whole) -> list[tuple[int, int]]:
        """Sums that would be of the same people in this table, and cannot be, as their marks differ.

        The same people: found by adding up random words of the atoms that have any. Two sets that share the
        sum by chance would only make a world be passed over.
        """
        if self.marks is None or self.part_of is None:
            return []
        whose = np.where(table > 0, self._words, 0)
        same = self.told.values(whose)[: self.cells]
        order = np.lexsort((self.marks, same, self.part_of))
        order = order[self.marks[order] != NO_MARK]
        a, b = order[:-1], order[1:]
        alike = (same[a] == same[b]) & (self.part_of[a] == self.part_of[b])
        wrong = np.flatnonzero(alike & (self.marks[a] != self.marks[b]))
        return [(int(a[i]), int(b[i])) for i in wrong]

    @cached_property
    def _words(self) -> Whole:
        limits = np.iinfo(np.int64)
        return np.random.default_rng(_SEED).integers(limits.min, limits.max, len(self.people))

    def apart(self, one: int, other: int) -> Places:
        """The atoms that are in one of two sums and not in the other."""
        return np.setxor1d(self.told.one(one), self.told.one(other))

    @cached_property
    def _bound_rows(self) -> tuple[Places, Places, Whole, Whole, Whole]:
        """All bounds at once: their sums, of which bound each is, its sign; and what each bound may be."""
        sums = np.concatenate([np.concatenate([b.more, b.less]) for b in self.bounds])
        sizes = [(len(b.more), len(b.less)) for b in self.bounds]
        places = np.repeat(np.arange(len(sizes), dtype=np.intp), [more + less for more, less in sizes])
        signs = np.concatenate([np.repeat(np.array([1, -1], np.int64), two) for two in sizes])
        low = np.array([b.low for b in self.bounds], np.int64)
        return sums, places, signs, low, np.array([b.high for b in self.bounds], np.int64)

    def rows(self) -> Rows:
        """The sums, for a solver."""
        ones = np.ones(len(self.told.atoms), np.int64)
        return Rows(self.told.starts, self.told.atoms, ones, self.low, self.high)

    def row(self, bound: Bound) -> tuple[Places, Whole]:
        """A bound as atoms and their coefficients."""
        several = [(self.told.one(int(n)), s) for ns, s in ((bound.more, 1), (bound.less, -1)) for n in ns]
        every, place = np.unique(np.concatenate([atoms for atoms, _ in several]), return_inverse=True)
        row = np.zeros(len(every), np.int64)
        np.add.at(row, place, np.repeat([s for _, s in several], [len(atoms) for atoms, _ in several]))
        there = np.flatnonzero(row)
        return every[there], row[there]


class Relation(NamedTuple):
    """low ≤ the sums with their signs ≤ high. several: (part, sum), and 1 or -1."""

    several: tuple[tuple[tuple[int, int], int], ...]
    low: int
    high: int


class Ground:
    """A problem made ready for all its readers: the models of single parts and of several."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._true = [part.told.values(part.people) for part in problem.parts]
        self._relations = list(relations(problem))
        self._of_part: list[list[int]] = [[] for _ in problem.parts]
        for number, relation in enumerate(self._relations):
            for part in {part for (part, _), _ in relation.several}:
                self._of_part[part].append(number)
        self._bound: dict[tuple[int, ...], tuple[Whole, Whole, tuple[Bound, ...]]] = {}
        self._tied = [self._tied_to(number) for number in range(len(problem.parts))]

    def tied(self, number: int) -> list[int]:
        """The parts that a part is bound to directly, without itself; those of most relations first."""
        return self._tied[number]

    def _tied_to(self, number: int) -> list[int]:
        several = [
            part for i in self._of_part[number] for part in {p for (p, _), _ in self._relations[i].several}
        ]
        parts, counts = np.unique(np.array(several, np.intp), return_counts=True)
        order = np.argsort(-counts, kind="stable")
        return [int(part) for part in parts[order] if part != number]

    def closure(self, number: int) -> list[int]:
        """The parts that a part is bound to, by however many relations; itself among them."""
        found, waiting = {number}, [number]
        while waiting:
            more = set(self.tied(waiting.pop())) - found
            found |= more
            waiting += more
        return sorted(found)

    def model(self, numbers: Sequence[int], view: str) -> tuple[Model, dict[int, int]]:
        """Some parts, all others as they truly are; and where the sums of each begin.

        What binds them to the others becomes a bound: fewer worlds, and all of them real.
        """
        parts = [self.problem.parts[n] for n in numbers]
        first_atom = np.cumsum([0, *(len(p.people) for p in parts)])
        first_sum = np.cumsum([0, *(len(p.told) for p in parts)])
        begins = {n: int(first_sum[i]) for i, n in enumerate(numbers)}
        low, high, bounds = self._bounds(tuple(numbers), begins)
        people = np.concatenate([p.people for p in parts])
        known = _stacked([(p.known.get(view, NOTHING), int(first_atom[i])) for i, p in enumerate(parts)])
        exact = known.values(people)
        told = _stacked([*((p.told, int(first_atom[i])) for i, p in enumerate(parts)), (known, 0)])
        model = Model(
            people,
            told,
            np.concatenate([low, exact]),
            np.concatenate([high, exact]),
            int(first_sum[-1]),
            bounds,
            _marks(parts),
            np.repeat(np.arange(len(parts)), [len(p.told) for p in parts]).astype(np.int64),
        )
        return model, begins

    def _bounds(
        self, numbers: tuple[int, ...], begins: Mapping[int, int]
    ) -> tuple[Whole, Whole, tuple[Bound, ...]]:
        """What the sums of some parts may be, the same for all readers."""
        if numbers not in self._bound:
            low = np.concatenate([self.problem.parts[n].low for n in numbers])
            high = np.concatenate([self.problem.parts[n].high for n in numbers])
            bounds = []
            for number in sorted({i for n in numbers for i in self._of_part[n]}):
                several, least, most = self._relations[number]
                mine = [(begins[p] + r, sign) for (p, r), sign in several if p in begins]
                rest = sum(sign * int(self._true[p][r]) for (p, r), sign in several if p not in begins)
                if len(mine) == 1:
                    ((row, sign),) = mine
                    below, above = (least - rest, most - rest) if sign > 0 else (rest - most, rest - least)
                    low[row], high[row] = max(int(low[row]), below), min(int(high[row]), above)
                else:
                    bounds.append(_bound(mine, least - rest, most - rest))
            self._bound[numbers] = low, high, tuple(bounds)
        return self._bound[numbers]


def relations(problem: Problem) -> Iterator[Relation]:
    """What binds sums to each other."""
    for tie in problem.ties:
        for piece in tie.pieces if tie.least else ():
            yield Relation(((tie.whole, 1), (piece, -1)), 0, FAR)
        if tie.complete and tie.pieces:
            yield Relation((*((piece, 1) for piece in tie.pieces), (tie.whole, -1)), 0, FAR)
    for total in problem.totals:
        signed = (*((piece, 1) for piece in total.pieces), *((piece, -1) for piece in total.less))
        yield Relation(signed, total.low, total.high)


def _bound(mine: Sequence[tuple[int, int]], low: int, high: int) -> Bound:
    places = {sign: np.array([row for row, s in mine if s == sign], np.intp) for sign in (1, -1)}
    return Bound(places[1], places[-1], low, high)


def _marks(parts: Sequence[Part]) -> Whole | None:
    if all(part.marks is None for part in parts):
        return None
    none = [np.full(len(part.told), NO_MARK, np.int64) for part in parts]
    return np.concatenate([n if p.marks is None else p.marks for p, n in zip(parts, none, strict=True)])


def _stacked(several: Sequence[tuple[Sums, int]]) -> Sums:
    """Sums one after the other; each with the number of its first atom."""
    starts, atoms, end = [np.zeros(1, np.intp)], [np.empty(0, np.intp)], 0
    for sums, first in several:
        starts.append(sums.starts[1:] + end)
        atoms.append(sums.atoms + first)
        end += len(sums.atoms)
    return Sums(np.concatenate(starts), np.concatenate(atoms))
