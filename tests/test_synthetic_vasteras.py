"""The made-up years of Västerås are counted with plain Python: sets of identity numbers, read from the files.

Nothing of the pipeline is used to count, so these are the figures that a release has to give; it is compared.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from linkage.commands.demo import demo
from linkage.release import Release, parse
from linkage.synthetic.demo import Register, whole
from linkage.synthetic.numbers import TEST_SERIALS, luhn
from linkage.synthetic.vasteras import figures
from linkage.synthetic.vasteras.demo import DEMO
from linkage.synthetic.vasteras.programmes import PREPARING, PRIMARY, PROGRAMMES, SUMMER, WITH_A_JOB
from tests.needs import ROOT

MONTHS = [f"{2018 + n // 12}-{n % 12 + 1:02}" for n in range(54)]
YEARS = {year: range(12 * (year - 2018), 12 * (year - 2017)) for year in (2018, 2019, 2020, 2021)}
TERTIALS = {f"2021-T{n + 1}": range(36 + 4 * n, 40 + 4 * n) for n in range(3)}
SPANS = {**{str(year): months for year, months in YEARS.items()}, **TERTIALS}
ADMINISTRATIONS = tuple(figures.ADMINISTRATIONS)

People = set[str]
Series = list[People]  # one set a month

APPENDIX = {  # bilaga 1: places, referrers as it has them, primary or secondary
    "atlas": (30, "Arenan, AF, SKE", "S"),
    "c2c": (30, "Individuell ansökan", "P"),
    "etablering-kommun": (24, "AF, AME", "P"),
    "salt": (50, "SKE", "S"),
    "etablering-privat": (24, "AF, AME", "P"),
    "extratjanst": (50, "AF", "P"),
    "introduktionsanstallning": (10, "AF, AME", "P"),
    "job": (50, "AF", "S"),
    "spira": (60, "AF, Särskolan, LSS, Regionen", "S"),
    "krami": (20, "AF", "P"),
    "osa": (60, "AF, SKE", "P"),
    "personligt-bitrade": (20, "AF, F-kassan", "S"),
    "sesam": (50, "SKE", "P"),
    "ske-rehab": (60, "SKE", "S"),
    "ske-rusta-matcha": (80, "SKE", "P"),
    "sle": (40, "Individuell ansökan", "S"),
    "feriepraktik": (660, "Individuell ansökan", "S"),
    "trygghet": (40, "AF, SKE", "S"),
    "ungresurs": (10, "AME, SKE", "P"),
    "via": (10, "Individuell ansökan, SKE, AF", "S"),
    "valfardsjobb": (50, "SKE", "P"),
}
SHORT = {
    "Socialkontor ekonomi": "SKE",
    "Arbetsförmedlingen": "AF",
    "Arbetsmarknadsenheterna": "AME",
    "Region Västmanland": "Regionen",
    "Försäkringskassan": "F-kassan",
}


# -- the registers, read by their maps --------------------------------------------------------------------


@pytest.fixture(scope="module")
def files() -> tuple[Register, ...]:
    return tuple(DEMO.registers(DEMO.seed))


@pytest.fixture(scope="module")
def series(files: tuple[Register, ...]) -> dict[str, Series]:
    return read(files)


def read(files: Sequence[Register]) -> dict[str, Series]:
    """Who is in which series in which month."""
    found: dict[str, Series] = {}
    for register in files:
        for source in tomllib.loads(register.map)["source"]:
            for row in rows(register, source["file"]):
                number, name = canonical(row[source["id"]]), series_of(source, row)
                if number and name:
                    sets = found.setdefault(name, [set() for _ in MONTHS])
                    for month in months_of(source, row):
                        sets[month].add(number)
    return found


def rows(register: Register, file: str) -> Iterator[dict[str, str]]:
    sheet = next(sheet for sheet in register.sheets if sheet.file == file)
    text = sheet.encode().decode("utf-8-sig")
    return csv.DictReader(io.StringIO(text, newline=""), delimiter=sheet.separator)


def series_of(source: dict[str, Any], row: dict[str, str]) -> str | None:
    if any(row[column] not in cells for column, cells in source.get("where", {}).items()):
        return None
    if any(row[column] in cells for column, cells in source.get("unless", {}).items()):
        return None
    named = source["series"]
    if isinstance(named, str):
        return named
    cell = row[named["column"]]
    assert cell in named["values"] or cell in named.get("ignore", []), "a label that the map does not name"
    return named["values"].get(cell)  # type: ignore[no-any-return]  # tomllib's values are Any


def months_of(source: dict[str, Any], row: dict[str, str]) -> list[int]:
    if "period" in source:
        month = f"{row[source['period']][:4]}-{row[source['period']][4:]}"
        return [MONTHS.index(month)] if month in MONTHS else []
    if "date" in source:
        month = row[source["date"]][:7]
        return [MONTHS.index(month)] if month in MONTHS else []
    start, end = row[source["start"]], row[source["end"]] or "9999-12-31"
    assert dt.date.fromisoformat(start) <= dt.date.fromisoformat(end)
    return [m for m, month in enumerate(MONTHS) if start <= f"{month}-31" and end >= f"{month}-01"]


def canonical(cell: str) -> str | None:
    digits = cell.replace("-", "").replace(" ", "")
    if not digits.isdigit() or len(digits) not in (10, 12):
        return None
    return digits if len(digits) == 12 else ("20" if digits[:2] <= "22" else "19") + digits


# -- the questions, in plain Python -----------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """The groups of the agreement, month by month."""

    series: Mapping[str, Series]

    def union(self, *names: str) -> Series:
        return [set().union(*(self.series[name][m] for name in names)) for m in range(54)]

    def of_aim(self, *aims: str) -> Series:
        return self.union(*(p.name for p in PROGRAMMES if p.aim in aims))

    @property
    def primary(self) -> Series:
        return self.of_aim(PRIMARY)

    @property
    def preparing(self) -> Series:
        return self.of_aim(PREPARING)

    @property
    def city(self) -> Series:
        return self.of_aim(PRIMARY, PREPARING)

    @property
    def work_or_study(self) -> Series:
        return self.union("arbete", "studier")

    @property
    def krom(self) -> Series:
        return self.series["rusta-och-matcha"]

    def referred(self, month: int) -> People:
        """Referred to Rusta och matcha in the month, in a programme of the city."""
        return (self.krom[month] - self.krom[month - 1]) & self.city[month]


@pytest.fixture(scope="module")
def told(series: dict[str, Series]) -> Told:
    return Told(series)


def leavers(group: Series, months: range) -> list[tuple[str, int]]:
    """(person, month) of each one's first leaving in these months."""
    found: dict[str, int] = {}
    for month in months:
        if month + 1 < len(MONTHS):
            for person in group[month] - group[month + 1]:
                found.setdefault(person, month)
    return sorted(found.items())


