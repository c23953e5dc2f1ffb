"""Published rows by where they stand, for those who check them. Knows nothing of how they were made."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from linkage.release.counts import ALL, MEAN, Place
from linkage.release.disagreements import IncompleteError
from linkage.release.rows import Row, Scalar, places

if TYPE_CHECKING:
    from linkage.release.tables import Scale, Table


class Key(NamedTuple):
    """Where a row stands in its table."""

    place: Place
    own: Scalar

    def __str__(self) -> str:
        own = " + ".join(self.own) if isinstance(self.own, tuple) else self.own
        labels = [*self.place, own]
        return ", ".join(str(label) for label in labels if label is not None) or ALL

    def at(self, **place: str | None) -> Key:
        """The same, with other labels of its place."""
        return self._replace(place=self.place._replace(**place))


class Rows:
    """The rows of one table by where they stand, every combination there once (else IncompleteError)."""

    def __init__(self, table: Table, scale: Scale) -> None:
        self.table = table
        self.counted = ("value", "of") if isinstance(table.of, str) else ("value",)
        self.at: dict[Key, Row] = {}
        self.over_time: defaultdict[Key, list[tuple[Key, Row]]] = defaultdict(list)
        for row in table.rows:
            self._add(row)
        for place in places(table.dimensions, scale.periods, scale.spans, scale.bands):
            for own in table.own:
                if Key(place, own) not in self.at:
                    raise IncompleteError(
                        "table {measure} lacks a row: {row}", measure=table.measure, row=str(Key(place, own))
                    )

    def _add(self, row: Row) -> None:
        time, sex, age = (_label(row.get(name)) for name in (self.table.time or "", "sex", "age"))
        own = row[self.table.own_key] if self.table.own_key else None
        key = Key(Place(time, sex, age), own)
        if key in self.at:
            raise IncompleteError(
                "table {measure} has a row twice: {row}", measure=self.table.measure, row=str(key)
            )
        self.at[key] = row
        if time not in (None, ALL, MEAN):
            self.over_time[key.at(time=None)].append((key, row))

    def number(self, key: Key, name: str = "value") -> Fraction | None:
        """A count at a place, exact: for a mean, from the periods."""
        return self._mean(key, name) if key.place.time == MEAN else exact(self.at[key], name)

    def _mean(self, key: Key, name: str) -> Fraction | None:
        periods = [row for _, row in self.over_time[key.at(time=None)]]
        told = [exact(row, name) for row in periods if row.get("note") in (None, "withheld")]
        values = [value for value in told if value is not None]
        whole = values and len(values) == len(told)
        return sum(values, Fraction(0)) / len(values) if whole else None


def exact(row: Row, key: str) -> Fraction | None:
    """A number of a row, as a fraction."""
    value = row[key]
    return Fraction(value) if isinstance(value, int | Decimal) else None


def tenth(value: Fraction | None) -> Fraction | None:
    """One decimal, half away from zero."""
    if value is None:
        return None
    quotient, rest = divmod(abs(value.numerator) * 10, value.denominator)
    rounded = Fraction(quotient + (2 * rest >= value.denominator), 10)
    return rounded if value >= 0 else -rounded


def _label(value: Scalar) -> str | None:
    return value if isinstance(value, str) else None
