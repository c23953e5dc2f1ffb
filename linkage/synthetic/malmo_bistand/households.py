"""Households and what they are paid each month, so that the report's two figures come out to the krona.

First every household is given a need and a part of it for every month, by what happens to its participants.
Then the months before the event are scaled, for all households alike that have one event, until the sums
differ by what the report says. Amounts are whole kronor here; öre and corrections come when they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.synthetic.malmo_bistand import figures
from linkage.synthetic.malmo_bistand.careers import (
    BY_ASSISTANCE,
    Career,
    first_event,
    job_starts,
)
from linkage.synthetic.malmo_bistand.chance import Chance
from linkage.synthetic.people import Residents, Who, pick

Amounts: TypeAlias = npt.NDArray[np.int64]
"""Kronor, shape (households, months)."""
_SOME = 500  # a month's payment is at least so much where there is one


@dataclass(frozen=True)
class Household:
    """One or two adults, and the careers of those of them who take part."""

    adults: tuple[int, ...] = field(repr=False)
    careers: tuple[Career, ...] = ()


@dataclass(frozen=True)
class Event:
    """Somebody's first event with months enough around it: the household's place, and the month."""

    household: int
    month: int


def households(
    residents: Residents, careers: Sequence[Career], free: Who, seed: int
) -> tuple[list[Household], Amounts]:
    """Who lives together, and what each household is paid; adults in no programme come from `free`."""
    chance = Chance(seed, 2)
    homes = _homes(residents, careers, free, chance)
    paid = np.array([_payments(home, chance) for home in homes], dtype=np.int64)
    helped: Who = np.asarray(paid.any(axis=1))
    exits, jobs = (_events(homes, helped, months) for months in (Career.exits, job_starts))
    counts = np.bincount([e.household for e in (*exits, *jobs)], minlength=len(homes))
    for events, per_person in ((exits, figures.AFTER_EXIT), (jobs, figures.AFTER_JOB)):
        _meet(paid, events, counts == 1, per_person)
    return homes, paid


# -- who lives together -----------------------------------------------------------------------------------


def _homes(residents: Residents, careers: Sequence[Career], free: Who, chance: Chance) -> list[Household]:
    """Two who both take part are about as old and end at about the same time."""
    shuffled = [careers[n] for n in np.argsort(chance.rng.random(len(careers)), kind="stable")]
    in_two = round(figures.TWO_ADULTS * len(shuffled))
    both = 2 * round(figures.BOTH_TAKE_PART * in_two / 2)
    ordered = sorted(shuffled[:both], key=lambda c: (_when(c), residents.born[c.who]))
    homes = [Household((a.who, b.who), (a, b)) for a, b in zip(ordered[::2], ordered[1::2], strict=True)]
    one_takes_part = [(career.who, (career,)) for career in shuffled[both:in_two]]
    alone = [Household((career.who,), (career,)) for career in shuffled[in_two:]]
    others = _grown(residents, free, figures.WITHOUT_PARTICIPANTS, chance)
    pairs = round(figures.TWO_ADULTS * len(others))
    without: list[tuple[int, tuple[Career, ...]]] = [(who, ()) for who in others[:pairs]]
    alone += [Household((who,)) for who in others[pairs:]]
    return homes + _with_partners(residents, one_takes_part + without, free, chance) + alone


def _when(career: Career) -> int:
    return career.steps[-1].last // figures.END_NEAR


def _with_partners(
    residents: Residents, firsts: Sequence[tuple[int, tuple[Career, ...]]], free: Who, chance: Chance
) -> list[Household]:
    """Each with somebody of the other sex and, in order of birth, about the same age."""
    homes = []
    for women in (True, False):
        mine = sorted(
            (f for f in firsts if residents.women[f[0]] == women), key=lambda f: int(residents.born[f[0]])
        )
        partners = _grown(residents, free & (residents.women != women), len(mine), chance)
        free[partners] = False
        partners.sort(key=lambda who: int(residents.born[who]))
        homes += [
            Household((who, partner), taking_part)
            for (who, taking_part), partner in zip(mine, partners, strict=True)
        ]
    return homes


def _grown(residents: Residents, free: Who, count: int, chance: Chance) -> list[int]:
    age = residents.age(figures.FIRST)
    who = pick(chance.rng, free & (age >= figures.YOUNG[0]), count)
    free[who] = False
    return [int(index) for index in who[np.argsort(chance.rng.random(len(who)), kind="stable")]]


# -- what they are paid -----------------------------------------------------------------------------------


def _payments(home: Household, chance: Chance) -> list[int]:
    """Kronor for each month of the window, before the report's figures are met."""
    need = chance.between(*(figures.PAIR if len(home.adults) == 2 else figures.ONE_ADULT))
    if home.careers:
        parts = np.mean([_parts(career, chance) for career in home.careers], axis=0)
        on = any(
            career.steps[0].referred == BY_ASSISTANCE or chance.happens(figures.ON_ASSISTANCE_FROM_AF)
            for career in home.careers
        )
        since = min(c.steps[0].first for c in home.careers) - chance.whole(*figures.ON_ASSISTANCE_BEFORE)
    else:
        parts, on = np.ones(figures.MONTHS), True
        since = chance.whole(-24, figures.MONTHS - 1)
    done = max((career.steps[-1].last for career in home.careers), default=since)
    paid = []
    for month in range(min(done + 1, 0), figures.MONTHS):
        uneven = chance.between(1 - figures.UNEVEN, 1 + figures.UNEVEN)
        on = on and not (month > done and chance.happens(figures.STOP))
        if month < 0:
            continue
        amount = round(need * parts[month] * uneven) if on and month >= since else 0
        paid.append(amount if amount >= _SOME else 0)
    return paid


