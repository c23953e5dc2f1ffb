"""What binds the atoms of some parts, as rows of a linear program: those that can be withheld, and the rest.

A row that can be withheld is a *choice*: told, it is bound to its true number, and withheld it is free. All
other rows hold always: what was told before, ties, and for each reader what it knows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from linkage.release.audit.problem import FAR, NOTHING
from linkage.release.audit.reach import room_of
from linkage.release.methods.suppress.pattern import STAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linkage.release.audit.problem import Flags, Places, Problem, Whole
    from linkage.release.methods.suppress.pattern import Costs

EVERYBODY: Final = -1
"""A row that holds for all readers."""


class Choice(NamedTuple):
    """A number that can be withheld: a sum of a part, or a total, and then part is TOTAL."""

    part: int
    number: int


TOTAL: Final = -1


class Row(NamedTuple):
    """A row over atoms: places and coefficients, what it may be, and which reader it binds."""

    atoms: Places
    coefficients: Whole
    low: int
    high: int
    reader: int = EVERYBODY


@dataclass(frozen=True, eq=False, repr=False)
class System:
    """The rows of some parts, all other parts as they truly are.

    people: shape (n,), the true numbers of the atoms. rows: those of the choices first, in their order.
    costs, free_low, free_high: shape (choices,), the price of each and what it may be when it is withheld.
    aims: the rows that must not be narrowed; needs: shape (readers, aims), how far apart each must stay, 0
    where a reader knows it anyway. true, low, high, reader: shape (rows,).
    """

    people: Whole
    choices: tuple[Choice, ...]
    rows: tuple[Row, ...]
    costs: Whole
    free_low: Whole
    free_high: Whole
    aims: Places
    needs: Whole
    true: Whole = field(init=False)
    low: Whole = field(init=False)
    high: Whole = field(init=False)
    reader: Whole = field(init=False)

    def __post_init__(self) -> None:
        true = [int((self.people[row.atoms] * row.coefficients).sum()) for row in self.rows]
        several = {
            "true": true,
            "low": [row.low for row in self.rows],
            "high": [row.high for row in self.rows],
            "reader": [row.reader for row in self.rows],
        }
        for name, numbers in several.items():
            object.__setattr__(self, name, np.array(numbers, np.int64))

    def __repr__(self) -> str:
        return f"<System of {len(self.rows)} rows>"

    @property
    def must(self) -> Flags:
        """The choices that are withheld in any case."""
        found = np.zeros(len(self.choices), np.bool_)
        found[self.aims[self.aims < len(self.choices)]] = True
        return found


def system(told: Problem, untold: Problem, costs: Costs, numbers: Sequence[int], *, totals: bool) -> System:
    """The rows of these parts.

    told: with every number of ours told; untold: with none of them. totals: false where all totals are
    withheld that can be.
    """
    return _Rows(told, untold, costs, numbers, totals=totals).system()


class _Rows:
    """Collects the rows."""

    def __init__(
        self, told: Problem, untold: Problem, costs: Costs, numbers: Sequence[int], *, totals: bool
    ) -> None:
        self._problem, self._untold, self._costs, self._totals = told, untold, costs, totals
        self._numbers = numbers
        self._true: dict[int, Whole] = {}
        self._reached: dict[int, list[Whole]] = {}
        sizes = [len(told.parts[n].people) for n in numbers]
        self._first = dict(zip(numbers, np.cumsum([0, *sizes[:-1]]).tolist(), strict=True))
        self._choices: list[Choice] = []
        self._chosen: list[Row] = []
        self._free: list[tuple[int, int]] = []
        self._always: list[Row] = []
        self._prices: list[int] = []
        self._aims: list[tuple[bool, int]] = []  # whether it is a choice, and its number
        self._needs: list[list[int]] = []

    def system(self) -> System:
        for number in self._numbers:
            self._sums(number)
        for number in range(len(self._problem.totals)):
            self._total(number)
        self._ties()
        self._always += list(self._groups())
        aims = [i if chosen else len(self._choices) + i for chosen, i in self._aims]
        needs = np.array(self._needs, np.int64).reshape(len(aims), len(self._problem.views)).T
        free = np.array(self._free, np.int64).reshape(-1, 2).T
        return System(
            np.concatenate([np.zeros(0, np.int64), *(self._problem.parts[n].people for n in self._numbers)]),
            tuple(self._choices),
            (*self._chosen, *self._always),
            np.array(self._prices, np.int64),
            free[0],
            free[1],
            np.array(aims, np.intp),
            needs,
        )

    def _sums(self, number: int) -> None:
        part, free = self._problem.parts[number], self._untold.parts[number]
        costs, reaches = self._costs.sums[number], self._reaches(number)
        for i in range(len(part.told)):
            atoms = part.told.one(i) + self._first[number]
            row = Row(atoms, np.ones(len(atoms), np.int64), int(part.low[i]), int(part.high[i]))
            if part.sensitive[i]:
                self._aim(chosen=bool(costs[i] != STAYS), reaches=[int(r[i]) for r in reaches])
            if costs[i] != STAYS:
                self._choose(Choice(number, i), row, int(costs[i]), (int(free.low[i]), int(free.high[i])))
            elif row.low > 0 or row.high < FAR or part.sensitive[i]:
                self._always.append(row)

    def _total(self, number: int) -> None:
        total, free = self._problem.totals[number], self._untold.totals[number]
        several = (*((p, 1) for p in total.pieces), *((p, -1) for p in total.less))
        price = int(self._costs.totals[number])
        row = self._row(several, total.low, total.high)
        if row is None:
            return
        if price == STAYS or not self._totals:
            told = row if price == STAYS else self._row(several, free.low, free.high)
            if told is not None and (told.low > -FAR or told.high < FAR):
                self._always.append(told)
            return
        if total.sensitive and all(part in self._first for (part, _), _ in several):
            reaches = [[r[i] for r in self._reaches(part)] for (part, i), _ in several]
            self._aim(
                chosen=True,
                reaches=[int(min(FAR, sum(r[v] for r in reaches))) for v in range(len(reaches[0]))],
            )
        freed = self._row(several, free.low, free.high)
        self._choose(Choice(TOTAL, number), row, price, (row.low, row.high) if freed is None else freed[2:4])

    def _choose(self, choice: Choice, row: Row, price: int, free: tuple[int, int]) -> None:
        self._choices.append(choice)
        self._chosen.append(row)
        self._prices.append(price)
        self._free.append(free)

    def _aim(self, *, chosen: bool, reaches: Sequence[int]) -> None:
        """The row that comes next."""
        self._aims.append((chosen, len(self._choices) if chosen else len(self._always)))
        self._needs.append([min(self._problem.width, r) for r in reaches])

    def _reaches(self, number: int) -> list[Whole]:
        """For each reader, how far apart it can think the sums of a part to be."""
        if number not in self._reached:
            part = self._problem.parts[number]
            self._reached[number] = [room_of(part, view) for view in self._problem.views]
        return self._reached[number]

    def _value(self, part: int, number: int) -> int:
        if part not in self._true:
            self._true[part] = self._problem.parts[part].told.values(self._problem.parts[part].people)
        return int(self._true[part][number])

    def _row(self, several: Sequence[tuple[tuple[int, int], int]], low: int, high: int) -> Row | None:
        """Sums with their signs, those of other parts as they truly are; None where none is of ours."""
        atoms, coefficients, rest = [], [], 0
        for (part, number), sign in several:
            if part in self._first:
                mine = self._problem.parts[part].told.one(number) + self._first[part]
                atoms.append(mine)
                coefficients.append(np.full(len(mine), sign, np.int64))
            else:
                rest += sign * self._value(part, number)
        if not atoms:
            return None
        places, inverse = np.unique(np.concatenate(atoms), return_inverse=True)
        signs = np.zeros(len(places), np.int64)
        np.add.at(signs, inverse, np.concatenate(coefficients))
        there = signs != 0
        far = (low if low <= -FAR else low - rest), (high if high >= FAR else high - rest)
        return Row(places[there], signs[there], *far)

    def _ties(self) -> None:
        for tie in self._problem.ties:
            for piece in tie.pieces if tie.least else ():
                self._tie([(tie.whole, 1), (piece, -1)])
            if tie.complete and tie.pieces:
                self._tie([*((piece, 1) for piece in tie.pieces), (tie.whole, -1)])

    def _tie(self, several: Sequence[tuple[tuple[int, int], int]]) -> None:
        row = self._row(several, 0, FAR)
        if row is not None and len(row.atoms):
            self._always.append(row)

    def _groups(self) -> Iterator[Row]:
        for reader, view in enumerate(self._problem.views):
            for number in self._numbers:
                part = self._problem.parts[number]
                known = part.known.get(view, NOTHING)
                values = known.values(part.people)
                for i in range(len(known)):
                    atoms = known.one(i) + self._first[number]
                    ones = np.ones(len(atoms), np.int64)
                    yield Row(atoms, ones, int(values[i]), int(values[i]), reader)


def as_flags(choices: Sequence[Choice], flags: Flags, into: Sequence[Flags], totals: Flags) -> None:
    """Write the chosen flags into those of the parts and totals of a pattern."""
    for choice, flag in zip(choices, flags, strict=True):
        where = totals if choice.part == TOTAL else into[choice.part]
        where[choice.number] |= flag