def every_leaving(group: Series) -> list[tuple[str, int]]:
    return [(person, m) for m in range(53) for person in group[m] - group[m + 1]]


def reached(found: list[tuple[str, int]], to: Series, first: int, last: int) -> int:
    """How many of those who left are in `to` in one of the months `first` to `last` after."""
    return sum(any(person in to[m + k] for k in range(first, last + 1)) for person, m in found)


def percent(part: int, whole: int) -> Decimal:
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def woman(number: str) -> bool:
    return int(number[10]) % 2 == 0


# -- the report's figures, exactly ------------------------------------------------------------------------


def test_500_leave_a_primary_programme_in_2019_and_195_for_work_or_study(told: Told) -> None:
    found = leavers(told.primary, YEARS[2019])
    done = reached(found, told.series["avslut-arbete-studier"], 0, 0)
    assert (done, len(found), percent(done, len(found))) == (195, 500, Decimal("39.0"))


def test_550_leave_a_preparing_programme_in_2019_and_99_for_work_or_study(told: Told) -> None:
    found = leavers(told.preparing, YEARS[2019])
    done = reached(found, told.series["avslut-arbete-studier"], 0, 0)
    assert (done, len(found), percent(done, len(found))) == (99, 550, Decimal("18.0"))


def test_283_of_the_1050_are_in_work_or_study_six_months_later(told: Told) -> None:
    found = leavers(told.city, YEARS[2019])
    done = reached(found, told.work_or_study, 6, 6)
    assert (done, len(found), percent(done, len(found))) == (283, 1050, Decimal("27.0"))
    by_sex = [
        (reached(some, told.work_or_study, 6, 6), len(some))
        for some in ([e for e in found if woman(e[0])], [e for e in found if not woman(e[0])])
    ]
    assert [sum(column) for column in zip(*by_sex, strict=True)] == [283, 1050]
    assert min(len_ for _, len_ in by_sex) > 400


