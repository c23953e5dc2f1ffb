"""Days and periods in cells → one presence bitmap per row.

Cells repeat, so each distinct one is read once a batch, in plain Python, and the rows look theirs up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.errors import Text
from linkage.register import days
from linkage.register.cells import plain
from linkage.register.model import Events, PeriodList, Spells, When
from linkage.window import Unit, Window, ordinal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa

Masks: TypeAlias = npt.NDArray[np.uint64]
_Where: TypeAlias = npt.NDArray[np.bool_]

_MONTH = re.compile(r"([0-9]{4})(0[1-9]|1[0-2])")
_KNOWN_CELLS = 1 << 17  # after so many, cells are forgotten: times of day could make every one of them new

_EMPTY, _BROKEN = -1, -2


@dataclass(frozen=True)
class RowFault:
    """What is wrong with when a row was: its name in JSON, and what a person reads."""

    slug: str
    text: Text


NO_DAY = RowFault("no-day", Text("no day"))
NO_DATE = RowFault("broken-date", Text("not a day as 2020-01-31"))
REVERSED = RowFault("end-before-start", Text("the last day is before the first"))
NO_PERIOD = RowFault("broken-period", Text("not a period of the agreement"))


@dataclass(frozen=True)
class Found:
    """Rows of a batch in time. masks: bit p where the row counts in period p; none for a faulty row.

    touched: whether the row has any day in the window, also one that does not count. faults: which rows have
    which fault, and in which column; a row has at most one.
    """

    masks: Masks
    touched: _Where
    faults: tuple[tuple[_Where, str, RowFault], ...] = ()


class Calendar:
    """Reads cells that say when, for one window. Remembers what it has read."""

    def __init__(self, window: Window, counting: str = "any-day", forms: Sequence[str] = ()) -> None:
        """counting: a stay counts in a period on "any-day" of it or on its "last-day". forms: of days."""
        self._window = window
        self._last_day = counting == "last-day"
        self._forms = [days.Form(form) for form in forms]
        self._other_forms: set[frozenset[str]] = set()
        self._first = ordinal(window.unit, window.first)
        self._below = np.array([(1 << k) - 1 for k in range(len(window) + 1)], np.uint64)
        # the last day of each period; before the window and after it, index -1 and the length, none
        self._ends = np.array([day.toordinal() - 1 for day in window.starts[1:]] + [0, 0], np.int64)
        self._days: dict[str, tuple[int, int]] = {}
        self._periods: dict[str, tuple[int, int]] = {}

    def find(self, when: When, coded: Mapping[str, pa.DictionaryArray], n: int) -> Found:
        """When each of n rows was."""
        match when:
            case Spells():
                return self._spells(when, coded)
            case Events(column):
                return self._one(column, coded[column], self._day, NO_DATE)
            case PeriodList(column):
                return self._one(column, coded[column], self._period, NO_PERIOD)
            case _:
                return Found(np.full(n, self._window.full, np.uint64), np.ones(n, bool))

    def other_forms(self) -> tuple[str, ...]:
        """Forms in which cells that are no day would be one, the fewest that seem to be needed."""
        needed: list[str] = []
        for forms in sorted(self._other_forms, key=lambda forms: (len(forms), sorted(forms))):
            if forms and not forms & set(needed):
                needed.append(next(form for form in days.COMMON if form in forms))
        return tuple(needed)

    def _spells(self, when: Spells, coded: Mapping[str, pa.DictionaryArray]) -> Found:
        start, from_period = self._look_up(coded[when.start], self._day)
        end, to_period = self._look_up(coded[when.end], self._day)
        to_period = np.where(end == _EMPTY, len(self._window), to_period)
        not_over = (end >= 0) & (self._ends[np.clip(to_period, -1, len(self._window))] != end)
        faults = (
            (start == _EMPTY, when.start, NO_DAY),
            (start == _BROKEN, when.start, NO_DATE),
            ((start >= 0) & (end == _BROKEN), when.end, NO_DATE),
            ((start > end) & (end >= 0), when.end, REVERSED),
        )
        return self._found(from_period, to_period, faults, (self._last_day & not_over).astype(np.int32))

    def _one(
        self, column: str, cells: pa.DictionaryArray, read: Callable[[str], tuple[int, int]], fault: RowFault
    ) -> Found:
        day, period = self._look_up(cells, read)
        missing = NO_DAY if fault is NO_DATE else fault
        return self._found(
            period, period, ((day == _EMPTY, column, missing), (day == _BROKEN, column, fault))
        )

    def _found(
        self,
        first: npt.NDArray[np.int32],
        last: npt.NDArray[np.int32],
        faults: tuple[tuple[_Where, str, RowFault], ...],
        less: int | npt.NDArray[np.integer] = 0,
    ) -> Found:
        """Bits first … last, where those lie inside the window. less: 1 where the last one does not count."""
        n = len(self._window)
        from_first = ~self._below[np.clip(first, 0, n)]
        touched = (self._below[np.clip(last + 1, 0, n)] & from_first) != 0
        masks = self._below[np.clip(last + 1 - less, 0, n)] & from_first
        for rows, _, _ in faults:
            masks[rows] = 0
            touched[rows] = False
        return Found(masks, touched, tuple(fault for fault in faults if fault[0].any()))

    def _look_up(
        self, cells: pa.DictionaryArray, read: Callable[[str], tuple[int, int]]
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Day (or _EMPTY, _BROKEN) and period, counted from the first of the window, of every row."""
        table = np.array([read(cell) for cell in cells.dictionary.to_pylist()], np.int32).reshape(-1, 2)
        rows = table[cells.indices.to_numpy()]
        return rows[:, 0], rows[:, 1]

    def _day(self, cell: str) -> tuple[int, int]:
        return self._remembered(cell, self._days, self._read_day)

    def _period(self, cell: str) -> tuple[int, int]:
        return self._remembered(cell, self._periods, self._read_period)

    def _remembered(
        self, cell: str, known: dict[str, tuple[int, int]], read: Callable[[str], tuple[int, int]]
    ) -> tuple[int, int]:
        if cell not in known:
            if len(known) >= _KNOWN_CELLS:
                known.clear()
            text = plain(cell)
            known[cell] = read(text) if text else (_EMPTY, 0)
        return known[cell]

    def _read_day(self, text: str) -> tuple[int, int]:
        day = days.read(text, self._forms)
        if day is None:
            self._other_forms.add(days.forms_of(text))
            return _BROKEN, 0
        return day.toordinal(), self._of_month(day.year, day.month)

    def _read_period(self, text: str) -> tuple[int, int]:
        """As the agreement writes it, or a day in it; months also without the hyphen."""
        unit = self._window.unit
        if unit is Unit.MONTH and (match := _MONTH.fullmatch(text)):
            return 0, self._of_month(int(match[1]), int(match[2]))
        try:
            return 0, self._clipped(ordinal(unit, text))
        except ValueError:
            return self._read_day(text)

    def _of_month(self, year: int, month: int) -> int:
        months = self._window.unit.months
        return self._clipped((year * 12 + month - 1) // months)

    def _clipped(self, number: int) -> int:
        """Counted from the first period; -1 before the window, its length after it."""
        return min(max(number - self._first, -1), len(self._window))
