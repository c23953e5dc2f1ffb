"""One reader's attack on a release: which sensitive cells two worlds keep apart, and which none do."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from linkage.release.audit.model import Ground
from linkage.release.audit.problem import FAR, NOTHING
from linkage.release.audit.reach import reach, room_of
from linkage.release.audit.solver import Aim, Clock, Solver
from linkage.release.audit.worlds import ROOM, Seen, by_one_atom

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from linkage.release.audit.model import Model
    from linkage.release.audit.problem import Places, Whole

_TRIES: Final = 3
"""Worlds in a row that prove nothing new, before each cell left is looked at by itself."""
_SECONDS: Final = 10.0
"""For one world that is only to be far away."""
_PAIRS: Final = 3
"""Parts that a part is looked at with, one at a time, before all that it is bound to are taken together."""
_FEW: Final = 12
"""Cells that are each looked at near the truth, before more parts are."""
_BOUNDS: Final = 2000
"""Bounds of a model that a solver is told of at once."""
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
    """One reader, and what it has seen of each part. Parts may be looked at by several threads.

    Worlds of a reader who knows more are worlds of this one too: `learn` takes them in.
    """

    def __init__(self, ground: Ground, view: str, clock: Clock) -> None:
        self._ground, self._view, self._clock = ground, view, clock
        parts = ground.problem.parts
        self._widths = [np.minimum(ground.problem.width, room_of(part, view)) for part in parts]
        self._seen = [Seen.of(ground.model([number], view)[0]) for number in range(len(parts))]
        self._lock = Lock()

    def spread(self, number: int) -> Whole:
        """How far apart the sums of a part have been seen."""
        return self._seen[number].largest - self._seen[number].smallest

    def knows_less(self, other: Hunt) -> bool:
        """Whether the other reader knows all that this one does."""
        return all(
            not reach(
                part.known.get(self._view, NOTHING), part.known.get(other._view, NOTHING), part.people
            ).any()
            for part in self._ground.problem.parts
        )

    def learn(self, other: Hunt) -> None:
        """Take in the worlds of a reader who knows more."""
        for mine, theirs in zip(self._seen, other._seen, strict=True):
            mine.widen(theirs.smallest, theirs.largest)

    def part(self, number: int) -> Attack:
        """The sensitive sums of one part: by itself, then with ever more of the parts that it is bound to."""
        sensitive = self._ground.problem.parts[number].sensitive
        every = np.flatnonzero(sensitive & (self._widths[number] > 0))
        aims, worlds, solves = every, 0, 0
        for numbers, last in self._wider(number):
            aims = self._seen[number].near(every, self._widths[number])
            if not len(aims):
                break
            search = self._look(numbers, number, aims, thorough=last)
            worlds, solves = worlds + search.seen.worlds, solves + search.solves
        aims = self._seen[number].near(every, self._widths[number])
        return Attack(len(every), tuple((number, int(row)) for row in aims), (), worlds, solves)

    def _wider(self, number: int) -> Iterator[tuple[list[int], bool]]:
        """A part; with each that it is bound to; with all that these are bound to, which is the last."""
        tied, every = self._ground.tied(number), self._ground.closure(number)
        yield [number], len(every) == 1
        if len(every) > 2:
            yield from (([number, other], False) for other in tied[:_PAIRS])
        if len(every) > 1:
            yield every, True

    def _look(self, numbers: list[int], number: int, aims: Places, *, thorough: bool) -> _Search:
        """Looks for worlds of some parts that keep sums of one apart, and notes what they do in all."""
        model, begins = self._ground.model(numbers, self._view)
        widths = np.concatenate([self._widths[n] for n in numbers])
        search = _Search(model, widths, self._clock)
        search.seen.widen(
            np.concatenate([self._seen[n].smallest for n in numbers]),
            np.concatenate([self._seen[n].largest for n in numbers]),
        )
        search.separate(aims + begins[number], thorough=thorough)
        with self._lock:
            for n in numbers:
                rows = slice(begins[n], begins[n] + len(self._widths[n]))
                self._seen[n].widen(search.seen.smallest[rows], search.seen.largest[rows])
        return search

    def totals(self) -> Attack:
        """The sensitive totals, after all parts: one sum keeps each apart, while the others are as they are.

        Such a total is looked for no further: it may be called narrow though two worlds of several parts
        would keep it apart, which refuses too much and never too little.
        """
        aims = [
            (number, total.pieces)
            for number, total in enumerate(self._ground.problem.totals)
            if total.sensitive and any(self._widths[part][row] for part, row in total.pieces)
        ]
        worlds, solves, narrow = 0, 0, list[int]()
        for number, pieces in aims:
            for part, row in pieces:
                search = self._look([part], part, np.array([row], np.intp), thorough=True)
                worlds, solves = worlds + search.seen.worlds, solves + search.solves
                spread = search.seen.largest[row] - search.seen.smallest[row]
                if self._widths[part][row] and spread >= self._widths[part][row]:
                    break
            else:
                narrow.append(number)
        return Attack(len(aims), (), tuple(narrow), worlds, solves)


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

    def separate(self, aims: Places, *, thorough: bool) -> None:
        """Look for worlds that keep these sums apart; thorough: until it is known. Raises TimeError."""
        left = self.seen.near(aims, self._widths)
        if len(left):
            by_one_atom(self._model, self.seen)
            left = self.seen.near(left, self._widths)
        if len(left):
            worlds = _Worlds(self._model, self._clock)
            left = self._far_away(worlds, left)
            for row in left if thorough else ():
                self._by_itself(worlds, row)
            self.solves += worlds.solves

    def _far_away(self, worlds: _Worlds, left: Places) -> Places:
        """Worlds that keep many cells apart at once; the cells that are still left."""
        tries = 0
        while len(left) and tries < _TRIES:
            self.seen.add(self._model, worlds.near([self._aim(int(row)) for row in left]))
            fewer = self.seen.near(left, self._widths)
            tries = 0 if len(fewer) < len(left) else tries + 1
            left = fewer
        for row in left if len(left) <= _FEW else ():
            for aim in self._aims(int(row)):
                if len(self.seen.near(np.array([row]), self._widths)):
                    self.seen.add(self._model, worlds.near([aim]))
        return self.seen.near(left, self._widths)

    def _aim(self, row: int) -> Aim:
        """Up or down, where there is room."""
        several = self._aims(row)
        return several[int(self._rng.integers(len(several)))]

    def _aims(self, row: int) -> list[Aim]:
        """Up and down, where there is room; from the farthest that was seen on the other side."""
        model, least, most = self._model, int(self.seen.smallest[row]), int(self.seen.largest[row])
        far, atoms = int(self._widths[row]), self._model.told.one(row)
        up, down = Aim(atoms, 1, least, far), Aim(atoms, -1, most, far)
        room = [model.high[row] - least >= far, most - model.low[row] >= far]
        return [aim for aim, there in zip((up, down), room, strict=True) if there] or [up, down]

    def _by_itself(self, worlds: _Worlds, row: np.intp) -> None:
        """One sum as large and as small as it can be. Raises TimeError where that is not known in time."""
        aim = np.array([row], np.intp)
        for sign in (1.0, -1.0):
            if len(self.seen.near(aim, self._widths)):
                self.seen.add(self._model, worlds.largest(int(row), sign))


class _Worlds:
    """The worlds of a model, by solvers that learn of bounds and twins only when a table breaks them.

    solves: how often a solver was asked.
    """

    def __init__(self, model: Model, clock: Clock) -> None:
        self._model = model
        self._clock = clock
        self._learned: list[tuple[Places, Whole, int, int]] = []
        self._known: set[int] = set()
        self.solves = 0
        if len(model.bounds) <= _BOUNDS:
            self._learn_bounds(range(len(model.bounds)))

    def near(self, aims: Sequence[Aim]) -> Whole | None:
        """A world near the truth in which many aims are reached, as far as some seconds tell."""
        return self._until_real(
            lambda solver: solver.near(aims, self._model.people, self._clock, seconds=_SECONDS)
        )

    def largest(self, row: int, sign: float) -> Whole | None:
        """The world in which a sum is as large as can be; with sign -1 as small."""
        cost = np.zeros(len(self._model.people))
        cost[self._model.told.one(row)] = sign
        return self._until_real(lambda solver: solver.largest(cost, self._model.people, self._clock))

    def _until_real(self, ask: Callable[[Solver], Whole | None]) -> Whole | None:
        for _ in range(_CUTS):
            solver = Solver(
                len(self._model.people), self._model.rows(), int(self._model.people.sum()) + ROOM, FAR
            )
            for row in self._learned:
                solver.add(*row, FAR)
            self.solves += 1
            table = ask(solver)
            if table is None or not self._learn(table):
                return table
        return None

    def _learn(self, table: Whole) -> bool:
        """What this table breaks; false where that is nothing new."""
        values = self._model.told.values(table)
        broken = [bound for bound in self._model.broken(values) if bound not in self._known]
        self._learn_bounds(broken)
        twins = self._model.twins(table)
        for one, other in twins:
            atoms = self._model.apart(one, other)
            self._learned.append((atoms, np.ones(len(atoms), np.int64), 1, FAR))
        return bool(broken or twins)

    def _learn_bounds(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            bound = self._model.bounds[number]
            self._learned.append((*self._model.row(bound), bound.low, bound.high))
            self._known.add(number)
