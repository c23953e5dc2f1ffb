"""Who is in which group of the cooperation in which month: the report's figures, met exactly every month.

Month by month, leavers are drawn from those who are there and starters fill what is missing: some from other
groups, a few who come back, the rest not seen before. A person is in at most one of DUA-unga, LÖK and the
four of övrig, but for about thirty who are in two of the four; etablering may stand beside any of them. So
the numbers counted here are already net, as the report counts them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.synthetic.malmo_2020 import figures
from linkage.synthetic.malmo_2020.figures import (
    AVANTI,
    DUA,
    ETABLERING,
    GROUPS,
    KRAFTEN,
    KRAMI,
    LOK,
    OVRIG,
    SAMSTART,
)
from linkage.synthetic.people import Residents, Who, pick
from linkage.synthetic.stays import Months

Weights: TypeAlias = npt.NDArray[np.float64]

_MAIN = (DUA, SAMSTART, KRAMI, AVANTI, LOK, KRAFTEN)  # the narrow ages choose first
_BESIDE_ETABLERING = {LOK: 0.50, KRAFTEN: 0.30, DUA: 0.20}  # where those of etablering also are
_LEFT_JUST_NOW = 4.0  # who left another group the month before is likelier to start than who left earlier


def simulate(residents: Residents, rng: np.random.Generator) -> dict[str, Months]:
    """group → who is in it in which month; column sums are exactly `figures.PER_MONTH`."""
    now = _Now.empty(residents)
    presence = {g: np.zeros((len(residents), figures.MONTHS), dtype=np.bool_) for g in GROUPS}
    for month in range(figures.MONTHS):
        before = now.copy()
        if month:
            _leave(now, month, rng)
        _start(now, before, month, rng)
        for group in GROUPS:
            presence[group][:, month] = now.inside[group]
    return presence


@dataclass
class _Now:
    """The people of a month: who is in what, and who has ever been."""

    residents: Residents
    inside: dict[str, Who]
    ever: dict[str, Who]
    fresh: Mapping[str, Weights] = field(repr=False)  # how likely somebody new of that age and sex starts

    @classmethod
    def empty(cls, residents: Residents) -> _Now:
        nobody = {g: np.zeros(len(residents), dtype=np.bool_) for g in GROUPS}
        return cls(residents, nobody, {g: w.copy() for g, w in nobody.items()}, _likely(residents))

    def copy(self) -> _Now:
        return _Now(
            self.residents,
            {g: w.copy() for g, w in self.inside.items()},
            {g: w.copy() for g, w in self.ever.items()},
            self.fresh,
        )

    def add(self, group: str, who: npt.NDArray[np.intp]) -> None:
        self.inside[group][who] = True
        self.ever[group][who] = True

    def missing(self, group: str, month: int) -> int:
        return figures.PER_MONTH[group][month] - int(self.inside[group].sum())

    @property
    def in_main(self) -> Who:
        return _any(self.inside, _MAIN)

    @property
    def in_two(self) -> Who:
        return np.asarray(np.sum([self.inside[g] for g in OVRIG], axis=0) >= 2)


def _any(sets: Mapping[str, Who], groups: tuple[str, ...]) -> Who:
    return np.asarray(np.logical_or.reduce([sets[g] for g in groups]))


def _likely(residents: Residents) -> dict[str, Weights]:
    """group → weight of each resident, by the shares of ages and of women in `figures`."""
    age = residents.age(dt.date(figures.YEAR, 12, 31))
    weights = {}
    for group, bands in figures.AGES.items():
        by_age = np.zeros(len(residents))
        for low, high, share in bands:
            by_age[(age >= low) & (age <= high)] = share / (high - low + 1)
        women = figures.WOMEN[group]
        weights[group] = by_age * np.where(residents.women, women, 1 - women)
    return weights


def _may(residents: Residents, group: str, month: int) -> Who:
    """Whom the group's age limits let in, in a month: 16 on its first day; under 30, or not, on its last."""
    first = dt.date(figures.YEAR, month + 1, 1)
    year_end = dt.date(figures.YEAR, 12, 31)
    last = year_end if month == 11 else dt.date(figures.YEAR, month + 2, 1) - dt.timedelta(days=1)
    old_enough: Who = residents.age(first) >= 16
    if group == DUA:
        return old_enough & (residents.age(last) < 30)
    if group == LOK:
        return residents.age(last) >= 30
    if group == SAMSTART:
        return old_enough & (residents.age(year_end) < 30)
    return old_enough & (residents.age(year_end) >= 20)


