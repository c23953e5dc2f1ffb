"""The made-up year is counted with plain Python: sets of identity numbers, read from the files by their maps.

Nothing of the pipeline is used here, so these are the figures that every other way of counting has to give.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from linkage.synthetic.demo import Register
from linkage.synthetic.malmo_2020 import figures
from linkage.synthetic.malmo_2020.figures import (
    AVANTI,
    DUA,
    ETABLERING,
    GROUPS,
    KRAFTEN,
    KRAMI,
    LOK,
    SAMSTART,
)
from linkage.synthetic.malmo_2020.holdings import PARTIES, holdings
from linkage.synthetic.malmo_2020.population import Population, populate
from linkage.synthetic.malmo_2020.registers import agreement_text, registers
from linkage.synthetic.numbers import TEST_SERIALS, luhn
from linkage.synthetic.stays import Spells

SEED = 2020
MONTHS = [f"2020-{month:02}" for month in range(1, 13)]
People = set[str]
Series = list[People]  # one set a month


@dataclass(frozen=True)
class Counted:
    """series → people per month, and people of the whole year."""

    monthly: Mapping[str, Series]
    ever: Mapping[str, People]


@pytest.fixture(scope="module")
def population() -> Population:
    return populate(SEED)


@pytest.fixture(scope="module")
def files(population: Population) -> tuple[Register, ...]:
    return registers(population, SEED)


@pytest.fixture(scope="module")
def counted(files: tuple[Register, ...]) -> Counted:
    monthly: dict[str, Series] = {}
    ever: dict[str, People] = {}
    for register in files:
        for series, number, months in entries(register):
            ever.setdefault(series, set()).add(number)
            sets = monthly.setdefault(series, [set() for _ in MONTHS])
            for month in months:
                sets[month].add(number)
    return Counted(monthly, ever)


@pytest.fixture(scope="module")
def groups(counted: Counted) -> dict[str, Series]:
    """The groups as the report describes them, from the gross registers."""
    gross = counted.monthly
    four = [set().union(*(gross[name][m] for name in figures.OVRIG)) for m in range(12)]
    return {
        DUA: [gross["ung-malmo"][m] - gross["kaa"][m] - four[m] for m in range(12)],
        LOK: [gross["ama-30-64"][m] - four[m] for m in range(12)],
        **{name: gross[name] for name in (ETABLERING, *figures.OVRIG)},
    }


@pytest.fixture(scope="module")
def volume(groups: dict[str, Series]) -> Series:
    return [set().union(*(groups[name][m] for name in GROUPS)) for m in range(12)]


def rows(register: Register, file: str) -> Iterator[dict[str, str]]:
    sheet = next(sheet for sheet in register.sheets if sheet.file == file)
    text = sheet.encode().decode("utf-8-sig")
    delimiter = ";" if ";" in text.splitlines()[0] else ","
    return csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)


def entries(register: Register) -> Iterator[tuple[str, str, Iterable[int]]]:
    """(series, canonical number, months of the year) of each row that the map asks for."""
    for source in tomllib.loads(register.map)["source"]:
        for row in rows(register, source["file"]):
            number, series = canonical(row[source["id"]]), series_of(source, row)
            if number is None or series is None:
                continue
            months = months_of(source, row)
            if months is None:
                yield series, number, ()
            elif months:
                yield series, number, months


def series_of(source: dict[str, Any], row: dict[str, str]) -> str | None:
    if any(row[column] not in wanted for column, wanted in source.get("where", {}).items()):
        return None
    named = source["series"]
    if isinstance(named, str):
        return named
    cell = row[named["column"]]
    assert cell in named["values"] or cell in named["ignore"], "a label that the map does not name"
    return named["values"].get(cell)  # type: ignore[no-any-return]  # tomllib's values are Any


def months_of(source: dict[str, Any], row: dict[str, str]) -> list[int] | None:
    if "period" in source:
        month = row[source["period"]]
        return [MONTHS.index(month)] if month in MONTHS else []
    if "start" not in source:
        return None
    start, end = row[source["start"]], row[source["end"]] or "9999-12-31"
    assert dt.date.fromisoformat(start) <= dt.date.fromisoformat(end)
    return [m for m, month in enumerate(MONTHS) if start <= f"{month}-31" and end >= f"{month}-01"]


def canonical(cell: str) -> str | None:
    digits = cell.replace("-", "").replace(" ", "")
    if not digits.isdigit() or len(digits) not in (10, 12):
        return None
    if len(digits) == 12:
        return digits
    return ("20" if digits[:2] <= "21" else "19") + digits


def sizes(series: Series) -> tuple[int, ...]:
    return tuple(len(people) for people in series)


def share(part: Series, whole: Series) -> float:
    return sum(len(p & w) for p, w in zip(part, whole, strict=True)) / sum(sizes(whole))


def year(series: Series) -> People:
    return set().union(*series)


def everybody_else(groups: dict[str, Series], group: str) -> Series:
    return [set().union(*(groups[name][m] for name in GROUPS if name != group)) for m in range(12)]


def starters(series: Series) -> list[People]:
    return [after - before for before, after in pairwise(series)]


# -- the report's figures, exactly ------------------------------------------------------------------------


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_has_its_figure_every_month(groups: dict[str, Series], group: str) -> None:
    assert sizes(groups[group]) == figures.PER_MONTH[group]


def test_the_registered_unemployed_have_their_figure_every_month(counted: Counted) -> None:
    assert sizes(counted.monthly["arbetslos"]) == figures.UNEMPLOYED


def test_the_means_are_the_reports(groups: dict[str, Series], counted: Counted) -> None:
    mean = {name: sum(sizes(series)) / 12 for name, series in groups.items()}
    assert mean == {DUA: 564, LOK: 3319, ETABLERING: 837, KRAFTEN: 1262, SAMSTART: 131, KRAMI: 52, AVANTI: 86}
    assert sum(mean[name] for name in figures.OVRIG) == 1531
    assert sum(mean.values()) == 6251
    unemployed = sum(sizes(counted.monthly["arbetslos"])) / 12
    assert unemployed == 26023
    assert round(100 * 6251 / unemployed) == 24


def test_the_lists_of_the_year_have_739_entries_and_six_people_twice(counted: Counted) -> None:
    lists = {name: counted.ever[name] for name in figures.YEAR_ONLY}
    assert {name: len(people) for name, people in lists.items()} == figures.YEAR_ONLY
    assert sum(figures.YEAR_ONLY.values()) == 739
    assert Counter(Counter(n for people in lists.values() for n in people).values()) == {1: 727, 2: 6}


def test_the_spells_with_days_give_the_same_people_as_the_files(
    population: Population, counted: Counted
) -> None:
    held = holdings(population, SEED)
    for series, spells in held.spells.items():
        months: Series = [set() for _ in MONTHS]
        for index, start, end in days(spells):
            for m, month in enumerate(MONTHS):
                if start <= f"{month}-31" and (end is None or end >= f"{month}-01"):
                    months[m].add(population.residents.number(index))
        assert months == counted.monthly[series]


def days(spells: Spells) -> Iterator[tuple[int, str, str | None]]:
    for index, start, end in zip(
        spells.who.tolist(), spells.start.tolist(), spells.end.tolist(), strict=True
    ):
        yield index, start.isoformat(), end.isoformat() if end else None


# -- assumptions, nearly ----------------------------------------------------------------------------------


@pytest.mark.parametrize("group", GROUPS)
def test_people_stay_for_the_mean_stay(groups: dict[str, Series], group: str) -> None:
    series = groups[group]
    leavers = sum(len(before - after) for before, after in pairwise(series))
    assert sum(sizes(series)[:-1]) / leavers == pytest.approx(figures.MEAN_STAY[group], rel=0.08)


@pytest.mark.parametrize("group", GROUPS)
def test_starters_come_from_other_groups_in_the_shares_assumed(groups: dict[str, Series], group: str) -> None:
    others, earlier, known, all_of_them = everybody_else(groups, group), set[str](), 0, 0
    for before, started in zip(others, starters(groups[group]), strict=False):
        earlier |= before
        known += len(started & earlier)
        all_of_them += len(started)
    few = all_of_them < 200
    assert known / all_of_them == pytest.approx(figures.EARLIER_ELSEWHERE[group], abs=0.08 if few else 0.015)


def test_an_eighth_of_etablering_stands_elsewhere_the_same_month(groups: dict[str, Series]) -> None:
    assert share(everybody_else(groups, ETABLERING), groups[ETABLERING]) == pytest.approx(0.12, abs=0.003)


def test_thirty_people_a_month_are_in_two_of_the_four(groups: dict[str, Series]) -> None:
    for month in range(12):
        times = Counter(n for name in figures.OVRIG for n in groups[name][month])
        assert sum(1 for count in times.values() if count == 2) == figures.IN_TWO_OF_OVRIG[month]
        assert max(times.values()) == 2
    assert sum(figures.IN_TWO_OF_OVRIG) / 12 == 30


@pytest.mark.parametrize(
    ("group", "series", "expected", "within"),
    [
        (KRAFTEN, ("bistand-manad",), 0.50, 0.02),
        (KRAFTEN, ("arbetslos",), 0.97, 0.01),
        (KRAFTEN, ("ama-30-64", "ama-16-29"), 0.40, 0.01),
        (SAMSTART, ("arbetslos",), 1 / 3, 0.03),
        (LOK, ("arbetslos",), 0.88, 0.01),
    ],
)
def test_people_of_a_group_are_known_elsewhere_in_the_shares_assumed(
    groups: dict[str, Series],
    counted: Counted,
    group: str,
    series: tuple[str, ...],
    expected: float,
    within: float,
) -> None:
    known = [set().union(*(counted.monthly[name][m] for name in series)) for m in range(12)]
    assert share(known, groups[group]) == pytest.approx(expected, abs=within)


def test_a_month_reaches_about_6120_people_and_the_year_about_10100(volume: Series, counted: Counted) -> None:
    reached = year(volume)
    of_the_year = set().union(*(counted.ever[name] for name in figures.YEAR_ONLY))
    assert sum(sizes(volume)) / 12 == pytest.approx(6119, abs=5)
    assert len(reached) == pytest.approx(10100, abs=50)
    assert len(reached | of_the_year) == pytest.approx(10600, abs=50)
    assert len(reached & of_the_year) / len(of_the_year) == pytest.approx(0.35, abs=0.002)


def test_some_are_on_assistance_and_unemployed_and_in_no_cooperation(
    volume: Series, counted: Counted
) -> None:
    for month in range(12):
        both = counted.monthly["bistand-manad"][month] & counted.monthly["arbetslos"][month]
        enrolled = [counted.monthly[name][month] for name in ("ama-30-64", "ama-16-29", "ung-malmo")]
        assert 2000 < len(both.difference(volume[month], *enrolled)) < 3000


# -- ages -------------------------------------------------------------------------------------------------


def age(number: str, on: str) -> int:
    year_, month, day = (int(part) for part in on.split("-"))
    born = int(number[:4]), int(number[4:6]), int(number[6:8]) % 60
    return year_ - born[0] - ((month, day) < born[1:])


def test_dua_unga_and_lok_exclude_each_other_by_age(counted: Counted) -> None:
    for m, month in enumerate(MONTHS):
        on = f"{month}-{(dt.date(2020 + m // 11, (m + 1) % 12 + 1, 1) - dt.timedelta(1)).day}"
        assert {age(n, on) < 30 for n in counted.monthly["ung-malmo"][m]} == {True}
        assert {age(n, on) < 30 for n in counted.monthly["ama-16-29"][m]} == {True}
        assert {age(n, on) < 30 for n in counted.monthly["ama-30-64"][m]} == {False}


def test_samstart_is_16_to_29_the_whole_year(groups: dict[str, Series]) -> None:
    assert {age(n, "2020-12-31") < 30 for n in year(groups[SAMSTART])} == {True}
    for m, month in enumerate(MONTHS):
        assert all(age(n, f"{month}-01") >= 16 for n in groups[SAMSTART][m])


def test_everybody_is_16_to_64_at_the_end_of_the_year(counted: Counted) -> None:
    assert {16 <= age(n, "2020-12-31") <= 64 for people in counted.ever.values() for n in people} == {True}


def test_kaa_is_under_twenty(counted: Counted) -> None:
    assert all(age(n, "2020-12-31") < 20 for n in counted.ever["kaa"])


# -- the files --------------------------------------------------------------------------------------------


def numbers_of(register: Register) -> Iterator[str]:
    for source in tomllib.loads(register.map)["source"]:
        for row in rows(register, source["file"]):
            yield row[source["id"]]


def test_no_number_in_the_files_can_be_a_living_persons(files: tuple[Register, ...]) -> None:
    for register in files:
        for number in {canonical(cell) for cell in numbers_of(register)} - {None}:
            assert number is not None
            assert int(number[8:11]) in TEST_SERIALS
            assert luhn(number[2:11]) == int(number[11])


def test_a_few_per_cent_are_samordningsnummer(counted: Counted) -> None:
    everyone = year(list(counted.ever.values()))
    assert 0.01 < sum(int(number[6:8]) > 60 for number in everyone) / len(everyone) < 0.04


def test_only_asf_has_people_without_a_number_that_can_be_counted(files: tuple[Register, ...]) -> None:
    for register in files:
        cells = set(numbers_of(register))
        without = {cell for cell in cells if canonical(cell) is None}
        assert bool(without) == (register.party == "asf")
        assert len(without) < 0.01 * len(cells)


def test_numbers_are_written_in_several_forms(files: tuple[Register, ...]) -> None:
    asf = next(register for register in files if register.party == "asf")
    assert {len(cell) for cell in numbers_of(asf) if canonical(cell)} == {11, 12, 13, 14}


def test_files_hold_rows_that_change_nothing(files: tuple[Register, ...]) -> None:
    asf = next(register for register in files if register.party == "asf")
    lines = list(asf.sheets[0].rows)
    assert len(set(lines)) < len(lines)
    ended = [row for row in lines if row[3] and row[3] < "2020-01-01"]
    not_begun = [row for row in lines if row[2] > "2020-12-31"]
    ignored = [row for row in lines if row[1] == "Vägledning"]
    assert min(len(ended), len(not_begun), len(ignored)) > 50


def test_the_same_seed_gives_the_same_bytes(files: tuple[Register, ...]) -> None:
    again = registers(populate(SEED), SEED)
    assert [s.encode() for r in again for s in r.sheets] == [s.encode() for r in files for s in r.sheets]


def test_another_seed_gives_other_people_and_the_same_figures() -> None:
    other = populate(SEED + 1)
    for group, expected in figures.PER_MONTH.items():
        assert tuple(other.groups[group].sum(axis=0).tolist()) == expected
    assert (other.groups[LOK] != populate(SEED).groups[LOK]).any()


def test_each_party_holds_the_series_that_the_agreement_gives_it(counted: Counted) -> None:
    agreed = tomllib.loads(agreement_text())["party"]
    assert {party["name"]: tuple(s["name"] for s in party["series"]) for party in agreed} == PARTIES
    assert {series for held in PARTIES.values() for series in held} == set(counted.ever)
    undated = {s["name"] for party in agreed for s in party["series"] if s.get("known") == "window"}
    assert undated == set(figures.YEAR_ONLY)
