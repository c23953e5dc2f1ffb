"""Excel and CSV: real numbers, marked as what they are, and nothing that a spreadsheet runs."""

from __future__ import annotations

import csv as plain_csv
import io
import json
import time
from decimal import Decimal
from functools import cache
from itertools import pairwise

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from linkage.release import Release, parse
from linkage.report import csv, excel, frames
from linkage.report.delimited import _text
from linkage.report.frames import heading
from linkage.report.words import Words
from linkage.report.workbook import _footer, sheet_names
from linkage.texts import Lang
from tests.releases import AGREED, over_time, year

LANGS = [Lang.SV, Lang.EN]
HEAD = 6  # the row of the heads, counted from 1
SAMPLES = {"a year": year()[1], "over time": over_time()[1]}
BOTH = [pytest.param(found, id=name) for name, found in SAMPLES.items()]


@cache
def book(lang: Lang, sample: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(excel(SAMPLES[sample], lang)))


def sheets(lang: Lang, found: Release = SAMPLES["a year"]) -> list[Worksheet]:
    sample = next(name for name, release in SAMPLES.items() if release is found)
    return [sheet for sheet in book(lang, sample).worksheets if isinstance(sheet, Worksheet)]


def renamed(title: str) -> Release:
    document = json.loads(year()[1].to_bytes())
    document["tables"] = document["tables"][4:7]
    for place in (document["agreement"], *document["tables"]):
        place["title"] = title
    document["agreement"]["basis"] = title
    document["labels"] = dict.fromkeys(document["labels"], title)
    return parse(json.dumps(document).encode())


# -- Excel ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("found", BOTH)
def test_each_table_has_a_sheet_with_its_numbers_as_numbers(found: Release, lang: Lang) -> None:
    words = Words(found, lang)
    for table, sheet in zip(found.tables, sheets(lang, found)[1:], strict=True):
        heads = [cell.value for cell in sheet[HEAD]]
        keys = (*table.keys, *table.values)
        assert heads[: len(keys)] == [heading(key, table, words) for key in keys]
        assert len(set(heads)) == len(heads)
        assert sheet.max_row == HEAD + len(table.rows)
        for cells, row in zip(sheet.iter_rows(min_row=HEAD + 1, values_only=True), table.rows, strict=True):
            numbers = cells[len(table.keys) : len(table.keys) + len(table.values)]
            expected = [row[key] for key in table.values]
            assert [None if n is None else Decimal(str(n)) for n in numbers] == [
                None if e is None else Decimal(str(e)).normalize() + 0 for e in expected
            ]
            assert all(isinstance(n, int | float | None) for n in numbers)
            assert (cells[len(table.keys) + len(table.values)] or "") == (
                words.note(row["note"]) if "note" in row else ""
            )


@pytest.mark.parametrize("lang", LANGS)
def test_the_red_line_stands_on_every_sheet_and_every_printed_page(lang: Lang) -> None:
    assert len(sheets(lang)) == 12
    for sheet in sheets(lang):
        second = sheet.cell(2, 1)
        assert AGREED in str(second.value)
        assert second.font.color is not None
        assert second.font.color.rgb == "FFB3001B"
        assert AGREED in str(sheet.oddFooter.left.text)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("found", BOTH)
def test_heads_stay_in_sight_and_filter(found: Release, lang: Lang) -> None:
    for table, sheet in zip(found.tables, sheets(lang, found)[1:], strict=True):
        assert sheet.freeze_panes == sheet.cell(HEAD + 1, len(table.keys) + 1).coordinate
        assert sheet.auto_filter.ref == f"A{HEAD}:{sheet.cell(sheet.max_row, sheet.max_column).coordinate}"
        assert sheet.print_title_rows == f"${HEAD}:${HEAD}"
        assert all(8 <= d.width <= 60 for d in sheet.column_dimensions.values() if d.customWidth)


@pytest.mark.parametrize("lang", LANGS)
def test_the_front_sheet_has_the_bridge_the_coverage_and_the_agreement(lang: Lang) -> None:
    found = year()[1]
    front = sheets(lang)[0]
    values = [cell for row in front.iter_rows(values_only=True) for cell in row if cell is not None]
    texts = {value for value in values if isinstance(value, str)}
    assert found.agreement.title in texts
    assert found.agreement.digest in texts
    assert {package.title for package in found.packages} <= texts
    volume = found.table("volym")
    shown = {Decimal(str(value)) for value in values if isinstance(value, int | float)}
    assert {
        Decimal(str(volume.number(period="mean", part=p))).normalize() for p in ("sum", "unique")
    } <= shown
    assert {Decimal(package.counted_percent or 0) for package in found.packages} <= shown
    links = [cell.hyperlink.location for row in front.iter_rows() for cell in row if cell.hyperlink]
    assert links == [f"'{sheet.title}'!A1" for sheet in sheets(lang)[1:]]


