"""What comes after an exit: work or study at once or later, or the state's Rusta och matcha.

So many as `figures` says are in work or study half a year after; everybody else is not, that month.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from linkage.synthetic.people import Residents, Who, pick
from linkage.synthetic.stays import Months
from linkage.synthetic.vasteras import figures
from linkage.synthetic.vasteras.careers import Careers, first_day
from linkage.synthetic.vasteras.programmes import PREPARING, PRIMARY, PROGRAMMES

_LATER: Final = 6
_NEVER: Final = 999
_UNBROKEN: Final = ("osa", "trygghet")  # who is in these is not matched to other work


@dataclass(frozen=True)
class Afterwards:
    """to_work, to_study, broken_off: which exits, shape (exits,). work, study, krom: who, in which month."""

    to_work: Who = field(repr=False)
    to_study: Who = field(repr=False)
    broken_off: Who = field(repr=False)
    work: Months = field(repr=False)
    study: Months = field(repr=False)
    krom: Months = field(repr=False)


def follow(residents: Residents, careers: Careers, rng: np.random.Generator) -> Afterwards:
    """What becomes of everybody who left; and others, whom the city's programmes never had."""
    found = _Exits(residents, careers, rng)
    found.leave_for_work_or_study()
    found.broken_off_by_krom()
    found.half_a_year_later()
    found.later_on()
    found.before()
    found.others()
    return Afterwards(
        found.at_once & ~found.studies,
        found.at_once & found.studies,
        found.broken_off,
        found.work,
        found.study,
        found.krom,
    )