def _parts(career: Career, chance: Chance) -> npt.NDArray[np.float64]:
    """What part of the need is left in each month: less in a municipal job, and after work or study began."""
    parts = np.ones(figures.MONTHS)
    in_a_job, after_a_job = chance.part(figures.IN_A_JOB), chance.part(figures.AFTER_A_JOB)
    for first, last in career.jobs():
        _lower(parts, first, 0.5 * (1 + in_a_job))  # the wage comes at the end of the first month
        _lower(parts, first + 1, in_a_job)
        if last not in career.exits() and last + 1 < figures.MONTHS:
            parts[max(last + 1, 0) :] = max(after_a_job, in_a_job)
    for month in career.exits():
        left = chance.part(figures.AFTER_LEAVING) * parts[max(min(month, figures.MONTHS - 1), 0)]
        slow = chance.whole(1, 3)  # the first wage comes a month later, a student grant sometimes later still
        for step in range(1, slow):
            _lower(parts, month + step, left + (1 - left) * (1 - step / slow))
        _lower(parts, month + slow, left)
    return parts


def _lower(parts: npt.NDArray[np.float64], month: int, part: float) -> None:
    if month < figures.MONTHS:
        parts[max(month, 0) :] = np.minimum(parts[max(month, 0) :], part)


# -- the report's figures ---------------------------------------------------------------------------------


def _events(homes: Sequence[Household], helped: Who, months: Callable[[Career], list[int]]) -> list[Event]:
    """The report has households that are paid assistance: those that are in no month have no event."""
    return [
        Event(place, month)
        for place, home in enumerate(homes)
        for career in home.careers
        if helped[place] and (month := first_event(months(career))) is not None
    ]


def _meet(paid: Amounts, events: Sequence[Event], alone: Who, per_person: int) -> None:
    """Change `paid` until the mean of all events, six months after less six before, is `per_person` exactly.

    alone: households with one event of any kind: only theirs are changed, so that what one figure needs does
    not move the other. Raises ValueError where the months before would have to change by more than a quarter.
    """
    event, month = np.array([(e.household, e.month) for e in events]).T
    before, after = month - figures.AROUND, month + figures.AROUND
    own = alone[event]
    fixed = paid[event, after].sum() - paid[event[~own], before[~own]].sum()
    factor = (fixed - per_person * len(events)) / paid[event[own], before[own]].sum()
    if not 0.75 <= factor <= 1.25:
        raise ValueError("the assumed amounts are too far from the report's figure")
    for home, start in zip(event[own], month[own], strict=True):
        paid[home, : start + 1] = np.rint(paid[home, : start + 1] * factor)
    lacking = int((paid[event, after] - paid[event, before]).sum()) - per_person * len(events)
    payable = np.flatnonzero(own & (paid[event, before] > 0))
    share = np.full(len(payable), lacking // len(payable))
    share[: lacking % len(payable)] += 1
    paid[event[payable], before[payable]] += share
