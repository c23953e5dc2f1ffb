"""The three parties' registers as CSV files, each with its map: what `linkage export` reads in the demo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from linkage.synthetic.demo import Register, packaged
from linkage.synthetic.malmo_2020 import figures as volume
from linkage.synthetic.malmo_utfall import figures
from linkage.synthetic.malmo_utfall.days import Holdings, holdings
from linkage.synthetic.malmo_utfall.figures import (
    AMA,
    ETABLERING,
    JOBBSPAR,
    UNG,
    UT_KRAFTEN,
    UT_KRAMI,
    UT_SAMSTART,
)
from linkage.synthetic.malmo_utfall.population import Population
from linkage.synthetic.malmo_utfall.results import WORK, Exits, Indices, Results, fits, members
from linkage.synthetic.pen import Pen, shuffled
from linkage.synthetic.people import pick
from linkage.synthetic.sheets import Line, Sheet
from linkage.synthetic.stays import Days
from linkage.synthetic.untidy import Covered, Entries, entries, together, untidy

PARTIES: Final = ("asf", "af", "gvf")
_CITY_FORMS = ("12-", "12-", "12-", "12-", "10-", "10-", "12", "12- ", "12 4")
_SCHOOL_FORMS = ("10-", "10-", "10-", "12-")
_STATE_FORMS = ("12", "12", "12", "12", "12", "12", "10")
_COVERED = Covered.year(figures.YEAR)
_ELSEWHERE = ("Annan känd orsak", "Flyttat", "Okänd orsak")  # why others leave
_NEW, _MORE = "Ny anställning", "Förlängning"
_PROLONGED = 180  # days after which a municipal job is a new decision
_WITHOUT_A_NUMBER = (  # how somebody is written who has no identity number that can be counted
    *(f"19{70 + n:02}{1 + n:02}{10 + n:02}-T{211 + 13 * n}" for n in range(9)),
    *(f"50-{800000 + 211 * n}" for n in range(5)),
    *("saknas", "inväntar nummer", "se akt"),
)


def registers(population: Population, seed: int) -> tuple[Register, ...]:
    """The registers of all parties; the same seed, the same bytes."""
    writer = _Writer(population, holdings(population, seed), seed)
    sheets = {"asf": writer.asf(), "af": writer.af(), "gvf": writer.gvf()}
    return tuple(Register(party, sheets[party], packaged(__package__, f"{party}.toml")) for party in PARTIES)


class _Writer:
    """Writes sheets; those of each party draw from a stream of their own."""

    def __init__(self, population: Population, held: Holdings, seed: int) -> None:
        self._population = population
        self._held = held
        self._pen = Pen(population.residents)
        self._seed = seed

    @property
    def _results(self) -> Results:
        return self._population.results

    def asf(self) -> tuple[Sheet, ...]:
        rng = np.random.default_rng([self._seed, 30])
        labels = {
            figures.ORIENTERING: "Samhällsorientering",
            figures.FORUM: "Samverkansforum",
            volume.AVANTI: "Avanti",
            volume.KRAMI: "Krami Malmö",
        }
        rows = untidy(self._labelled(labels), ("Vägledning", "Feriearbete"), _COVERED, rng)
        lines = self._pen.dated(rows, _CITY_FORMS, rng)
        lines += [
            (number, "Samhällsorientering", f"{figures.YEAR}-0{1 + n % 9}-01", "")
            for n, number in enumerate(_WITHOUT_A_NUMBER)
        ]
        head = ("Personnummer", "Insats", "Startdatum", "Slutdatum")
        exits = self._exits({UNG: "Ung Malmö", UT_KRAMI: "Krami Malmö"}, _CITY_FORMS, rng)
        return (
            Sheet(f"insatser-{figures.YEAR}.csv", head, lines, bom=True),
            self._jobs(rng),
            Sheet(
                f"avslut-{figures.YEAR}.csv",
                ("Personnummer", "Verksamhet", "Avslutsdatum", "Avslutsorsak"),
                exits,
                bom=True,
            ),
        )

    def af(self) -> tuple[Sheet, ...]:
        rng = np.random.default_rng([self._seed, 31])
        labels = {
            figures.UTBILDNING: "Arbetsmarknadsutbildning",
            figures.INSKRIVNING: "Inskrivning etablering",
            figures.JOBB: "Jobbspår",
            figures.SMF: "Studiemotiverande kurs",
            figures.PLIKT: "Utbildningsplikt",
            volume.KRAFTEN: "Malmökraften 2.0",
        }
        rows = untidy(self._labelled(labels), ("Stöd och matchning", "Arbetspraktik"), _COVERED, rng)
        lists = {JOBBSPAR: "Jobbspår", ETABLERING: "Etableringsprogrammet", UT_KRAFTEN: "Malmökraften 2.0"}
        return (
            Sheet(
                f"program-{figures.YEAR}.csv",
                ("personnummer", "program", "fran", "till"),
                self._pen.dated(rows, _STATE_FORMS, rng),
                separator=",",
            ),
            Sheet(
                f"avslut-{figures.YEAR}.csv",
                ("personnummer", "program", "datum", "orsak"),
                self._exits(lists, _STATE_FORMS, rng),
                separator=",",
            ),
        )

    def gvf(self) -> tuple[Sheet, ...]:
        rng = np.random.default_rng([self._seed, 32])
        tidy = self._labelled({volume.SAMSTART: "Samstart"})
        rows = untidy(tidy, ("Studie- och yrkesvägledning",), _COVERED, rng)
        reasons = _reasons(rows, self._results.exits[UT_SAMSTART], self._held.left[UT_SAMSTART], rng)
        lines = [
            (*line, reason)
            for line, reason in zip(self._pen.dated(rows, _SCHOOL_FORMS, rng), reasons, strict=True)
        ]
        head = ("Personnr", "Verksamhet", "Inskriven", "Utskriven", "Avslutsorsak")
        return Sheet(f"unga-{figures.YEAR}.csv", head, lines), self._students(rng)

    def _jobs(self, rng: np.random.Generator) -> Sheet:
        """Municipal jobs: a long one is prolonged, which is a decision and a row of its own."""
        jobs = self._held.spells[AMA]
        last = np.where(np.isnat(jobs.end), _COVERED.after, jobs.end)
        long = (last - jobs.start).astype(np.int64) > _PROLONGED
        new, more = entries(_NEW, jobs), entries(_MORE, jobs)
        until = np.where(long, jobs.start + _PROLONGED, jobs.end)
        rows = together(
            [
                Entries(new.who, new.label, new.start, until),
                Entries(more.who, more.label, more.start + _PROLONGED + 1, more.end)[long],
            ]
        )
        head = ("Personnummer", "Beslut", "Anställd från", "Anställd till")
        rows = rows[np.lexsort((rows.who, rows.start))]
        return Sheet(
            f"arbetsmarknadsanstallningar-{figures.YEAR}.csv",
            head,
            self._pen.dated(rows, _CITY_FORMS, rng),
            bom=True,
        )

    def _students(self, rng: np.random.Generator) -> Sheet:
        """One row per term, and no dates; who studied both terms has two."""
        both = rng.random(len(self._results.students)) < 0.3
        spring = rng.random(len(both)) < 0.5
        lines: list[Line] = []
        for term, there in (("VT", both | spring), ("HT", both | ~spring)):
            numbers = self._pen.numbers(self._results.students[there], _SCHOOL_FORMS, rng)
            lines += [(number, f"{term} {figures.YEAR}") for number in numbers]
        return Sheet(f"studiestartsstod-{figures.YEAR}.csv", ("Personnr", "Termin"), shuffled(lines, rng))

    def _exits(self, labels: dict[str, str], forms: Sequence[str], rng: np.random.Generator) -> list[Line]:
        """Who left what, when and why: the lists, others who left to something else, some rows twice."""
        lines: list[Line] = []
        for name, label in labels.items():
            exits, day = self._results.exits[name], self._held.left[name]
            lines += self._lines(exits.who, label, day, exits.reason.tolist(), forms, rng)
            others = self._others(name, rng)
            away = [_ELSEWHERE[n] for n in (rng.random(len(others)) * len(_ELSEWHERE)).astype(int).tolist()]
            lines += self._lines(others, label, _some_days(len(others), rng), away, forms, rng)
            # who left the year before, to whatever it was
            earlier = others[rng.random(len(others)) < 0.2]
            before = _some_days(len(earlier), rng) - 366
            lines += self._lines(earlier, label, before, [WORK] * len(earlier), forms, rng)
        lines += [line for line in lines if rng.random() < 0.01]
        return sorted(lines, key=lambda line: line[2:] + line[:2])

    def _lines(
        self,
        who: Indices,
        label: str,
        day: Days,
        why: list[str],
        forms: Sequence[str],
        rng: np.random.Generator,
    ) -> list[Line]:
        numbers = self._pen.numbers(who, forms, rng)
        days = np.datetime_as_string(day, unit="D").tolist()
        return [(number, label, on, reason) for number, on, reason in zip(numbers, days, why, strict=True)]

    def _others(self, name: str, rng: np.random.Generator) -> Indices:
        """People who left the same programme and are in no list: as many again, for one half."""
        residents = self._population.residents
        free = fits(residents, name) * ~members(residents, self._results.everybody)
        return pick(rng, free, len(self._results.exits[name].who) // 2)

    def _labelled(self, labels: dict[str, str]) -> Entries:
        return together([entries(label, self._held.spells[series]) for series, label in labels.items()])


def _reasons(rows: Entries, exits: Exits, left: Days, rng: np.random.Generator) -> list[str]:
    """Why a stay ended, where it did: the reason of the list, or something else."""
    known = {
        (who, day): reason
        for who, day, reason in zip(exits.who.tolist(), left.tolist(), exits.reason.tolist(), strict=True)
    }
    reasons = []
    for who, end in zip(rows.who.tolist(), rows.end.tolist(), strict=True):
        other = "" if end is None else _ELSEWHERE[int(rng.random() * len(_ELSEWHERE))]
        reasons.append(known.get((who, end), other))
    return reasons


def _some_days(count: int, rng: np.random.Generator) -> Days:
    return np.asarray(_COVERED.first + (rng.random(count) * 366).astype(np.int64))