def test_the_citys_indicator_is_27_in_2018_and_28_in_2019(told: Told) -> None:
    exits = told.series["avslut-arbete-studier"]
    for year, expected in ((2018, (270, 1000, "27.0")), (2019, (294, 1050, "28.0"))):
        found = leavers(told.city, YEARS[year])
        done = reached(found, exits, 0, 0)
        assert (done, len(found), str(percent(done, len(found)))) == expected


def test_about_100_people_are_employed_within_a_programme_in_2021(told: Told) -> None:
    employed = told.union(*ADMINISTRATIONS)
    assert [len(employed[m]) for m in YEARS[2021]] == [100] * 12
    assert employed == told.union(*WITH_A_JOB)


def test_the_programmes_are_those_of_the_appendix(files: tuple[Register, ...]) -> None:
    agreed = {s["name"]: s for s in tomllib.loads(DEMO.agreement_text())["party"][0]["series"]}
    assert [p.name for p in PROGRAMMES] == list(APPENDIX) == list(agreed)[:21]
    for programme in PROGRAMMES:
        places, referrers, aim = APPENDIX[programme.name]
        assert (programme.places, agreed[programme.name]["places"]) == (places, places)
        assert {SHORT.get(name, name) for name, _ in programme.referrers} == set(referrers.split(", "))
        assert (programme.aim == PRIMARY) == (aim == "P")
    assert sum(p.places for p in PROGRAMMES) == 1428
    assert sum(p.places for p in PROGRAMMES if p.aim == PRIMARY) == 408


def test_rows_have_only_the_referrers_of_the_appendix(files: tuple[Register, ...]) -> None:
    labels = {p.label: set(APPENDIX[p.name][1].split(", ")) for p in PROGRAMMES}
    for row in rows(files[0], "insatser.csv"):
        if row["Insats"] in labels and row["Anvisad av"] != "Förlängning" and canonical(row["Personnummer"]):
            assert SHORT.get(row["Anvisad av"], row["Anvisad av"]) in labels[row["Insats"]]


def test_most_are_referred_by_the_social_office(told: Told) -> None:
    kinds = ("anvisad-ske", "anvisad-af", "anvisad-ame", "anvisad-egen", "anvisad-annan")
    started = {kind: sum(len(told.series[kind][m]) for m in YEARS[2021]) for kind in kinds}
    assert started["anvisad-ske"] > sum(started.values()) / 2
    assert min(started.values()) > 0


def test_summer_jobs_are_a_summers_places(told: Told) -> None:
    for year, months in YEARS.items():
        july = months[6]
        for name, people in figures.SUMMERS.items():
            assert len(told.series[name][july]) == people[year]
            assert len(set().union(*(told.series[name][m] for m in months))) == people[year]
    assert not told.of_aim(SUMMER)[40]  # May


def test_salt_had_room_for_84_from_july_2020(told: Told) -> None:
    salt = told.series["salt"]
    assert not any(salt[:30])
    assert salt[30]
    assert len(set().union(*salt)) <= 84


# -- what the counting rests on ---------------------------------------------------------------------------


def test_nobody_leaves_twice_in_a_year_and_a_whole_month_lies_between(told: Told) -> None:
    last: dict[str, int] = {}
    for person, month in sorted(every_leaving(told.city), key=lambda e: e[1]):
        assert month // 12 != last.get(person, -99) // 12
        last[person] = month
    for month in range(1, 53):
        assert not told.primary[month] & told.preparing[month]
        left = (
            told.primary[month - 1] - told.primary[month],
            told.preparing[month - 1] - told.preparing[month],
        )
        assert not (left[0] | left[1]) & told.city[month]


