"""An attacker who has nothing but the published numbers and what a reader knows: plain Python and scipy.

It shares nothing with the program: its own reading of what is told, its own solver. It looks for the least
and the greatest whole number that a cell can be.
Of a whole release it has the bytes (tests/attacker_reading.py), everybody there could be
(tests/attacked_histories.py) and as a party its own people.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import scipy.optimize
import scipy.sparse

from linkage.agreement.model import Agreement
from tests.attacked_histories import Labels, Person, Question, Whole, possible, questions
from tests.attacker_reading import FAR, Seen, seen


class Said(NamedTuple):
    """These atoms add up to a number."""

    atoms: Collection[int]
    number: int


def interval(n: int, said: Sequence[Said], cell: Collection[int], most: int) -> tuple[int, int]:
    """The least and the greatest that a cell can be. n: atoms; most: no atom has more people."""
    rows = np.zeros((max(1, len(said)), n))
    numbers = np.zeros(max(1, len(said)))
    for i, (atoms, number) in enumerate(said):
        rows[i, list(atoms)] = 1
        numbers[i] = number
    cost = np.zeros(n)
    cost[list(cell)] = 1
    found = []
    for sign in (1, -1):
        answer = scipy.optimize.milp(
            sign * cost,
            integrality=np.ones(n),
            bounds=scipy.optimize.Bounds(0, most),
            constraints=[scipy.optimize.LinearConstraint(rows, numbers, numbers)],
            options={"mip_rel_gap": 0.0},
        )
        assert answer.x is not None, "what is said cannot all be true"
        found.append(round(sign * answer.fun))
    return found[0], found[1]


# -- a whole release --------------------------------------------------------------------------------------


class Leak(NamedTuple):
    """A number that must not be narrowed, and is: a reader knows that it is from low to high."""

    view: str
    measure: str
    role: str
    labels: Labels
    true: int
    low: int
    high: int
    needed: int

    def __str__(self) -> str:
        where = ", ".join(f"{k}={v}" for k, v in sorted(self.labels))
        return (
            f"{self.view}: {self.measure}.{self.role} [{where}] = {self.true}: "
            f"known to be {self.low}..{self.high}, {self.needed} apart needed"
        )


class Found(NamedTuple):
    """What came of it. cells: sensitive numbers looked at, of all readers; solves: integer programs."""

    leaks: tuple[Leak, ...]
    cells: int
    solves: int


def views(parties: Sequence[str]) -> list[tuple[str, ...]]:
    """Somebody outside, each party; of three or more each two, and all but one."""
    several = {n for n in (2, len(parties) - 1) if 1 < n < len(parties)}
    pairs = [some for n in sorted(several) for some in itertools.combinations(parties, n)]
    return [(), *((party,) for party in parties), *pairs]


def attack(data: bytes, agreement: Agreement, people: Collection[Person], *, every_sex: bool = True) -> Found:
    """Every reader's attack on a release. people: all there are, of whom each reader knows its own."""
    columns = possible(agreement, every_sex=every_sex)
    asked = [*questions(agreement, columns)]
    what = seen(data, asked)
    number = {person_key(person): i for i, person in enumerate(columns)}
    true = np.zeros(len(columns), np.int64)
    for person in people:
        true[number[person_key(person)]] += 1
    matrix = np.array([q.counted for q in asked], np.int64).reshape(-1, len(columns))
    method = what.method
    groups = {view: own_groups(view, columns) for view in views([p.name for p in agreement.parties])}
    single = [groups[view] for view in groups if len(view) == 1]
    numbers = sensitive(asked, matrix, true, single, method["threshold"])
    width = method["width"] if method["name"] == "suppress" else max(1, method["js"])
    leaks, cells, solves = list[Leak](), 0, 0
    for view, group in groups.items():
        needs = {i: min(width, room(matrix[i], group, true)) for i in numbers}
        aims = {i: need for i, need in needs.items() if need > 0}
        hunt = Hunt(what, matrix, true, group)
        for i, (low, high) in hunt.narrow(aims).items():
            q = asked[i]
            name = "+".join(view) or "outsider"
            value = int(matrix[i] @ true)
            leaks.append(Leak(name, q.measure, q.role, q.labels, value, low, high, aims[i]))
        cells, solves = cells + len(aims), solves + hunt.solves
    return Found(tuple(leaks), cells, solves)


def person_key(person: Person) -> tuple[object, ...]:
    """The same for people with the same history, sex and age."""
    return tuple(sorted(person.there.items())), person.sex, person.age


def own_groups(view: Sequence[str], columns: Sequence[Person]) -> Whole:
    """Which columns a reader cannot tell apart of its own people: numbers from 0, or -1 for all others."""
    numbers: dict[tuple[object, ...], int] = {}
    found = np.full(len(columns), -1, np.int64)
    for i, person in enumerate(columns):
        own = sorted((key, ps) for key, ps in person.there.items() if key.partition(".")[0] in view)
        if any(ps for _, ps in own):
            found[i] = numbers.setdefault((tuple(own), person.sex, person.age), len(numbers))
    return found


def sensitive(
    asked: Sequence[Question], matrix: Whole, true: Whole, parties: Sequence[Whole], threshold: int
) -> list[int]:
    """Numbers of few; and where parties' series are joined, of nobody, and all but a few of a party's own."""
    found: dict[bytes, int] = {}
    for i, question in enumerate(asked):
        value, counted = int(matrix[i] @ true), matrix[i] > 0
        if not counted.any():
            continue  # nobody can be there
        bad = 0 < value < threshold
        if len(question.parties) > 1:
            bad |= value == 0
            for group in parties:
                touched = np.unique(group[counted])
                if touched[0] >= 0:
                    own = np.isin(group, touched)
                    bad |= int(own.sum()) > int(counted.sum()) and int(true[own].sum()) - value < threshold
        if bad:
            found.setdefault(matrix[i].tobytes(), i)
    return [*found.values()]


