"""The window of an agreement: its periods, their days, and named spans of them.

Used by the register (days → bits), the measures (bits → counts) and the report (labels). Knows no people.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np

MAX_PERIODS = 60


class Unit(StrEnum):
    """The length of a period."""

    MONTH = "month"
    QUARTER = "quarter"
    TERTIAL = "tertial"
    YEAR = "year"

    @property
    def months(self) -> int:
        """Months in a period of this unit."""
        return {"month": 1, "quarter": 3, "tertial": 4, "year": 12}[self.value]

    @property
    def example(self) -> str:
        """How a period of this unit is written."""
        return {"month": "2020-01", "quarter": "2020-Q1", "tertial": "2020-T1", "year": "2020"}[self.value]


_FORMS = {
    Unit.MONTH: re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])"),
    Unit.QUARTER: re.compile(r"([0-9]{4})-Q([1-4])"),
    Unit.TERTIAL: re.compile(r"([0-9]{4})-T([1-3])"),
    Unit.YEAR: re.compile(r"([0-9]{4})"),
}


def ordinal(unit: Unit, name: str) -> int:
    """Number of the period on an endless line of such periods. Raises ValueError where name is none."""
    match = _FORMS[unit].fullmatch(name)
    if match is None or not 1800 <= int(match[1]) <= 2199:
        raise ValueError(unit.example)
    per_year = 12 // unit.months
    return int(match[1]) * per_year + (int(match[2]) - 1 if per_year > 1 else 0)


def label(unit: Unit, number: int) -> str:
    """The name of the period with this ordinal."""
    per_year = 12 // unit.months
    year, part = divmod(number, per_year)
    return {
        Unit.MONTH: f"{year:04}-{part + 1:02}",
        Unit.QUARTER: f"{year:04}-Q{part + 1}",
        Unit.TERTIAL: f"{year:04}-T{part + 1}",
        Unit.YEAR: f"{year:04}",
    }[unit]


def first_day(unit: Unit, number: int) -> dt.date:
    """The first day of the period with this ordinal."""
    per_year = 12 // unit.months
    year, part = divmod(number, per_year)
    return dt.date(year, part * unit.months + 1, 1)


@dataclass(frozen=True)
class Window:
    """Consecutive periods first..last, at most MAX_PERIODS, and named stretches of them.

    spans: name → (index of its first period, index of its last).
    """

    unit: Unit
    first: str
    last: str
    spans: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Names of the periods in order."""
        start = ordinal(self.unit, self.first)
        return tuple(label(self.unit, n) for n in range(start, ordinal(self.unit, self.last) + 1))

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def starts(self) -> tuple[dt.date, ...]:
        """First day of each period, and of the one after the last: len(self) + 1 days."""
        start = ordinal(self.unit, self.first)
        return tuple(first_day(self.unit, n) for n in range(start, start + len(self) + 1))

    @property
    def last_day(self) -> dt.date:
        """The last day of the window."""
        return self.starts[-1] - dt.timedelta(days=1)

    @property
    def full(self) -> int:
        """The bitmap with every period set: bit p for period p."""
        return (1 << len(self)) - 1

    def span_bits(self, name: str) -> int:
        """The bitmap of a named span; "all" is the whole window."""
        if name == "all":
            return self.full
        first, last = self.spans[name]
        return ((1 << (last + 1)) - 1) & ~((1 << first) - 1)

    @property
    def dtype(self) -> np.dtype[np.unsignedinteger]:
        """Little-endian column type of a presence bitmap: 1, 2, 4 or 8 bytes by the number of periods."""
        width = next(w for w in (1, 2, 4, 8) if len(self) <= 8 * w)
        return np.dtype(f"<u{width}")
