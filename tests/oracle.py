"""The same questions, asked of plain sets of identity numbers and dates. No bitmap, no token, no numpy.

Written from the meaning of the measures alone, person by person and period by period, and so slow that nobody
could count a city with it. It shares no code with what it judges but the values that a measure and an
agreement are made of. Rows are those of release.json under the method "exact".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from linkage.measures.model import Count, Expression, HowMany, Measure, Overlap, Share
from tests.oracle_world import Labels, Registers, Spell, Time, World

if TYPE_CHECKING:
    from linkage.agreement.model import Agreement

__all__ = ["Registers", "Row", "Spell", "rows"]

Row: TypeAlias = dict[str, Any]


class Answer(NamedTuple):
    """A number, or why there is none."""

    value: Fraction | None
    note: str = ""


Drawn: TypeAlias = tuple[Row, dict[str, Answer]]
"""The kind's own key, and the numbers of one row."""
Found: TypeAlias = tuple[Labels, Row, dict[str, Answer]]
"""The same, after the labels of the measure's dimensions."""


def rows(measure: Measure, registers: Registers, agreement: Agreement) -> list[Row]:
    """The rows of release.json for one measure, in its order: time, sex, age, then the kind's own key."""
    world = World(registers, agreement)
    found = [
        (labels, own, answers)
        for labels, time, people in world.places(measure)
        for own, answers in _KINDS[type(measure)](world, measure, time, people)
    ]
    return [_row(measure, found, *one) for one in found]


# -- kinds ------------------------------------------------------------------------------------------------


def _over(
    world: World,
    time: Time,
    expressions: Sequence[Expression],
    known: Callable[[Sequence[int]], bool],
    people: Callable[[Sequence[int]], int],
) -> Answer:
    """people() in the row's periods, or its mean over the known ones; or why there is none."""
    if time.how != "all" and not all(world.dated(e) for e in expressions):
        return Answer(None, "no dates")
    if not known(time.periods):
        return Answer(None, "edge")
    if time.how == "mean":
        counts = [people([p]) for p in time.periods if known([p])]
        return Answer(Fraction(sum(counts), len(counts)))
    return Answer(Fraction(people(time.periods)))


def _number(world: World, expression: Expression, time: Time, people: set[str]) -> Answer:
    """People who are in it in some known period of the row."""
    return _over(
        world,
        time,
        [expression],
        lambda periods: any(world.known(expression, p) for p in periods),
        lambda periods: len(world.members(expression, periods) & people),
    )


def _count(world: World, measure: Count, time: Time, people: set[str]) -> Iterator[Drawn]:
    unique = _number(world, measure.count, time, people)
    if not measure.parts:
        yield {}, {"value": unique}
        return
    parts = [_number(world, part, time, people) for part in measure.parts]
    total = _sum(parts)
    if time.how != "all" and not all(world.dated(e) for e in (measure.count, *measure.parts)):
        unique = total = Answer(None, "no dates")
    for part, answer in zip(measure.parts, parts, strict=True):
        yield {"part": part.source}, {"value": answer}
    yield {"part": "sum"}, {"value": total}
    yield {"part": "unique"}, {"value": unique}
    yield {"part": "surplus"}, {"value": _less(total, unique)}


def _sets(
    world: World,
    sets: Sequence[Expression],
    time: Time,
    people: set[str],
    said: Callable[[list[int]], object],
    wanted: object,
) -> Answer:
    """People of whose sets, told by their numbers, this is said.

    In a period every set must be known; in a longer stretch each looks at its own known periods.
    """

    def whose(periods: Sequence[int]) -> int:
        members = [world.members(e, periods) for e in sets]
        return sum(said([i for i, those in enumerate(members) if x in those]) == wanted for x in people)

    def known(periods: Sequence[int]) -> bool:
        one_by_one = [[p] for p in periods] if time.how == "mean" else [periods]
        return any(all(any(world.known(e, p) for p in some) for e in sets) for some in one_by_one)

    return _over(world, time, sets, known, whose)


