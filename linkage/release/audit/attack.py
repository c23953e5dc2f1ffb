"""One reader's attack on a release: which sensitive cells two worlds keep apart, and which none do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from linkage.release.audit.model import Ground
from linkage.release.audit.problem import FAR, NOTHING
from linkage.release.audit.reach import reach
from linkage.release.audit.solver import Clock, Floats, Solver
from linkage.release.audit.worlds import ROOM, Seen, by_one_atom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.release.audit.model import Model
    from linkage.release.audit.problem import Places, Whole

_TRIES: Final = 3
"""Worlds in a row that prove nothing new, before each cell left is looked at by itself."""
_SECONDS: Final = 5.0
"""For one world that is only to be far away."""
_SEED: Final = 1
_CUTS: Final = 40
"""How often the tables that a solver may choose from are made fewer, for one world."""


@dataclass(frozen=True)
class Attack:
    """What a reader can do. narrow: (part, sum) of each sensitive cell that no two worlds keep apart.

    totals: numbers of the narrow totals; cells: sensitive cells looked at; worlds, solves: how many it took.
    No number of people is in it.
    """

    cells: int
    narrow: tuple[tuple[int, int], ...]
    totals: tuple[int, ...]
    worlds: int
    solves: int


def attack(ground: Ground, view: str, clock: Clock) -> Attack:
    """All that one reader can do. Raises TimeError."""
    hunt = Hunt(ground, view, clock)
    several = [*(hunt.part(number) for number in range(len(ground.problem.parts))), hunt.totals()]
    return Attack(
        sum(found.cells for found in several),
        tuple(place for found in several for place in found.narrow),
        tuple(number for found in several for number in found.totals),
        sum(found.worlds for found in several),
        sum(found.solves for found in several),
    )


class Hunt:
    """One reader, and what it has seen of each part by itself. Parts may be looked at by several threads."""

    def __init__(self, ground: Ground, view: str, clock: Clock) -> None:
        self._ground, self._view, self._clock = ground, view, clock
        self._alone: dict[int, Seen] = {}
        self._reach: dict[int, Whole] = {}

    def part(self, number: int) -> Attack:
        """The sensitive sums of one part: by itself, then with ever more of the parts that it is bound to."""
        part = self._ground.problem.parts[number]
        widths = self._widths(number)
        aims = np.flatnonzero(part.sensitive & (widths > 0))
        worlds, solves, cells = 0, 0, len(aims)
        for numbers in self._wider(number):
            if not len(aims):
                break
            model, begins = self._ground.model(numbers, self._view)
            search = _Search(model, self._of_all(numbers), self._clock)
            aims = search.separate(aims + begins[number]) - begins[number]
            worlds, solves = worlds + search.seen.worlds, solves + search.solves
            if numbers == [number]:
                self._alone[number] = search.seen
        return Attack(cells, tuple((number, int(row)) for row in aims), (), worlds, solves)

    def _wider(self, number: int) -> Iterator[list[int]]:
        """A part; with each that it is bound to; with all that these are bound to."""
        yield [number]
        tied, every = self._ground.tied(number), self._ground.closure(number)
        if len(every) > 2:
            yield from ([number, other] for other in tied)
        if len(every) > 1:
            yield every

    def totals(self) -> Attack:
        """The sensitive totals, after all parts: one sum keeps each apart, while the others are as they are.

        Such a total is looked for no further: it may be called narrow though two worlds of several parts
        would keep it apart, which refuses too much and never too little.
        """
        aims = [
            (number, total.pieces)
            for number, total in enumerate(self._ground.problem.totals)
            if total.sensitive and any(self._widths(part)[row] for part, row in total.pieces)
        ]
        worlds, solves, narrow = 0, 0, list[int]()
        for number, pieces in aims:
            for part, row in pieces:
                search, apart = self._apart(part, row)
                worlds, solves = worlds + search.seen.worlds, solves + search.solves
                if apart:
                    break
            else:
                narrow.append(number)
        return Attack(len(aims), (), tuple(narrow), worlds, solves)

    def _widths(self, number: int) -> Whole:
        """How far apart worlds must be in each sum of a part: no further than this reader leaves room for."""
        if number not in self._reach:
            part = self._ground.problem.parts[number]
            room = reach(part.told, part.known.get(self._view, NOTHING), part.people)
            self._reach[number] = np.minimum(self._ground.problem.width, room)
        return self._reach[number]

    def _of_all(self, numbers: list[int]) -> Whole:
        return np.concatenate([self._widths(number) for number in numbers])

    def _apart(self, number: int, row: int) -> tuple[_Search, bool]:
        """Looks for worlds of one part that differ in one sum, as far as a reader leaves room for."""
        model, _ = self._ground.model([number], self._view)
        search = _Search(model, self._widths(number), self._clock)
        if number in self._alone:
            search.seen = self._alone[number]
        left = search.separate(np.array([row], np.intp))
        self._alone[number] = search.seen
        return search, bool(self._widths(number)[row]) and not len(left)


class _Search:
    """Looks for worlds of one model.

    widths: how far apart they must be in each cell; seen: what they make of its cells; solves: how often a
    solver was asked.
    """

    def __init__(self, model: Model, widths: Whole, clock: Clock) -> None:
        self._model, self._widths, self._clock = model, widths, clock
        self._rng = np.random.default_rng(_SEED)
        self.seen = Seen.of(model)
        self.solves = 0

    def separate(self, aims: Places) -> Places:
        """Which of these sums no two worlds keep apart. Raises TimeError."""
        left = self.seen.near(aims, self._widths)
        if len(left):
            by_one_atom(self._model, self.seen)
            left = self.seen.near(left, self._widths)
        if len(left):
            worlds = _Worlds(self._model, self._clock)
            left = self._far_away(worlds, left)
            for row in left:
                self._by_itself(worlds, row)
            self.solves += worlds.solves
        return self.seen.near(left, self._widths)

    def _far_away(self, worlds: _Worlds, left: Places) -> Places:
        """Worlds that keep many cells apart at once; the cells that are still left."""
        tries = 0
        while len(left) and tries < _TRIES:
            signs = self._rng.choice(np.array([-1.0, 1.0]), len(left))
            self.seen.add(self._model, worlds.furthest(left, signs))
            fewer = self.seen.near(left, self._widths)
            tries = 0 if len(fewer) < len(left) else tries + 1
            left = fewer
        return left

    def _by_itself(self, worlds: _Worlds, row: np.intp) -> None:
        """One sum as large and as small as it can be. Raises TimeError where that is not known in time."""
        aim = np.array([row], np.intp)
        for sign in (1.0, -1.0):
            if len(self.seen.near(aim, self._widths)):
                self.seen.add(self._model, worlds.largest(aim, np.array([sign])))


class _Worlds:
    """The worlds of a model, by a solver that learns of bounds and twins only when a table breaks them."""

    def __init__(self, model: Model, clock: Clock) -> None:
        self.model = model
        self._clock = clock
        self._solver = Solver(len(model.people), model.rows(), int(model.people.sum()) + ROOM, FAR)
        self._added: set[int] = set()

    @property
    def solves(self) -> int:
        """How often the solver was asked."""
        return self._solver.solves

    def furthest(self, rows: Places, signs: Floats) -> Whole | None:
        """A world in which these sums are far from what they are, as far as some seconds tell."""
        return self._until_real(rows, signs, exact=False)

    def largest(self, rows: Places, signs: Floats) -> Whole | None:
        """The world in which they are as far as they can be."""
        return self._until_real(rows, signs, exact=True)

    def _until_real(self, rows: Places, signs: Floats, *, exact: bool) -> Whole | None:
        cost = np.zeros(len(self.model.people))
        for row, sign in zip(rows, signs, strict=True):
            cost[self.model.told.one(int(row))] += sign
        for _ in range(_CUTS):
            if exact:
                table = self._solver.largest(cost, self.model.people, self._clock)
            else:
                table = self._solver.furthest(cost, self.model.people, self._clock, seconds=_SECONDS)
            if table is None or not self._cut(table):
                return table
        return None

    def _cut(self, table: Whole) -> bool:
        """Tell the solver what this table breaks; false where that is nothing it does not know."""
        broken = [b for b in self.model.broken(self.model.told.values(table)) if b not in self._added]
        for number in broken:
            bound = self.model.bounds[number]
            self._solver.add(*self.model.row(bound), bound.low, bound.high, FAR)
            self._added.add(number)
        twins = self.model.twins(table)
        for one, other in twins:
            atoms = self.model.apart(one, other)
            self._solver.add(atoms, np.ones(len(atoms), np.int64), 1, FAR, FAR)
        return bool(broken or twins)
