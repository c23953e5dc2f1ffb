"""Rows of the city's register of programmes, with what makes it look like one and must change no figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from linkage.synthetic.stays import Stays, spells
from linkage.synthetic.vasteras import figures
from linkage.synthetic.vasteras.people import Population
from linkage.synthetic.vasteras.programmes import OWN, PROGRAMMES, Programme

NOT_ASKED_FOR: Final = ("Studie- och yrkesvägledning", "Jobbsökarföreläsning")
_WORK, _STUDY = ("Arbete", "Arbete", "Arbete", "Arbete", "Eget företag"), ("Studier",)
_STRAIGHT_ON, _BROKEN_OFF, _RENEWED = "Annan insats", "Rusta och matcha (AF)", "Förlängning"
_OTHER: Final = ("Fullföljd", "Fullföljd", "Annan planering", "Avbrott", "Sjukdom", "Flytt")
_GROUPS: Final = (((6, 14), (7, 2)), ((7, 5), (7, 23)), ((7, 26), (8, 13)))  # all are there in July
_WHOLE_SUMMER: Final = ((6, 14), (8, 6))
_EXTRACTED: Final = dt.date(2022, 7, 15)
_BEFORE, _AFTER = dt.date(2017, 12, 31), dt.date(2022, 7, 1)  # the days around the window


@dataclass(frozen=True)
class Decision:
    """A programme for a person, first to last day (None: still there), who referred, why it ended."""

    who: int = field(repr=False)
    programme: str
    referrer: str
    start: dt.date
    end: dt.date | None
    reason: str


def decisions(population: Population, rng: np.random.Generator) -> list[Decision]:
    """Every stay of every programme that goes on all year: one decision each, in the order of `stays`."""
    rows: dict[int, Decision] = {}
    stays = population.careers.stays
    reasons = _reasons(population, rng)
    for place, programme in enumerate(PROGRAMMES):
        mine = np.flatnonzero(stays[:, 1] == place)
        runs = Stays(stays[mine, 0], stays[mine, 2], stays[mine, 3])
        days = spells(runs, (figures.FIRST, figures.MONTHS), programme.stay, min(programme.longest, 36), rng)
        referrers = _referrers(programme, len(mine), rng)
        for row, who, start, end, referrer in zip(
            mine.tolist(), days.who.tolist(), days.start.tolist(), days.end.tolist(), referrers, strict=True
        ):
            rows[row] = Decision(who, programme.label, referrer, start, end, reasons[row] if end else "")
    return [rows[row] for row in range(len(stays))]


def summer_decisions(population: Population, rng: np.random.Generator) -> list[Decision]:
    """The summers' places, as far as they had begun when the register was taken."""
    labels = {programme.name: programme.label for programme in PROGRAMMES}
    rows = []
    for (name, year), people in population.summers.items():
        for person in people.tolist():
            begins, ends = _GROUPS[int(rng.random() * 3)] if name == "feriepraktik" else _WHOLE_SUMMER
            start, end = dt.date(year, *begins), dt.date(year, *ends)
            if start <= _EXTRACTED:
                past = end < _EXTRACTED
                rows.append(Decision(person, labels[name], OWN, start, end, "Fullföljd" if past else ""))
    return rows


def untidy(rows: Sequence[Decision], rng: np.random.Generator) -> list[Decision]:
    """The same people in the same months: renewals, rows that stand twice, other years, other activities."""
    found: list[Decision] = []
    for row in rows:
        renewed = list(_renewed(row, rng)) if rng.random() < 0.08 else [row]
        found += renewed
        if rng.random() < 0.01:
            found.append(renewed[-1])
        if rng.random() < 0.05:
            found.append(_of_before(row, rng))
        if rng.random() < 0.04:
            label = NOT_ASKED_FOR[int(rng.random() * 2)]
            found.append(replace(row, programme=label, referrer=OWN, reason="Studier" if row.end else ""))
    return sorted(found, key=lambda row: (row.start, row.programme, row.who))


def _reasons(population: Population, rng: np.random.Generator) -> list[str]:
    """Why each stay ended."""
    stays, exits, after = population.careers.stays, population.careers.exits, population.after
    found = [_STRAIGHT_ON if straight else _one(_OTHER, rng) for straight in stays[:, 4].tolist()]
    told = (after.to_work, _WORK), (after.to_study, _STUDY), (after.broken_off, (_BROKEN_OFF,))
    for these, reasons in told:
        for row in exits[these, 4].tolist():
            found[row] = _one(reasons, rng)
    return found


def _one(choices: Sequence[str], rng: np.random.Generator) -> str:
    return choices[int(rng.random() * len(choices))]


def _referrers(programme: Programme, count: int, rng: np.random.Generator) -> list[str]:
    names = [name for name, weight in programme.referrers for _ in range(weight)]
    return [_one(names, rng) for _ in range(count)]


def _renewed(row: Decision, rng: np.random.Generator) -> Iterator[Decision]:
    """A long stay as two decisions: the second begins the day after the first ends, or a week before."""
    last = row.end or _AFTER
    length = (last - row.start).days
    if length < 60:
        yield row
        return
    cut = row.start + dt.timedelta(days=int(length * (0.3 + 0.4 * rng.random())))
    again = cut + dt.timedelta(days=1 if rng.random() < 0.8 else -6)
    yield replace(row, end=cut, reason=_RENEWED)
    yield replace(row, start=again, referrer=_RENEWED)


def _of_before(row: Decision, rng: np.random.Generator) -> Decision:
    end = _BEFORE - dt.timedelta(days=int(rng.random() * 500))
    start = end - dt.timedelta(days=int(rng.random() * 200))
    return replace(row, start=start, end=end, reason=_one((*_OTHER, "Arbete"), rng))
