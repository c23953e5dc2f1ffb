"""Whether tables that follow people through time agree with themselves (docs/release.md, check 5).

Works on the published numbers alone: see agreeing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from linkage.release.counts import ALL, MEAN, Place
from linkage.release.disagreements import AmountsError, FlowError, LengthsError, OutcomeError
from linkage.release.published import Key, Move, Rows, exact, less, tenth
from linkage.release.tables import HIDDEN

_ROUNDED = Fraction(3, 2)
"""How far a difference of two rounded amounts, rounded itself, may be from theirs, in units."""


# -- flow -------------------------------------------------------------------------------------------------


def flows(rows: Rows) -> None:
    """Who comes into a state leaves it or stays; all periods move the same people; all moves add up."""
    if rows.table.kind != "flow" or rows.table.time != "period":
        return
    for place in {key.place._replace(time=None) for key in rows.at}:
        moves = {time: _moves(rows, place._replace(time=time)) for time in rows.periods}
        known = {time: found for time, found in moves.items() if found is not None}
        if rows.drawn:
            _check_sum(rows, place)
            continue
        _check_arrivals(rows, place, known)
        everybody = list(map(_everybody, known.values()))
        if everybody and max(everybody) - min(everybody) > rows.leeway(2 * len(rows.table.owns)):
            raise FlowError(
                "table {measure}: not all periods move the same people: {row}",
                measure=rows.table.measure,
                row=_said(place),
            )
        _check_sum(rows, place)


def _moves(rows: Rows, place: Place) -> Mapping[Move, Fraction] | None:
    """All moves that depart in a period, where all are told."""
    found = {own: rows.number(Key(place, own)) for own in _own_moves(rows)}
    told = {own: value for own, value in found.items() if value is not None}
    return told if len(told) == len(found) else None


def _own_moves(rows: Rows) -> list[Move]:
    return [Move(str(start), str(end)) for start, end in rows.table.owns]


def _everybody(moves: Mapping[Move, Fraction]) -> Fraction:
    return sum(moves.values(), Fraction(0))


def _check_arrivals(rows: Rows, place: Place, known: Mapping[str, Mapping[Move, Fraction]]) -> None:
    """Whoever is in a state after a move is there before the next one."""
    every = rows.table.every or 1
    for time, later in zip(rows.periods, rows.periods[every:], strict=False):
        if time not in known or later not in known:
            continue
        there: Counter[str] = Counter()
        for move, number in known[time].items():
            there[move.end] += int(number)
        for move, number in known[later].items():
            there[move.start] -= int(number)
        for state, difference in there.items():
            if abs(difference) > rows.leeway(2 * (len(rows.table.items) + 1)):
                raise FlowError(
                    "table {measure}: those who came into {state} by {row} are not those who are there",
                    measure=rows.table.measure,
                    state=state,
                    row=_said(place._replace(time=later)),
                )


def _check_sum(rows: Rows, place: Place) -> None:
    for move in _own_moves(rows):
        pieces = [rows.at[Key(place._replace(time=time), move)] for time in rows.periods]
        whole = rows.number(Key(place._replace(time=ALL), move))
        if whole is None or any(row.get("note") in HIDDEN for row in pieces):
            continue
        several = [value for row in pieces if (value := exact(row, "value")) is not None]
        if abs(whole - sum(several)) > rows.leeway(len(several) + 1):
            raise FlowError(
                "table {measure}: the moves of {row} are not those of its periods",
                measure=rows.table.measure,
                row=str(Key(place._replace(time=ALL), move)),
            )


# -- outcome ----------------------------------------------------------------------------------------------


def outcomes(rows: Rows) -> None:
    """Of those who left no more are there later than have left."""
    if rows.table.kind != "outcome":
        return
    for key in rows.at:
        value, of = rows.number(key), rows.number(key, "of")
        if value is not None and of is not None and value > of + rows.leeway(2):
            raise OutcomeError(
                "table {measure}: {row} has more people than have left",
                measure=rows.table.measure,
                row=str(key),
            )


# -- duration ---------------------------------------------------------------------------------------------


class _Lengths(NamedTuple):
    mean: Fraction | None
    median: Fraction | None
    note: str | None


def lengths(rows: Rows) -> None:
    """Mean and median are those of the lengths; none of nobody, and none where one length is not told."""
    if rows.table.kind != "duration":
        return
    for place in {key.place for key in rows.at}:
        expected = _lengths(rows, place)
        for own, value in (("mean", expected.mean), ("median", expected.median)):
            row = rows.at[Key(place, own)]
            if exact(row, "value") != tenth(value) or row.get("note") != expected.note:
                raise LengthsError(
                    "table {measure}: {row} is not that of the lengths",
                    measure=rows.table.measure,
                    row=str(Key(place, own)),
                )


def _lengths(rows: Rows, place: Place) -> _Lengths:
    told = [rows.at[Key(place, length)] for length in range(1, (rows.table.longest or 0) + 1)]
    notes = [row.get("note") for row in told]
    hidden = next((str(note) for note in notes if note in HIDDEN), None)
    if hidden or None not in notes:
        return _Lengths(None, None, hidden or str(notes[0]))
    people = {length: exact(row, "value") or Fraction(0) for length, row in enumerate(told, 1)}
    several = sum(people.values(), Fraction(0))
    if several <= 0:
        return _Lengths(None, None, None)
    mean = sum((length * number for length, number in people.items()), Fraction(0)) / several
    upto = {length: sum(n for other, n in people.items() if other <= length) for length in people}
    low = min(length for length, number in upto.items() if 2 * number >= several)
    high = min(length for length, number in upto.items() if 2 * number > several)
    return _Lengths(mean, Fraction(low + high, 2), None)


# -- change -----------------------------------------------------------------------------------------------


def amounts(rows: Rows) -> None:
    """Around an event stand the same people, and level, mean and all are those of the mean amounts."""
    if rows.table.kind != "change":
        return
    places = {key.place for key in rows.at}
    for place in places:
        here = [key for key in rows.at if key.place == place]
        if len({rows.number(key, "people") for key in here}) > 1:
            _refuse(rows, Key(place, None), "people")
        for key in here:
            if rows.number(key, "people") == 0 and rows.number(key) is not None:
                _refuse(rows, key, "value")
            if (rows.number(key) or 0) % rows.step:
                _refuse(rows, key, "value")
        for own, expected in _differences(rows, place):
            found = rows.number(Key(place, own))
            apart = less(found, expected)
            if (found is None) != (expected is None) or (apart is not None and abs(apart) > _apart(rows)):
                _refuse(rows, Key(place, own), "value")
    if not rows.moved:  # else the sums of all and of the pieces were moved, each by its own largest amount
        for key in rows.at:
            _check_pieces(rows, key, places)


def _apart(rows: Rows) -> Fraction:
    """How far a difference may be from that of the amounts that are told."""
    return _ROUNDED if rows.step == 1 else Fraction(rows.step, 2)


def _differences(rows: Rows, place: Place) -> Iterator[tuple[str, Fraction | None]]:
    """Level and mean, from the rounded amounts."""
    before, after = rows.table.before or 1, rows.table.after or 1
    at = {offset: rows.number(Key(place, offset)) for offset in range(-before, after + 1)}
    yield "level", less(at[after], at[-before])
    sides = [_mean([at[i] for i in side]) for side in (range(1, after + 1), range(-before, 0))]
    yield MEAN, less(sides[0], sides[1])


def _mean(values: list[Fraction | None]) -> Fraction | None:
    known = [value for value in values if value is not None]
    return sum(known, Fraction(0)) / len(known) if len(known) == len(values) else None


def _check_pieces(rows: Rows, key: Key, every: Collection[Place]) -> None:
    """The amount of all is the mean of those of the sexes, or ages, so many people each."""
    for name in ("sex", "age"):
        if getattr(key.place, name) != ALL:
            continue
        places = {place for place in every if place._replace(**{name: ALL}) == key.place} - {key.place}
        pieces = [_total(rows, key._replace(place=place)) for place in places]
        known = [piece for piece in pieces if piece is not None]
        whole, people = _total(rows, key), rows.number(key, "people")
        if whole is None or people is None or len(known) < len(pieces):
            continue
        if (
            abs(whole - sum(known)) > people
        ):  # each rounded by half a unit for each person, and so is the whole
            _refuse(rows, key, "value")


def _total(rows: Rows, key: Key) -> Fraction | None:
    """The amounts of all people of a row together, as near as its rounded mean tells; 0 of nobody."""
    value, people = rows.number(key), rows.number(key, "people")
    return Fraction(0) if people == 0 else None if value is None or people is None else value * people


def _refuse(rows: Rows, key: Key, name: str) -> None:
    raise AmountsError(
        "table {measure}: the {name} of {row} does not fit the rows around it",
        measure=rows.table.measure,
        name=name,
        row=str(key),
    )


def _said(place: Place) -> str:
    return str(Key(place, None))
