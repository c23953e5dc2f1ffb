"""The four parties' registers as CSV files, each with its map: what `linkage export` reads in the demo."""

from __future__ import annotations

import numpy as np

from linkage.synthetic.demo import Register, packaged
from linkage.synthetic.malmo_2020 import figures
from linkage.synthetic.malmo_2020.holdings import PARTIES, Holdings, holdings
from linkage.synthetic.malmo_2020.population import Population
from linkage.synthetic.pen import Pen, shuffled
from linkage.synthetic.sheets import Line, Sheet
from linkage.synthetic.stays import Spells
from linkage.synthetic.untidy import Covered, Entries, entries, together, untidy

_CITY_FORMS = ("12-", "12-", "12-", "12-", "10-", "10-", "12", "12- ", "12 4")
_SCHOOL_FORMS = ("10-", "10-", "10-", "12-")
_STATE_FORMS = ("12", "12", "12", "12", "12", "12", "10")
_COVERED = Covered.year(figures.YEAR)
_BY_AF, _BY_AMA, _BY_FK = "Arbetsförmedlingen", "Arbetsmarknadsavdelningen", "Försäkringskassan"
_FROM_FK = 61  # people of aktivitetscenter whom the report leaves out: Försäkringskassan referred them
_WITHOUT_A_NUMBER = (  # how a case worker writes somebody who has no identity number that can be counted
    *(f"19{60 + n % 40:02}{1 + n % 12:02}{1 + n % 28:02}-T{101 + 7 * n:03}" for n in range(60)),
    *(f"50-{900000 + 137 * n:06}" for n in range(25)),
    *("saknas", "uppgift saknas", "okänd", "skyddad", "19780000", "inväntar nummer", "850312-????", "se akt"),
)


def registers(population: Population, seed: int) -> tuple[Register, ...]:
    """The registers of all parties; the same seed, the same bytes."""
    writer = _Writer(population, holdings(population, seed), seed)
    sheets = {"asf": writer.asf(), "gvf": writer.gvf(), "af": writer.af(), "fsf": writer.fsf()}
    return tuple(Register(party, sheets[party], _text(f"{party}.toml")) for party in PARTIES)


def agreement_text() -> str:
    """The agreement of the demo: a draft, without the fingerprints of keys that are yet to be made."""
    return _text("agreement.toml")


def _text(name: str) -> str:
    return packaged(__package__, name)


