"""Days, periods and spells in cells → bits, against dates one by one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.register import Events, PeriodList, Source, Spells, Undated
from linkage.register.model import When
from linkage.register.when import Calendar
from linkage.window import Unit, Window, label, ordinal
from tests.registers import ANNA, YEAR, bitmaps, read_text

WINDOWS = {
    Unit.MONTH: Window(Unit.MONTH, "2020-01", "2020-12"),
    Unit.QUARTER: Window(Unit.QUARTER, "2019-Q4", "2021-Q1"),
    Unit.TERTIAL: Window(Unit.TERTIAL, "2020-T2", "2021-T3"),
    Unit.YEAR: Window(Unit.YEAR, "2018", "2022"),
}
LONG = Window(Unit.MONTH, "2017-01", "2021-12")


def bits_of(
    when: When, cells: dict[str, list[str]], window: Window = YEAR
) -> tuple[list[int], list[tuple[int, str, str]]]:
    """Bitmap of each row, and (row, column, fault)."""
    coded = {name: pa.array(values).dictionary_encode() for name, values in cells.items()}
    found = Calendar(window).find(when, coded, len(next(iter(cells.values()))))
    faults = [(int(i), column, fault.slug) for rows, column, fault in found.faults for i in rows.nonzero()[0]]
    return found.masks.tolist(), sorted(faults)


def days_of(window: Window, n: int) -> set[dt.date]:
    start, end = window.starts[n], window.starts[n + 1]
    return {start + dt.timedelta(i) for i in range((end - start).days)}


@pytest.mark.parametrize("window", [*WINDOWS.values(), LONG], ids=lambda w: f"{w.unit}-{len(w)}")
@settings(deadline=None)
@given(data=st.data())
def test_a_spell_sets_the_periods_that_one_of_its_days_lies_in(window: Window, data: st.DataObject) -> None:
    days = st.dates(window.starts[0] - dt.timedelta(400), window.starts[-1] + dt.timedelta(400))
    spells = data.draw(st.lists(st.tuples(days, st.one_of(st.none(), days)), min_size=1, max_size=10))
    masks, faults = bits_of(
        Spells("a", "b"),
        {"a": [str(first) for first, _ in spells], "b": [str(last) if last else "" for _, last in spells]},
        window,
    )
    wrong = {i for i, (first, last) in enumerate(spells) if last and last < first}
    assert faults == [(i, "b", "end-before-start") for i in sorted(wrong)]
    for i, (first, last) in enumerate(spells):
        touched = 0
        if i not in wrong:
            for n in range(len(window)):
                start, end = window.starts[n], window.starts[n + 1] - dt.timedelta(1)
                touched |= (first <= end and (last is None or last >= start)) << n
        assert masks[i] == touched


@pytest.mark.parametrize("window", WINDOWS.values(), ids=lambda w: w.unit)
def test_every_day_lies_in_one_period(window: Window) -> None:
    day = window.starts[0] - dt.timedelta(1)
    every = [day + dt.timedelta(i) for i in range((window.starts[-1] - day).days + 1)]
    masks, faults = bits_of(Events("d"), {"d": [str(day) for day in every]}, window)
    assert not faults
    assert masks[0] == masks[-1] == 0
    for n in range(len(window)):
        assert {day for day, mask in zip(every, masks, strict=True) if mask == 1 << n} == days_of(window, n)


@pytest.mark.parametrize(
    "cell",
    [
        "2020-03-31",
        " 2020-03-31\u00a0",
        "2020-03-31T00:00",
        "2020-03-31 00:00:00",
        "2020-03-31T23:59:59.999999",
        "2020-03-31 13:05:07,5",
    ],
)
def test_a_day_may_have_a_time(cell: str) -> None:
    assert bits_of(Events("d"), {"d": [cell]}) == ([0b100], [])


@pytest.mark.parametrize(
    "cell",
    [
        *("2020-02-30", "2021-02-29", "1900-01-00", "2020-13-01", "0000-01-01", "2020-1-1", "20200131"),
        *("31/1 2020", "2020-01-31Z", "2020-01-31T00:00+01:00", "2020-01-31T24:00", "2020-01-31T0:00"),
        *("2020-01-31T", "43831"),
        *("２０２０-01-31", "٢٠٢٠-٠١-٣١", "2020–01–31", "idag", "NULL", "-"),
    ],
)  # fmt: skip
def test_what_is_no_day_is_a_fault_of_the_row(cell: str) -> None:
    assert bits_of(Events("d"), {"d": [cell]}) == ([0], [(0, "d", "broken-date")])
    assert bits_of(Spells("a", "b"), {"a": [cell], "b": [""]})[1] == [(0, "a", "broken-date")]
    assert bits_of(Spells("a", "b"), {"a": ["2020-01-01"], "b": [cell]})[1] == [(0, "b", "broken-date")]


def test_a_row_has_one_fault_at_most() -> None:
    cells = {"a": ["", "x", "2020-02-01", ""], "b": ["", "x", "2020-01-31", "x"]}
    masks, faults = bits_of(Spells("a", "b"), cells)
    assert masks == [0, 0, 0, 0]
    assert faults == [
        (0, "a", "no-day"),
        (1, "a", "broken-date"),
        (2, "b", "end-before-start"),
        (3, "a", "no-day"),
    ]


def test_open_and_far_ends() -> None:
    cells = {
        "a": ["2020-11-30", "2020-11-30", "2020-12-31", "1950-01-01"],
        "b": ["", "9999-12-31", "2020-12-31", " "],
    }
    masks, faults = bits_of(Spells("a", "b"), cells)
    assert not faults
    assert masks == [0b1100_0000_0000, 0b1100_0000_0000, 1 << 11, 0xFFF]


@pytest.mark.parametrize(
    ("unit", "cell", "index"),
    [
        (Unit.MONTH, "2020-03", 2),
        (Unit.MONTH, "202003", 2),
        (Unit.MONTH, "2020-03-17", 2),
        (Unit.MONTH, "2020-03-01 00:00:00", 2),
        (Unit.QUARTER, "2020-Q1", 1),
        (Unit.QUARTER, "2020-02-01", 1),
        (Unit.TERTIAL, "2020-T3", 1),
        (Unit.YEAR, "2020", 2),
        (Unit.YEAR, "2020-12-31", 2),
    ],
)
def test_a_period_is_written_as_in_the_agreement_or_as_a_day_in_it(unit: Unit, cell: str, index: int) -> None:
    assert bits_of(PeriodList("p"), {"p": [f" {cell} "]}, WINDOWS[unit]) == ([1 << index], [])


@pytest.mark.parametrize(
    ("unit", "cell"),
    [
        *(
            (Unit.MONTH, cell)
            for cell in ("2020", "2020-Q1", "2020-13", "202013", "2020-1", "mars", "2020-00", "")
        ),
        *((Unit.QUARTER, cell) for cell in ("2020-03", "2020Q1", "2020-Q5", "202001", "2020")),
        *((Unit.YEAR, cell) for cell in ("20", "2020-03", "202003")),
    ],
)
def test_a_period_of_another_kind_is_a_fault(unit: Unit, cell: str) -> None:
    assert bits_of(PeriodList("p"), {"p": [cell]}, WINDOWS[unit])[1] == [(0, "p", "broken-period")]


@pytest.mark.parametrize("unit", list(Unit))
def test_periods_outside_the_window_set_nothing(unit: Unit) -> None:
    window = WINDOWS[unit]
    start = ordinal(unit, window.first)
    cells = [label(unit, start + n) for n in range(-2, len(window) + 2)]
    assert bits_of(PeriodList("p"), {"p": cells}, window) == (
        [0, 0, *(1 << n for n in range(len(window))), 0, 0],
        [],
    )


def test_many_different_cells_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkage.register.when._KNOWN_CELLS", 10)
    calendar = Calendar(YEAR)
    cells = [f"2020-01-31T00:{n:02}" for n in range(60)]
    found = calendar.find(Events("d"), {"d": pa.array(cells).dictionary_encode()}, 60)
    assert found.masks.tolist() == [1] * 60
    assert len(calendar._days) <= 10


# -- as rows of a register ----------------------------------------------------------------------------------


def test_events_and_period_lists_reach_the_fold(tmp_path: Path) -> None:
    events = Source("r.csv", "Pnr", Events("Dag"), "krami")
    text = f"Pnr;Dag\n{ANNA};2020-01-31\n{ANNA};2020-03-01\n{ANNA};2021-03-01\n"
    found = read_text(tmp_path, text, events)
    assert bitmaps(found) == {ANNA: {"krami": 0b101}}
    assert found.folded.summary.rows_outside == 1
    periods = Source("r.csv", "Pnr", PeriodList("Månad"), "krami")
    assert bitmaps(read_text(tmp_path, f"Pnr;Månad\n{ANNA};2020-02\n{ANNA};202012\n", periods)) == {
        ANNA: {"krami": 0b1000_0000_0010}
    }


def test_a_series_without_dates_has_all_bits_or_none(tmp_path: Path) -> None:
    spells = Source("r.csv", "Pnr", Spells("Start", "Slut"), "lista")
    assert bitmaps(read_text(tmp_path, f"Pnr;Start;Slut\n{ANNA};2020-03-01;2020-03-02\n", spells)) == {
        ANNA: {"lista": 0xFFF}
    }
    outside = read_text(tmp_path, f"Pnr;Start;Slut\n{ANNA};2019-03-01;2019-03-02\n", spells)
    assert bitmaps(outside) == {}
    assert outside.folded.summary.rows_outside == 1
    assert bitmaps(read_text(tmp_path, f"Pnr\n{ANNA}\n", Source("r.csv", "Pnr", Undated(), "lista"))) == {
        ANNA: {"lista": 0xFFF}
    }


def test_wrong_rows_are_told_with_their_records_and_counted_once(tmp_path: Path) -> None:
    text = (
        "Pnr;Start;Slut\n"
        f"{ANNA};2020-01-01;2020-01-31\n"
        f"{ANNA};;2020-01-31\n"
        f"{ANNA};2020-03-01;2020-02-01\n"
        "nobody;igår;\n"
    )
    found = read_text(tmp_path, text)
    assert found.fault is None
    assert [str(told) for told in found.first] == [
        "r.csv, record 3, column 'Start': no day",
        "r.csv, record 4, column 'Slut': the last day is before the first",
        "r.csv, record 5, column 'Start': not a day as 2020-01-31",
    ]
    summary = found.folded.summary
    assert summary.refused == {"broken-date": 1, "end-before-start": 1, "no-day": 1}
    assert (summary.rows_used, summary.rows_outside) == (1, 0)
    assert summary.identifiers["unreadable"] == 1
    assert found.folded.people() == {"krami": 1, "avanti": 0, "lista": 0}


def test_rows_that_the_map_leaves_out_are_not_looked_at(tmp_path: Path) -> None:
    source = Source("r.csv", "Pnr", Spells("Start", "Slut"), "krami", {"Status": frozenset({"klar", ""})})
    text = (
        "Pnr;Start;Slut;Status\n"
        f"{ANNA};igår;;avbruten\n"
        f"{ANNA};2020-01-01;2020-01-01; klar \n"
        "x;y;z;avbruten\n"
        f"{ANNA};2020-02-01;2020-02-01;\n"
    )
    found = read_text(tmp_path, text, source)
    assert found.fault is None
    assert bitmaps(found) == {ANNA: {"krami": 0b11}}
    assert found.folded.summary.rows_ignored == 2
    assert found.folded.summary.identifiers["unreadable"] == 0
