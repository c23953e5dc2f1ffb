"""The programs of HiGHS: how far a reader can push a number, and which pattern is cheapest.

Nothing that a solver answers is believed: worlds are added up again, patterns are attacked.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import highspy
import numpy as np
import numpy.typing as npt

from linkage.release.audit.problem import FAR
from linkage.release.methods.suppress.system import EVERYBODY

if TYPE_CHECKING:
    from linkage.release.audit.problem import Flags, Places, Whole
    from linkage.release.audit.solver import Clock
    from linkage.release.methods.suppress.system import System

Floats: TypeAlias = npt.NDArray[np.float64]

_OPTIMAL: Final = highspy.HighsModelStatus.kOptimal
_FEASIBLE: Final = highspy.SolutionStatus.kSolutionStatusFeasible
_PRIMAL: Final = 4
"""The last table stays a table when another number is pushed: the primal simplex goes on from there."""
_TINY: Final = 1e-6
_NEAR: Final = 0.4
"""A cheapest pattern may cost this much more than the cheapest there is: less than a whole unit."""


class Answer(NamedTuple):
    """The table that a solver found, in whole numbers, and its value.

    moved: shape (n,), the atoms that are not what they truly are; duals: shape (rows,), how fast the value
    grows with what the row is bound to.
    """

    table: Whole
    moved: Flags
    value: float
    duals: Floats


def _highs(seed: int) -> highspy.Highs:
    highs = highspy.Highs()  # type: ignore[no-untyped-call]  # its author left it so
    for name, value in (("output_flag", False), ("threads", 1), ("random_seed", seed)):
        highs.setOptionValue(name, value)
    return highs


def _bounds(low: Whole, high: Whole) -> tuple[Floats, Floats]:
    return (
        np.where(low <= -FAR, -highspy.kHighsInf, low.astype(np.float64)),
        np.where(high >= FAR, highspy.kHighsInf, high.astype(np.float64)),
    )


class Reader:
    """The tables of one system that a reader cannot tell from the true one, as a program."""

    def __init__(self, system: System, *, whole: bool) -> None:
        """whole: in whole numbers alone; else fractions of people too, which is quicker."""
        self._system = system
        self._n, m = len(system.people), len(system.rows)
        self.solves = 0
        self._reader, self._withheld = EVERYBODY, np.zeros(0, np.bool_)
        self._low, self._high = system.low, system.high
        self._highs = highs = _highs(1)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self._n, m
        lp.col_cost_ = np.zeros(self._n)
        lp.col_lower_, lp.col_upper_ = np.zeros(self._n), np.full(self._n, highspy.kHighsInf)
        lp.row_lower_, lp.row_upper_ = _bounds(system.low, system.high)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        sizes = [0, *(len(row.atoms) for row in system.rows)]
        lp.a_matrix_.start_ = np.cumsum(sizes).astype(np.int32)
        flat = [np.empty(0, np.intp), *(row.atoms for row in system.rows)]
        lp.a_matrix_.index_ = np.concatenate(flat).astype(np.int32)
        signs = [np.empty(0, np.int64), *(row.coefficients for row in system.rows)]
        lp.a_matrix_.value_ = np.concatenate(signs).astype(np.float64)
        if whole:
            lp.integrality_ = [highspy.HighsVarType.kInteger] * self._n
            highs.setOptionValue("mip_rel_gap", 0.0)
            highs.setOptionValue("mip_abs_gap", 0.999)
        else:
            highs.setOptionValue("simplex_strategy", _PRIMAL)
        highs.passModel(lp)

    def see(self, reader: int, withheld: Flags) -> None:
        """From now on as this reader sees it, with these choices withheld."""
        if reader == self._reader and np.array_equal(withheld, self._withheld):
            return
        self._reader, self._withheld = reader, withheld.copy()
        low, high = self._system.low.copy(), self._system.high.copy()
        free = np.flatnonzero(withheld)
        low[free], high[free] = self._system.free_low[free], self._system.free_high[free]
        others = (self._system.reader != EVERYBODY) & (self._system.reader != reader)
        low[others], high[others] = 0, FAR
        self._low, self._high = low, high
        self._bind(np.arange(len(low)), low, high)

    def push(
        self, rows: Places, signs: Whole, far: Whole, clock: Clock, free: Flags | None = None
    ) -> Answer | None:
        """The table in which these rows are as large (sign 1) or small (-1) as they can be, together.

        far: how far from the truth each may go. free: the atoms that may be other than they truly are; left
        out, all. None where none was found, or no time is left.
        """
        if not clock.left():
            return None
        true = self._system.true[rows]
        low, high = np.maximum(self._low[rows], true - far), np.minimum(self._high[rows], true + far)
        self._bind(rows, low, high)
        cost = np.zeros(self._n)
        for row, sign in zip(rows, signs, strict=True):
            found = self._system.rows[int(row)]
            cost[found.atoms] += sign * found.coefficients
        if free is not None:
            self._free(free)
        answer = self._solve(cost, clock)
        self._bind(rows, self._low[rows], self._high[rows])
        return answer

    def _bind(self, rows: Places, low: Whole, high: Whole) -> None:
        bind = self._highs.changeRowsBounds  # type: ignore[attr-defined]  # it is there, and its stub is not
        bind(len(rows), rows.astype(np.int32), *_bounds(low, high))

    def _free(self, free: Flags) -> None:
        true, every = self._system.people.astype(np.float64), np.arange(self._n, dtype=np.int32)
        low, high = np.where(free, 0.0, true), np.where(free, highspy.kHighsInf, true)
        self._highs.changeColsBounds(self._n, every, low, high)

    def _solve(self, cost: Floats, clock: Clock) -> Answer | None:
        self.solves += 1
        highs = self._highs
        highs.setOptionValue("time_limit", highs.getRunTime() + clock.left())
        highs.changeColsCost(self._n, np.arange(self._n, dtype=np.int32), -cost)
        highs.run()
        if highs.getModelStatus() != _OPTIMAL:
            return None
        found = highs.getSolution()
        values = np.asarray(found.col_value)
        moved = np.abs(values - self._system.people) > _TINY
        table = np.rint(values).astype(np.int64)
        return Answer(table, moved, -highs.getInfo().objective_function_value, -np.asarray(found.row_dual))


class Cheapest(NamedTuple):
    """A pattern; no pattern that keeps the rules found so far costs less than `bound`."""

    withheld: Flags
    bound: float


class Master:
    """Which choices to withhold at least cost, by the rules that attacks have taught."""

    def __init__(self, prices: Floats, must: Flags, seed: int) -> None:
        """must: those that are withheld in any case."""
        self._n = len(prices)
        self._highs = highs = _highs(seed)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self._n, 0
        lp.col_cost_ = prices
        lp.col_lower_, lp.col_upper_ = must.astype(np.float64), np.ones(self._n)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.zeros(1, np.int32)
        lp.integrality_ = [highspy.HighsVarType.kInteger] * self._n
        highs.setOptionValue("mip_rel_gap", 0.0)
        highs.setOptionValue("mip_abs_gap", _NEAR)
        highs.passModel(lp)

    def add(self, weights: Floats) -> None:
        """A rule: the weights of what is withheld add up to at least one. weights: shape (choices,)."""
        there = np.flatnonzero(weights)
        self._highs.addRow(1.0, highspy.kHighsInf, len(there), there.astype(np.int32), weights[there])

    def cheapest(self, start: Flags, clock: Clock) -> Cheapest | None:
        """start: a pattern that keeps all rules. None where none was found in time, or there is none."""
        highs = self._highs
        highs.setOptionValue("time_limit", highs.getRunTime() + clock.left())
        known = highspy.HighsSolution()
        known.col_value = start.astype(np.float64)
        highs.setSolution(known)
        highs.run()
        info = highs.getInfo()
        if info.primal_solution_status != _FEASIBLE:
            return None
        withheld = np.asarray(highs.getSolution().col_value) > 0.5
        bound = info.mip_dual_bound
        return Cheapest(withheld, bound if math.isfinite(bound) else 0.0)