def test_some_go_straight_on_and_that_is_no_leaving(told: Told) -> None:
    programmes = [told.series[p.name] for p in PROGRAMMES if p.aim == PRIMARY]
    ended = sum(len(p[m] - p[m + 1]) for p in programmes for m in YEARS[2019])
    assert 20 < ended - 500 < 60


def test_no_programme_has_more_people_than_places(told: Told) -> None:
    for programme in PROGRAMMES:
        assert max(map(len, told.series[programme.name])) <= programme.places


def test_steps_from_preparing_to_primary_are_not_in_the_indicator(told: Told) -> None:
    found = leavers(told.preparing, YEARS[2019])
    steps = [e for e in found if reached([e], told.primary, 0, 3)]
    assert 90 < len(steps) < 130
    assert reached(steps, told.series["avslut-arbete-studier"], 0, 0) == 0


def test_referrals_to_the_states_rusta_och_matcha_break_programmes_off(told: Told) -> None:
    for year, broken in ((2020, 48), (2021, 92)):
        referred = [(person, m) for m in YEARS[year] for person in told.referred(m)]
        ended = [(p, m) for p, m in referred if p not in told.city[m + 1] or p not in told.city[m + 2]]
        assert len(ended) == broken
        assert len(referred) == broken + figures.WENT_ON[year]
    assert not any(told.krom[: figures.KROM])


def test_the_citys_own_rusta_och_matcha_is_not_the_states(files: tuple[Register, ...]) -> None:
    city, state = (tomllib.loads(files[n].map)["source"][0]["series"]["values"] for n in (0, 1))
    assert city["SKE/Rusta/Matcha"] == "ske-rusta-matcha"
    assert state == {"Rusta och matcha": "rusta-och-matcha"}


def test_a_job_within_a_programme_is_not_work(told: Told, files: tuple[Register, ...]) -> None:
    employer = "Västerås stad, arbetsmarknadsenheterna"
    listed = [
        row for row in rows(files[2], "arbetsgivardeklarationer.csv") if row["arbetsstalle"] == employer
    ]
    assert len(listed) == sum(len(m) for m in told.union(*WITH_A_JOB)[figures.REPORTED_FROM :])
    employed = told.union(*ADMINISTRATIONS)
    assert not any(employed[m] & told.series["arbete"][m] for m in range(54))


# -- the files --------------------------------------------------------------------------------------------


def test_no_number_in_the_files_can_be_a_living_persons(files: tuple[Register, ...]) -> None:
    cells = {
        row[source["id"]]
        for register in files
        for source in tomllib.loads(register.map)["source"]
        for row in rows(register, source["file"])
    }
    numbers = {canonical(cell) for cell in cells}
    for number in numbers - {None}:
        assert number is not None
        assert int(number[8:11]) in TEST_SERIALS
        assert luhn(number[2:11]) == int(number[11])
    assert None in numbers  # some have no number that can be counted


def test_files_hold_rows_that_change_nothing(files: tuple[Register, ...]) -> None:
    lines = files[0].sheets[0].rows
    assert len(set(lines)) < len(lines)
    assert sum(line[2] == "Förlängning" for line in lines) > 100
    assert sum(line[4] < "2018-01-01" for line in lines if line[4]) > 100
    assert sum(line[3] > "2022-06-30" for line in lines) > 100
    assert sum(line[1] == "Studie- och yrkesvägledning" for line in lines) > 100


def test_the_same_seed_gives_the_same_bytes(files: tuple[Register, ...]) -> None:
    again = DEMO.registers(DEMO.seed)
    assert [s.encode() for r in again for s in r.sheets] == [s.encode() for r in files for s in r.sheets]


def test_another_seed_gives_other_people_and_the_same_figures(files: tuple[Register, ...]) -> None:
    other = DEMO.registers(DEMO.seed + 1)
    assert other[0].sheets[0].encode() != files[0].sheets[0].encode()
    told = Told(read(other))
    found = leavers(told.city, YEARS[2019])
    assert (reached(found, told.work_or_study, 6, 6), len(found)) == (283, 1050)
    assert reached(found, told.series["avslut-arbete-studier"], 0, 0) == 294


