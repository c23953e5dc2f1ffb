"""The whole-number tables that agree with a release, where nobody knows the true one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from linkage.release.audit.problem import FAR
from linkage.release.audit.solver import Solver, TimeError
from linkage.release.audit.worlds import ROOM

if TYPE_CHECKING:
    from collections.abc import Callable

    from linkage.release.audit.model import Model
    from linkage.release.audit.problem import Places, Whole
    from linkage.release.audit.solver import Clock

_CUTS: Final = 200
"""How often tables may be told that equal people have equal marks, for one that does."""


class Tables:
    """All tables of a model, whose own table need not be one."""

    def __init__(self, model: Model, clock: Clock) -> None:
        self._model, self._clock = model, clock
        told = [int(n) for bound in (model.low, model.high) for n in bound if n < FAR]
        self._most = max([0, *told, int(model.people.sum())]) + ROOM
        self._apart: list[Places] = []

    def some(self) -> Whole | None:
        """One of them, added up again in whole numbers; None where there is none. Raises TimeError."""
        if (self._model.low > self._model.high).any():
            return None
        return self._until_real(lambda solver: solver.some(self._clock))

    def ends(self, rows: Places) -> tuple[int, int]:
        """The least and the most that these sums are together. There must be a table. Raises TimeError."""
        return self._end(rows, -1), self._end(rows, 1)

    def _end(self, rows: Places, sign: int) -> int:
        model = self._model
        cost = np.zeros(len(model.people))
        for row in rows:
            cost[model.told.one(int(row))] += sign
        table = self._until_real(lambda solver: solver.largest(cost, model.people, self._clock))
        if table is None:
            raise TimeError("the audit took too long")
        return int(model.told.values(table)[rows].sum())

    def _until_real(self, ask: Callable[[Solver], Whole | None]) -> Whole | None:
        for _ in range(_CUTS):
            table = ask(self._solver())
            if table is None or self._model.holds(table):
                return table
            twins = self._model.twins(table)
            if not twins:
                break  # a solver that lies is one that has found nothing
            self._apart += [self._model.apart(one, other) for one, other in twins]
        raise TimeError("the audit took too long")

    def _solver(self) -> Solver:
        model = self._model
        solver = Solver(len(model.people), model.rows(), self._most, FAR)
        for bound in model.bounds:
            solver.add(*model.row(bound), bound.low, bound.high, FAR)
        for atoms in self._apart:
            solver.add(atoms, np.ones(len(atoms), np.int64), 1, FAR, FAR)
        return solver
