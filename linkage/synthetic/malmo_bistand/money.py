"""Months' amounts become payments: days, kinds, öre, corrections, and what changes no figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final, NamedTuple

from linkage.synthetic.malmo_bistand.careers import month_start
from linkage.synthetic.malmo_bistand.chance import Chance
from linkage.synthetic.malmo_bistand.households import Amounts

SUPPORT, HOUSING, CORRECTION, PAID_BACK = "Försörjningsstöd", "Boendekostnad", "Rättelse", "Återbetalning"
PAID, CANCELLED = "Utbetald", "Makulerad"
_PAY_DAY: Final = 27
_WITH_ORE, _IN_TWO, _CORRECTED, _CANCELLED, _PAYS_BACK = 0.4, 0.12, 0.015, 0.008, 0.012
_ORE: Final = (-50, 49)  # sums are rounded half up, so that these change no krona


class Payment(NamedTuple):
    """One row: the household's place, the day, what it is, whether it was paid, öre."""

    home: int
    day: dt.date
    kind: str
    status: str
    ore: int


def payments(paid: Amounts, seed: int) -> list[Payment]:
    """All payments of the window, and of the month before it, by day."""
    chance = Chance(seed, 4)
    found: list[Payment] = []
    for home, months in enumerate(paid.tolist()):
        found += _month(home, -1, months[0], chance) if months[0] else ()
        for month, kronor in enumerate(months):
            if kronor:
                found += _month(home, month, kronor, chance)
            elif any(months[:month]) and chance.happens(_PAYS_BACK):
                day = _pay_day(month)
                found.append(Payment(home, day, PAID_BACK, PAID, -100 * chance.whole(300, 2500)))
    return sorted(found, key=lambda payment: (payment.day, payment.home))


def _month(home: int, month: int, kronor: int, chance: Chance) -> Iterator[Payment]:
    """Payments whose sum rounds to so many kronor."""
    day = _pay_day(month)
    ore = 100 * kronor + (chance.whole(*_ORE) if chance.happens(_WITH_ORE) else 0)
    if chance.happens(_CANCELLED):
        yield Payment(home, day - dt.timedelta(days=3), SUPPORT, CANCELLED, ore)
    if chance.happens(_CORRECTED):
        too_much = 100 * chance.whole(200, 2500)
        yield Payment(home, day + dt.timedelta(days=1), CORRECTION, PAID, -too_much)
        ore += too_much
    elif chance.happens(_IN_TWO):
        housing = round(ore * chance.between(0.3, 0.6))
        yield Payment(home, day - dt.timedelta(days=chance.whole(5, 20)), HOUSING, PAID, housing)
        ore -= housing
    yield Payment(home, day, SUPPORT, PAID, ore)


def _pay_day(month: int) -> dt.date:
    """The 27th, or the Friday before it where that is a weekend."""
    day = month_start(month).replace(day=_PAY_DAY)
    return day - dt.timedelta(days=max(0, day.weekday() - 4))


def written(ore: int) -> str:
    """-1234,50, as the register has it."""
    kronor, rest = divmod(abs(ore), 100)
    return f"{'-' if ore < 0 else ''}{kronor},{rest:02}"