def test_the_same_release_gives_the_same_workbook_at_any_time() -> None:
    first = excel(year()[1], Lang.SV)
    time.sleep(1.1)  # a time in the file would be another one now
    assert excel(year()[1], Lang.SV) == first
    created = book(Lang.SV, "a year").properties.created
    assert created is not None
    assert created.replace(tzinfo=None) == year()[1].made.replace(tzinfo=None)


@pytest.mark.parametrize(
    "title", ["=1+1", "=cmd|' /C calc'!A0", "http://example.org", "@SUM(1)", "1", "a\ufffeb", "x" * 40_000]
)
def test_no_text_becomes_a_formula_a_link_or_a_number(title: str) -> None:
    made = openpyxl.load_workbook(io.BytesIO(excel(renamed(title), Lang.SV)))
    for sheet in made.worksheets:
        assert isinstance(sheet, Worksheet)
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None or cell.hyperlink.target is None
    assert str(made.worksheets[1].cell(1, 1).value)[:100] == title[:100].replace("\ufffe", "\ufffd")


COLUMNS = {
    "steg": ["Månad", "Kön", "Från", "Till", "Övergångar"],
    "till-programmet": ["Månad", "Kön", "Personer", "Av", "Procent"],
    "langd": ["Kön", "Ålder", "Vistelsens längd, i månader", "Personer"],
    "bistandet": ["Kön", "Månader före och efter", "kr per person", "Personer"],
    "platser": ["Månad", "Kön", "Personer", "Av", "Procent"],
}


def sheet_of(measure: str, lang: Lang = Lang.SV) -> Worksheet:
    found = over_time()[1]
    return sheets(lang, found)[1 + [t.measure for t in found.tables].index(measure)]


@pytest.mark.parametrize("measure", COLUMNS)
def test_columns_over_time_say_what_they_hold_and_in_which_unit(measure: str) -> None:
    heads = [cell.value for cell in sheet_of(measure)[HEAD]]
    assert heads[: len(COLUMNS[measure])] == COLUMNS[measure]


def test_lengths_and_offsets_are_numbers_so_that_they_sort() -> None:
    rows = sheet_of("langd").iter_rows(min_row=HEAD + 1, max_row=HEAD + 12, values_only=True)
    assert [row[2] for row in rows] == [*range(1, 11), "Medel, i månader", "Median, i månader"]
    rows = sheet_of("bistandet").iter_rows(min_row=HEAD + 1, max_row=HEAD + 9, values_only=True)
    assert [row[1] for row in rows] == [-3, -2, -1, 0, 1, 2, 3, "Ändrad nivå", "Ändrat medel"]
    lines = csv(over_time()[1], Lang.SV)["bistandet.csv"].decode("utf-8-sig").splitlines()
    assert [line.split(";")[1] for line in lines[1:5]] == ["-3", "-2", "-1", "0"]


def test_a_flow_names_where_people_come_from_and_where_they_go() -> None:
    rows = sheet_of("steg").iter_rows(min_row=HEAD + 1, max_row=HEAD + 16, values_only=True)
    places = ["Programmet", "Vuxen i staden", "Ung i staden", "Annanstans"]
    assert [row[2:4] for row in rows] == [(start, end) for start in places for end in places]


NAMES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), min_size=1, max_size=12)


@given(NAMES)
def test_sheet_names_are_such_as_excel_allows(titles: list[str]) -> None:
    names = sheet_names(titles)
    assert len(names) == len(titles)
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert 1 <= len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() != "history"


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        (["Unika", "unika", "UNIKA"], ["Unika", "unika 2", "UNIKA 3"]),
        (["Andel 1/2: a?"], ["Andel 1 2 a"]),
        (["'citat'"], ["citat"]),
        (["History"], ["History 2"]),
        (["", "???"], ["-", "- 2"]),
        (["a" * 40, "a" * 40], ["a" * 31, "a" * 29 + " 2"]),
    ],
)
def test_sheet_names(titles: list[str], names: list[str]) -> None:
    assert sheet_names(titles) == names


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=400))
def test_a_footer_is_short_and_has_no_code_in_it(text: str) -> None:
    made = _footer(text)
    assert len(made) <= 200
    assert "&" not in made.replace("&&", "")


