"""Who takes part in what, from month to month: each person's way through the programmes, and how it ends."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

import numpy as np

from linkage.synthetic.malmo_bistand import figures
from linkage.synthetic.malmo_bistand.chance import Chance
from linkage.synthetic.people import Residents, Who, pick

BY_ASSISTANCE, BY_AF, BY_US = "Ekonomiskt bistånd", "Arbetsförmedlingen", "Arbetsmarknadsavdelningen"
WORK, STUDY, OTHER, GOES_ON = "Arbete", "Studier", "Annat", "Nästa insats"
WORK_OR_STUDY: Final = (WORK, STUDY)


@dataclass(frozen=True)
class Step:
    """A stay in one programme: first and last month, both included; who referred; why it ended."""

    programme: str
    first: int
    last: int
    referred: str
    ended: str


@dataclass(frozen=True)
class Career:
    """One person's steps in order of time. A step that is followed at once ended with `GOES_ON`."""

    who: int
    young: bool
    steps: tuple[Step, ...] = field(repr=False)

    def leavings(self) -> list[int]:
        """The places of the steps after which the person is in no programme the month after."""
        return [n for n, step in enumerate(self.steps) if step.ended != GOES_ON]

    def exits(self) -> list[int]:
        """The months of leaving to work or study."""
        return [step.last for step in self.steps if step.ended in WORK_OR_STUDY]

    def jobs(self) -> list[tuple[int, int]]:
        """First and last month of each municipal job."""
        return [(s.first, s.last) for s in self.steps if s.programme == figures.ANSTALLNING]


def month_start(month: int) -> dt.date:
    """The first day of a month of figures' numbering."""
    return dt.date(figures.FIRST.year + month // 12, month % 12 + 1, 1)


def careers(residents: Residents, free: Who, seed: int) -> list[Career]:
    """Everybody who starts before the window ends. `free`: who may be drawn; the drawn are taken from it."""
    chance = Chance(seed, 1)
    drawn = [
        Career(int(index), young, tuple(_way(month, chance)))
        for month in range(figures.STARTERS_SINCE, figures.MONTHS)
        for young, count in _starters(month)
        for index in _people(residents, free, month, count, young=young, chance=chance)
    ]
    return _with_reasons(drawn, chance)


def _starters(month: int) -> tuple[tuple[bool, int], tuple[bool, int]]:
    season = figures.SUMMER if month % 12 == 6 else 1.0
    young = figures.YOUNG_STARTERS[month >= figures.NEW_PROCESS]
    return (True, round(young * season)), (False, round(figures.OTHER_STARTERS * season))


def _people(
    residents: Residents, free: Who, month: int, count: int, *, young: bool, chance: Chance
) -> list[int]:
    age = residents.age(figures.AGES_ON)
    low, high = figures.YOUNG if young else (figures.YOUNG[1] + 1, figures.OLDEST)
    fits = free & (age >= low) & (age <= high) & (residents.age(month_start(month)) >= figures.YOUNG[0])
    who = pick(chance.rng, fits, count)
    free[who] = False
    return [int(index) for index in who]


def _way(start: int, chance: Chance) -> list[Step]:
    """Steps from a first month on; why somebody leaves is decided later, when all leavings are known."""
    steps: list[Step] = []
    programme = figures.PRAKTIK if chance.happens(figures.STRAIGHT_TO_PRAKTIK) else figures.KARTLAGGNING
    month = start
    referred = BY_ASSISTANCE if chance.happens(figures.FROM_ASSISTANCE) else BY_AF
    while month < figures.MONTHS:
        last = month + chance.whole(*figures.LENGTH[programme]) - 1
        then = chance.one_of(figures.NEXT[programme])
        if then is None:
            steps.append(Step(programme, month, last, referred, OTHER))
            if not chance.happens(figures.COMES_BACK):
                break
            programme, month, referred = figures.KARTLAGGNING, last + chance.whole(3, 5), BY_ASSISTANCE
        else:
            steps.append(Step(programme, month, last, referred, GOES_ON))
            programme, month, referred = then, last + chance.whole(0, 1), BY_US
    return steps


def _with_reasons(drawn: list[Career], chance: Chance) -> list[Career]:
    """Among the young who leave in one of the two spans exactly the agreed share; among others by chance.

    A span counts a person by the first leaving in it. Whoever leaves to work or study does not come back.
    """
    chosen: set[tuple[int, int]] = set()
    for first, last in figures.SPANS:
        leaving = [
            (who, place)
            for who, career in enumerate(drawn)
            if career.young and (place := _first_leaving(career, first, last)) is not None
        ]
        final = np.array([place == len(drawn[who].steps) - 1 for who, place in leaving], dtype=np.bool_)
        wanted = round(figures.TO_WORK_OR_STUDY * len(leaving))
        chosen |= {leaving[n] for n in pick(chance.rng, final, wanted)}
    return [_with_reason(career, who, chosen, chance) for who, career in enumerate(drawn)]


def _first_leaving(career: Career, first: int, last: int) -> int | None:
    return next((n for n in career.leavings() if first <= career.steps[n].last <= last), None)


def _with_reason(career: Career, who: int, chosen: set[tuple[int, int]], chance: Chance) -> Career:
    end = len(career.steps) - 1
    step = career.steps[end]
    if step.ended == GOES_ON:
        return career
    in_a_span = career.young and any(first <= step.last <= last for first, last in figures.SPANS)
    works = (who, end) in chosen if in_a_span else chance.happens(figures.OTHERS_TO_WORK_OR_STUDY)
    if not works:
        return career
    reason = STUDY if chance.happens(figures.STUDY[not career.young]) else WORK
    return replace(career, steps=(*career.steps[:end], replace(step, ended=reason)))


def first_event(months: list[int]) -> int | None:
    """The first of these months that has the months before and after it inside the window."""
    fits = (m for m in sorted(months) if figures.AROUND <= m < figures.MONTHS - figures.AROUND)
    return next(fits, None)


def job_starts(career: Career) -> list[int]:
    """The months in which a municipal job begins that was none the month before."""
    jobs = career.jobs()
    again = {after[0] for before, after in pairwise(jobs) if after[0] <= before[1] + 1}
    return [first for first, _ in jobs if first not in again]