def _overlap(world: World, measure: Overlap, time: Time, people: set[str]) -> Iterator[Drawn]:
    for mask in range(1, 2 ** len(measure.sets)):
        wanted = [i for i in range(len(measure.sets)) if mask >> i & 1]
        names = [measure.sets[i].source for i in wanted]
        yield {"in": names}, {"value": _sets(world, measure.sets, time, people, list, wanted)}


def _howmany(world: World, measure: HowMany, time: Time, people: set[str]) -> Iterator[Drawn]:
    for lists in range(1, len(measure.lists) + 1):
        answer = _sets(world, measure.lists, time, people, len, lists)
        yield {"lists": lists}, {"value": answer}


def _share(world: World, measure: Share, time: Time, people: set[str]) -> Iterator[Drawn]:
    """Value and denominator look at the periods in which both are known."""
    both = [e for e in (measure.share, measure.of) if isinstance(e, Expression)]

    def known(p: int) -> bool:
        return all(world.known(e, p) for e in both)

    def number(expression: Expression) -> Answer:
        return _over(
            world,
            time,
            both,
            lambda periods: any(known(p) for p in periods),
            lambda periods: len(world.members(expression, [p for p in periods if known(p)]) & people),
        )

    value = number(measure.share)
    if isinstance(measure.of, int):
        of = Answer(Fraction(measure.of) if time.how == "mean" else None)
    else:
        of = number(measure.of)
    percent = Answer(None)
    if value.value is not None and of.value:
        percent = Answer(100 * value.value / of.value)
    answers = {"value": value, "of": of, "percent": percent}
    if measure.target is not None:
        answers |= {"target": Answer(measure.target), "difference": _less(percent, Answer(measure.target))}
    yield {}, answers


_KINDS: dict[type[Measure], Callable[[World, Any, Time, set[str]], Iterator[Drawn]]] = {
    Count: _count,
    Overlap: _overlap,
    HowMany: _howmany,
    Share: _share,
}


def _sum(answers: Sequence[Answer]) -> Answer:
    for answer in answers:
        if answer.value is None:
            return answer
    return Answer(sum((a.value for a in answers if a.value is not None), Fraction(0)))


def _less(a: Answer, b: Answer) -> Answer:
    if a.value is None or b.value is None:
        return a if a.value is None else b
    return Answer(a.value - b.value)


# -- rows -------------------------------------------------------------------------------------------------


def _row(
    measure: Measure, found: Sequence[Found], labels: Row, own: Row, answers: Mapping[str, Answer]
) -> Row:
    """One row, its numbers rounded last."""
    answers = dict(answers)
    if measure.against is not None:
        answers |= _against(measure, found, labels, own, answers)
    row = labels | own
    tenths = {"percent", "difference"} | ({"against", "change"} if isinstance(measure, Share) else set())
    for key, answer in answers.items():
        mean = labels.get("period") == "mean" and key != "target"
        row[key] = _tenth(answer.value) if mean or key in tenths else _plain(answer.value)
    if answers["value"].value is None:
        row["note"] = answers["value"].note
    return row


def _against(
    measure: Measure, found: Sequence[Found], labels: Row, own: Row, answers: Mapping[str, Answer]
) -> dict[str, Answer]:
    """The value (of a share: its per cent) of the same row in the span to compare with, and the change."""
    key = "percent" if isinstance(measure, Share) else "value"
    base = next(a for there, o, a in found if (there, o) == (labels | {"span": measure.against}, own))[key]
    change = _less(answers[key], base)
    if labels["span"] == measure.against or change.value is None:
        return {"against": Answer(None), "change": Answer(None)}
    return {"against": base, "change": change}


def _tenth(value: Fraction | None) -> float | None:
    """One decimal, half away from zero."""
    if value is None:
        return None
    tenths = (abs(value) * 20 + 1) // 2
    return float(Fraction(tenths if value >= 0 else -tenths, 10))


def _plain(value: Fraction | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)
