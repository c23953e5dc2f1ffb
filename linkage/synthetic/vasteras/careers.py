"""Who is in which of the city's programmes in which month, and who leaves: the numbers of `figures`, exactly.

Month by month a given number leaves each aim, a few go straight on to another programme of the same aim, and
every programme is filled up again: some with people from preparing programmes, the rest mostly new. Nobody
leaves twice in one year, and between leaving and coming back lies at least a whole month. So leaving one aim
is always leaving the city's programmes, and those who leave in a year can be added up over both aims.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.synthetic.people import Residents, Who, pick
from linkage.synthetic.vasteras import figures
from linkage.synthetic.vasteras.programmes import (
    PREPARING,
    PRIMARY,
    PROGRAMMES,
    STRAIGHT_ON,
    SUMMER,
    WITH_A_JOB,
)

Weights: TypeAlias = npt.NDArray[np.float64]

_NEVER: Final = -99
_NOWHERE: Final = -1
_PLACE: Final = {programme.name: place for place, programme in enumerate(PROGRAMMES)}
_ALL_YEAR: Final = [place for place, p in enumerate(PROGRAMMES) if p.aim != SUMMER]
_FILLED_FIRST: Final = sorted(_ALL_YEAR, key=lambda place: PROGRAMMES[place].aim != PRIMARY)


@dataclass(frozen=True)
class Careers:
    """Stays in programmes and exits from all of them; months are counted from the first of the window.

    stays: one row each, columns who, programme (place in PROGRAMMES), first and last month, and 1 where the
    person went straight on. exits, by month: who, programme, first month (of all programmes in a row), last
    month, and the place of the row in `stays` that ends there.
    """

    stays: npt.NDArray[np.intp] = field(repr=False)
    exits: npt.NDArray[np.intp] = field(repr=False)


def year_of(month: int) -> int:
    """The year of a month of the window."""
    return int(figures.FIRST[:4]) + month // 12


def first_day(month: int) -> dt.date:
    """The first day of a month of the window."""
    return dt.date(year_of(month), month % 12 + 1, 1)


def simulate(residents: Residents, rng: np.random.Generator) -> Careers:
    """The programmes that go on all year; the same generator, the same careers."""
    city = _City(residents, rng)
    for month in range(figures.MONTHS):
        city.fill(month)
        if month < figures.MONTHS - 1:
            city.leave(month)
            city.move_on(month)
    return city.careers()


def exits_by_month(aim: str) -> list[int]:
    """How many leave in each month of the window but the last, in the proportions of `figures.SEASON`."""
    found = [0] * figures.MONTHS
    for year, people in figures.LEAVE[aim].items():
        months = [m for m in range(figures.MONTHS - 1) if year_of(m) == year]
        weights = [figures.SEASON[m % 12] for m in months]
        shares = [people * sum(weights[:n]) // sum(weights) for n in range(len(months) + 1)]
        for month, low, high in zip(months, shares[:-1], shares[1:], strict=True):
            found[month] = high - low
    return found


def filled(place: int, month: int) -> int:
    """How many places of a programme are taken in a month, where there are people enough."""
    programme = PROGRAMMES[place]
    if programme.name == "salt":
        return max((people for since, people in figures.SALT if month >= since), default=0)
    if programme.name in WITH_A_JOB and year_of(month) >= 2020:
        return figures.WITH_JOBS_2021[programme.name]
    share = figures.FILLED[year_of(month)] * figures.FILLED_BY_MONTH[month % 12]
    return int(programme.places * share + 0.5)


class _City:
    """The programmes in one month: who is where, since when, and who left when."""

    def __init__(self, residents: Residents, rng: np.random.Generator) -> None:
        n = len(residents)
        self._residents, self._rng = residents, rng
        self._where = np.full(n, _NOWHERE)
        self._came = np.zeros(n, dtype=np.intp)  # to this programme
        self._entered = np.zeros(n, dtype=np.intp)  # the city's programmes
        self._left = np.full(n, _NEVER)
        self._prepared = np.zeros(n, dtype=np.bool_)  # left a preparing programme last
        self._known = np.zeros(n, dtype=np.bool_)
        self._begun = [0] * len(PROGRAMMES)
        self._leaving = {aim: exits_by_month(aim) for aim in (PRIMARY, PREPARING)}
        self._stays: list[tuple[int, ...]] = []
        self._exits: list[tuple[int, ...]] = []

    def fill(self, month: int) -> None:
        """Every free place that is to be taken gets somebody."""
        age = self._residents.age(first_day(month))
        for place in _FILLED_FIRST:
            lacking = self._lacking(place, month)
            if lacking > 0:
                self._start(place, month, self._starters(place, lacking, month, age))

    def leave(self, month: int) -> None:
        """Exactly so many leave each aim as `figures` says."""
        this_year = np.asarray(self._left >= month - month % 12)
        for aim, due in self._leaving.items():
            inside = np.isin(self._where, [p for p in _ALL_YEAR if PROGRAMMES[p].aim == aim])
            weights = self._hazard(month) * (inside & ~this_year)
            who = pick(self._rng, weights, due[month])
            if len(who) < due[month]:
                raise ValueError("too few people in the programmes for so many to leave")
            for person in who.tolist():
                self._exits.append(
                    (person, self._where[person], self._entered[person], month, len(self._stays))
                )
                self._end(person, month, straight=False)
            self._left[who] = month
            self._prepared[who] = aim == PREPARING

    def move_on(self, month: int) -> None:
        """A few go straight to a place of the same aim that is free next month."""
        age = self._residents.age(first_day(month))
        for aim, due in figures.STRAIGHT.items():
            targets = [
                _PLACE[t]
                for t in STRAIGHT_ON
                if PROGRAMMES[_PLACE[t]].aim == aim and self._lacking(_PLACE[t], month + 1) > 0
            ]
            for target in self._rng.permutation(targets)[:due].tolist():
                sources = [_PLACE[s] for s in STRAIGHT_ON[PROGRAMMES[target].name]]
                fits = np.isin(self._where, sources) & (self._came <= month - 2) & self._of_age(target, age)
                for person in pick(self._rng, fits, 1).tolist():
                    entered = self._entered[person]
                    self._end(person, month, straight=True)
                    self._start(target, month + 1, np.array([person]))
                    self._entered[person] = entered

    def careers(self) -> Careers:
        """Everything so far; who is still there stays to the end of the window."""
        for person in np.flatnonzero(self._where != _NOWHERE).tolist():
            self._end(person, figures.MONTHS - 1, straight=False)
        return Careers(np.array(self._stays, dtype=np.intp), np.array(self._exits, dtype=np.intp))

    def _lacking(self, place: int, month: int) -> int:
        lacking = filled(place, month) - int((self._where == place).sum())
        in_all = PROGRAMMES[place].in_all
        return lacking if in_all is None else min(lacking, in_all - self._begun[place])

    def _starters(
        self, place: int, lacking: int, month: int, age: npt.NDArray[np.int32]
    ) -> npt.NDArray[np.intp]:
        women = PROGRAMMES[place].women
        weights: Weights = np.where(self._residents.women, women, 1 - women) * self._of_age(place, age)
        outside = np.asarray(self._where == _NOWHERE)
        ago = month - self._left
        step = outside & self._prepared & (ago >= 2) & (ago <= 3)
        back = outside & self._known & (ago >= 4) & (ago <= 30)
        steps = figures.STEPS if PROGRAMMES[place].aim == PRIMARY else 0.0
        chosen = [
            self._pick(weights * step, lacking * steps),
            self._pick(weights * back, lacking * figures.BACK),
        ]
        new = lacking - sum(map(len, chosen))
        return np.concatenate([*chosen, pick(self._rng, weights * ~self._known, new)])

    def _pick(self, weights: Weights, expected: float) -> npt.NDArray[np.intp]:
        return pick(self._rng, weights, int(expected + self._rng.random()))

    def _start(self, place: int, month: int, who: npt.NDArray[np.intp]) -> None:
        self._where[who], self._came[who], self._entered[who], self._known[who] = place, month, month, True
        self._begun[place] += len(who)

    def _end(self, person: int, month: int, *, straight: bool) -> None:
        place, came = int(self._where[person]), int(self._came[person])
        self._stays.append((person, place, came, month, int(straight)))
        self._where[person] = _NOWHERE

    def _hazard(self, month: int) -> Weights:
        """How likely each leaves: by the mean stay; seldom at once; surely where the longest stay is over."""
        rate = np.array([1 / p.stay for p in PROGRAMMES] + [0.0])[self._where]
        longest = np.array([p.longest for p in PROGRAMMES] + [999])[self._where]
        stayed = month - self._came + 1
        rate = np.where(stayed <= 1, rate / 6, rate)
        return np.asarray(np.where(stayed >= longest, 1e6, rate))

    def _of_age(self, place: int, age: npt.NDArray[np.int32]) -> Who:
        low, high = PROGRAMMES[place].ages
        return np.asarray((age >= low) & (age <= high))
