"""Released counts → the rows that are published: totals, sums, means, shares, changes.

The same for every method: no row here sees anything but `Counts`. What a row holds: docs/release.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from linkage.dimensions import OTHER
from linkage.measures.model import Count, Frame, HowMany, Measure, Note, Overlap, Share
from linkage.release.counts import ALL, MEAN, Answer, Counts, Look, Place, less, mean, missing, tenth, total

Scalar: TypeAlias = str | int | Decimal | tuple[str, ...] | None
Row: TypeAlias = Mapping[str, Scalar]

SEXES = ("woman", "man", OTHER, ALL)
VALUES = ("value", "of", "percent", "target", "difference", "against", "change")
UNDATED = Answer(None, Note.NO_DATES)


@dataclass(frozen=True)
class Draft:
    """A row before it is rounded. own: the kind's own key; answers: exact numbers by their key."""

    place: Place
    own: Mapping[str, Scalar]
    answers: Mapping[str, Answer]
    extra: Mapping[str, Scalar] = field(default_factory=dict)


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


def rows(measure: Measure, counts: Counts, frame: Frame) -> tuple[Row, ...]:
    """The published rows of one measure."""
    look = Look(counts)
    window, age = frame.window, frame.dimensions.age
    bands = tuple(b.name for b in age.bands) if age else ()
    every = places(measure.by, window.labels, tuple(window.spans), bands)
    drafts = [draft for place in every for draft in _KINDS[type(measure)](measure, look, place)]
    if measure.against is not None:
        drafts = _compared(drafts, measure.against, "percent" if isinstance(measure, Share) else "value")
    return tuple(_row(measure, draft) for draft in drafts)


def combinations(sets: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Every combination of the sets but the empty one, in the order of masks: bit i is set i."""
    return tuple(
        tuple(name for i, name in enumerate(sets) if mask >> i & 1) for mask in range(1, 1 << len(sets))
    )


# -- the kinds --------------------------------------------------------------------------------------------


def _count(measure: Count, look: Look, place: Place) -> Iterator[Draft]:
    if not measure.parts:
        yield Draft(place, {}, {"value": look.answer(place)})
        return
    parts = [look.answer(place, i) for i in range(len(measure.parts))]
    unique = look.answer(place, len(parts))
    both = total(parts)
    if place.time not in (None, ALL) and not all(e.dated for e in (measure.count, *measure.parts)):
        unique = both = UNDATED  # one part without dates leaves nothing to set beside the others
    for part, answer in zip(measure.parts, parts, strict=True):
        yield Draft(place, {"part": part.source}, {"value": answer})
    for name, answer in (("sum", both), ("unique", unique), ("surplus", less(both, unique))):
        yield Draft(place, {"part": name}, {"value": answer})


def _overlap(measure: Overlap, look: Look, place: Place) -> Iterator[Draft]:
    for i, names in enumerate(combinations(tuple(s.source for s in measure.sets))):
        yield Draft(place, {"in": names}, {"value": look.answer(place, i)})


def _howmany(measure: HowMany, look: Look, place: Place) -> Iterator[Draft]:
    for i in range(len(measure.lists)):
        yield Draft(place, {"lists": i + 1}, {"value": look.answer(place, i)})


def _share(measure: Share, look: Look, place: Place) -> Iterator[Draft]:
    extra: dict[str, Scalar] = {}
    if isinstance(measure.of, int):
        value = look.answer(place)
        here = place.time == MEAN  # a mean from elsewhere divides a mean, and nothing else
        extra["of"] = measure.of if here else None
        part = percent(value, Answer(Fraction(measure.of) if here else None))
        answers = {"value": value, "percent": part}
    else:
        value, of = _pair(look, place)
        part = percent(value, of)
        answers = {"value": value, "of": of, "percent": part}
    if measure.target is not None:
        extra["target"] = plain(measure.target)
        answers["difference"] = less(part, Answer(measure.target))
    yield Draft(place, {}, answers, extra)


def _pair(look: Look, place: Place) -> tuple[Answer, Answer]:
    """Value and denominator, each known only where both are: a share of unlike periods would be none."""
    if place.time != MEAN:
        return _both(look.at(place, 0), look.at(place, 1))
    pairs = [_both(*pair) for pair in zip(look.over_time(place, 0), look.over_time(place, 1), strict=True)]
    return mean([value for value, _ in pairs]), mean([of for _, of in pairs])


def _both(value: Answer, of: Answer) -> tuple[Answer, Answer]:
    for answer in (value, of):
        if answer.note in (Note.EDGE, Note.NO_DATES):
            return answer, answer
    return value, of


_KINDS: Mapping[type[Measure], Callable[[Any, Look, Place], Iterator[Draft]]] = {
    Count: _count,
    Overlap: _overlap,
    HowMany: _howmany,
    Share: _share,
}

# -- from exact to published ------------------------------------------------------------------------------


def percent(value: Answer, of: Answer) -> Answer:
    """value in per cent of `of`; none where one is none, and where `of` is 0."""
    if value.value is None or of.value is None:
        return missing((value, of))
    return Answer(100 * value.value / of.value) if of.value else Answer(None)


def plain(value: Fraction) -> int | Decimal:
    """A fraction that is a finite decimal, as a number. Raises ValueError for another."""
    if value.denominator == 1:
        return value.numerator
    decimal = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(decimal) != value:
        raise ValueError("a target that is no finite decimal")
    return decimal


def _compared(drafts: list[Draft], against: str, key: str) -> list[Draft]:
    """Each row beside the row of the span `against` with the same other keys."""
    base = {(d.place._replace(time=None), *d.own.items()): d for d in drafts if d.place.time == against}
    return [_beside(d, base[d.place._replace(time=None), *d.own.items()], key) for d in drafts]


def _beside(draft: Draft, base: Draft, key: str) -> Draft:
    change = less(draft.answers[key], base.answers[key])
    if draft is base or change.value is None:
        nothing = Answer(None)
        return Draft(
            draft.place, draft.own, {**draft.answers, "against": nothing, "change": nothing}, draft.extra
        )
    answers = {**draft.answers, "against": base.answers[key], "change": change}
    return Draft(draft.place, draft.own, answers, draft.extra)


def _row(measure: Measure, draft: Draft) -> Row:
    time = "span" if "span" in measure.by else "period"
    labels = zip((time, "sex", "age"), draft.place, strict=True)
    row: dict[str, Scalar] = {name: label for name, label in labels if label is not None}
    row |= draft.own
    per_cent = {"percent", "difference"} | ({"against", "change"} if isinstance(measure, Share) else set())
    for key in VALUES:
        if key in draft.extra:
            row[key] = draft.extra[key]
        elif key in draft.answers:
            row[key] = _number(draft.answers[key], key in per_cent or draft.place.time == MEAN)
    counted = (draft.answers[key].note for key in ("value", "of") if key in draft.answers)
    if note := next((n.value for n in counted if n is not Note.KNOWN), ""):
        row["note"] = note
    return row


def _number(answer: Answer, tenths: bool) -> int | Decimal | None:
    if answer.value is None:
        return None
    return tenth(answer.value) if tenths else int(answer.value)