class _Exits:
    """The exits, and what is known of each so far."""

    def __init__(self, residents: Residents, careers: Careers, rng: np.random.Generator) -> None:
        self._rng, self._residents, self._careers = rng, residents, careers
        self.who, self._programme, self._entered, self._month, _ = careers.exits.T
        n = len(self.who)
        self._year = int(figures.FIRST[:4]) + self._month // 12
        aims = np.array([programme.aim for programme in PROGRAMMES])
        self._aim = aims[self._programme]
        self._returns = self._next_start()
        self._watched = self._left_lately()
        self._once = np.bincount(self.who, minlength=len(residents))[self.who] == 1
        self.at_once = np.zeros(n, dtype=np.bool_)
        self.broken_off = np.zeros(n, dtype=np.bool_)
        self.later = np.zeros(n, dtype=np.bool_)  # in work or study half a year after
        study = np.where(self._aim == PRIMARY, figures.STUDY[PRIMARY], figures.STUDY[PREPARING])
        self.studies = rng.random(n) < study  # where to work or study: to study
        shape = (len(residents), figures.MONTHS)
        self.work = np.zeros(shape, dtype=np.bool_)
        self.study = np.zeros(shape, dtype=np.bool_)
        self.krom = np.zeros(shape, dtype=np.bool_)

    def _next_start(self) -> npt.NDArray[np.intp]:
        """The month in which the person is back in a programme, _NEVER where in none."""
        starts: dict[int, list[int]] = {}
        for person, _, first, _, _ in self._careers.stays.tolist():
            starts.setdefault(person, []).append(first)
        back = [
            min((start for start in starts[person] if start > month), default=_NEVER)
            for person, month in zip(self.who.tolist(), self._month.tolist(), strict=True)
        ]
        return np.array(back, dtype=np.intp)

    def _left_lately(self) -> Who:
        """Exits less than half a year after another of the same person: work now would follow both."""
        last: dict[int, int] = {}
        found = np.zeros(len(self.who), dtype=np.bool_)
        for row, (person, month) in enumerate(zip(self.who.tolist(), self._month.tolist(), strict=True)):
            found[row] = month - last.get(person, -_NEVER) < _LATER
            last[person] = month
        return found

    def leave_for_work_or_study(self) -> None:
        """So many of each aim and year as `figures` says."""
        stays_away = ~self._watched & (self._returns > self._month + _LATER + 2)
        for aim, years in figures.TO_WORK_OR_STUDY.items():
            for year, people in years.items():
                cohort = stays_away & (self._aim == aim) & (self._year == year)
                self.at_once[self._drawn(cohort, people)] = True

    def broken_off_by_krom(self) -> None:
        """Referred in the month of the exit or the one before, and away for good; and some who went on."""
        never = [place for place, p in enumerate(PROGRAMMES) if p.name in _UNBROKEN]
        open_to = self._once & ~np.isin(self._programme, never) & (self._entered > 0)
        for year, people in figures.BROKEN_OFF.items():
            cohort = open_to & (self._year == year) & (self._month >= figures.KROM)
            cohort &= ~self.at_once & (self._returns == _NEVER)
            self.broken_off[self._drawn(cohort, people)] = True
        for row in np.flatnonzero(self.broken_off).tolist():
            month = int(self._month[row])
            can_be_earlier = month % 12 > 0 and self._entered[row] < month > figures.KROM
            referred = month - int(can_be_earlier and self._rng.random() < 0.4)
            self._mark(self.krom, row, referred, month + self._some(3, 10))
        for year, people in figures.WENT_ON.items():
            cohort = open_to & ~self.broken_off & (self._year == year) & (self._month % 12 >= 2)
            cohort &= (self._month - self._entered >= 3) & (self._month - 2 >= figures.KROM)
            for row in self._drawn(cohort, people).tolist():
                referred = int(self._month[row]) - 2
                self._mark(self.krom, row, referred, referred + self._some(0, 2))

    def half_a_year_later(self) -> None:
        """So many of each year as `figures` says, most of them those who went to work or study at once."""
        away = (self._returns > self._month + _LATER + 1) & ~self.broken_off & ~self._watched
        for year, people in figures.HALF_A_YEAR_LATER.items():
            of_the_year = away & (self._year == year)
            still = int(people * figures.STILL_THERE + 0.5)
            self.later[self._drawn(of_the_year & self.at_once, still)] = True
            self.later[self._drawn(of_the_year & ~self.at_once, people - still)] = True
        for row in np.flatnonzero(self.at_once | self.later).tolist():
            month = int(self._month[row])
            followed = month + _LATER < figures.MONTHS
            first = month + 1 if self.at_once[row] else month + self._some(2, _LATER)
            last = month + (self._some(1, 5) if followed else self._some(1, 12))
            if self.later[row]:
                last = month + _LATER + self._some(0, 24)
            self._mark(self.study if self.studies[row] else self.work, row, first, last)

    def later_on(self) -> None:
        """Some of the others work later or for a while; some are referred to Rusta och matcha after it."""
        others = ~self.at_once & ~self.later & (self._returns == _NEVER)
        chance = self._rng.random(len(others))
        for row in np.flatnonzero(others & (chance < 0.2)).tolist():
            begins = int(self._month[row]) + self._some(_LATER + 1, 16)
            self._mark(self.work, row, begins, begins + self._some(2, 20))
        for row in np.flatnonzero(
            others & ~self.broken_off & ~self._watched & (chance >= 0.2) & (chance < 0.3)
        ).tolist():
            begins = int(self._month[row]) + self._some(1, 3)
            self._mark(self.work, row, begins, min(begins + 2, int(self._month[row]) + _LATER - 1))
        free = others & ~np.asarray(self.krom.any(axis=1))[self.who] & (self._month >= figures.KROM - 4)
        for row in self._drawn(free, figures.LATER_REFERRED).tolist():
            begins = max(figures.KROM, int(self._month[row]) + self._some(1, 6))
            self._mark(self.krom, row, begins, begins + self._some(3, 10))

    def before(self) -> None:
        """Some worked before their first programme."""
        entered: dict[int, int] = {}
        for person, _, first, _, _ in self._careers.stays.tolist():
            entered[person] = min(first, entered.get(person, first))
        for person, first in entered.items():
            if first > _LATER and self._rng.random() < figures.WORK_BEFORE:
                last = first - self._some(2, 5)
                self.work[person, max(0, last - self._some(3, 14)) : last + 1] = True

    def others(self) -> None:
        """Working, studying, in Rusta och matcha, and never in a programme of the city."""
        age = self._residents.age(first_day(0))
        free: Who = np.ones(age.shape, dtype=np.bool_)
        free[self._careers.stays[:, 0]] = False
        free[(age < 20) | (age > 58)] = False
        counts = (figures.OTHERS_AT_WORK, figures.OTHERS_STUDYING, figures.NEVER_IN_THE_CITYS)
        earliest = (0, 0, figures.KROM)
        for table, count, begin in zip((self.work, self.study, self.krom), counts, earliest, strict=True):
            for person in pick(self._rng, free, count).tolist():
                free[person] = False
                first = self._some(begin, figures.MONTHS - 4)
                table[person, first : first + self._some(4, 30)] = True

    def _drawn(self, cohort: Who, people: int) -> npt.NDArray[np.intp]:
        rows = pick(self._rng, cohort, people)
        if len(rows) < people:
            raise ValueError("too few exits to draw from")
        return rows

    def _some(self, low: int, high: int) -> int:
        return low + int(self._rng.random() * (high - low + 1))

    def _mark(self, table: Months, row: int, first: int, last: int) -> None:
        """Months first to last, but not up to the month before the person is back in a programme."""
        end = min(last, int(self._returns[row]) - 2)
        table[self.who[row], first : end + 1] = True