def test_each_party_holds_the_series_that_the_agreement_gives_it(told: Told) -> None:
    agreed = tomllib.loads(DEMO.agreement_text())["party"]
    assert tuple(party["name"] for party in agreed) == DEMO.parties
    assert {s["name"] for party in agreed for s in party["series"]} == set(told.series)


# -- the played round -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder: Path = tmp_path_factory.mktemp("vasteras") / "round"
    return parse(demo("vasteras", folder, method="exact").release.read_bytes())


@pytest.mark.slow
def test_the_release_has_the_boards_indicators(release: Release, told: Told) -> None:
    exits = told.series["avslut-arbete-studier"]
    asked = (
        ("mal", told.primary, exits, 0, 0),
        ("forberedande", told.preparing, exits, 0, 0),
        ("sex-manader", told.city, told.work_or_study, 6, 6),
        ("steg-till-primar", told.preparing, told.primary, 0, 3),
    )
    for measure, group, to, first, last in asked:
        for span, months in SPANS.items():
            everybody = leavers(group, months)
            for sex in ("woman", "man", "all"):
                found = [e for e in everybody if sex == "all" or (sex == "woman") == woman(e[0])]
                done = reached(found, to, first, last)
                table = release.table(measure)
                assert table.number(span=span, sex=sex) == done
                assert table.number("of", span=span, sex=sex) == len(found)
                assert table.number("percent", span=span, sex=sex) == percent(done, len(found))
    goal = release.table("mal").pick(span="2019", sex="all")[0]
    assert (goal["target"], goal["difference"]) == (48, Decimal("-9.0"))


@pytest.mark.slow
def test_the_release_follows_those_who_left_in_each_month(release: Release, told: Told) -> None:
    table = release.table("sex-manader-kohort")
    for month, period in enumerate(MONTHS):
        found = leavers(told.city, range(month, month + 1)) if month + 6 < 54 else []
        row = table.pick(period=period)[0]
        if month + 6 < 54:
            assert (row["value"], row["of"]) == (reached(found, told.work_or_study, 6, 6), len(found))
        else:
            assert (row["value"], row["of"], row["note"]) == (None, None, "edge")


@pytest.mark.slow
def test_the_release_has_the_figures_of_the_report(release: Release) -> None:
    told_by_report = (
        ("mal", "2019", 195, 500, "39.0"),
        ("forberedande", "2019", 99, 550, "18.0"),
        ("sex-manader", "2019", 283, 1050, "27.0"),
        ("kolada", "2018", 270, 1000, "27.0"),
        ("kolada", "2019", 294, 1050, "28.0"),
    )
    for measure, span, value, of, per_cent in told_by_report:
        row = release.table(measure).pick(span=span)[0]
        assert (row["value"], row["of"], str(row["percent"])) == (value, of, per_cent)


@pytest.mark.slow
def test_the_release_has_the_places(release: Release, told: Told) -> None:
    asked = (
        ("platser-primar", (PRIMARY,), 408),
        ("platser-forberedande", (PREPARING,), 320),
        ("platser-sommar", (SUMMER,), 700),
        ("platser", (PRIMARY, PREPARING, SUMMER), 1428),
    )
    for measure, aims, places in asked:
        table, people = release.table(measure), told.of_aim(*aims)
        for month, inside in zip(MONTHS, people, strict=True):
            assert table.number(period=month) == len(inside)
            assert table.number("of", period=month) == places
            assert table.number("percent", period=month) == percent(len(inside), places)


@pytest.mark.slow
def test_the_release_counts_people_of_programmes_referrers_and_jobs(release: Release, told: Told) -> None:
    programmes, jobs = tuple(APPENDIX), told.union(*ADMINISTRATIONS)
    for span, months in SPANS.items():
        for name in programmes:
            ever = set().union(*(told.series[name][m] for m in months))
            assert release.table("belaggning").number(span=span, part=f"stad.{name}") == len(ever)
        for name in ("anvisad-ske", "anvisad-af", "anvisad-ame", "anvisad-egen", "anvisad-annan"):
            ever = set().union(*(told.series[name][m] for m in months))
            assert release.table("inflode").number(span=span, part=f"stad.{name}") == len(ever)
        for name in ADMINISTRATIONS:
            new = started(told.series[name], months)
            part = f"started(stad.{name})"
            assert release.table("levererade").number(span=span, part=part) == len(new)
        delivered = started(jobs, months)
        assert release.table("levererade").number(span=span, part="unique") == len(delivered)
    for month in YEARS[2021]:
        assert release.table("resursjobb").number(period=MONTHS[month]) == 100