# -- CSV --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "separator", "point"), [(Lang.SV, ";", ","), (Lang.EN, ",", ".")])
@pytest.mark.parametrize("found", BOTH)
def test_csv_holds_the_rows_as_the_language_writes_numbers(
    found: Release, lang: Lang, separator: str, point: str
) -> None:
    files = csv(found, lang)
    assert list(files) == [f"{table.measure}.csv" for table in found.tables]
    for table in found.tables:
        data = files[f"{table.measure}.csv"]
        assert data.startswith(b"\xef\xbb\xbf")
        assert data.endswith(b"\r\n")
        lines = list(plain_csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator))
        assert len(lines) == 1 + len(table.rows)
        assert {len(line) for line in lines} == {len(table.keys) + len(table.values) + 2}
        for line, row in zip(lines[1:], table.rows, strict=True):
            numbers = line[len(table.keys) : len(table.keys) + len(table.values)]
            expected = ["" if row[key] is None else str(row[key]) for key in table.values]
            assert [number.replace(point, ".") for number in numbers] == expected


@pytest.mark.parametrize("lang", LANGS)
def test_every_csv_row_says_that_it_is_not_protected(lang: Lang) -> None:
    said = {Lang.SV: "inget: exakta tal", Lang.EN: "none: exact figures"}[lang]
    for data in csv(year()[1], lang).values():
        lines = data.decode("utf-8-sig").splitlines()[1:]
        assert all(line.endswith(said) for line in lines)


def test_periods_keep_their_codes_so_that_they_sort() -> None:
    lines = csv(year()[1], Lang.SV)["nya.csv"].decode("utf-8-sig").splitlines()
    assert lines[0] == "Månad;Personer;Anmärkning;Skydd"
    assert lines[1] == "2020-01;;okänt;inget: exakta tal"
    assert [line.split(";")[0] for line in lines[1:13]] == list(year()[1].window.labels)
    assert lines[13].startswith("Någon gång under 2020;")


@pytest.mark.parametrize(
    "title",
    ["=1+1", "+46", "-1", "@x", "  =1", "\u00a0=1", "＝1", "\n=1", 'a"b;c,d\ne', "=cmd|' /C calc'!A0"],
)
@pytest.mark.parametrize("lang", LANGS)
def test_no_cell_of_text_begins_a_formula(title: str, lang: Lang) -> None:
    for data in csv(renamed(title), lang).values():
        separator = ";" if lang is Lang.SV else ","
        for line in plain_csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator):
            for cell in line:
                is_number = cell.removeprefix("-").replace(",", "").replace(".", "").isdigit()
                assert is_number or not cell.lstrip(" \u00a0\n").startswith(
                    ("=", "+", "-", "@", "\t", "\r", "＝")
                )


@given(st.text())
def test_text_keeps_its_letters(text: str) -> None:
    made = _text(text)
    assert made in (text, f"'{text}")
    assert not made.strip(" \u00a0").startswith(("=", "+", "-", "@", "\t", "\r", "＝"))


@pytest.mark.parametrize("text", ["=1", "  =1", "\u00a0+1", "\t1", "＠a"])
def test_what_a_spreadsheet_would_run_begins_with_an_apostrophe(text: str) -> None:
    assert _text(text) == f"'{text}"


# -- frames -----------------------------------------------------------------------------------------------


def test_frames_have_the_keys_of_the_release_and_types_that_fit() -> None:
    found = year()[1]
    made = frames(found)
    assert list(made) == [table.measure for table in found.tables]
    volume = made["volym"]
    assert list(volume.columns) == ["period", "sex", "age", "part", "value", "note"]
    assert {str(kind) for name, kind in volume.dtypes.items() if name != "value"} == {"string"}
    assert str(volume["value"].dtype) == "Float64"
    whole = made["antal"]
    assert str(whole["value"].dtype) == str(whole["lists"].dtype) == "Int64"
    first = made["kombinationer"]["in"]
    assert first[2] == "stad.ung + stad.vuxen"
    assert made["nya"]["value"].isna().sum() == 1
    months = volume.query(
        "period not in ('all', 'mean') and sex == 'all' and age == 'all' and part == 'unique'"
    )
    mean = found.table("volym").number(period="mean", part="unique")
    assert round(float(months["value"].mean()), 1) == float(mean or 0)


def test_frames_over_time_have_types_that_fit() -> None:
    made = frames(over_time()[1])
    change = made["bistandet"]
    assert list(change.columns) == ["sex", "offset", "value", "people", "note"]
    assert [str(kind) for kind in change.dtypes] == ["string", "string", "Int64", "Int64", "string"]
    assert [*change["offset"][:9]] == ["-3", "-2", "-1", "0", "1", "2", "3", "level", "mean"]
    moves = made["steg"].query("period == '2020-03' and sex == 'all'")
    assert list(moves.columns) == ["period", "sex", "from", "to", "value", "note"]
    assert int(moves["value"].sum()) == 400
    assert str(made["langd"]["length"].dtype) == "string"


def test_frames_of_two_neighbours_are_not_mixed_up() -> None:
    made = frames(year()[1])
    assert all(not a.equals(b) for a, b in pairwise(made.values()))
