"""Rows that hold amounts: read, handed to the sums, and those that stand twice counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.register.amounts import Amounts
from linkage.register.sums import ABOVE, BELOW, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linkage.identifiers import Keys
    from linkage.register.amounts import Hundredths
    from linkage.register.choosing import Codes
    from linkage.register.model import Amount, Plan, Source
    from linkage.register.sources import Batch
    from linkage.register.summary import Tally
    from linkage.register.sums import Sums, Whole
    from linkage.register.when import Masks, RowFault

_Rows: TypeAlias = npt.NDArray[np.integer]
_Where: TypeAlias = npt.NDArray[np.bool_]


class Payments:
    """The amounts of one source's rows."""

    def __init__(self, amount: Amount, source: Source, plan: Plan, sums: Sums) -> None:
        values = [plan.series[plan.code(name)].value for name in source.names]
        self._column = amount.column
        self._reader = Amounts(amount.decimal, [value.unit for value in values if value])
        self._sums = sums

    def read(self, batch: Batch) -> tuple[Hundredths, list[tuple[_Where, str, RowFault]]]:
        """The amount of each row, and which rows have which fault."""
        amounts, faults = self._reader.column(batch.coded[self._column])
        return amounts, [(where, self._column, fault) for where, fault in faults]

    def add(self, rows: _Rows, keys: Keys, codes: Codes, masks: Masks, amounts: Hundredths) -> None:
        """Amounts of people. rows: where each stands, ascending; masks: one bit each, or none.

        A person whom a row names in two columns has its amount once.
        """
        counted = (masks != 0) & _once(rows, keys)
        periods = np.bitwise_count(masks[counted] - np.uint64(1))
        self._sums.add(keys[counted], codes[counted], periods, amounts[counted])


def _once(rows: _Rows, keys: Keys) -> _Where:
    """Whether each is the first of its person in its row."""
    first = np.ones(len(rows), bool)
    if len(rows) and not (rows[1:] > rows[:-1]).all():
        order = np.lexsort((keys, rows))
        first[order[1:]] = (rows[order[1:]] != rows[order[:-1]]) | (keys[order[1:]] != keys[order[:-1]])
    return first


def totals(plan: Plan, sums: Sums, people: Keys, tally: Tally) -> Iterator[tuple[str, Whole]]:
    """Each series that holds amounts: whole units of everybody by period; what was outside is counted.

    people: everybody's keys, ascending.
    """
    for code, series in enumerate(plan.series):
        if series.value:
            keys, periods, exact = sums.of(code)
            amounts, above, below = whole(exact, series.value.max)
            tally.clamp(ABOVE, above)
            tally.clamp(BELOW, below)
            table = np.zeros((len(people), len(plan.window)), np.uint32)
            table[np.searchsorted(people, keys), periods] = amounts
            yield series.name, table
