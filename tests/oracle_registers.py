"""Registers as the oracle has them: who was where, who was paid what; and what an identity number tells."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeAlias

Period: TypeAlias = tuple[dt.date, dt.date]
"""First and last day."""


class Spell(NamedTuple):
    """A person was there from one day to another, both included. last: None is "still there".

    Without first: there at some time of the window.
    """

    person: str
    first: dt.date | None = None
    last: dt.date | None = None


class Payment(NamedTuple):
    """A person had an amount on a day. Below zero: it was taken back."""

    person: str
    day: dt.date
    amount: Decimal


Registers: TypeAlias = Mapping[str, Sequence[Spell | Payment]]
"""Series key (party.series) → spells, or payments where the series has a value."""


def days(label: str) -> tuple[dt.date, dt.date]:
    """First and last day of a period: 2020-03, 2020-Q1, 2020-T1 or 2020."""
    year = int(label[:4])
    if len(label) == 4:
        first, last = 1, 12
    elif label[5] in "QT":
        months = 3 if label[5] == "Q" else 4
        last = months * int(label[6])
        first = last - months + 1
    else:
        first = last = int(label[5:])
    return dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1])


def sex(person: str) -> str:
    """By the last digit but one of the identity number."""
    return "man" if int(person[10]) % 2 else "woman"


def age(person: str, on: dt.date) -> int:
    """Completed years. An unknown month or day of birth counts as 1 July; some have 60 added to the day."""
    year, month, day = int(person[:4]), int(person[4:6]), int(person[6:8])
    day = day - 60 if day >= 60 else day
    if month == 0 or day == 0:
        month, day = 7, 1
    return on.year - year - ((on.month, on.day) < (month, day))


def there(rows: Sequence[Spell | Payment], period: Period) -> set[str]:
    """People with a spell that touches the period, and those who have one without days."""
    spells = [row for row in rows if isinstance(row, Spell)]
    assert len(spells) == len(rows)
    return {
        s.person
        for s in spells
        if s.first is None or (s.first <= period[1] and (s.last is None or s.last >= period[0]))
    }


def paid(rows: Sequence[Spell | Payment], period: Period, most: int) -> dict[str, int]:
    """Person → whole units from 1 to most: added up exactly, half a unit up, what is outside cut off."""
    exact: dict[str, Decimal] = {}
    for payment in rows:
        assert isinstance(payment, Payment)
        if period[0] <= payment.day <= period[1]:
            exact[payment.person] = exact.get(payment.person, Decimal(0)) + payment.amount
    units = {person: math.floor(total + Decimal("0.5")) for person, total in exact.items()}
    return {person: min(number, most) for person, number in units.items() if number > 0}
