"""Series of every form from real rows, against plain fractions, sets and dates."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from math import floor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.agreement import parse
from linkage.agreement.model import Known, Series, Value
from linkage.dimensions import Dimensions
from linkage.errors import RegisterError
from linkage.identifiers import scheme
from linkage.register import (
    ByColumn,
    Events,
    PeriodList,
    Plan,
    Read,
    Source,
    Spells,
    Undated,
    parse_map,
    plan,
    read,
)
from linkage.register.model import Amount, When
from linkage.register.quality import quality
from linkage.register.sums import Sums, whole
from linkage.register.when import Calendar
from linkage.synthetic.numbers import personnummer
from linkage.window import Unit, Window
from tests.agreements import READY, changed
from tests.registers import ANNA, BO, EXTRACTED, YEAR, bitmaps

MOST = 60_000
OWN = (
    Series("malmo", "krami", "Krami"),
    Series("malmo", "bistand", "Bistånd", value=Value("kr", MOST)),
    Series("malmo", "lista", "Lista", Known.WINDOW),
    Series("malmo", "hyra", "Hyra", value=Value("kr", 10)),
)
PAID = Source("r.csv", "Pnr", PeriodList("Månad"), "bistand", amount=Amount("Belopp"))


def planned(*sources: Source, counting: str = "any-day", window: Window = YEAR) -> Plan:
    accept = ("personnummer", "samordningsnummer")
    return Plan(sources, OWN, window, scheme("se"), accept, EXTRACTED, counting=counting)


def found(folder: Path, text: str, *sources: Source, counting: str = "any-day") -> Read:
    """What comes of one file, read by each source."""
    (folder / "r.csv").write_text(text, encoding="utf-8")
    return read(planned(*sources, counting=counting), folder, Dimensions())


def sums_of(told: Read, series: str = "bistand") -> dict[str, list[int]]:
    """canonical form → amounts of the periods, trailing zeros left out."""
    people = [value.decode() for value in told.folded.identifiers.values.tolist()]
    table = told.folded.amounts[series].tolist()
    return {who: np.trim_zeros(row, "b") for who, row in zip(people, table, strict=True)}


# -- amounts ------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.data())
def test_random_payments_sum_as_fractions_do(data: st.DataObject) -> None:
    people = [personnummer(dt.date(1990, 1, 1) + dt.timedelta(n), 238) for n in range(3)]
    rows = data.draw(
        st.lists(
            st.tuples(
                st.sampled_from(people),
                st.dates(dt.date(2019, 11, 1), dt.date(2021, 2, 28)),
                st.one_of(st.integers(-300, 300), st.integers(-7_000_000, 7_000_000)),
                st.sampled_from(["bistand", "hyra"]),
            ),
            min_size=1,
            max_size=30,
        )
    )
    exact: dict[tuple[str, str, int], Fraction] = defaultdict(Fraction)
    for who, day, hundredths, series in rows:
        if day.year == 2020:
            exact[series, who, day.month - 1] += Fraction(hundredths, 100)
    rounded = {key: floor(amount + Fraction(1, 2)) for key, amount in exact.items()}
    most = {"bistand": MOST, "hyra": 10}
    expected = {key: min(max(amount, 0), most[key[0]]) for key, amount in rounded.items()}
    cut = data.draw(st.integers(0, len(rows) - 1))
    sources = []
    with tempfile.TemporaryDirectory() as folder:
        for i, part in enumerate(p for p in (rows[:cut], rows[cut:]) if p):
            out = io.StringIO()
            table = csv.writer(out, delimiter=";")
            table.writerow(["Pnr", "Dag", "Slag", "Belopp"])
            table.writerows([w, d, s, f"{h / 100:.2f}".replace(".", ",")] for w, d, h, s in part)
            (Path(folder) / f"{i}.csv").write_text(out.getvalue())
            by = ByColumn("Slag", {"bistand": "bistand", "hyra": "hyra"})
            sources.append(Source(f"{i}.csv", "Pnr", Events("Dag"), by, amount=Amount("Belopp")))
        told = read(planned(*sources), Path(folder), Dimensions())
    assert told.fault is None
    nonzero = {
        (series, who, month): amount
        for series in most
        for who, months in sums_of(told, series).items()
        for month, amount in enumerate(months)
        if amount
    }
    assert nonzero == {key: amount for key, amount in expected.items() if amount}
    assert {who.decode() for who in told.folded.identifiers.values.tolist()} == {who for _, who, _ in nonzero}
    summary = told.folded.summary
    above = sum(amount > most[key[0]] for key, amount in rounded.items())
    below = sum(amount < 0 for amount in rounded.values())
    assert summary.clamped == {name: n for name, n in (("above-max", above), ("below-zero", below)) if n}
    assert summary.people_counted == len({who for who, *_ in rows})
    assert summary.rows_outside == sum(day.year != 2020 for _, day, *_ in rows)
    assert summary.rows_used + summary.rows_outside == summary.rows_read == len(rows)


def test_payments_corrections_and_households(tmp_path: Path) -> None:
    text = (
        "Pnr;Månad;Belopp\n"
        f"{ANNA};2020-01;1 234,50 kr\n"
        f"{ANNA};202001;-234,00\n"
        f"{ANNA};2020-03;0,49\n"
        f"{ANNA};2020-04;0,50\n"
        f"{BO};2020-02;59 999,50\n"
        f"{BO};2020-03;-1\n"
        f"{BO};2021-02;77\n"
    )
    told = found(tmp_path, text, PAID)
    assert told.fault is None
    assert sums_of(told) == {ANNA: [1001, 0, 0, 1], BO: [0, 60_000]}
    assert told.folded.summary.clamped == {"below-zero": 1}
    assert told.folded.people() == {"krami": 0, "lista": 0, "bistand": 2, "hyra": 0}
    assert told.folded.amounts["bistand"].dtype == np.uint32
    assert ANNA not in repr(told.folded)


def test_somebody_whose_payments_are_nothing_has_no_row_and_is_counted(tmp_path: Path) -> None:
    told = found(tmp_path, f"Pnr;Månad;Belopp\n{ANNA};2020-01;5\n{ANNA};2020-01;-5\n{BO};2020-01;1\n", PAID)
    assert sums_of(told) == {BO: [1]}
    assert (told.folded.summary.people_counted, told.folded.summary.rows_used) == (2, 3)


HOUSE = replace(PAID, id="Sökande", others=("Medsökande",), several=True)


def test_an_amount_of_a_household_is_each_adults_and_once(tmp_path: Path) -> None:
    text = (
        "Sökande;Medsökande;Månad;Belopp\n"
        f"{ANNA};{BO};2020-01;100\n"
        f"{ANNA};;2020-02;10\n"
        f"{BO};{BO};2020-03;7\n"
        f"{BO}, {ANNA};{BO};2020-04;5\n"
    )
    told = found(tmp_path, text, HOUSE)
    assert sums_of(told) == {ANNA: [100, 10, 0, 5], BO: [100, 0, 7, 5]}
    assert told.folded.summary.rows_used == 4


def test_amounts_follow_a_person_to_the_newest_number(tmp_path: Path) -> None:
    (tmp_path / "bytt.csv").write_text(f"Pnr;Tidigare\n{BO};{ANNA}\n")
    changed = Source("bytt.csv", "Pnr", Undated(), "", previous="Tidigare")
    text = f"Pnr;Månad;Belopp\n{ANNA};2020-01;40000,30\n{BO};2020-01;29999,90\n{ANNA};2020-02;1\n"
    told = found(tmp_path, text, PAID, changed)
    assert sums_of(told) == {BO: [MOST, 1]}
    assert told.folded.summary.clamped == {"above-max": 1}


def test_payments_that_stand_twice_are_added_and_warned_of(tmp_path: Path) -> None:
    text = "Pnr;Månad;Belopp\n" + 3 * f"{ANNA};2020-01;40\n" + f"{BO};2020-01;40\n"
    told = found(tmp_path, text, PAID)
    assert sums_of(told) == {ANNA: [120], BO: [40]}
    assert (told.paid_twice.rows, told.repeated.rows) == (2, 0)
    (warning,) = [str(w) for w in quality(told, planned(PAID)).warnings if "paid twice" in str(w)]
    assert warning.startswith("2 rows with amounts say the same")


def test_one_file_may_tell_presence_and_amounts(tmp_path: Path) -> None:
    there = Source("r.csv", "Pnr", PeriodList("Månad"), "krami", unless={"Belopp": frozenset({"0"})})
    told = found(tmp_path, f"Pnr;Månad;Belopp\n{ANNA};2020-02;7\n{BO};2020-02;0\n", PAID, there)
    assert sums_of(told) == {ANNA: [0, 7]}
    assert bitmaps(told) == {ANNA: {"krami": 0b10}}


def test_amounts_that_are_none_are_told_with_their_records_and_count_for_nothing(tmp_path: Path) -> None:
    text = (
        "Pnr;Månad;Belopp\n"
        f"{ANNA};2020-01;\n"
        f"{ANNA};2020-01;tolv\n"
        f"{ANNA};2020-01;1.234\n"
        f"{ANNA};i fjol;tolv\n"
        f"{ANNA};2020-01;12\n"
    )
    told = found(tmp_path, text, PAID)
    summary = told.folded.summary
    assert summary.refused == {"broken-amount": 1, "broken-period": 1, "no-amount": 1, "unclear-amount": 1}
    assert summary.rows_used == 1
    assert [str(row) for row in told.first] == [
        "r.csv, record 2, column 'Belopp': no amount",
        "r.csv, record 3, column 'Belopp': not an amount as 1234,50",
        "r.csv, record 4, column 'Belopp': an amount that can be read in two ways: "
        "name its sign in the map, decimal = …",
        "r.csv, record 5, column 'Månad': not a period of the agreement",
    ]
    assert sums_of(told) == {ANNA: [12]}


def test_many_foldings_and_new_keys_give_the_same_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkage.register.sums._LEAST", 50)
    draw = np.random.default_rng(1)
    sums, expected = Sums(3, 12), np.zeros((5, 3, 12), np.int64)
    for _ in range(40):
        keys, codes, periods = (draw.integers(0, n, 30) for n in (10, 3, 12))
        amounts = draw.integers(-(10**12), 10**12, 30)
        sums.add(keys, codes, periods, amounts)
        np.add.at(expected, (keys // 2, codes, periods), amounts)
    sums.rename(lambda keys: keys // 2)
    for code in range(3):
        table = np.zeros((5, 12), np.int64)
        who, periods, exact = sums.of(code)
        table[who, periods] = exact
        assert (table == expected[:, code]).all()


def test_halves_are_rounded_up_and_what_is_outside_is_counted() -> None:
    hundredths = np.array([[-51, -50, 49, 50, 149, 150, 950, 1_049, 1_050, 10**15]])
    units, above, below = whole(hundredths, 10)
    assert units.tolist() == [[0, 0, 0, 1, 1, 2, 10, 10, 10, 10]]
    assert (above, below) == (2, 1)


# -- which rows ---------------------------------------------------------------------------------------------

CELLS = ["a", "b", "c", ""]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), *[st.sampled_from(CELLS)] * 3), min_size=1, max_size=20),
    *[st.dictionaries(st.sampled_from(["X", "Y", "Z"]), st.frozensets(st.sampled_from(CELLS), min_size=1))]
    * 2,
)
def test_where_is_all_of_its_columns_and_unless_any(
    rows: list[tuple[int, str, str, str]],
    where: dict[str, frozenset[str]],
    unless: dict[str, frozenset[str]],
) -> None:
    people = [personnummer(dt.date(1990, 1, 1) + dt.timedelta(n), 238) for n in range(6)]
    source = Source("r.csv", "Pnr", Undated(), "lista", where, unless=unless)
    text = "Pnr;X;Y;Z\n" + "".join(f"{people[n]};{x}; {y};{z} \n" for n, x, y, z in rows)
    with tempfile.TemporaryDirectory() as folder:
        told = found(Path(folder), text, source)
    kept = [
        people[n]
        for n, *cells in rows
        if all(cell in where.get(name, {cell}) for name, cell in zip("XYZ", cells, strict=True))
        and not any(cell in unless.get(name, ()) for name, cell in zip("XYZ", cells, strict=True))
    ]
    assert bitmaps(told) == {person: {"lista": 0xFFF} for person in kept}
    assert told.folded.summary.rows_ignored == len(rows) - len(kept)


# -- days ---------------------------------------------------------------------------------------------------

THREE = f"Pnr;Start;Slut\n{ANNA};31.1.2020;1/2 2020\n{ANNA};2020-04-30;31.12.9999\n{BO};20201201;2020-12-02\n"
STAYS = Source("r.csv", "Pnr", Spells("Start", "Slut"), "krami")


def test_three_forms_in_one_column_are_refused_until_they_are_named(tmp_path: Path) -> None:
    told = found(tmp_path, THREE, STAYS)
    assert told.folded.summary.refused == {"broken-date": 3}
    assert set(told.forms.split(", ")) == {'"%d.%m.%Y"', '"%d/%m %Y"', '"%Y%m%d"'}
    named = Source("r.csv", "Pnr", STAYS.when, "krami", dates=("%d.%m.%Y", "%d/%m %Y", "%Y%m%d"))
    told = found(tmp_path, THREE, named)
    assert told.fault is None
    assert bitmaps(told) == {ANNA: {"krami": 0b1111_1111_1011}, BO: {"krami": 1 << 11}}


def test_a_form_of_months_is_for_periods(tmp_path: Path) -> None:
    source = Source("r.csv", "Pnr", PeriodList("Månad"), "krami", dates=("%m/%Y",))
    told = found(tmp_path, f"Pnr;Månad\n{ANNA};02/2020\n{ANNA};2020-04\n{ANNA};13/2020\n", source)
    assert bitmaps(told) == {ANNA: {"krami": 0b1010}}
    assert told.folded.summary.refused == {"broken-period": 1}


# -- the last day -------------------------------------------------------------------------------------------

WINDOWS = [
    YEAR,
    Window(Unit.QUARTER, "2019-Q4", "2021-Q1"),
    Window(Unit.TERTIAL, "2020-T2", "2021-T3"),
    Window(Unit.YEAR, "2018", "2022"),
    Window(Unit.MONTH, "2017-01", "2021-12"),
]


def masks_of(when: When, cells: dict[str, list[str]], window: Window) -> tuple[list[int], list[bool]]:
    coded = {name: pa.array(values).dictionary_encode() for name, values in cells.items()}
    calendar = Calendar(window, "last-day")
    told = calendar.find(when, coded, len(next(iter(cells.values()))))
    return told.masks.tolist(), told.touched.tolist()


@pytest.mark.parametrize("window", WINDOWS, ids=lambda w: f"{w.unit}-{len(w)}")
@settings(deadline=None)
@given(data=st.data())
def test_a_stay_counts_where_it_lasts_over_the_last_day(window: Window, data: st.DataObject) -> None:
    near = st.sampled_from([day + dt.timedelta(n) for day in window.starts for n in (-2, -1, 0, 1)])
    days = st.one_of(
        near, st.dates(window.starts[0] - dt.timedelta(400), window.starts[-1] + dt.timedelta(400))
    )
    stays = [
        (min(pair), max(pair)) for pair in data.draw(st.lists(st.tuples(days, days), min_size=1, max_size=8))
    ]
    open_end = data.draw(st.sampled_from(["", "9999-12-31"]))
    cells = {
        "a": [str(first) for first, _ in stays] * 2,
        "b": [str(last) for _, last in stays] + [open_end] * len(stays),
    }
    masks, touched = masks_of(Spells("a", "b"), cells, window)
    for i, (first, last) in enumerate([*stays, *((first, dt.date.max) for first, _ in stays)]):
        ends = [start - dt.timedelta(1) for start in window.starts[1:]]
        assert masks[i] == sum(1 << n for n, end in enumerate(ends) if first <= end <= last)
        assert touched[i] == (first <= ends[-1] and last >= window.starts[0])


def test_an_event_and_a_list_count_in_their_period_either_way() -> None:
    assert masks_of(Events("d"), {"d": ["2020-01-15", "2021-01-01"]}, YEAR) == ([1, 0], [True, False])
    assert masks_of(PeriodList("p"), {"p": ["2020-02"]}, YEAR) == ([2], [True])


def test_a_series_without_dates_asks_for_any_day(tmp_path: Path) -> None:
    text = f"Pnr;Start;Slut\n{ANNA};2020-01-02;2020-01-30\n{BO};2020-01-02;2020-02-28\n"
    lista = Source("r.csv", "Pnr", STAYS.when, "lista")
    told = found(tmp_path, text, STAYS, lista, counting="last-day")
    assert bitmaps(told) == {ANNA: {"lista": 0xFFF}, BO: {"krami": 1, "lista": 0xFFF}}
    assert (told.folded.summary.rows_used, told.folded.summary.rows_outside) == (3, 1)


# -- the map and the agreement ------------------------------------------------------------------------------

SOURCE = '[[source]]\nfile = "r.csv"\nid = "Pnr"\n'


def mapped(*lines: str) -> Source:
    return parse_map('format = "linkage-register/1"\n' + SOURCE + "\n".join(lines)).sources[0]


def refused(*lines: str) -> list[str]:
    with pytest.raises(RegisterError) as caught:
        mapped(*lines)
    return [str(detail).partition("source[1].")[2] for detail in caught.value.details]


def test_a_map_says_amounts_forms_and_what_is_left_out() -> None:
    source = mapped(
        'series = "bistand"',
        'date = "Dag"',
        'amount = " Belopp "',
        'decimal = ","',
        'dates = ["%d.%m.%Y", "%Y%m%d"]',
        'where = { "Status" = ["Utbetald"], "Slag" = "RN" }',
        'unless = { "Makulerad" = ["Ja", "J"], "Testperson" = "1" }',
    )
    assert source.amount == Amount("Belopp", ",")
    assert source.dates == ("%d.%m.%Y", "%Y%m%d")
    assert source.where == {"Status": {"Utbetald"}, "Slag": {"RN"}}
    assert source.unless == {"Makulerad": {"Ja", "J"}, "Testperson": {"1"}}
    assert source.coded == ("Status", "Slag", "Makulerad", "Testperson", "Dag", "Belopp")


WRONG = {
    "amounts of a stay": (
        ('start = "A"', 'end = "B"', 'amount = "C"'),
        "amount: amounts need the period or the day that they are for: period or date",
    ),
    "amounts of no time": (
        ('amount = "C"',),
        "amount: amounts need the period or the day that they are for: period or date",
    ),
    "a sign without amounts": (
        ('decimal = ","',),
        "decimal: goes with amounts: name their column, amount = …",
    ),
    "another sign": (
        ('date = "A"', 'amount = "B"', 'decimal = ";"'),
        "decimal: unknown ';', allowed are ,, .",
    ),
    "a form of nothing": (
        ('dates = ["%d.%m.%Y"]',),
        "dates: no column of days is named: start and end, date, or period",
    ),
    "no forms": (
        ('date = "A"', "dates = []"),
        'dates: an empty list: leave it out, or name a form as "%d.%m.%Y"',
    ),
    "two digits": (('date = "A"', 'dates = ["%d.%m.%y"]'), "dates: '%d.%m.%y': a year has four digits, %Y"),
    "months of an event": (
        ('date = "A"', 'dates = ["%m/%Y"]'),
        "dates: a form without the day, %d, is for periods",
    ),
    "two readings": (
        ('date = "A"', 'dates = ["%d/%m/%Y", "%m/%d/%Y"]'),
        "dates: '02/01/2012' is one day as %d/%m/%Y, another as %m/%d/%Y: which?",
    ),
    "unless nothing": (('unless = { "A" = [] }',), "unless.A: an empty list: no row would ever be read"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_in_a_map_is_told(case: str) -> None:
    lines, told = WRONG[case]
    assert refused('series = "bistand"', *lines) == [told]


AGREED = parse(
    changed(
        'known = "window"', 'value = { unit = "kr", max = 9 }', changed('"any-day"', '"last-day"')
    ).replace(', "malmo.aktivitetscenter"', "")
)


def fit(*lines: str) -> Plan:
    text = 'format = "linkage-register/1"\n' + SOURCE + "\n".join(lines)
    return plan(parse_map(text), AGREED, AGREED.party("malmo"), "register.toml")


def test_a_plan_knows_what_the_agreement_counts() -> None:
    assert fit('series = "aktivitetscenter"', 'date = "A"', 'amount = "B"').counting == "last-day"
    assert READY.count("any-day") == 1


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            ('series = "aktivitetscenter"', 'date = "A"'),
            "r.csv: the series 'aktivitetscenter' holds amounts: name their column, amount = …",
        ),
        (
            ('series = "krami"', 'date = "A"', 'amount = "B"'),
            "r.csv: the series 'krami' holds no amounts in the agreement: leave amount out",
        ),
    ],
)
def test_amounts_are_there_where_they_are_agreed_and_nowhere_else(lines: tuple[str, ...], told: str) -> None:
    with pytest.raises(RegisterError) as caught:
        fit(*lines)
    assert [str(detail) for detail in caught.value.details] == [told]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("P;A;Belopp;Handläggare", "amount = 'Belopp'; the map does not use Belopp, Handläggare"),
        ("P;A;X;Y", "amount = '…'; the map does not use X, Y"),
        ("", "amount = …"),
    ],
)
def test_the_column_of_amounts_is_named_where_the_file_shows_it(
    tmp_path: Path, header: str, said: str
) -> None:
    (tmp_path / "r.csv").write_text(f"{header}\nx;2020-01-01;1;y\n" if header else "", encoding="utf-8")
    lines = ('file = "r.csv"', 'id = "P"', 'series = "aktivitetscenter"', 'date = "A"')
    text = 'format = "linkage-register/1"\n[[source]]\n' + "\n".join(lines)
    with pytest.raises(RegisterError) as caught:
        plan(parse_map(text), AGREED, AGREED.party("malmo"), "register.toml", tmp_path)
    assert str(caught.value.details[0]).endswith(said)
