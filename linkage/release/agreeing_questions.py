"""Whether the tables of a release give one answer to one question (docs/release.md, check 5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from linkage.release.counts import ALL, MEAN
from linkage.release.disagreements import SameQuestionError
from linkage.release.published import Key, Move, Rows

if TYPE_CHECKING:
    from linkage.release.rows import Scalar
    from linkage.release.tables import Table


_FEW = Fraction(-1)
"""Stands for every number below the threshold, none of which is negative."""


class Question(NamedTuple):
    """An expression, asked of a time, a sex and an age."""

    source: str
    time: str
    sex: str
    age: str


def same_questions(several: list[Rows]) -> None:
    """One expression has one number at one place, in whichever tables it is counted."""
    answers: dict[Question, tuple[Fraction, str]] = {}
    for rows in several:
        for question, value in _answers(rows):
            known, measure = answers.setdefault(question, (value, rows.table.measure))
            if known != value:
                raise SameQuestionError(
                    "tables {first} and {measure} do not agree on {source}: {row}",
                    first=measure,
                    measure=rows.table.measure,
                    source=question.source,
                    row=", ".join(question[1:]),
                )


def _answers(rows: Rows) -> Iterator[tuple[Question, Fraction]]:
    """What a table says of each expression that it counts. Sets of an overlap: all combinations with it.

    Numbers that were moved one by one do not add up to another number: then they answer nothing together.
    """
    table = rows.table
    if table.kind == "flow" and not rows.moved:
        yield from _states(rows)
    combined: defaultdict[Question, list[Fraction | None]] = defaultdict(list)
    for key in rows.at:
        if key.place.time == MEAN:
            continue
        if table.kind == "overlap" and isinstance(key.own, tuple):
            for source in key.own:
                combined[_asked(source, table, key)].append(rows.number(key))
        elif table.kind == "share" and _as_in_a_count(rows, key):
            yield from _told(_asked(str(table.asked), table, key), rows.number(key))
            if isinstance(table.of, str):
                yield from _told(_asked(table.of, table, key), rows.number(key, "of"))
        elif table.kind == "outcome" and table.time == "period" and key.place.time != ALL:
            yield from _told(_asked(f"left({table.asked})", table, key), rows.number(key, "of"))
        elif table.kind == "count" and key.own not in ("sum", "surplus"):
            source = str(table.asked if key.own in (None, "unique") else key.own)
            yield from _told(_asked(source, table, key), rows.number(key), rows.at[key].get("note"))
    if not rows.moved:
        yield from _added(combined)


def _states(rows: Rows) -> Iterator[tuple[Question, Fraction]]:
    """People in the first state of a flow: those who depart from it, and those who arrive in it.

    Not those of the others: who is in an earlier state too stands there.
    """
    table, found = rows.table, defaultdict[Question, list[Fraction | None]](list)
    later = dict(zip(rows.periods, rows.periods[table.every or 0 :], strict=False))
    arrived = defaultdict[Question, list[Fraction | None]](list)
    for key in rows.at:
        if isinstance(key.own, Move) and table.time == "period" and key.place.time in later:
            if key.own.start == table.items[0]:
                found[_asked(table.items[0], table, key)].append(rows.number(key))
            if key.own.end == table.items[0]:
                there = key.at(time=later[key.place.time])
                arrived[_asked(table.items[0], table, there)].append(rows.number(key))
    yield from (*_added(found), *_added(arrived))


def _added(several: Mapping[Question, list[Fraction | None]]) -> Iterator[tuple[Question, Fraction]]:
    for question, values in several.items():
        known = [value for value in values if value is not None]
        if len(known) == len(values):
            yield question, sum(known, Fraction(0))


def _told(
    question: Question, value: Fraction | None, note: Scalar = None
) -> Iterator[tuple[Question, Fraction]]:
    """The number, where it is told; that it is below the threshold is an answer too."""
    if value is not None:
        yield question, value
    elif note == "few":
        yield question, _FEW


def _as_in_a_count(rows: Rows, key: Key) -> bool:
    """Whether a share counts its expressions over the same periods as a count of each would.

    Over several periods it looks at those only in which both its sides are known: the same ones where one
    side is a number from elsewhere, or where no period of the table is beyond an edge.
    """
    if rows.table.time == "period":
        pieces = rows.over_time[key.at(time=None)]
        return key.place.time != ALL or all("note" not in row for _, row in pieces)
    return "of" not in rows.counted


def _asked(source: str, table: Table, key: Key) -> Question:
    place = key.place
    time = ALL if place.time in (None, ALL) else f"{table.time} {place.time}"
    return Question(source, time, place.sex or ALL, place.age or ALL)
