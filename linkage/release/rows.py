"""Rows as they are published: where they stand, how exact numbers are rounded, when a note stands there.

The same for every kind and every method. What a row holds: docs/release.md; what each kind tells: `kinds`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from linkage.dimensions import OTHER
from linkage.measures.figures import Note
from linkage.measures.model import Measure, Outcome, Share
from linkage.release.counts import ALL, MEAN, Answer, Place, less, tenth, whole

Scalar: TypeAlias = str | int | Decimal | tuple[str, ...] | None
Row: TypeAlias = Mapping[str, Scalar]

ERROR = Fraction(1, 20)
"""The chance that an interval does not hold the counted number: 95 of 100 hold it."""
SEXES = ("woman", "man", OTHER, ALL)
VALUES = ("value", "people", "of", "percent", "target", "difference", "against", "change")


@dataclass(frozen=True)
class Draft:
    """A row before it is rounded.

    own: the kind's own keys; answers: exact numbers by their key; extra: numbers that are told as they are;
    fine: whether counts are told with one decimal here, as they are in every row of means.
    """

    place: Place
    own: Mapping[str, Scalar]
    answers: Mapping[str, Answer]
    extra: Mapping[str, Scalar] = field(default_factory=dict)
    fine: bool = False


# -- where rows stand -------------------------------------------------------------------------------------


def times(
    measure_by: tuple[str, ...], periods: tuple[str, ...], spans: tuple[str, ...]
) -> tuple[str | None, ...]:
    """The labels of time of a table's rows, totals last; one None where it is not broken down by time."""
    if "period" in measure_by:
        return (*periods, ALL, MEAN)
    return (*spans, ALL) if "span" in measure_by else (None,)


def places(
    by: tuple[str, ...], periods: tuple[str, ...], spans: tuple[str, ...], bands: tuple[str, ...]
) -> list[Place]:
    """Every combination of the labels of a table's dimensions, in the order of its rows."""
    sexes = SEXES if "sex" in by else (None,)
    ages = (*bands, OTHER, ALL) if "age" in by else (None,)
    return [Place(t, s, a) for t in times(by, periods, spans) for s in sexes for a in ages]


def combinations(sets: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Every combination of the sets but the empty one, in the order of masks: bit i is set i."""
    return tuple(
        tuple(name for i, name in enumerate(sets) if mask >> i & 1) for mask in range(1, 1 << len(sets))
    )


# -- from exact to published ------------------------------------------------------------------------------


def published(measure: Measure, drafts: list[Draft], *, drawn: bool = False) -> tuple[Row, ...]:
    """The rows of one measure: compared with its span where it has one, then rounded.

    drawn: each number stands between the ends of its interval.
    """
    if measure.against is not None:
        drafts = _compared(drafts, measure.against, "percent" if _rated(measure) else "value")
    return tuple(_row(measure, draft, drawn=drawn) for draft in drafts)


def plain(value: Fraction) -> int | Decimal:
    """A fraction that is a finite decimal, as a number. Raises ValueError for another."""
    if value.denominator == 1:
        return value.numerator
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(decimal) != value:
        raise ValueError("a target that is no finite decimal")
    return decimal


def _rated(measure: Measure) -> bool:
    return isinstance(measure, Share | Outcome)


def _compared(drafts: list[Draft], against: str, key: str) -> list[Draft]:
    """Each row beside the row of the span `against` with the same other keys."""
    base = {(d.place._replace(time=None), *d.own.items()): d for d in drafts if d.place.time == against}
    return [_beside(d, base[d.place._replace(time=None), *d.own.items()], key) for d in drafts]


def _beside(draft: Draft, base: Draft, key: str) -> Draft:
    there, change = base.answers[key], less(draft.answers[key], base.answers[key])
    if draft is base or change.value is None:
        there = change = Answer(None)
    return replace(draft, answers={**draft.answers, "against": there, "change": change})


def _row(measure: Measure, draft: Draft, *, drawn: bool) -> Row:
    time = "span" if "span" in measure.by else "period"
    labels = zip((time, "sex", "age"), draft.place, strict=True)
    row: dict[str, Scalar] = {name: label for name, label in labels if label is not None}
    row |= draft.own
    per_cent = {"percent", "difference"} | ({"against", "change"} if _rated(measure) else set())
    fine = draft.fine or draft.place.time == MEAN
    for key in VALUES:
        if key in draft.extra:
            row[key] = draft.extra[key]
        elif key in draft.answers:
            tenths = fine or key in per_cent
            row[key] = _number(draft.answers[key], tenths=tenths)
            if drawn:
                row |= _ends(key, draft.answers[key], tenths=tenths)
    counted = (draft.answers[key].note for key in ("value", "people", "of") if key in draft.answers)
    if note := next((n.value for n in counted if n is not Note.KNOWN), ""):
        row["note"] = note
    return row


def _number(answer: Answer, *, tenths: bool) -> int | Decimal | None:
    if answer.value is None:
        return None
    return tenth(answer.value) if tenths else whole(answer.value)


def ends(key: str) -> tuple[str, str]:
    """The keys of the ends of a number's interval."""
    return f"{key}_low", f"{key}_high"


def _ends(key: str, answer: Answer, *, tenths: bool) -> Row:
    """The interval that holds the counted number, rounded outwards, and the number that is told.

    Null where there is no number, and on a side without end.
    """
    low, high = ends(key)
    if answer.value is None or answer.spread is None:
        return {low: None, high: None}
    units = 10 if tenths else 1
    least, most = answer.spread.within(ERROR)
    told = whole(answer.value * units)
    return {
        low: None if least is None else _in_units(min(told, math.floor(least * units)), units),
        high: None if most is None else _in_units(max(told, math.ceil(most * units)), units),
    }


def _in_units(value: int, units: int) -> int | Decimal:
    return value if units == 1 else Decimal(value).scaleb(-1)
