"""Who is in which of the eight lists, and when: the lists' lengths and overlaps are met to the person."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.synthetic.malmo_utfall import figures
from linkage.synthetic.malmo_utfall.figures import ANSTALLD, ETABLERING, LISTS, STUDIER
from linkage.synthetic.people import Residents, Who, pick

Indices: TypeAlias = npt.NDArray[np.intp]
Weights: TypeAlias = npt.NDArray[np.float64]

JOB, WORK, STUDIES = "Arbetsmarknadsanställning", "Arbete", "Studier"
"""Why somebody left; the first is a job with the city, which no national indicator calls work."""


@dataclass
class Exits:
    """Who left a programme to work or study: month (0 … 11) and reason of each; shape (k,) all."""

    who: Indices = field(repr=False)
    month: Indices = field(repr=False)
    reason: npt.NDArray[np.str_] = field(repr=False)

    @classmethod
    def nobody(cls) -> Exits:
        """Where no one left."""
        none = np.empty(0, dtype=np.intp)
        return cls(none, none, np.empty(0, dtype=np.str_))

    def add(self, who: Indices, month: Indices, reason: npt.NDArray[np.str_]) -> None:
        """More of them."""
        self.who = np.concatenate([self.who, who])
        self.month = np.concatenate([self.month, month])
        self.reason = np.concatenate([self.reason, reason])


@dataclass(frozen=True)
class Results:
    """exits: list → who left when; etablering's are women, and men besides. hired: the people of ANSTALLD
    with the month in which the job began. students: those with studiestartsstöd, whose months nobody knows.
    """

    exits: dict[str, Exits]
    hired: Exits
    students: Indices = field(repr=False)

    @property
    def everybody(self) -> Indices:
        """All who stand in a list, and etablering's men."""
        return np.unique(
            np.concatenate([*(e.who for e in self.exits.values()), self.hired.who, self.students])
        )


def draw(residents: Residents, rng: np.random.Generator) -> Results:
    """The lists of the year; the same stream, the same people."""
    cells = _cells(residents, rng)
    hired = np.concatenate([who for lists, who in cells.items() if ANSTALLD in lists])
    month_of = dict(zip(_shuffled(hired, rng).tolist(), _hiring_months().tolist(), strict=True))
    hired_in = np.array([month_of[who] for who in hired.tolist()], dtype=np.intp)
    exits = {name: Exits.nobody() for name in LISTS if name not in (ANSTALLD, STUDIER)}
    for lists, who in cells.items():
        month, reason = _leaving(lists, who, month_of, rng)
        for name in lists:
            if name in exits:
                exits[name].add(who, month, reason)
    return Results(
        exits,
        Exits(hired, hired_in, np.full(len(hired), JOB)),
        np.concatenate([who for lists, who in cells.items() if STUDIER in lists]),
    )


def _cells(residents: Residents, rng: np.random.Generator) -> dict[tuple[str, ...], Indices]:
    """Lists → the people who are in just these; etablering's men stand beside the women under its name."""
    free = np.ones(len(residents), dtype=np.bool_)
    sizes = dict(figures.IN_TWO)
    for name, length in LISTS.items():
        sizes[(name,)] = length - sum(n for pair, n in figures.IN_TWO.items() if name in pair)
    cells: dict[tuple[str, ...], Indices] = {}
    for lists, size in sizes.items():
        weights = np.prod([fits(residents, name) for name in lists], axis=0) * free
        if ETABLERING in lists:
            weights = weights * residents.women
        cells[lists] = pick(rng, weights, size)
        if len(cells[lists]) != size:
            raise ValueError("too few residents for the lists")
        free[cells[lists]] = False
    men = pick(rng, fits(residents, ETABLERING) * free * ~residents.women, figures.MEN_OF_ETABLERING)
    cells[(ETABLERING,)] = np.concatenate([cells[(ETABLERING,)], men])
    return cells


def fits(residents: Residents, name: str) -> Weights:
    """How likely each resident is in a list or programme, by the ages and shares of women in `figures`."""
    age = residents.age(dt.date(figures.YEAR, 12, 31))
    low, high = figures.AGES.get(name, (20, 64))
    women = figures.WOMEN.get(name, 0.5)
    return np.where(residents.women, women, 1 - women) * ((age >= low) & (age <= high))


def _leaving(
    lists: tuple[str, ...], who: Indices, month_of: dict[int, int], rng: np.random.Generator
) -> tuple[Indices, npt.NDArray[np.str_]]:
    """When and why these people left the list that is not a municipal job or studiestartsstöd itself."""
    if STUDIER in lists:
        terms = np.array(figures.TERMS, dtype=np.intp)
        return terms[(rng.random(len(who)) * len(terms)).astype(np.intp)], np.full(len(who), STUDIES)
    if ANSTALLD in lists:
        month = np.array([month_of[index] for index in who.tolist()], dtype=np.intp)
        own = np.arange(len(who)) < figures.WORK_OF_THEIR_OWN.get(lists[0], 0)
        months_later = 3 + (rng.random(len(who)) * 7).astype(np.intp)  # 3 … 9, so never the same month
        month = np.where(own, (month + months_later) % figures.MONTHS, month)
        return month, np.where(own, WORK, JOB)
    month = np.searchsorted(np.cumsum(figures.EXITS), rng.random(len(who))).clip(max=figures.MONTHS - 1)
    return month, np.where(rng.random(len(who)) < 0.7, WORK, STUDIES)


def _hiring_months() -> Indices:
    return np.repeat(np.arange(figures.MONTHS), figures.HIRED)


def _shuffled(who: Indices, rng: np.random.Generator) -> Indices:
    return who[np.argsort(rng.random(len(who)), kind="stable")]


def members(residents: Residents, who: Indices) -> Who:
    """The same people as truth values, shape (residents,)."""
    found = np.zeros(len(residents), dtype=np.bool_)
    found[who] = True
    return found
