"""Months become days: each month of a stay, and no other month, is touched by one of its days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from linkage.synthetic.malmo_bistand import figures
from linkage.synthetic.malmo_bistand.careers import Step, month_start
from linkage.synthetic.malmo_bistand.chance import Chance

SAFE = 28  # every month has so many days
_MEETING = (5, 20)  # where one step ends and the next begins in the same month


def some_day(month: int, chance: Chance, low: int = 1, high: int = SAFE) -> dt.date:
    """A day of a month, from the day `low` to the day `high`."""
    return month_start(month).replace(day=chance.whole(low, high))


def step_days(steps: Sequence[Step], chance: Chance) -> list[tuple[dt.date, dt.date]]:
    """First and last day of each step; one that begins in another's last month begins the day after it."""
    found: list[tuple[dt.date, dt.date]] = []
    for place, step in enumerate(steps):
        meets = place > 0 and steps[place - 1].last == step.first
        start = found[-1][1] + dt.timedelta(days=1) if meets else some_day(step.first, chance)
        handed_on = place + 1 < len(steps) and steps[place + 1].first == step.last
        low, high = _MEETING if handed_on else (1, SAFE)
        if step.first == step.last:
            low, high = start.day, max(start.day, high)
        found.append((start, some_day(step.last, chance, low, high)))
    return found


def known(day: dt.date) -> str:
    """A day as the register has it: nothing where it had not come yet when the register was taken out."""
    return day.isoformat() if day < figures.EXTRACTED else ""
