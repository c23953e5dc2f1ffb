"""Worlds that are walked to from the truth, one person more or fewer of one atom at a time, without a solver.

A number is asked to be another; then, as long as anything that the reader knows does not hold, one person is
moved where that helps most. What stays broken counts more from step to step, so that no walk goes in circles.
A walk that ends nowhere proves nothing; one that ends in a world is checked as every world is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from linkage.release.audit.model import Model
    from linkage.release.audit.problem import Flags, Places, Whole

_STEPS: Final = 60
"""Steps of a walk, before another way is looked for."""
_WAIT: Final = 6
"""Steps in which an atom is not moved again, where another can be."""
_SEED: Final = 1


@dataclass(repr=False)
class _Table:
    """Where a walk stands. people: of each atom; values: of each row; low, high: what these may be.

    weights: what a person too many or too few in each row counts; moved: when each atom was moved last.
    """

    people: Whole
    values: Whole
    low: Whole
    high: Whole
    weights: Whole
    moved: Whole

    @property
    def broken(self) -> Flags:
        """The rows that are not what they may be."""
        off: Flags = (self.values < self.low) | (self.values > self.high)
        return off


class Walk:
    """Walks from the true table of a model. Its rows are the sums of the model, then its bounds."""

    def __init__(self, model: Model) -> None:
        self._model, self._rng = model, np.random.default_rng(_SEED)
        told, bounds = model.told, [model.row(bound) for bound in model.bounds]
        rows = np.repeat(np.arange(len(bounds)), [len(atoms) for atoms, _ in bounds]) + len(told)
        self._rows = np.concatenate([told.rows, rows.astype(np.intp)])
        self._atoms = np.concatenate([told.atoms, *(atoms for atoms, _ in bounds)])
        ones = np.ones(len(told.atoms), np.int64)
        self._signs = np.concatenate([ones, *(signs for _, signs in bounds)])
        self._low = np.array([*model.low, *(bound.low for bound in model.bounds)], np.int64)
        self._high = np.array([*model.high, *(bound.high for bound in model.bounds)], np.int64)
        self._ends = np.searchsorted(self._rows, np.arange(len(self._low) + 1))
        self._true = np.zeros(len(self._low), np.int64)
        np.add.at(self._true, self._rows, self._signs * model.people[self._atoms])
        self._by_atom = np.argsort(self._atoms, kind="stable")
        self._counts = np.bincount(self._atoms, minlength=len(model.people))
        self._first = np.cumsum(self._counts) - self._counts

    def to(self, row: int, low: int, high: int) -> Whole | None:
        """A table that adds up, in which a sum is in these bounds too; None where none was met."""
        table = _Table(
            self._model.people.copy(),
            self._true.copy(),
            self._low.copy(),
            self._high.copy(),
            np.ones(len(self._low), np.int64),
            np.full(len(self._model.people), -_WAIT, np.int64),
        )
        table.low[row], table.high[row] = max(low, self._low[row]), min(high, self._high[row])
        for step in range(_STEPS):
            broken = np.flatnonzero(table.broken)
            if not len(broken):
                return table.people
            if not self._step(table, step, int(self._rng.choice(broken))):
                return None
        return None

    def _step(self, table: _Table, step: int, row: int) -> bool:
        """One person in or out, for a row that is broken; false where nobody can be."""
        mine = slice(self._ends[row], self._ends[row + 1])
        atoms, signs = self._atoms[mine], np.sign(self._signs[mine])
        way = signs if table.values[row] < table.low[row] else -signs
        can = (table.people[atoms] > 0) | (way > 0)
        rested = can & (table.moved[atoms] <= step - _WAIT)
        can = rested if rested.any() else can
        if not can.any():
            return False
        atoms, way = atoms[can], way[can]
        cost = self._cost(table, atoms, way)
        one = int(self._rng.choice(np.flatnonzero(cost == cost.min())))
        if cost[one] >= 0:
            table.weights[table.broken] += 1
        entries = self._entries(atoms[one : one + 1])
        table.values[self._rows[entries]] += self._signs[entries] * way[one]
        table.people[atoms[one]] += way[one]
        table.moved[atoms[one]] = step
        return True

    def _cost(self, table: _Table, atoms: Places, way: Whole) -> Whole:
        """By how much each of these moves would break more, or less."""
        entries, of = self._entries(atoms), np.repeat(np.arange(len(atoms)), self._counts[atoms])
        rows = self._rows[entries]
        now, low, high = table.values[rows], table.low[rows], table.high[rows]
        then = now + self._signs[entries] * way[of]
        worse = np.maximum(low - then, 0) + np.maximum(then - high, 0)
        worse -= np.maximum(low - now, 0) + np.maximum(now - high, 0)
        cost: Whole = np.add.reduceat(worse * table.weights[rows], np.flatnonzero(np.diff(of, prepend=-1)))
        return cost

    def _entries(self, atoms: Places) -> Places:
        """Where these atoms stand in the rows, those of each together."""
        counts = self._counts[atoms]
        begins = np.cumsum(counts) - counts
        places = np.repeat(self._first[atoms] - begins, counts) + np.arange(counts.sum())
        entries: Places = self._by_atom[places]
        return entries
