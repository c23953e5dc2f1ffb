"""A release read by somebody who knows the questions and the method: what its bytes let numbers be."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from tests.attacked_histories import Question

FAR = 1 << 20
"""No reader thinks of so many people."""
MADE_OF_OTHERS = ("percent", "target", "difference", "against", "change", "note")
TENTH = 0.05
"""How far from the exact number one with a decimal can be."""
Table: TypeAlias = Mapping[str, Any]
Row: TypeAlias = Mapping[str, Any]
Times: TypeAlias = dict[int, float]
"""Place among the questions → how often this number is added."""


class Bound(NamedTuple):
    """low ≤ several numbers, each so many times ≤ high."""

    several: Times
    low: float
    high: float


class Seen(NamedTuple):
    """What anybody has.

    marks: of each question what was shown, where equal people are shown alike; None where nothing was.
    """

    method: Mapping[str, Any]
    bounds: Sequence[Bound]
    marks: Sequence[int | str | None]


def seen(data: bytes, asked: Sequence[Question]) -> Seen:
    """asked: every number that is counted. Of what is made of others, where it tells more than these."""
    reader = _Reader(data, asked)
    bounds = [*reader.counted(), *reader.made_of_others()]
    return Seen(reader.method, bounds, reader.marks)


class _Reader:
    def __init__(self, data: bytes, asked: Sequence[Question]) -> None:
        document = json.loads(data)
        self.method: Mapping[str, Any] = document["method"]
        self._periods = document["window"]["periods"]
        self._rows = [(table, row) for table in document["tables"] for row in table["rows"]]
        self._places = {(q.measure, q.role, q.labels): i for i, q in enumerate(asked)}
        self._told: dict[int, int | None] = {}
        self.marks: list[int | str | None] = [None] * len(asked)

    def _place(self, table: Table, row: Row, role: str, **other: object) -> int | None:
        labels = {k: tuple(v) if isinstance(v, list) else v for k, v in {**row, **other}.items()}
        own = frozenset((k, v) for k, v in labels.items() if k not in ("value", "of", *MADE_OF_OTHERS))
        return self._places.get((table["measure"], role, own))

    # -- counted ------------------------------------------------------------------------------------------

    def counted(self) -> Iterator[Bound]:
        for table, row in self._rows:
            for role in ("value", "of"):
                place = self._place(table, row, role)
                if place is not None:
                    yield Bound({place: 1}, *self._may_be(place, row[role], row.get("note")))
        assert len(self._told) == len(self._places), "a number that is asked for is not in the release"

    def _may_be(self, place: int, value: int | None, note: str | None) -> tuple[int, int]:
        self._told[place] = value
        if self.method["name"] == "suppress":
            return (0, FAR) if value is None else (value, value)
        self.marks[place] = "few" if note == "few" and value is None else value
        most = self.method["D"]
        if value is None:
            return 0, self.method["threshold"] - 1 + most if note == "few" else FAR
        return max(1, value - most), value + most  # nobody stays nobody

    # -- made of them -------------------------------------------------------------------------------------

    def made_of_others(self) -> Iterator[Bound]:
        for table, row in self._rows:
            for bound in (*self._means(table, row), *self._parts(table, row), *self._lengths(table, row)):
                if any(self._told[place] is None for place in bound.several):
                    assert self.method["name"] == "suppress", "made of moved numbers that are not told"
                    yield bound

    def _number(self, table: Table, row: Row, role: str, **other: object) -> Times:
        """A number of a row as it is counted; of a mean, the periods' share. Nothing where none is known."""
        if row.get("period") != "mean":
            place = self._place(table, row, role, **other)
            return {} if place is None else {place: 1.0}
        found = [self._place(table, row, role, **{**other, "period": p}) for p in self._periods]
        known = [place for place in found if place is not None]
        return {place: 1 / len(known) for place in known}

    def _means(self, table: Table, row: Row) -> Iterator[Bound]:
        sums = {role: self._number(table, row, role) for role in ("value", "of")}
        for role, several in sums.items():
            if row.get("period") == "mean" and several and row[role] is not None:
                yield Bound(several, row[role] - TENTH, row[role] + TENTH)
        if row.get("percent") is not None and sums["of"]:
            hundred = {place: 100 * times for place, times in sums["value"].items()}
            yield Bound(_added(hundred, sums["of"], TENTH - row["percent"]), 0, FAR)
            yield Bound(_added(hundred, sums["of"], -TENTH - row["percent"]), -FAR, 0)

    def _parts(self, table: Table, row: Row) -> Iterator[Bound]:
        if row.get("part") in ("sum", "surplus") and row["value"] is not None:
            several: Times = {}
            for part in table["parts"]:
                several = _added(several, self._number(table, row, "value", part=part))
            if row["part"] == "surplus":
                several = _added(several, self._number(table, row, "value", part="unique"), -1)
            near = TENTH if row.get("period") == "mean" else 0
            yield Bound(several, row["value"] - near, row["value"] + near)

    def _lengths(self, table: Table, row: Row) -> Iterator[Bound]:
        if row.get("length") == "mean" and row["value"] is not None:
            for near, low, high in ((TENTH, 0, FAR), (-TENTH, -FAR, 0)):
                several: Times = {}
                for length in range(1, len(self._periods) - 1):
                    times = length - row["value"] + near
                    several = _added(several, self._number(table, row, "value", length=length), times)
                yield Bound(several, low, high)


def _added(one: Times, other: Times, times: float = 1.0) -> Times:
    return {p: one.get(p, 0.0) + times * other.get(p, 0.0) for p in {**one, **other}}
