"""A search for worlds of one model: by hand, on foot, and by solvers for what these leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from linkage.release.audit.problem import FAR
from linkage.release.audit.solver import Aim, Clock, Solver, TimeError
from linkage.release.audit.walk import Walk
from linkage.release.audit.worlds import ROOM, Seen, by_one_atom

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from linkage.release.audit.model import Model
    from linkage.release.audit.problem import Places, Whole

_TRIES: Final = 3
"""Worlds in a row that prove nothing new, before another way is gone."""
_SECONDS: Final = 10.0
"""For one world that is only to be far away."""
_LOST: Final = 5
"""Sums in a row that no walk keeps apart, before the others are left to solvers."""
_FEW: Final = 12
"""Cells that are each looked at near the truth, before more parts are."""
_BOUNDS: Final = 2000
"""Bounds of a model that a solver is told of at once."""
_SEED: Final = 1
_CUTS: Final = 40
"""How often the tables that a solver may choose from are made fewer, for one world."""


class Search:
    """Looks for worlds of one model.

    widths: how far apart they must be in each cell; seen: what they make of its cells; solves: how often a
    solver was asked.
    """

    def __init__(self, model: Model, widths: Whole, clock: Clock) -> None:
        self._model, self._widths, self._clock = model, widths, clock
        self._rng = np.random.default_rng(_SEED)
        self.seen = Seen.of(model)
        self.solves = 0

    def on_foot(self, aims: Places) -> None:
        """Look for worlds that keep these sums apart without a solver. Raises TimeError."""
        left = self.seen.near(aims, self._widths)
        if len(left):
            by_one_atom(self._model, self.seen)
            left = self.seen.near(left, self._widths)
        walk, lost = Walk(self._model) if len(left) else None, 0
        for row in left:
            if walk and lost < _LOST:
                lost = lost + 1 if self._walk(walk, int(row)) else 0

    def _walk(self, walk: Walk, row: int) -> bool:
        """Up and down in turns, as long as a sum is seen farther away than before; whether in vain."""
        tries, far, aim = 0, int(self._widths[row]), np.array([row], np.intp)
        while tries < _TRIES and len(self.seen.near(aim, self._widths)):
            if not self._clock.left():
                raise TimeError("the audit took too long")
            least, most = int(self.seen.smallest[row]), int(self.seen.largest[row])
            up = min(least + far, int(self._model.high[row]))
            down = max(most - far, int(self._model.low[row]))
            ways = [(up, FAR)] * (up > most) + [(0, down)] * (down < least)
            if not ways:
                return False
            found = self.seen.add(self._model, walk.to(row, *ways[tries % len(ways)]))
            tries = 0 if found else tries + 1
        return tries == _TRIES

    def separate(self, aims: Places, *, thorough: bool = True) -> None:
        """Look by solvers for worlds that keep these apart; thorough: until it is known. Raises TimeError."""
        left = self.seen.near(aims, self._widths)
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
