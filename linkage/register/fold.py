"""Rows → one row per person, with one bitmap per series. Memory grows with people, not with rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.identifiers import Identifiers, dimensions
from linkage.register.groups import grouped, put

if TYPE_CHECKING:
    from linkage.dimensions import Dimensions
    from linkage.identifiers import Codes, Keys
    from linkage.measures.figures import Bits
    from linkage.register.changes import Changed, Changes
    from linkage.register.model import Plan
    from linkage.register.summary import Summary
    from linkage.register.sums import Whole
    from linkage.register.when import Masks

_Numbers: TypeAlias = npt.NDArray[np.int64]

_LEAST = 1 << 20  # rows that may wait before they are folded


@dataclass(frozen=True, repr=False)
class Folded:
    """One row per person who was in some series of the window.

    identifiers: distinct, ascending, n; sex, age: codes, shape (n,), zeros where not agreed; presence: name
    of each of the party's series → bitmap, shape (n,), of the window's type; amounts: name of each series
    that holds them → whole units, shape (n, periods); no person without any bit or amount. changed: previous
    numbers of these people; None where no source tells any.
    """

    identifiers: Identifiers
    sex: Codes
    age: Codes
    presence: Mapping[str, Bits]
    summary: Summary
    amounts: Mapping[str, Whole] = field(default_factory=dict)
    changed: Changed | None = None

    def __len__(self) -> int:
        return len(self.identifiers)

    def __repr__(self) -> str:
        return f"<Folded register: {len(self)} people, {len(self.presence)} series>"

    def people(self) -> dict[str, int]:
        """People with any presence or amount, per series."""
        people = {name: int(np.count_nonzero(bits)) for name, bits in self.presence.items()}
        paid = {name: int(np.count_nonzero(sums.any(axis=1))) for name, sums in self.amounts.items()}
        return people | paid


class Fold:
    """Takes rows in any order and keeps one bitmap per person and series."""

    def __init__(self, series: int) -> None:
        """series: how many there are; rows name them by their code."""
        self._series = series
        self._people: _Numbers = np.empty(0, np.int64)  # key · series + code, distinct and ascending
        self._masks: Masks = np.empty(0, np.uint64)
        self._waiting: list[tuple[_Numbers, Masks]] = []
        self._rows = 0

    def add(self, keys: Keys, codes: npt.NDArray[np.integer], masks: Masks) -> None:
        """Rows of people with these keys, in the series with these codes."""
        self._waiting.append((keys * self._series + codes, masks))
        self._rows += len(keys)
        if self._rows > max(_LEAST, len(self._people)):
            self._compact()

    def rename(self, newest: Callable[[Keys], Keys]) -> None:
        """Give each person another key; bitmaps of people who become one are or-ed."""
        self._compact()
        keys, codes = np.divmod(self._people, self._series)
        self._waiting = [(newest(keys) * self._series + codes, self._masks)]
        self._people, self._masks = np.empty(0, np.int64), np.empty(0, np.uint64)
        self._compact()

    def finish(self) -> tuple[Keys, list[Masks]]:
        """Keys of all people, ascending, and for each series their bitmaps, in the order of its code."""
        self._compact()
        keys, codes = np.divmod(self._people, self._series)
        first = np.ones(len(keys), bool)
        first[1:] = keys[1:] != keys[:-1]
        row = np.cumsum(first) - 1
        people = keys[first]
        presence = [np.zeros(len(people), np.uint64) for _ in range(self._series)]
        for code, bits in enumerate(presence):
            mine = codes == code
            bits[row[mine]] = self._masks[mine]
        return people, presence

    def _compact(self) -> None:
        """Put the rows that wait into the table."""
        if not self._waiting:
            return
        people, masks = (np.concatenate(column) for column in zip(*self._waiting, strict=True))
        self._waiting, self._rows = [], 0
        new = grouped(people, masks, np.bitwise_or)
        self._people, self._masks = put((self._people, self._masks), new, np.bitwise_or)


def folded(
    keys: Keys,
    presence: list[Masks],
    plan: Plan,
    wanted: Dimensions,
    summary: Summary,
    amounts: Mapping[str, Whole],
    changes: Changes,
) -> Folded:
    """The people of a finished fold who were in some series of the window. amounts: (people, periods)."""
    there = np.zeros(len(keys), bool)
    for sums in amounts.values():
        there |= sums.any(axis=1)
    for bits in presence:
        there |= bits != 0
    identifiers = Identifiers(plan.scheme, keys[there])
    sex, age = dimensions(identifiers, wanted)
    bitmaps = {
        series.name: bits[there].astype(plan.window.dtype)
        for series, bits in zip(plan.series, presence, strict=True)
        if not series.value
    }
    values = {name: sums[there] for name, sums in amounts.items()}
    return Folded(identifiers, sex, age, bitmaps, summary, values, changes.pairs(plan.scheme, keys[there]))
