"""Registers in plain Python, one row at a time with dates and sets: the oracle of `linkage.register`."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests import plain_se

ACCEPT = frozenset({"personnummer", "samordningsnummer"})
Period = tuple[dt.date, dt.date]  # first and last day


def months(first: str, count: int) -> list[Period]:
    """So many months from "2020-01"."""
    year, month = map(int, first.split("-"))
    found = []
    for n in range(count):
        y, m = divmod(year * 12 + month - 1 + n, 12)
        found.append((dt.date(y, m + 1, 1), dt.date(y, m + 1, calendar.monthrange(y, m + 1)[1])))
    return found


@dataclass
class Row:
    """One row: series None where the map leaves it out; last None: still there; first None: undated."""

    identifier: str
    series: str | None
    first: dt.date | None
    last: dt.date | None


@dataclass
class Expected:
    """What comes of the rows. presence: canonical form → series → numbers of periods."""

    presence: dict[str, dict[str, set[int]]] = field(default_factory=dict)
    used: int = 0
    outside: int = 0
    ignored: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    counted: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    nobody: int = 0


def expect(
    rows: Sequence[Row], periods: Sequence[Period], extracted: dt.date, undated: frozenset[str] = frozenset()
) -> Expected:
    """Fold the rows. undated: series of which only some time is known."""
    told = Expected()
    for row in rows:
        if row.series is None:
            told.ignored += 1
            continue
        kind, reason, canonical = plain_se.read(row.identifier, extracted)
        told.kinds[kind] += 1
        if kind not in ACCEPT:
            told.refused[reason or kind] += 1
            if row.identifier.strip():
                told.others.add(row.identifier.strip())
            else:
                told.nobody += 1
            continue
        told.counted.add(canonical)
        there = {
            n
            for n, (start, end) in enumerate(periods)
            if row.first is None or (row.first <= end and (row.last is None or row.last >= start))
        }
        if not there:
            told.outside += 1
            continue
        told.used += 1
        everywhere = set(range(len(periods)))
        told.presence.setdefault(canonical, {}).setdefault(row.series, set()).update(
            everywhere if row.series in undated else there
        )
    return told


def bits(periods: set[int]) -> int:
    return sum(1 << n for n in periods)


def presence_of(values: Sequence[bytes], columns: Mapping[str, Sequence[int]]) -> dict[str, dict[str, int]]:
    """canonical form → series → bitmap, of what `linkage.register` gave; series without any bit left out."""
    return {
        value.decode(): {name: int(column[i]) for name, column in columns.items() if column[i]}
        for i, value in enumerate(values)
    }
