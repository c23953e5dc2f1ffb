"""Numbers of the oracle, exact until a row is made, and the reasons why there may be none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from linkage.measures.expressions import Expression
from tests.oracle_world import Time, World

Row: TypeAlias = dict[str, Any]


class Answer(NamedTuple):
    """A number, or why there is none."""

    value: Fraction | None
    note: str = ""


Drawn: TypeAlias = tuple[Row, dict[str, Answer]]
"""The kind's own keys, and the numbers of one row."""


def over(
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
        return Answer(mean(counts))
    return Answer(Fraction(people(time.periods)))


def mean(numbers: Sequence[int | Fraction]) -> Fraction:
    return Fraction(sum(numbers, Fraction(0)), len(numbers))


def total(answers: Sequence[Answer]) -> Answer:
    for answer in answers:
        if answer.value is None:
            return answer
    return Answer(sum((a.value for a in answers if a.value is not None), Fraction(0)))


def less(a: Answer, b: Answer) -> Answer:
    if a.value is None or b.value is None:
        return a if a.value is None else b
    return Answer(a.value - b.value)


def of_those(value: Answer, of: Answer, target: Fraction | None) -> dict[str, Answer]:
    """The numbers of a row that tells how many of how many."""
    percent = Answer(None)
    if value.value is not None and of.value:
        percent = Answer(100 * value.value / of.value)
    answers = {"value": value, "of": of, "percent": percent}
    if target is not None:
        answers |= {"target": Answer(target), "difference": less(percent, Answer(target))}
    return answers


def tenth(value: Fraction | None) -> float | None:
    """One decimal, half away from zero."""
    return None if value is None else float(Fraction(_away_from_zero(value * 10), 10))


def whole(value: Fraction | None) -> int | None:
    """No decimal, half away from zero."""
    return None if value is None else _away_from_zero(value)


def plain(value: Fraction | None) -> int | float | None:
    """As it is."""
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)


def _away_from_zero(value: Fraction) -> int:
    up = (abs(value) * 2 + 1) // 2
    return up if value >= 0 else -up