def _leave(now: _Now, month: int, rng: np.random.Generator) -> None:
    for group in GROUPS:
        was, due = figures.PER_MONTH[group][month - 1], figures.PER_MONTH[group][month]
        leavers = max(int(was / figures.MEAN_STAY[group] + rng.random()), was - due)
        too_old = now.inside[group] & ~_may(now.residents, group, month)
        now.inside[group] &= ~too_old
        now.inside[group][pick(rng, now.inside[group], leavers - int(too_old.sum()))] = False


def _start(now: _Now, before: _Now, month: int, rng: np.random.Generator) -> None:
    """Fill every group to its figure: etablering first, then who stands in two places, then all others."""
    quota = {g: now.missing(g, month) * figures.EARLIER_ELSEWHERE[g] for g in GROUPS}
    taken = dict.fromkeys(GROUPS, 0)
    _fill(now, before, ETABLERING, month, int(quota[ETABLERING] + rng.random()), rng)
    _beside_etablering(now, before, month, taken, rng)
    _into_a_second(now, before, month, taken, rng)
    for group in _MAIN:
        _fill(now, before, group, month, int(quota[group] + rng.random()) - taken[group], rng)


def _fill(now: _Now, before: _Now, group: str, month: int, earlier: int, rng: np.random.Generator) -> None:
    """Starters of one group: up to `earlier` from other groups, some who come back, the rest new."""
    may = _may(now.residents, group, month)
    others = tuple(g for g in GROUPS if g != group)
    inside = now.in_main | now.inside[ETABLERING]
    known = may & _any(before.ever, others) & ~inside & ~before.inside[group]
    weights = known * np.where(_any(before.inside, others), _LEFT_JUST_NOW, 1.0)
    now.add(group, pick(rng, weights, min(earlier, now.missing(group, month))))
    back = may & before.ever[group] & ~before.inside[group] & ~(now.in_main | now.inside[ETABLERING])
    returning = figures.RETURNING * now.missing(group, month)
    now.add(group, pick(rng, back, int(returning + rng.random())))
    new = may & ~_any(now.ever, GROUPS)
    now.add(group, pick(rng, now.fresh[group] * new, now.missing(group, month)))


def _beside_etablering(
    now: _Now, before: _Now, month: int, taken: dict[str, int], rng: np.random.Generator
) -> None:
    """Some of etablering start elsewhere too, until the share of `figures` stands in two places."""
    both = figures.ETABLERING_ELSEWHERE * figures.PER_MONTH[ETABLERING][month]
    lacking = int(both + rng.random()) - int((now.inside[ETABLERING] & now.in_main).sum())
    for group, share in _BESIDE_ETABLERING.items():
        free = now.inside[ETABLERING] & ~now.in_main & ~before.inside[group]
        starters = pick(rng, free & _may(now.residents, group, month), int(share * lacking + rng.random()))
        now.add(group, starters)
        taken[group] += len(starters)


def _into_a_second(
    now: _Now, before: _Now, month: int, taken: dict[str, int], rng: np.random.Generator
) -> None:
    """Some of övrig start in a second of the four; in the first month Malmökraften is filled before."""
    if month == 0:
        _fill(now, before, KRAFTEN, month, 0, rng)
    for group in (KRAFTEN, AVANTI, SAMSTART, KRAMI):
        lacking = figures.IN_TWO_OF_OVRIG[month] - int(now.in_two.sum())
        one = _any(now.inside, OVRIG) & ~now.in_two & ~now.inside[group] & ~before.inside[group]
        count = lacking if group == KRAMI else -(-lacking // 3)
        starters = pick(rng, one & _may(now.residents, group, month), min(count, now.missing(group, month)))
        now.add(group, starters)
        taken[group] += len(starters)
