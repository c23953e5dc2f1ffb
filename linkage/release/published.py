"""Published rows by where they stand, for those who check them. Knows nothing of how they were made."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from linkage.release.counts import ALL, MEAN, Place
from linkage.release.disagreements import IncompleteError
from linkage.release.rows import Row, Scalar, places
from linkage.release.tables import HIDDEN

if TYPE_CHECKING:
    from linkage.release.tables import Scale, Table


class Move(NamedTuple):
    """From one state to another."""

    start: str
    end: str


class Key(NamedTuple):
    """Where a row stands in its table. own: the label of the kind's own key; of a flow a Move."""

    place: Place
    own: Scalar

    def __str__(self) -> str:
        own = self.own
        if isinstance(own, tuple):
            own = (" → " if isinstance(own, Move) else " + ").join(own)
        labels = [*self.place, own]
        return ", ".join(str(label) for label in labels if label is not None) or ALL

    def at(self, **place: str | None) -> Key:
        """The same, with other labels of its place."""
        return self._replace(place=self.place._replace(**place))


class Rows:
    """The rows of one table by where they stand, every combination there once (else IncompleteError).

    periods: those of the window, in order; counted: the keys of people who were counted; moved: by how many
    people each number may differ from the true one; step: what mean amounts are whole multiples of; drawn:
    each row of time has noise of its own.
    """

    def __init__(
        self, table: Table, scale: Scale, moved: int = 0, step: int = 1, *, drawn: bool = False
    ) -> None:
        self.table = table
        self.moved = moved
        self.drawn = drawn
        self.step = step
        self.periods = scale.periods
        self.counted = _counted(table)
        self.at: dict[Key, Row] = {}
        self.over_time: defaultdict[Key, list[tuple[Key, Row]]] = defaultdict(list)
        for row in table.rows:
            self._add(row)
        for place in places(table.dimensions, scale.periods, scale.spans, scale.bands):
            for own in table.owns:
                key = Key(place, _own(own))
                if key not in self.at:
                    raise IncompleteError(
                        "table {measure} lacks a row: {row}", measure=table.measure, row=str(key)
                    )

    def _add(self, row: Row) -> None:
        time, sex, age = (_label(row.get(name)) for name in (self.table.time or "", "sex", "age"))
        own = tuple(row[name] for name in self.table.own_keys)
        key = Key(Place(time, sex, age), _own(own))
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

    def leeway(self, numbers: int) -> int:
        """How far so many numbers, added to and taken from each other, can be from what is true of them."""
        return numbers * self.moved

    def _mean(self, key: Key, name: str) -> Fraction | None:
        periods = [row for _, row in self.over_time[key.at(time=None)]]
        told = [exact(row, name) for row in periods if row.get("note") in (None, *HIDDEN)]
        values = [value for value in told if value is not None]
        whole = values and len(values) == len(told)
        return sum(values, Fraction(0)) / len(values) if whole else None


def _counted(table: Table) -> tuple[str, ...]:
    if table.kind == "change":
        return ("people",)
    return ("value", "of") if table.kind == "outcome" or isinstance(table.of, str) else ("value",)


def _own(values: tuple[Scalar, ...]) -> Scalar:
    """One label of several own keys."""
    if len(values) < 2:
        return values[0] if values else None
    start, end = values
    return Move(str(start), str(end))


def exact(row: Row, key: str) -> Fraction | None:
    """A number of a row, as a fraction."""
    value = row[key]
    return Fraction(value) if isinstance(value, int | Decimal) else None


def less(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    """a - b, where both are known."""
    return None if a is None or b is None else a - b


def tenth(value: Fraction | None) -> Fraction | None:
    """One decimal, half away from zero."""
    if value is None:
        return None
    quotient, rest = divmod(abs(value.numerator) * 10, value.denominator)
    rounded = Fraction(quotient + (2 * rest >= value.denominator), 10)
    return rounded if value >= 0 else -rounded


def _label(value: Scalar) -> str | None:
    return value if isinstance(value, str) else None