class _Writer:
    """Writes sheets; those of each party draw from a stream of their own."""

    def __init__(self, population: Population, held: Holdings, seed: int) -> None:
        self._pen = Pen(population.residents)
        self._held = held
        self._seed = seed

    def asf(self) -> tuple[Sheet, ...]:
        rng = np.random.default_rng([self._seed, 30])
        labels = {
            "ung-malmo": "Ung Malmö",
            "ama-30-64": "Arbetsmarknadsavdelningen 30–64 år",
            "ama-16-29": "Arbetsmarknadsavdelningen 16–29 år",
            "avanti": "Avanti",
            "krami": "Krami Malmö",
        }
        rows = untidy(self._labelled(labels), ("Vägledning", "Feriearbete"), _COVERED, rng)
        lines = self._pen.dated(rows, _CITY_FORMS, rng)
        nobody: list[Line] = [
            (
                number,
                "Vägledning" if n % 5 == 0 else labels["ama-30-64"],
                f"{figures.YEAR}-0{1 + n % 9}-01",
                "",
            )
            for n, number in enumerate(_WITHOUT_A_NUMBER)
            if n % 2 == 0
        ]
        activities = Sheet(
            f"insatser-{figures.YEAR}.csv",
            ("Personnummer", "Insats", "Startdatum", "Slutdatum"),
            lines + nobody,
            bom=True,
        )
        return activities, self._aktivitetscenter(rng), self._assistance(rng)

    def gvf(self) -> tuple[Sheet, ...]:
        rng = np.random.default_rng([self._seed, 31])
        labels = {"kaa": "KAA-Ung Malmö", "samstart": "Samstart"}
        rows = untidy(self._labelled(labels), ("Studie- och yrkesvägledning",), _COVERED, rng)
        young = Sheet(
            f"unga-{figures.YEAR}.csv",
            ("Personnr", "Verksamhet", "Inskriven", "Utskriven"),
            self._pen.dated(rows, _SCHOOL_FORMS, rng),
        )
        studies: list[Line] = [
            (number, label)
            for series, label in (("studiestartsstod", "Studiestartsstöd"), ("yrkes-sfi", "Yrkes-sfi"))
            for number in self._pen.numbers(self._held.year_only[series], _SCHOOL_FORMS, rng)
        ]
        others = self._held.year_only["yrkes-sfi"][::4]
        studies += [(number, "Sfi") for number in self._pen.numbers(others, _SCHOOL_FORMS, rng)]
        return young, Sheet(f"studier-{figures.YEAR}.csv", ("Personnr", "Studieform"), shuffled(studies, rng))

    def af(self) -> tuple[Sheet, ...]:
        rng = np.random.default_rng([self._seed, 32])
        rows = untidy(
            self._labelled({"arbetslos": "Öppet arbetslös"}),
            ("Ombytessökande", "Deltidsarbetslös"),
            _COVERED,
            rng,
        )
        in_programme = (rows.label == "Öppet arbetslös") & (rng.random(len(rows)) < 0.45)
        label = np.where(in_programme, "Sökande i program", rows.label)
        seekers = Sheet(
            f"inskrivna-{figures.YEAR}.csv",
            ("personnummer", "kategori", "fran", "till"),
            self._pen.dated(Entries(rows.who, label, rows.start, rows.end), _STATE_FORMS, rng),
            separator=",",
        )
        labels = {"etablering": "Etableringsprogrammet", "malmokraften": "Malmökraften 2.0"}
        rows = untidy(self._labelled(labels), ("Stöd och matchning", "Arbetspraktik"), _COVERED, rng)
        programmes = Sheet(
            f"program-{figures.YEAR}.csv",
            ("personnummer", "program", "fran", "till"),
            self._pen.dated(rows, _STATE_FORMS, rng),
            separator=",",
        )
        return seekers, programmes

    def fsf(self) -> tuple[Sheet, ...]:
        rng = np.random.default_rng([self._seed, 33])
        numbers = self._pen.numbers(self._held.year_only["make-it-work"], ("12-",), rng)
        units = ("Daglig verksamhet norr", "Daglig verksamhet söder")
        lines: list[Line] = [(number, units[n % 2]) for n, number in enumerate(numbers)]
        return (Sheet(f"make-it-work-{figures.YEAR}.csv", ("Personnummer", "Enhet"), shuffled(lines, rng)),)

    def _aktivitetscenter(self, rng: np.random.Generator) -> Sheet:
        numbers = self._pen.numbers(self._held.year_only["aktivitetscenter"], _CITY_FORMS, rng)
        lines: list[Line] = [(number, _BY_AF if rng.random() < 0.7 else _BY_AMA) for number in numbers]
        left_out = self._held.spells["arbetslos"].who[:: len(self._held.spells["arbetslos"]) // _FROM_FK]
        lines += [(number, _BY_FK) for number in self._pen.numbers(left_out, _CITY_FORMS, rng)]
        return Sheet(
            f"aktivitetscenter-{figures.YEAR}.csv",
            ("Personnummer", "Anvisad av"),
            shuffled(lines, rng),
            bom=True,
        )

    def _assistance(self, rng: np.random.Generator) -> Sheet:
        """One row per person and month; some of the months before and after the year, and some rows twice."""
        months = [
            f"{figures.YEAR - 1}-12",
            *(f"{figures.YEAR}-{m:02}" for m in range(1, 13)),
            f"{figures.YEAR + 1}-01",
        ]
        lines: list[Line] = []
        for place, month in enumerate(months):
            column = min(max(place - 1, 0), figures.MONTHS - 1)
            who = np.flatnonzero(self._held.assistance[:, column])
            who = np.concatenate([who, who[rng.random(len(who)) < 0.005]])
            lines += [(month, number) for number in self._pen.numbers(who, _CITY_FORMS, rng)]
        nobody: list[Line] = [
            (months[1 + n % figures.MONTHS], number) for n, number in enumerate(_WITHOUT_A_NUMBER) if n % 2
        ]
        return Sheet(
            f"bistand-{figures.YEAR}.csv", ("Månad", "Personnummer"), sorted(lines + nobody), bom=True
        )

    def _labelled(self, labels: dict[str, str]) -> Entries:
        return together([entries(label, self._spells(series)) for series, label in labels.items()])

    def _spells(self, series: str) -> Spells:
        return self._held.spells[series]