def started(group: Series, months: range) -> People:
    return set().union(*(group[m] - group[m - 1] for m in months if m > 0))


@pytest.mark.slow
def test_the_release_tells_who_was_broken_off_and_after_how_many_months(release: Release, told: Told) -> None:
    broken = {
        person: month
        for month in range(1, 52)
        for person in told.referred(month)
        if person not in told.city[month + 1] or person not in told.city[month + 2]
    }
    table = release.table("avbrutna")
    assert table.number(span="2021", sex="all") == 92
    assert table.number("of", span="2021", sex="all") == 92 + figures.WENT_ON[2021]
    assert table.number(span="all", sex="all") == len(broken)
    months = {p: sum(p in told.city[m] for m in range(54)) for p in broken}
    before = release.table("manader-fore")
    for length in range(1, 53):
        expected = sum(stayed == length for stayed in months.values())
        assert before.number(length=length) == expected
    mean = Decimal(sum(months.values())) / len(months)
    assert before.number(length="mean") == mean.quantize(Decimal("0.1"), ROUND_HALF_UP)


@pytest.mark.slow
def test_the_release_has_who_is_in_both_each_month(release: Release, told: Told) -> None:
    names = "insats", "af.rusta-och-matcha"
    for month, period in enumerate(MONTHS):
        both = told.city[month] & told.krom[month]
        rows_ = release.table("samtidigt").pick(period=period, **{"in": names})
        assert [row["value"] for row in rows_] == [len(both)]


@pytest.mark.slow
def test_the_release_has_the_steps(release: Release, told: Told) -> None:
    ever = set().union(*told.city)
    known = set().union(*(people for months in told.series.values() for people in months))
    after = [people & ever for people in told.work_or_study]
    states = {"vidare": after, "primar": told.primary, "forberedande": told.preparing}

    def state(person: str, month: int) -> str:
        return next((name for name, group in states.items() if person in group[month]), "elsewhere")

    counts: dict[tuple[str, str], int] = {}
    for month in YEARS[2019]:
        for person in known:
            move = state(person, month), state(person, month + 3)
            counts[move] = counts.get(move, 0) + 1
    table = release.table("steg")
    for start in (*states, "elsewhere"):
        for end in (*states, "elsewhere"):
            expected = counts.get((start, end), 0)
            assert table.number(**{"span": "2019", "from": start, "to": end}) == expected
    assert counts["forberedande", "primar"] > 100


@pytest.mark.slow
def test_the_headline_has_the_reports_figures(release: Release) -> None:
    said = [str(line) for line in DEMO.headline(release)]
    assert any("195  of 500 people" in line and "39 per cent" in line for line in said)
    assert any("283  of 1 050 people" in line and "27 per cent" in line for line in said)


@pytest.mark.slow
def test_the_page_about_the_demo_has_its_figures(release: Release) -> None:
    page = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    for measure, span in (
        ("mal", "2019"),
        ("forberedande", "2019"),
        ("sex-manader", "2019"),
        ("steg-till-primar", "2019"),
        ("inom-ett-ar", "2019"),
        ("hela-vagen", "2019"),
    ):
        value, of, share = (release.table(measure).number(k, span=span) for k in ("value", "of", "percent"))
        assert f"| {value} of {whole(Decimal(of or 0)).strip()}, {share} % |" in page
    value, of, share = (release.table("avbrutna").number(k, span="2021") for k in ("value", "of", "percent"))
    assert f"| {value} of {of} referred, {share} % |" in page
    before = release.table("manader-fore")
    people = [before.number(length=n) or 0 for n in range(1, 53)]
    months = sum(n * count for n, count in enumerate(people, 1))
    assert f"| {whole(Decimal(months)).strip()}, of {sum(people)} people |" in page
    taken, share = (release.table("platser").number(k, period="2021-07") for k in ("value", "percent"))
    assert f"| {whole(Decimal(taken or 0)).strip()} of 1 428, {share} % |" in page
