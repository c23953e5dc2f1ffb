"""Malmö 2018–2019 is counted with plain Python from the CSV files, and the played demo has to say the same.

Sets of identity numbers and sums of amounts, read from the files by their maps; nothing of the pipeline is
used for them. First come the report's figures, then that the release of the demo gives all tables the same.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeVar

import pytest

from linkage.commands.demo import DemoFacts, demo
from linkage.release import Release, parse
from linkage.release.rows import Scalar
from linkage.synthetic.demo import Register
from linkage.synthetic.malmo_bistand import figures
from linkage.synthetic.malmo_bistand.demo import DEMO
from linkage.synthetic.malmo_bistand.registers import registers
from linkage.synthetic.numbers import TEST_SERIALS, luhn

MONTHS = [f"{2018 + m // 12}-{m % 12 + 1:02}" for m in range(20)]
SPANS = {"jan–jul 2018": range(7), "jan–jul 2019": range(12, 19), "all": range(20)}
PROGRAMMES = ("kartlaggning", "praktik", "anstallning")
Sets = list[set[str]]  # one a month
K = TypeVar("K")


@dataclass(frozen=True)
class Counted:
    """series → people per month; person → kronor per month; the households: their adults, and kronor."""

    sets: Mapping[str, Sets]
    kronor: Mapping[str, list[int]]
    households: Mapping[tuple[str, ...], list[int]]

    @property
    def everybody(self) -> set[str]:
        return set().union(*(people for series in self.sets.values() for people in series))

    @property
    def programmes(self) -> Sets:
        return [set().union(*(self.sets[name][m] for name in PROGRAMMES)) for m in range(20)]


# -- reading ----------------------------------------------------------------------------------------------


def rows(register: Register, file: str) -> Iterator[dict[str, str]]:
    sheet = next(sheet for sheet in register.sheets if sheet.file == file)
    text = sheet.encode().decode("utf-8-sig")
    delimiter = ";" if ";" in text.splitlines()[0] else ","
    return csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)


def canonical(cell: str) -> str | None:
    digits = cell.replace("-", "").replace(" ", "")
    if not digits.isdigit() or len(digits) not in (10, 12):
        return None
    return digits if len(digits) == 12 else ("20" if digits[:2] <= "19" else "19") + digits


def asked_for(source: dict[str, Any], row: dict[str, str]) -> bool:
    def has(column: str, cells: str | list[str]) -> bool:
        return row[column] in ([cells] if isinstance(cells, str) else cells)

    return all(has(*one) for one in source.get("where", {}).items()) and not any(
        has(*one) for one in source.get("unless", {}).items()
    )


def series_of(source: dict[str, Any], row: dict[str, str]) -> str | None:
    named = source["series"]
    if isinstance(named, str):
        return named
    cell = row[named["column"]]
    assert cell in named["values"] or cell in named["ignore"], "a label that the map does not name"
    return named["values"].get(cell)  # type: ignore[no-any-return]  # tomllib's values are Any


def months_of(source: dict[str, Any], row: dict[str, str]) -> list[int]:
    if "date" in source:
        month = row[source["date"]][:7]
        return [MONTHS.index(month)] if month in MONTHS else []
    start, end = row[source["start"]], row[source["end"]] or "9999-12-31"
    assert dt.date.fromisoformat(start) <= dt.date.fromisoformat(end)
    return [m for m, month in enumerate(MONTHS) if start <= f"{month}-31" and end >= f"{month}-01"]


def count(files: Sequence[Register]) -> Counted:
    sets: dict[str, Sets] = defaultdict(lambda: [set() for _ in MONTHS])
    people: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal()] * 20)
    homes: dict[tuple[str, ...], list[Decimal]] = defaultdict(lambda: [Decimal()] * 20)
    for register in files:
        for source in tomllib.loads(register.map)["source"]:
            for row in rows(register, source["file"]):
                columns = source.get("ids") or [source["id"]]
                numbers = tuple(n for n in (canonical(row[c]) for c in columns) if n)
                series = series_of(source, row) if asked_for(source, row) else None
                if not series:
                    continue
                for month in months_of(source, row):
                    if "amount" not in source:
                        sets[series][month].update(numbers)
                        continue
                    amount = Decimal(row[source["amount"]].replace(",", "."))
                    homes[numbers][month] += amount
                    for number in numbers:
                        people[number][month] += amount
    return Counted(dict(sets), whole_kronor(people), whole_kronor(homes))


def whole_kronor(amounts: Mapping[K, list[Decimal]]) -> dict[K, list[int]]:
    """Halves up, and nothing below nothing."""
    return {
        who: [max(0, int(a.quantize(Decimal(1), ROUND_HALF_UP))) for a in months]
        for who, months in amounts.items()
    }


@pytest.fixture(scope="module")
def files() -> tuple[Register, ...]:
    return registers(DEMO.seed)


@pytest.fixture(scope="module")
def counted(files: tuple[Register, ...]) -> Counted:
    return count(files)


# -- the questions, in plain Python -----------------------------------------------------------------------


def age(number: str) -> int:
    born = int(number[:4]), int(number[4:6]), int(number[6:8]) % 60
    return 2018 - born[0] - (born[1:] > (10, 31))


def young(people: set[str]) -> set[str]:
    return {number for number in people if 18 <= age(number) <= 29}


def of_sex(people: set[str], sex: str) -> set[str]:
    return {n for n in people if sex == "all" or (int(n[10]) % 2 == 0) == (sex == "woman")}


def of_age(people: set[str], band: str) -> set[str]:
    return people if band == "all" else {n for n in people if (age(n) <= 29) == (band == "18-29")}


def left(series: Sets, month: int) -> set[str]:
    return series[month] - series[month + 1]


def events_around(counted: Counted) -> dict[str, dict[str, int]]:
    """measure → the events that it looks around: of people who are paid some time in the window."""
    helped = set().union(*counted.sets["bistand-manad"])
    series = {
        "efter-avslut": counted.sets["avslut"],
        "efter-anstallning": started(counted.sets["anstallning"]),
    }
    return {name: first_events([people & helped for people in sets]) for name, sets in series.items()}


def first_events(series: Sets) -> dict[str, int]:
    """person → the first month that has six before it and six after it in the window."""
    found: dict[str, int] = {}
    for month in range(6, 14):
        for number in series[month]:
            found.setdefault(number, month)
    return found


def started(series: Sets) -> Sets:
    return [set(), *(after - before for before, after in pairwise(series))]


def mean_amount(counted: Counted, events: Mapping[str, int], offset: int) -> Fraction:
    nothing = [0] * 20
    return Fraction(sum(counted.kronor.get(n, nothing)[m + offset] for n, m in events.items()), len(events))


def level(counted: Counted, events: Mapping[str, int]) -> Fraction:
    return mean_amount(counted, events, 6) - mean_amount(counted, events, -6)


def outcome(
    leaving: Sets, reached: Callable[[str, int], bool], months: Sequence[int]
) -> tuple[set[str], set[str]]:
    """Of the people who left in these months, by their first leaving: those who reached it, and all."""
    first: dict[str, int] = {}
    for month in months:
        for number in left(leaving, month):
            first.setdefault(number, month)
    return {n for n, m in first.items() if reached(n, m)}, set(first)


def rounded(number: Fraction, places: int = 0) -> Decimal:
    """Half away from zero."""
    exact = abs(number) * 10**places
    steps = int(exact + Fraction(1, 2))
    return Decimal(steps if number >= 0 else -steps).scaleb(-places)


# -- the report -------------------------------------------------------------------------------------------


def test_assistance_falls_by_4716_kronor_after_work_or_study(counted: Counted) -> None:
    events = events_around(counted)["efter-avslut"]
    assert level(counted, events) == -4716
    assert len(events) > 200


def test_assistance_falls_by_7241_kronor_after_a_municipal_job(counted: Counted) -> None:
    events = events_around(counted)["efter-anstallning"]
    assert level(counted, events) == -7241
    assert len(events) > 200


@pytest.mark.parametrize("seed", [1, 2])
def test_other_seeds_give_other_people_and_the_same_figures(seed: int, counted: Counted) -> None:
    other = count(registers(seed))
    assert other.everybody != counted.everybody
    levels = {name: level(other, events) for name, events in events_around(other).items()}
    assert levels == {"efter-avslut": -4716, "efter-anstallning": -7241}
    check_the_young(other)


def test_more_young_take_part_and_leave_to_work_or_study_and_the_share_is_the_same(counted: Counted) -> None:
    check_the_young(counted)


def check_the_young(counted: Counted) -> None:
    """More referred, more participants, more exits; the share on the same level: within half a per cent."""
    there = [young(people) for people in counted.programmes]
    numbers = []
    for span in ("jan–jul 2018", "jan–jul 2019"):
        months = SPANS[span]
        referred = set().union(*(young(counted.sets["anvisade"][m]) for m in months))
        took_part = set().union(*(there[m] for m in months))
        reached, of = outcome(there, lambda n, m: n in counted.sets["avslut"][m], months)
        numbers.append((len(referred), len(took_part), len(reached), Fraction(len(reached), len(of))))
    before, after = numbers
    assert all(now > was for was, now in zip(before[:3], after[:3], strict=True))
    assert abs(after[3] - before[3]) < Fraction(1, 200)


# -- what the made-up people are like ---------------------------------------------------------------------


def test_a_household_with_two_participants_counts_twice(counted: Counted) -> None:
    for events in events_around(counted).values():
        homes = [[n for n in adults if n in events] for adults in counted.households]
        twice = [adults for adults in homes if len(adults) == 2]
        assert len(twice) >= 3
        for one, other in twice:
            assert counted.kronor[one] == counted.kronor[other]


def test_who_is_paid_in_a_month_is_on_assistance_that_month(counted: Counted) -> None:
    for month in range(20):
        paid = {number for number, months in counted.kronor.items() if months[month]}
        assert paid == counted.sets["bistand-manad"][month]


def test_amounts_stay_below_the_agreed_most(counted: Counted) -> None:
    value = next(s["value"] for s in agreed_series() if s["name"] == "bistand")
    assert value == {"unit": "kr", "max": figures.MAX}
    assert max(max(months) for months in counted.kronor.values()) < figures.MAX


def test_payments_have_corrections_and_cancelled_ones_and_some_who_pay_back(
    files: tuple[Register, ...],
) -> None:
    lines = list(rows(files[0], "utbetalningar-2018-2019.csv"))
    kinds = Counter((row["Slag"], row["Utbetalt belopp"].startswith("-")) for row in lines)
    assert set(kinds) == {
        ("Försörjningsstöd", False),
        ("Boendekostnad", False),
        ("Rättelse", True),
        ("Återbetalning", True),
    }
    assert min(kinds["Rättelse", True], kinds["Återbetalning", True]) > 30
    assert sum(row["Status"] == "Makulerad" for row in lines) > 100
    assert sum(not row["Utbetalt belopp"].endswith(",00") for row in lines) > 1000
    assert any(row["Utbetalningsdag"] < "2018-01-01" for row in lines)


def test_assistance_falls_when_the_event_comes_and_hardly_before(counted: Counted) -> None:
    for events in events_around(counted).values():
        curve = [mean_amount(counted, events, offset) for offset in range(-6, 7)]
        assert max(curve[:6]) < Fraction(6, 5) * min(curve[:6])
        assert max(curve[9:]) < Fraction(1, 2) * min(curve[:6])


def test_most_who_leave_to_study_are_found_in_adult_education(
    files: tuple[Register, ...], counted: Counted
) -> None:
    studying = set().union(*counted.sets["vuxenutbildning"])
    ended = {
        canonical(row["Personnummer"])
        for row in rows(files[0], "insatser-2018-2019.csv")
        if row["Avslutsorsak"] == "Studier" and row["Slutdatum"] >= "2018-01-01"
    } - {None}
    assert len(ended & studying) / len(ended) == pytest.approx(figures.FOUND_IN_ADULT_EDUCATION, abs=0.06)


def test_nobody_is_under_18_or_over_64(counted: Counted) -> None:
    assert {18 <= age(number) <= 64 for number in counted.everybody} == {True}


def test_no_number_in_the_files_can_be_a_living_persons(files: tuple[Register, ...]) -> None:
    for register in files:
        for source in tomllib.loads(register.map)["source"]:
            columns = source.get("ids") or [source["id"]]
            numbers = {canonical(row[c]) for row in rows(register, source["file"]) for c in columns} - {None}
            for number in numbers:
                assert number is not None
                assert int(number[8:11]) in TEST_SERIALS
                assert luhn(number[2:11]) == int(number[11])


def test_the_same_seed_gives_the_same_bytes(files: tuple[Register, ...]) -> None:
    again = registers(DEMO.seed)
    assert [s.encode() for r in again for s in r.sheets] == [s.encode() for r in files for s in r.sheets]


def agreed_series() -> list[dict[str, Any]]:
    return [series for party in tomllib.loads(DEMO.agreement_text())["party"] for series in party["series"]]


def test_each_party_holds_the_series_that_the_agreement_gives_it(files: tuple[Register, ...]) -> None:
    agreed = tomllib.loads(DEMO.agreement_text())["party"]
    assert tuple(party["name"] for party in agreed) == DEMO.parties == tuple(r.party for r in files)
    for party, register in zip(agreed, files, strict=True):
        held: set[str] = set()
        for source in tomllib.loads(register.map)["source"]:
            named = source["series"]
            held |= {named} if isinstance(named, str) else set(named["values"].values())
        assert held == {series["name"] for series in party["series"]}


# -- the played demo says the same ------------------------------------------------------------------------


@dataclass(frozen=True)
class Played:
    """The demo in its folder."""

    facts: DemoFacts
    seconds: float
    release: Release

    def number(self, measure: str, key: str = "value", /, **labels: Scalar) -> Decimal | int | None:
        return self.release.table(measure).number(key, **labels)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    began = time.process_time()
    facts = demo(DEMO.name, tmp_path_factory.mktemp("demo") / "round", method="exact")
    return Played(facts, time.process_time() - began, parse(facts.release.read_bytes()))


def test_the_demo_ends_with_the_reports_figures(played: Played) -> None:
    assert played.number("efter-avslut", offset="level") == -4716
    assert played.number("efter-anstallning", offset="level") == -7241
    said = "\n".join(str(line) for line in played.facts.lines())
    assert "\N{MINUS SIGN}4 716" in said
    assert "\N{MINUS SIGN}7 241" in said


def test_the_demo_is_quick(played: Played) -> None:
    assert played.seconds < 30


def test_every_month_of_the_curves_is_the_mean_of_the_payments(played: Played, counted: Counted) -> None:
    for measure, events in events_around(counted).items():
        curve = {offset: mean_amount(counted, events, offset) for offset in range(-6, 7)}
        for offset, mean in curve.items():
            assert played.number(measure, offset=offset) == rounded(mean)
            assert played.number(measure, "people", offset=offset) == len(events)
        after, before = ([curve[sign * k] for k in range(1, 7)] for sign in (1, -1))
        assert played.number(measure, offset="mean") == rounded(Fraction(sum(after) - sum(before)) / 6)


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("sex", ["woman", "man", "all"])
def test_the_tables_of_the_young_are_the_files(played: Played, counted: Counted, span: str, sex: str) -> None:
    there = [of_sex(young(people), sex) for people in counted.programmes]
    referred = [of_sex(young(people), sex) for people in counted.sets["anvisade"]]
    months = SPANS[span]
    assert played.number("unga", span=span, sex=sex) == len(set().union(*(there[m] for m in months)))
    assert played.number("inflode-unga", span=span, sex=sex) == len(
        set().union(*(referred[m] for m in months))
    )
    known = [m for m in months if m < 19]
    exits = counted.sets["avslut"]
    check_outcome(played, outcome(there, lambda n, m: n in exits[m], known), "unga-avslut", span, sex)


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("sex", ["woman", "man", "all"])
def test_who_leaves_is_followed_to_studies_and_off_assistance(
    played: Played, counted: Counted, span: str, sex: str
) -> None:
    there = [of_sex(people, sex) for people in counted.programmes]
    paid, studying = counted.sets["bistand-manad"], counted.sets["vuxenutbildning"]
    known = [m for m in SPANS[span] if m < 17]
    studies = outcome(there, lambda n, m: any(n in studying[m + k] for k in range(4)), known)
    check_outcome(played, studies, "till-studier", span, sex)
    free = outcome(there, lambda n, m: all(n not in paid[m + k] for k in (1, 2, 3)), known)
    check_outcome(played, free, "klarar-sig", span, sex)


def check_outcome(
    played: Played, found: tuple[set[str], set[str]], measure: str, span: str, sex: str
) -> None:
    reached, of = found
    assert played.number(measure, span=span, sex=sex) == len(reached)
    assert played.number(measure, "of", span=span, sex=sex) == len(of)
    percent = rounded(Fraction(100 * len(reached), len(of)), 1)
    assert played.number(measure, "percent", span=span, sex=sex) == percent


def test_every_month_who_leaves_to_work_or_study_is_the_files(played: Played, counted: Counted) -> None:
    for month, label in enumerate(MONTHS[:-1]):
        gone = left(counted.programmes, month)
        assert played.number("avslut-manad", period=label) == len(gone & counted.sets["avslut"][month])
        assert played.number("avslut-manad", "of", period=label) == len(gone)
    assert played.number("avslut-manad", period=MONTHS[-1]) is None


@pytest.mark.parametrize(("measure", "every"), [("steg", 1), ("steg-halvar", 6)])
def test_steps_between_programmes_are_the_files(
    played: Played, counted: Counted, measure: str, every: int
) -> None:
    agreed = next(m for m in tomllib.loads(DEMO.agreement_text())["measure"] if m["name"] == measure)
    took_part = set().union(*counted.programmes)
    helped = [
        (paid & took_part) - there
        for paid, there in zip(counted.sets["bistand-manad"], counted.programmes, strict=True)
    ]
    groups = {"bistand-utan-insats": helped}
    states = [(s, groups[s] if s in groups else counted.sets[s.split(".")[1]]) for s in agreed["flow"]]
    people = counted.everybody
    at = [
        {n: next((s for s, sets in states if n in sets[month]), "elsewhere") for n in people}
        for month in range(20)
    ]
    names = [*agreed["flow"], "elsewhere"]
    for span, months in SPANS.items() if "by" in agreed else [("all", SPANS["all"])]:
        moves = Counter((at[m][n], at[m + every][n]) for m in months if m + every < 20 for n in people)
        for source in names:
            for target in names:
                told = played.number(measure, span=span, **{"from": source, "to": target})
                assert told == moves[source, target]


@pytest.mark.parametrize("band", ["18-29", "30-64", "all"])
def test_stays_are_as_long_as_in_the_files(played: Played, counted: Counted, band: str) -> None:
    there = [of_age(people, band) for people in counted.programmes]
    lengths: list[int] = []
    for number in set().union(*there):
        inside = [number in people for people in there]
        starts = (p for p in range(1, 20) if inside[p] and not inside[p - 1])
        ends = ((p, next((q for q in range(p, 19) if not inside[q + 1]), None)) for p in starts)
        lengths += [q - p + 1 for p, q in ends if q is not None][:1]
    lengths.sort()
    stays = Counter(lengths)
    for length in range(1, 19):
        assert played.number("genomstromning", length=length, age=band) == stays[length]
    mean = Fraction(sum(lengths), len(lengths))
    median = Fraction(lengths[len(lengths) // 2] + lengths[(len(lengths) - 1) // 2], 2)
    assert played.number("genomstromning", length="mean", age=band) == rounded(mean, 1)
    assert played.number("genomstromning", length="median", age=band) == rounded(median, 1)


def test_a_share_of_those_on_assistance_study(played: Played, counted: Counted) -> None:
    for month, label in enumerate(MONTHS):
        paid = counted.sets["bistand-manad"][month]
        both = paid & counted.sets["vuxenutbildning"][month]
        assert played.number("studerar-med-bistand", period=label) == len(both)
        assert played.number("studerar-med-bistand", "of", period=label) == len(paid)
