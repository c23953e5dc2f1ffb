"""Random rows of one series: a few unlike each other, or histories of many people."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TypeAlias

from linkage.agreement.model import Agreement, Known, Series, Value
from linkage.synthetic.numbers import TEST_SERIALS, personnummer, samordningsnummer
from linkage.window import Window
from tests.oracle import Payment, Spell
from tests.random_chance import Chance

BORN = [dt.date(1950, 1, 1), dt.date(1988, 2, 29), dt.date(2003, 12, 31), dt.date(2020, 6, 1)]
PEOPLE = [personnummer(born, serial) for born in BORN for serial in TEST_SERIALS[:3]]
PEOPLE += [samordningsnummer(born, TEST_SERIALS[3]) for born in BORN]

Rows: TypeAlias = list[Spell | Payment]


def register(chance: Chance, agreement: Agreement, series: Series) -> Rows:
    """Stays in one series, or what was paid: in the window and around it; or without dates."""
    window, value = agreement.window, series.value
    if series.known is Known.WINDOW:
        return [Spell(x) for x in chance.several(lambda: chance.pick(PEOPLE), 0, 8)]
    if chance.whole(0, 3) == 0:
        return chance.several(lambda: _row(chance, window, value), 0, 12)
    return _stays(chance, window) if value is None else _payments(chance, window, value)


def _row(chance: Chance, window: Window, value: Value | None) -> Spell | Payment:
    """Near the first day of a period: a stay, perhaps still going on, or an amount as odd as can be."""
    far = chance.pick([1, 1, 40])
    day = chance.pick(window.starts) + dt.timedelta(chance.whole(-far, far))
    person = chance.pick(PEOPLE)
    if value is None:
        return Spell(person, day, chance.pick([None, day, day + dt.timedelta(chance.whole(0, 150))]))
    around, far = chance.pick([(0, 8), (2000, 2400), (4 * value.max, 4)])
    return Payment(person, day, Decimal(around + chance.whole(-far, far)) / 4)


def _stays(chance: Chance, window: Window) -> Rows:
    """Most people come and go, some of them every period, some not at all."""
    rows: Rows = []
    last = len(window) - 1
    longest = chance.pick([1, 2, 3, 12])
    for person in PEOPLE:
        p = chance.whole(-1, 3)
        while p <= last and chance.whole(0, 9):
            until = p + chance.whole(1, longest) - 1
            first = window.starts[max(p, 0)] - dt.timedelta(20 if p < 0 else 0)
            end = None if until > last else window.starts[until + 1] - dt.timedelta(1)
            rows.append(Spell(person, first, end))
            p = until + 1 + chance.whole(0, longest)
    return rows


def _payments(chance: Chance, window: Window, value: Value) -> Rows:
    """Most people are paid in most periods, some in two parts, and some of it is taken back; in quarters."""
    most = 4 * min(value.max, 10_000)
    return [
        Payment(person, start + dt.timedelta(chance.whole(0, 27)), Decimal(chance.whole(-50, most)) / 4)
        for person in PEOPLE
        for start in window.starts
        for _ in range(chance.pick([0, 1, 1, 2]))
    ]
