"""The four parties' registers as CSV files, each with its map: what `linkage export` reads in the demo."""

from __future__ import annotations

from typing import Final

import numpy as np

from linkage.synthetic.demo import Register, packaged
from linkage.synthetic.pen import Pen, shuffled
from linkage.synthetic.sheets import Line, Sheet
from linkage.synthetic.stays import Months, Spells, spells, stays
from linkage.synthetic.vasteras import figures
from linkage.synthetic.vasteras.decisions import Decision, decisions, summer_decisions, untidy
from linkage.synthetic.vasteras.people import Population, populate, stream
from linkage.synthetic.vasteras.programmes import OWN, PROGRAMMES, WITH_A_JOB

PARTIES: Final = ("stad", "af", "skv", "csn")
_CITY_FORMS: Final = ("12-", "12-", "12-", "10-", "12", "12- ")
_STATE_FORMS: Final = ("12", "12", "12", "12-")
_WITHOUT_A_NUMBER: Final = (
    *(f"19{60 + n % 40:02}{1 + n % 12:02}{1 + n % 28:02}-T{101 + 7 * n:03}" for n in range(24)),
    *("saknas", "okänd", "skyddad", "inväntar nummer", "se akt"),
)
"""How a case worker writes somebody who has no identity number that can be counted."""


def registers(seed: int) -> tuple[Register, ...]:
    """The registers of all parties; the same seed, the same bytes."""
    writer = _Writer(populate(seed), seed)
    sheets = {"stad": writer.stad(), "af": writer.af(), "skv": writer.skv(), "csn": writer.csn()}
    return tuple(Register(party, sheets[party], packaged(__package__, f"{party}.toml")) for party in PARTIES)


def agreement_text() -> str:
    """The agreement of the demo: a draft, without the fingerprints of keys that are yet to be made."""
    return packaged(__package__, "agreement.toml")


class _Writer:
    """Writes sheets; each draws from a stream of its own."""

    def __init__(self, population: Population, seed: int) -> None:
        self._population, self._seed = population, seed
        self._pen = Pen(population.residents)
        self._decisions = decisions(population, stream(seed, 30))

    def stad(self) -> tuple[Sheet, ...]:
        rng = stream(self._seed, 31)
        rows = untidy([*self._decisions, *summer_decisions(self._population, rng)], rng)
        lines = self._lines(rows, rng)
        lines += [
            (number, PROGRAMMES[n % 15].label, OWN, f"2019-0{1 + n % 9}-01", "", "")
            for n, number in enumerate(_WITHOUT_A_NUMBER)
        ]
        header = ("Personnummer", "Insats", "Anvisad av", "Startdatum", "Slutdatum", "Avslutsorsak")
        return Sheet("insatser.csv", header, lines, bom=True), self._employed(rng)

    def af(self) -> tuple[Sheet, ...]:
        rng = stream(self._seed, 32)
        found = self._spells(self._population.after.krom, 5, rng)
        lines = self._dated(found, ("Rusta och matcha",), rng)
        other = found.who[:: len(found) // 90]
        lines += [
            (number, "Stöd och matchning", f"2019-{1 + n % 12:02}-04", "2020-02-28")
            for n, number in enumerate(self._pen.numbers(other, _STATE_FORMS, rng))
        ]
        header = ("personnummer", "tjanst", "fran", "till")
        return (Sheet("upphandlade-tjanster.csv", header, shuffled(lines, rng), separator=","),)

    def skv(self) -> tuple[Sheet, ...]:
        """One row per person and month that wages are reported for; those of the programmes' jobs too."""
        rng = stream(self._seed, 33)
        lines: list[Line] = []
        for table, place in (
            (self._population.after.work, "Annat arbetsställe"),
            (self._jobs(), "Västerås stad, arbetsmarknadsenheterna"),
        ):
            who, months = table[:, figures.REPORTED_FROM :].nonzero()
            labels = [
                np.datetime_as_string(month).replace("-", "")
                for month in np.datetime64(figures.FIRST, "M") + months + figures.REPORTED_FROM
            ]
            numbers = self._pen.numbers(who, _STATE_FORMS, rng)
            lines += [(number, label, place) for number, label in zip(numbers, labels, strict=True)]
        header = ("personnummer", "redovisningsperiod", "arbetsstalle")
        return (Sheet("arbetsgivardeklarationer.csv", header, sorted(lines), separator=";"),)

    def csn(self) -> tuple[Sheet, ...]:
        rng = stream(self._seed, 34)
        kinds = ("Studiemedel", "Studiemedel", "Studiemedel", "Studiestartsstöd")
        lines = self._dated(self._spells(self._population.after.study, 10, rng), kinds, rng)
        pupils = self._population.summers["feriepraktik", 2021][::3]
        lines += [
            (number, "Studiehjälp", "2020-08-17", "2022-06-10")
            for number in self._pen.numbers(pupils, _STATE_FORMS, rng)
        ]
        header = ("Personnummer", "Stöd", "Studietid från", "Studietid till")
        return (Sheet("studiestod.csv", header, shuffled(lines, rng)),)

    def _lines(self, rows: list[Decision], rng: np.random.Generator) -> list[Line]:
        numbers = self._pen.numbers(np.array([row.who for row in rows], dtype=np.intp), _CITY_FORMS, rng)
        return [
            (
                number,
                row.programme,
                row.referrer,
                row.start.isoformat(),
                row.end.isoformat() if row.end else "",
                row.reason,
            )
            for number, row in zip(numbers, rows, strict=True)
        ]

    def _employed(self, rng: np.random.Generator) -> Sheet:
        """The personnel register's list of those who are employed by the city within a programme."""
        labels = {programme.label for programme in PROGRAMMES if programme.name in WITH_A_JOB}
        rows = [row for row in self._decisions if row.programme in labels]
        names, shares = zip(*figures.ADMINISTRATIONS.values(), strict=True)
        chosen = np.searchsorted(np.cumsum(shares)[:-1], rng.random(len(rows))).tolist()
        lines: list[Line] = [
            (line[0], names[place], line[3], line[4])
            for line, place in zip(self._lines(rows, rng), chosen, strict=True)
        ]
        header = ("Personnummer", "Förvaltning", "Anställd från", "Anställd till")
        return Sheet("anstallningar.csv", header, shuffled(lines, rng), bom=True)

    def _jobs(self) -> Months:
        """Who is employed by the city within a programme in which month."""
        table = np.zeros((len(self._population.residents), figures.MONTHS), dtype=np.bool_)
        for who, place, first, last, _ in self._population.careers.stays.tolist():
            if PROGRAMMES[place].name in WITH_A_JOB:
                table[who, first : last + 1] = True
        return table

    def _spells(self, table: Months, mean_stay: float, rng: np.random.Generator) -> Spells:
        return spells(stays(table), (figures.FIRST, figures.MONTHS), mean_stay, 12, rng)

    def _dated(self, found: Spells, kinds: tuple[str, ...], rng: np.random.Generator) -> list[Line]:
        numbers = self._pen.numbers(found.who, _STATE_FORMS, rng)
        start = np.datetime_as_string(found.start, unit="D").tolist()
        end = np.where(np.isnat(found.end), "", np.datetime_as_string(found.end, unit="D")).tolist()
        chosen = (rng.random(len(found)) * len(kinds)).astype(np.intp).tolist()
        return [
            (number, kinds[kind], first, last)
            for number, kind, first, last in zip(numbers, chosen, start, end, strict=True)
        ]
