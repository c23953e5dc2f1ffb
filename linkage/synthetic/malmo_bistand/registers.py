"""The two parties' registers as CSV files, each with its map: what `linkage export` reads in the demo."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

import numpy as np

from linkage.synthetic.demo import Register, packaged
from linkage.synthetic.malmo_bistand import figures
from linkage.synthetic.malmo_bistand.careers import BY_ASSISTANCE, BY_US, WORK, Career
from linkage.synthetic.malmo_bistand.chance import Chance
from linkage.synthetic.malmo_bistand.days import known, some_day, step_days
from linkage.synthetic.malmo_bistand.money import payments, written
from linkage.synthetic.malmo_bistand.population import Population, populate
from linkage.synthetic.pen import Pen, shuffled
from linkage.synthetic.sheets import Line, Sheet

PARTIES: Final = ("asf", "gvf")
_LABELS: Final = {
    figures.KARTLAGGNING: "Kartläggning",
    figures.PRAKTIK: "Praktik",
    figures.ANSTALLNING: "Arbetsmarknadsanställning",
}
_NOT_ASKED_FOR = "Feriearbete"
_CITY_FORMS = ("12-", "12-", "12-", "12-", "10-", "10-", "12", "12- ", "12 4")
_ASSISTANCE_FORMS = ("12-", "12")
_SCHOOL_FORMS = ("10-", "10-", "10-", "12-")
_TWICE = 0.01  # rows that stand twice
_RENEWED = 0.06  # stays of two rows
_IN_SUMMER_JOBS = 0.03
_SFI = 40  # rows that nobody asks for
_WITHOUT_A_NUMBER = 14  # people whose identity number case workers do not know
_MONTHS_TO_RENEW = 3


def registers(seed: int) -> tuple[Register, ...]:
    """The registers of both parties; the same seed, the same bytes."""
    population = populate(seed)
    pen = Pen(population.residents)
    sheets = {
        "asf": (_programmes(population, pen, seed), _assistance(population, pen, seed)),
        "gvf": (_courses(population, pen, seed),),
    }
    return tuple(Register(party, sheets[party], packaged(__package__, f"{party}.toml")) for party in PARTIES)


# -- arbetsmarknads- och socialnämnden --------------------------------------------------------------------


def _programmes(population: Population, pen: Pen, seed: int) -> Sheet:
    chance = Chance(seed, 5)
    rows = [(career.who, row) for career in population.careers for row in _rows(career, chance)]
    rows += [row for row in rows if chance.happens(_TWICE)]
    numbers = pen.numbers(np.array([who for who, _ in rows]), _CITY_FORMS, chance.rng)
    lines = [(number, *row) for number, (_, row) in zip(numbers, rows, strict=True)]
    for month in range(_WITHOUT_A_NUMBER):
        start, end = some_day(month, chance), some_day(month + 2, chance)
        lines.append(
            (
                f"saknas {month + 1}",
                _LABELS[figures.PRAKTIK],
                BY_ASSISTANCE,
                start.isoformat(),
                known(end),
                WORK,
            )
        )
    return Sheet(
        "insatser-2018-2019.csv",
        ("Personnummer", "Insats", "Anvisad av", "Startdatum", "Slutdatum", "Avslutsorsak"),
        sorted(lines, key=lambda line: (line[3], line[0])),
        bom=True,
    )


def _rows(career: Career, chance: Chance) -> Iterator[Line]:
    """Insats, anvisad av, startdatum, slutdatum, avslutsorsak."""
    for step, (start, end) in zip(career.steps, step_days(career.steps, chance), strict=True):
        label, referred, begins = _LABELS[step.programme], step.referred, start
        if step.last - step.first >= _MONTHS_TO_RENEW and chance.happens(_RENEWED):
            cut = some_day(step.first + 1, chance)
            if cut < figures.EXTRACTED:
                yield label, referred, start.isoformat(), cut.isoformat(), "Förlängd"
                begins, referred = cut + dt.timedelta(days=1), BY_US
        ended = step.ended if known(end) else ""
        yield label, referred, begins.isoformat(), known(end), ended
    if career.young and chance.happens(_IN_SUMMER_JOBS):
        first, last = dt.date(2018, 6, 18), dt.date(2018, 7, 13)
        yield _NOT_ASKED_FOR, BY_ASSISTANCE, first.isoformat(), last.isoformat(), WORK


def _assistance(population: Population, pen: Pen, seed: int) -> Sheet:
    """A row for each payment; the household's adults stand on it as applicant and co-applicant."""
    chance = Chance(seed, 6)
    rows = payments(population.paid, seed)
    homes = [population.homes[row.home].adults for row in rows]
    first = pen.numbers(np.array([adults[0] for adults in homes]), _ASSISTANCE_FORMS, chance.rng)
    second = pen.numbers(np.array([adults[-1] for adults in homes]), _ASSISTANCE_FORMS, chance.rng)
    lines: list[Line] = [
        (
            row.day.isoformat(),
            applicant,
            co_applicant if len(adults) > 1 else "",
            row.kind,
            row.status,
            written(row.ore),
        )
        for row, adults, applicant, co_applicant in zip(rows, homes, first, second, strict=True)
    ]
    return Sheet(
        "utbetalningar-2018-2019.csv",
        ("Utbetalningsdag", "Sökande", "Medsökande", "Slag", "Status", "Utbetalt belopp"),
        lines,
        bom=True,
    )


# -- gymnasie- och vuxenutbildningsnämnden ----------------------------------------------------------------


def _courses(population: Population, pen: Pen, seed: int) -> Sheet:
    chance = Chance(seed, 7)
    rows: list[tuple[int, str, str, str]] = []
    for course in population.courses:
        start, end = some_day(course.first, chance), some_day(course.last, chance)
        if start < figures.EXTRACTED:
            rows.append((course.who, course.course, start.isoformat(), known(end)))
    rows += [(who, "Sfi", start, end) for who, _, start, end in rows[:: len(rows) // _SFI]]
    rows += [row for row in rows if chance.happens(_TWICE)]
    numbers = pen.numbers(np.array([row[0] for row in rows]), _SCHOOL_FORMS, chance.rng)
    lines: list[Line] = [(number, *row[1:]) for number, row in zip(numbers, rows, strict=True)]
    return Sheet(
        "vuxenutbildning-2018-2019.csv",
        ("Personnr", "Utbildning", "Startdatum", "Slutdatum"),
        shuffled(lines, chance.rng),
        separator=",",
    )
