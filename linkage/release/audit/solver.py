"""Whole-number programs over atoms, by HiGHS. What it answers is checked by whoever asks."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import highspy
import numpy as np
import numpy.typing as npt

from linkage.errors import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.release.audit.problem import Places, Whole

Floats: TypeAlias = npt.NDArray[np.float64]
_SOME: Final = 0.34
"""How far from the best a world may be that is only to be far away."""
_NEAR: Final = 20
"""People more or fewer in one atom of a world that is looked for near the truth."""
_WHOLE: Final = 0.999
"""A bound nearer than this to a whole number that was found is that number."""


class AuditError(ReleaseError):
    """The audit did not come to an end, or found a cell that could be worked out: no release."""

    hint = "ask the matcher; what was found is not told, since it would tell of people"


class TimeError(AuditError):
    """The audit took longer than it may."""


@dataclass(frozen=True)
class Clock:
    """When the audit must have ended, by time.monotonic."""

    end: float

    @classmethod
    def within(cls, seconds: float) -> Clock:
        """From now."""
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds, at least 0."""
        return max(0.0, self.end - time.monotonic())


class Aim(NamedTuple):
    """A sum over these columns should be `far` above its base, or below it where sign is -1."""

    columns: Places
    sign: int
    base: int
    far: int


@dataclass(frozen=True)
class Rows:
    """Linear rows: coefficients in compressed rows, and bounds. Shapes: (m + 1,), (k,), (k,), (m,), (m,)."""

    starts: Places
    columns: Places
    coefficients: Whole
    low: Whole
    high: Whole


class Solver:
    """The tables of n whole numbers between 0 and `most` that satisfy the rows.

    solves: how often it was asked.
    """

    def __init__(self, n: int, rows: Rows, most: int, far: int) -> None:
        self._n = n
        self.solves = 0
        self._highs = highs = highspy.Highs()  # type: ignore[no-untyped-call]  # its author left it so
        for name, value in (("output_flag", False), ("threads", 1), ("random_seed", 1)):
            highs.setOptionValue(name, value)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = n, len(rows.low)
        lp.col_cost_ = np.zeros(n)
        lp.col_lower_, lp.col_upper_ = np.zeros(n), np.full(n, float(most))
        lp.row_lower_ = rows.low.astype(np.float64)
        lp.row_upper_ = np.where(rows.high >= far, highspy.kHighsInf, rows.high.astype(np.float64))
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = rows.starts.astype(np.int32)
        lp.a_matrix_.index_ = rows.columns.astype(np.int32)
        lp.a_matrix_.value_ = rows.coefficients.astype(np.float64)
        lp.integrality_ = [highspy.HighsVarType.kInteger] * n
        highs.passModel(lp)

    def add(self, columns: Places, coefficients: Whole, low: int, high: int, far: int) -> None:
        """One more row that tables must satisfy."""
        most = highspy.kHighsInf if high >= far else float(high)
        values = coefficients.astype(np.float64)
        self._highs.addRow(float(low), most, len(columns), columns.astype(np.int32), values)

    def near(self, aims: Sequence[Aim], start: Whole, clock: Clock, *, seconds: float) -> Whole | None:
        """A table near `start` in which many of the aims are reached; None where none was found in time.

        Raises TimeError where no time is left.
        """
        self._box(start)
        first = self._highs.getNumCol()
        for number, aim in enumerate(aims):
            self._highs.addVar(0.0, float(aim.far))
            columns = np.append(aim.columns, first + number).astype(np.int32)
            values = np.append(np.full(len(aim.columns), float(aim.sign)), -1.0)
            self._highs.addRow(float(aim.sign * aim.base), highspy.kHighsInf, len(columns), columns, values)
        cost = np.zeros(first + len(aims))
        cost[first:] = 1.0
        known = np.concatenate([start, np.zeros(len(aims), np.int64)])
        found = self._solve(cost, known, clock, seconds=seconds, gap=_SOME)
        return None if found is None else found[: self._n]

    def _box(self, start: Whole) -> None:
        """Few people more or fewer in each atom: what is near the truth is found soon."""
        low, high = np.maximum(start - _NEAR, 0).astype(np.float64), (start + _NEAR).astype(np.float64)
        self._highs.changeColsBounds(self._n, np.arange(self._n, dtype=np.int32), low, high)

    def largest(self, cost: Floats, start: Whole, clock: Clock) -> Whole | None:
        """The table of the largest cost; cost: whole numbers. Raises TimeError where it is not found."""
        found = self._solve(cost, start, clock, seconds=clock.left(), gap=0.0)
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise TimeError("the audit took too long")
        return found

    def some(self, clock: Clock) -> Whole | None:
        """Any table; None where there is none. Raises TimeError where that is not known in time."""
        nobody = np.zeros(self._n)
        found = self._solve(nobody, nobody.astype(np.int64), clock, seconds=clock.left(), gap=0.0)
        if found is None and self._highs.getModelStatus() != highspy.HighsModelStatus.kInfeasible:
            raise TimeError("the audit took too long")
        return found

    def _solve(self, cost: Floats, start: Whole, clock: Clock, *, seconds: float, gap: float) -> Whole | None:
        if not clock.left():
            raise TimeError("the audit took too long")
        self.solves += 1
        highs = self._highs
        highs.setOptionValue("time_limit", highs.getRunTime() + min(seconds, clock.left()))
        highs.setOptionValue("mip_rel_gap", gap)
        highs.setOptionValue("mip_abs_gap", _WHOLE)
        highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
        highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        known = highspy.HighsSolution()
        known.col_value = start.astype(np.float64)
        highs.setSolution(known)
        highs.run()
        if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        found: Whole = np.rint(np.asarray(highs.getSolution().col_value)).astype(np.int64)
        return found
