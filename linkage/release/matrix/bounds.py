"""What the published bytes let each number be, by the method that made them."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from linkage.perturbation import Perturbation, perturbation
from linkage.release.audit.problem import FAR, NO_MARK
from linkage.release.counts import ALL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from linkage.measures.figures import Axis
    from linkage.release.matrix.cells import Index
    from linkage.release.rows import Row, Scalar
    from linkage.release.tables import Table

FEW = "few"
WITHHELD = "withheld"
FEW_MARK = -2
"""Stands for the one mark of all numbers below the threshold, which are never negative."""


class Bounds(NamedTuple):
    """low ≤ a true number ≤ high. mark: what was published, where equal people have equal marks."""

    low: int
    high: int
    mark: int = NO_MARK


UNTOLD = Bounds(0, FAR)


def numbers(table: Table, axes: tuple[Axis, ...]) -> Iterator[tuple[Index, int | None, str]]:
    """Each cell of a table with these axes: its place, its published number, or why there is none."""
    by_labels: dict[tuple[Scalar, ...], Row] = {tuple(row[k] for k in table.keys): row for row in table.rows}
    names = [axis.name for axis in axes]
    for index in np.ndindex(*(len(axis.values) for axis in axes)):
        labels: dict[str, Scalar] = {
            name: axes[i].values[index[i]] for i, name in enumerate(names) if name != "window"
        }
        role = str(labels.pop("role", "value"))
        row = by_labels[tuple(labels.get(key, ALL) for key in table.keys)]
        value = row[column(table, role)]
        yield index, value if isinstance(value, int) else None, str(row.get("note", WITHHELD))


def column(table: Table, role: str) -> str:
    """The key of a row's people in this role."""
    return "people" if table.kind == "change" else role


def bounds_of(method: Mapping[str, str | int]) -> Callable[[int | None, str], Bounds]:
    """Published number, or note → what the true one may be. method: as published, with its parameters."""
    if method["name"] == "cellkey":
        table = perturbation(int(method["D"]), float(Fraction(str(method["variance"]))), int(method["js"]))
        moved = Moved(table, int(method["threshold"]))
        return lambda value, note: moved.bounds(value, few=note == FEW)
    return lambda value, _: UNTOLD if value is None else Bounds(value, value)


class Moved:
    """Numbers moved by a perturbation table, those below a threshold shown as one mark."""

    def __init__(self, table: Perturbation, threshold: int) -> None:
        self._d = table.d
        self._threshold = threshold
        self._possible = table.probabilities > 0
        self._shown = lru_cache(maxsize=None)(self._of_shown)
        few = [n for n in range(threshold + table.d) if self._may_be(n, lambda told: told < threshold)]
        self._few = Bounds(min(few), max(few), FEW_MARK)

    def bounds(self, value: int | None, *, few: bool) -> Bounds:
        """What a number may be that was published as this one, as few, or not at all."""
        if value is None:
            return self._few if few else UNTOLD
        return self._shown(value)

    def _of_shown(self, value: int) -> Bounds:
        near = range(max(0, value - self._d), value + self._d + 1)
        true = [n for n in near if self._may_be(n, lambda told: told == value)]
        return Bounds(min(true), max(true), value) if true else UNTOLD

    def _may_be(self, count: int, shown: Callable[[int], bool]) -> bool:
        row = self._possible[min(count, len(self._possible) - 1)]
        return any(there and shown(count + change) for change, there in enumerate(row, -self._d))
