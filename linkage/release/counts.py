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

from linkage.measures.figures import Note
from linkage.release.spread import added, apart, middle

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from linkage.measures.figures import Axis
    from linkage.release.drawn import Drawn
    from linkage.release.spread import Spread

ALL = "all"
MEAN = "mean"
TIME_AXES = ("period", "span", "window")
HIDDEN = (Note.WITHHELD, Note.FEW)
"""A number is there and is not told; the others of its kind do not stand in for it."""


@dataclass(frozen=True)
class Counts:
    """Released counts of one measure. axes: as in Cells; values: int64; notes: object array of Note.

    values and notes have the axes' shape; a value counts only where its note is KNOWN, and is 0 elsewhere.
    sums: of a change, the released amounts of the people of each cell, int64, whole units, likewise;
    sum_notes: of the sums, where some are not told although their people are; step: mean amounts are told in
    whole multiples of it, and what is derived from them is derived from those. drawn, drawn_sums: values and
    sums as they were drawn, where the method draws.
    """

    axes: tuple[Axis, ...]
    values: npt.NDArray[np.int64]
    notes: npt.NDArray[np.object_]
    sums: npt.NDArray[np.int64] | None = None
    sum_notes: npt.NDArray[np.object_] | None = None
    step: int = 1
    drawn: Drawn | None = None
    drawn_sums: Drawn | None = None

    def __post_init__(self) -> None:
        shape = tuple(len(axis.values) for axis in self.axes)
        several = (self.values, self.notes, self.sums, self.sum_notes)
        if any(array is not None and array.shape != shape for array in several):
            raise ValueError("released counts do not have the shape of their axes")


class Place(NamedTuple):
    """Where a row stands: labels of time (a period, a span, "all", "mean"), sex and age; None: not asked."""

    time: str | None
    sex: str | None
    age: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """An exact number, or why there is none. spread: how sure it is, where noise was drawn."""

    value: Fraction | None
    note: Note = Note.KNOWN
    spread: Spread | None = None


class Look:
    """Reads answers out of released counts by their labels."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self.step = counts.step
        self.drawn = counts.drawn is not None
        sums = counts.drawn_sums
        self.most = None if sums is None or sums.most is None else Fraction(sums.most)
        self._places = [{value: i for i, value in enumerate(axis.values)} for axis in counts.axes]
        self.periods: tuple[str, ...] = next(
            (tuple(str(v) for v in a.values if v != ALL) for a in counts.axes if a.name == "period"), ()
        )

    def size(self, name: str) -> int:
        """How many labels an axis has."""
        return next(len(axis.values) for axis in self._counts.axes if axis.name == name)

    def at(self, place: Place, *own: int) -> Answer:
        """The count at a place. own: the index on each of the kind's own axes."""
        counts = self._counts
        return self._answer(counts.values, counts.notes, self._index(place, own), counts.drawn)

    def amount(self, place: Place, *own: int) -> Answer:
        """The sum of the amounts of those counted at a place, of a change."""
        counts = self._counts
        if counts.sums is None:
            raise ValueError("a table without amounts")
        notes = counts.notes if counts.sum_notes is None else counts.sum_notes
        return self._answer(counts.sums, notes, self._index(place, own), counts.drawn_sums)

    def answer(self, place: Place, *own: int) -> Answer:
        """As at(), and the mean over the known periods where the place's time is "mean"."""
        if place.time != MEAN:
            return self.at(place, *own)
        return mean(self.over_time(place, *own))

    def over_time(self, place: Place, *own: int) -> list[Answer]:
        """The counts of all periods, in order, at a place whose time is passed over."""
        return [self.at(place._replace(time=period), *own) for period in self.periods]

    def _answer(
        self,
        numbers: npt.NDArray[np.int64],
        notes: npt.NDArray[np.object_],
        index: tuple[int, ...],
        drawn: Drawn | None,
    ) -> Answer:
        note: Note = notes[index]
        if note is not Note.KNOWN:
            return Answer(None, note)
        spread = None if drawn is None else drawn.at(self._counts.axes, index)
        return Answer(Fraction(int(numbers[index])), note, spread)

    def _index(self, place: Place, own: tuple[int, ...]) -> tuple[int, ...]:
        rest = iter(own)
        labels = {axis: ALL if axis == "window" else place.time for axis in TIME_AXES}
        labels |= {"sex": place.sex, "age": place.age}
        index = tuple(
            self._at_label(i, labels[axis.name]) if axis.name in labels else next(rest)
            for i, axis in enumerate(self._counts.axes)
        )
        if next(rest, None) is not None:
            raise ValueError("an index on an axis that the table does not have")
        return index

    def _at_label(self, number: int, label: str | None) -> int:
        if label is None:
            raise ValueError("a table with an axis that its rows do not have")
        return self._places[number][label]


def total(answers: Sequence[Answer]) -> Answer:
    """The sum; none where a term is none, for the reason of the first such term."""
    values = [a.value for a in answers if a.value is not None]
    if len(values) < len(answers):
        return missing(answers)
    return Answer(sum(values, Fraction(0)), spread=added([a.spread for a in answers]))


def less(a: Answer, b: Answer) -> Answer:
    """a - b; none where one of them is none."""
    if a.value is None or b.value is None:
        return missing((a, b))
    return Answer(a.value - b.value, spread=apart(a.spread, b.spread))


def mean(answers: Sequence[Answer]) -> Answer:
    """The mean of what is known. None where nothing is, and where one of the numbers is not told."""
    if hidden := hidden_among(answers):
        return hidden
    known = [a for a in answers if a.value is not None]
    if not known:
        return missing(answers)
    whole = total(known)
    return Answer((whole.value or Fraction(0)) / len(known), spread=middle([a.spread for a in known]))


def hidden_among(answers: Iterable[Answer]) -> Answer | None:
    """The first of the numbers that are there and not told, if any."""
    return next((a for a in answers if a.note in HIDDEN), None)


def missing(answers: Iterable[Answer]) -> Answer:
    """No number, for the reason of the first answer that is none."""
    return Answer(None, next(a.note for a in answers if a.value is None))


def whole(value: Fraction) -> int:
    """Rounded to a whole number, half away from zero."""
    rounded = int(abs(value) + Fraction(1, 2))  # int() cuts towards zero, and the value is not negative
    return rounded if value >= 0 else -rounded


def tenth(value: Fraction) -> Decimal:
    """Rounded to one decimal, half away from zero."""
    return Decimal(whole(value * 10)).scaleb(-1)