def room(row: Whole, group: Whole, true: Whole) -> int:
    """How far apart a reader can think a number to be who has no release."""
    if row[group < 0].any():
        return FAR
    apart = 0
    for number in range(int(group.max()) + 1):
        mine = group == number
        apart += int(true[mine].sum()) * int(row[mine].max() - row[mine].min())
    return apart


class Hunt:
    """One reader's programs. true: how many of each column there are, which no program is told."""

    def __init__(self, what: Seen, matrix: Whole, true: Whole, group: Whole) -> None:
        same, of = np.unique(np.vstack([matrix, group]), axis=1, return_inverse=True)
        of = of.reshape(-1)
        self._matrix, groups = same[:-1], same[-1]
        self._true = np.bincount(of, true, same.shape[1]).astype(np.int64)
        self._marks = what.marks
        self.solves = 0
        rows, low, high = list[Any](), list[float](), list[float]()
        for bound in what.bounds:
            if bound.high < FAR or bound.low > 0 or len(bound.several) > 1:
                rows.append(sum(times * self._matrix[place] for place, times in bound.several.items()))
                low.append(bound.low)
                high.append(bound.high)
        for number in np.unique(groups[groups >= 0]):
            rows.append((groups == number).astype(np.int64))
            low.append(int(self._true @ rows[-1]))
            high.append(low[-1])
        table = np.array(rows, float).reshape(len(rows), same.shape[1])
        ends = np.array([low, high]).T.reshape(-1, 2)
        merged, which = np.unique(table, axis=0, return_inverse=True)
        self._rows, which = merged, which.reshape(-1)
        self._low, self._high = np.full(len(merged), -np.inf), np.full(len(merged), np.inf)
        np.maximum.at(self._low, which, ends[:, 0])
        np.minimum.at(self._high, which, ends[:, 1])
        self._cuts: list[Whole] = []
        assert self._holds(self._true), "what is published is not true"

    def narrow(self, aims: Mapping[int, int]) -> dict[int, tuple[int, int]]:
        """Of these numbers those that the reader narrows below what is needed, and to what."""
        rows = np.array([*aims], np.intp)
        need = np.array([*aims.values()], np.int64)
        self._ends = [self._matrix[rows] @ self._true] * 2
        if not len(rows):
            return {}
        chance = np.random.default_rng(len(rows))
        for _ in range(4):
            left = rows[self._ends[1] - self._ends[0] < need]
            if len(left):
                some = chance.choice((-1, 0, 1), len(left)) @ self._matrix[left]
                self._look(some, rows, near=2 * int(need.max()))
        found = {}
        for i, row in enumerate(rows):
            for sign, beyond in ((-1, False), (1, False), (-1, True), (1, True)):  # there may be gaps between
                low, high = int(self._ends[0][i]), int(self._ends[1][i])
                if high - low < need[i]:
                    end = low + need[i] if sign < 0 else high - need[i]
                    stop = None if beyond else (self._matrix[row], int(end), -sign)
                    self._look(sign * self._matrix[row], rows, stop=stop)
            low, high = int(self._ends[0][i]), int(self._ends[1][i])
            if high - low < need[i]:
                found[int(row)] = (low, high)
        return found

    def _look(
        self, cost: Whole, rows: Whole, near: int | None = None, stop: tuple[Whole, int, int] | None = None
    ) -> None:
        """The table of least cost. near: no column farther from the truth; stop: no need to go beyond."""
        low, high = np.zeros(len(self._true)), np.full(len(self._true), float(FAR))
        if near is not None:
            low, high = np.maximum(low, self._true - near), np.minimum(high, self._true + near)
        while True:
            table = [self._rows, *self._cuts]
            least, most = (
                [self._low, np.ones(len(self._cuts))],
                [self._high, np.full(len(self._cuts), np.inf)],
            )
            if stop:
                table, end, above = [*table, stop[0]], stop[1], stop[2] > 0
                least.append(np.array([-np.inf if above else end]))
                most.append(np.array([end if above else np.inf]))
            matrix = scipy.sparse.csr_matrix(np.vstack(table))
            within = [scipy.optimize.LinearConstraint(matrix, np.concatenate(least), np.concatenate(most))]
            self.solves += 1
            answer = scipy.optimize.milp(
                cost,
                integrality=np.ones(len(cost)),
                bounds=scipy.optimize.Bounds(low, high),
                constraints=within if matrix.shape[0] else [],
                options={"mip_rel_gap": 0.0},
            )
            assert answer.x is not None, answer.message
            people = np.rint(answer.x).astype(np.int64)
            if not self._learn(people):
                break
        assert self._holds(people), "a solver says what is not so"
        values = self._matrix[rows] @ people
        self._ends = [np.minimum(self._ends[0], values), np.maximum(self._ends[1], values)]

    def _holds(self, people: Whole) -> bool:
        """Exactly, but for the numbers that were rounded to a tenth."""
        values = self._rows @ people
        return bool((values >= self._low - 1e-6).all() and (values <= self._high + 1e-6).all())

    def _learn(self, people: Whole) -> bool:
        """Numbers that are shown differently are of different people: a cut where they are of the same."""
        shown = [i for i, mark in enumerate(self._marks) if mark is not None]
        first: dict[bytes, int] = {}
        cuts = len(self._cuts)
        there = people > 0
        for i in shown:
            other = first.setdefault(self._matrix[i][there].tobytes(), i)
            if self._marks[i] != self._marks[other]:
                self._cuts.append((self._matrix[i] != self._matrix[other]).astype(np.int64))
        return len(self._cuts) > cuts
