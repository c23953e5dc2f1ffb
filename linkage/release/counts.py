"""Counts that a method has let through, and arithmetic that never looks behind them.

`Cells` are true and stay inside the matcher; `Counts` have their shape and hold what may be told. Everything
that is derived (sums, means, shares, changes) is derived from `Counts`, as exact fractions, and rounded last.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from linkage.measures.model import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from linkage.measures.model import Axis, AxisValue

ALL = "all"
MEAN = "mean"
TIME_AXES = ("period", "span", "window")


@dataclass(frozen=True)
class Counts:
    """Released counts of one measure. axes: as in Cells; values: int64; notes: object array of Note.

    values and notes have the axes' shape; a value counts only where its note is KNOWN, and is 0 elsewhere.
    """

    axes: tuple[Axis, ...]
    values: npt.NDArray[np.int64]
    notes: npt.NDArray[np.object_]

    def __post_init__(self) -> None:
        shape = tuple(len(axis.values) for axis in self.axes)
        if self.values.shape != shape or self.notes.shape != shape:
            raise ValueError("released counts do not have the shape of their axes")


class Place(NamedTuple):
    """Where a row stands: labels of time (a period, a span, "all", "mean"), sex and age; None: not asked."""

    time: str | None
    sex: str | None
    age: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """An exact number, or why there is none."""

    value: Fraction | None
    note: Note = Note.KNOWN


class Look:
    """Reads answers out of released counts by their labels."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._places = [{value: i for i, value in enumerate(axis.values)} for axis in counts.axes]
        self.periods: tuple[str, ...] = next(
            (tuple(str(v) for v in a.values if v != ALL) for a in counts.axes if a.name == "period"), ()
        )

    def at(self, place: Place, own: int = 0) -> Answer:
        """The count at a place. own: the index on the kind's own axis, where it has one."""
        index = tuple(self._index(i, axis, place, own) for i, axis in enumerate(self._counts.axes))
        note: Note = self._counts.notes[index]
        return Answer(Fraction(int(self._counts.values[index])) if note is Note.KNOWN else None, note)

    def answer(self, place: Place, own: int = 0) -> Answer:
        """As at(), and the mean over the known periods where the place's time is "mean"."""
        if place.time != MEAN:
            return self.at(place, own)
        return mean(self.over_time(place, own))

    def over_time(self, place: Place, own: int = 0) -> list[Answer]:
        """The counts of all periods, in order, at a place whose time is passed over."""
        return [self.at(place._replace(time=period), own) for period in self.periods]

    def _index(self, number: int, axis: Axis, place: Place, own: int) -> int:
        if axis.name in TIME_AXES:
            label: AxisValue | None = ALL if axis.name == "window" else place.time
        elif axis.name == "sex":
            label = place.sex
        elif axis.name == "age":
            label = place.age
        else:
            return own
        if label is None:
            raise ValueError("a table with an axis that its rows do not have")
        return self._places[number][label]


def total(answers: Sequence[Answer]) -> Answer:
    """The sum; none where a term is none, for the reason of the first such term."""
    values = [a.value for a in answers if a.value is not None]
    if len(values) < len(answers):
        return missing(answers)
    return Answer(sum(values, Fraction(0)))


def less(a: Answer, b: Answer) -> Answer:
    """a - b; none where one of them is none."""
    if a.value is None or b.value is None:
        return missing((a, b))
    return Answer(a.value - b.value)


def mean(answers: Sequence[Answer]) -> Answer:
    """The mean of what is known. None where nothing is, and where a known number is withheld."""
    if any(a.note is Note.WITHHELD for a in answers):
        return Answer(None, Note.WITHHELD)
    values = [a.value for a in answers if a.value is not None]
    if not values:
        return missing(answers)
    return Answer(sum(values, Fraction(0)) / len(values))


def missing(answers: Iterable[Answer]) -> Answer:
    """No number, for the reason of the first answer that is none."""
    return Answer(None, next(a.note for a in answers if a.value is None))


def tenth(value: Fraction) -> Decimal:
    """Rounded to one decimal, half away from zero."""
    tenths = int(abs(value) * 10 + Fraction(1, 2))  # int() cuts towards zero, and the value is not negative
    return Decimal(tenths if value >= 0 else -tenths).scaleb(-1)
