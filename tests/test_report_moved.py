"""A report of moved numbers: the noise in one line wherever numbers stand, and few as a word."""

from __future__ import annotations

import csv as plain_csv
import io
import json
from functools import cache
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from linkage.agreement.model import Agreement
from linkage.release import Release, parse
from linkage.report import csv, excel, frames, html
from linkage.report.answers import answer
from linkage.report.bridge import bridge
from linkage.report.grids import Layout
from linkage.report.pictures import charts
from linkage.report.protection import leeway, line, more
from linkage.report.words import Words
from linkage.texts import Lang
from tests.releases import (
    MOVED,
    OVER_TIME_MEASURES,
    agreement,
    crowd,
    moved_bytes,
    over_time_moved,
    year,
    year_moved,
)
from tests.test_report_page import Read

LINES = {
    Lang.SV: "Varje räknat tal är ändrat lite, högst ±7, alltid lika för samma människor; "
    "delar behöver inte summera; färre än 10 visas inte.",
    Lang.EN: "Every counted number is changed a little, by at most ±7, always alike for the same people; "
    "parts need not add up; fewer than 10 is not shown.",
}
FEW = {Lang.SV: "färre än 10", Lang.EN: "fewer than 10"}
PROMISE = {
    Lang.SV: "Skyddet vilar på ett löfte: parterna lämnar ut sina register som de är.",
    Lang.EN: "This protection rests on a promise: parties export their registers unaltered.",
}
SAMPLES = {"a year": year_moved, "over time": over_time_moved}
BOTH = pytest.mark.parametrize("sample", SAMPLES)
LANGS = pytest.mark.parametrize("lang", list(Lang))


@cache
def page(sample: str, lang: Lang) -> str:
    return html(SAMPLES[sample](), lang)


@BOTH
@LANGS
def test_the_line_stands_at_the_top_on_every_printed_page_and_under_every_table(
    sample: str, lang: Lang
) -> None:
    text = page(sample, lang)
    found = Read(text)
    assert not found.open
    said = [" ".join(t.split()) for tag, t in found.texts if tag == "p"].count(LINES[lang])
    tables = text.count("<caption")
    assert said == tables + 2
    assert PROMISE[lang] in found.text
    assert 'class="red' not in text


def test_exact_figures_have_their_red_line_and_not_this_one() -> None:
    text = html(year()[1], Lang.SV)
    assert "Varje räknat tal" not in text
    assert 'class="red' in text
    assert not more(Words(year()[1], Lang.SV))


@LANGS
def test_few_is_a_word_where_people_are_counted_and_a_dash_where_such_a_number_is_needed(lang: Lang) -> None:
    release = parse(moved_bytes(agreement(), crowd(200, 12, 1)))
    words, table = Words(release, lang), release.table("volym")
    lines = Layout(table, words).everything().lines
    rows = [row for row in table.rows if "other" not in (row["sex"], row["age"])]
    said = [cell.text for line in lines for cell in line.cells]
    counted = [r for r in rows if r["period"] != "mean" and r["part"] not in ("sum", "surplus")]
    assert said.count(FEW[lang]) == sum(r.get("note") == "few" for r in counted) > 0
    assert said.count("–") == sum(r.get("note") == "few" for r in rows) - said.count(FEW[lang]) > 0


def test_a_share_of_few_has_no_per_cent_and_a_change_of_few_no_amount() -> None:
    words = Words(year_moved(), Lang.SV)
    rows = [line.cells for line in Layout(year_moved().table("andel"), words).everything().lines]
    few = [cells for cells in rows if cells[0].text == "färre än 10"]
    assert all(cells[2].text == "–" for cells in few)
    assert all(cells[1].text == "färre än 10" or cells[1].text.isdigit() for cells in few)
    document = json.loads(over_time_moved().to_bytes())
    table = next(t for t in document["tables"] if t["measure"] == "bistandet")
    for row in table["rows"]:
        if row["sex"] == "man":
            row.update(value=None, people=None, note="few")
    fewer = parse(json.dumps(document).encode())
    line = next(
        line
        for line in Layout(fewer.table("bistandet"), Words(fewer, Lang.SV)).totals().lines
        if line.labels[0] == "Män"
    )
    assert [cell.text for cell in line.cells] == ["färre än 10", *["–"] * 9]


@BOTH
def test_no_number_below_the_threshold_and_no_guess_at_one_is_drawn(sample: str) -> None:
    release = SAMPLES[sample]()
    for table in release.tables:
        for row in table.rows:
            if row.get("note") == "few":
                assert all(row.get(key) is None for key in ("percent", "difference"))
    assert "NaN" not in page(sample, Lang.SV)


@LANGS
def test_sheets_and_files_say_it_too(lang: Lang) -> None:
    release = year_moved()
    book = openpyxl.load_workbook(io.BytesIO(excel(release, lang)))
    for sheet in book.worksheets:
        assert isinstance(sheet, Worksheet)
        assert sheet["A2"].value == LINES[lang]
        assert LINES[lang][:60] in str(sheet.oddFooter.left.text)
    about = [cell for row in book.worksheets[0].iter_rows(values_only=True) for cell in row]
    assert PROMISE[lang] in about
    text = csv(release, lang)["volym.csv"].decode("utf-8-sig")
    rows = list(plain_csv.DictReader(io.StringIO(text), delimiter=";" if lang is Lang.SV else ","))
    words = Words(release, lang)
    for given, row in zip(rows, release.table("volym").rows, strict=True):
        note, protection = [*given.values()][-2:]
        assert "±7" in protection
        derived = row["period"] == "mean" or row["part"] in ("sum", "surplus")
        assert note == (words.note("few", derived=derived) if row.get("note") == "few" else "")
        assert (row["value"] is None) == (given[words.heading("value", release.table("volym"))] == "")
    assert words.note("few") == FEW[lang]
    assert words.note("few", derived=True) not in (FEW[lang], "few")


def test_frames_have_no_number_where_there_are_few() -> None:
    frame = frames(year_moved())["volym"]
    assert frame["value"][frame["note"] == "few"].isna().all()
    assert frame["value"][frame["note"].isna()].notna().all()


@pytest.mark.parametrize("size", [0, 30])
@pytest.mark.parametrize("agreed", [agreement(), agreement(OVER_TIME_MEASURES)], ids=["year", "over time"])
def test_nobody_at_all_and_a_few_have_a_page(agreed: Agreement, size: int) -> None:
    release = parse(moved_bytes(agreed, crowd(size, 12, 1)))
    assert LINES[Lang.SV] in html(release, Lang.SV)
    assert excel(release, Lang.SV)


def with_numbers(**values: int) -> Release:
    """The year, whose headline has these numbers over the whole time, and no periods."""
    document: dict[str, Any] = json.loads(year_moved().to_bytes())
    table = document["tables"][0]
    for row in table["rows"]:
        if (row["sex"], row["age"]) == ("all", "all"):
            if row["period"] == "mean":
                row.update(value=None, note="few")
            elif row["period"] == "all" and row["part"] in values:
                row["value"] = values[row["part"]]
    wider = next(t for t in document["tables"] if t["measure"] == "aret")
    next(row for row in wider["rows"] if row["sex"] == "all")["value"] = values["wider"]
    return parse(json.dumps(document).encode())


def test_the_bridge_makes_nothing_of_a_difference_that_is_noise() -> None:
    release = with_numbers(sum=1004, unique=1000, wider=998)
    words = Words(release, Lang.SV)
    assert leeway(words, 4) == 8
    found = bridge(release, words)
    assert found is not None
    said = [step.meaning for step in found.steps]
    assert said[1] == "Var och en räknas en gång. Det är ungefär lika många som delarna hoplagda."
    assert said[2].endswith("ungefär lika många.")
    release = with_numbers(sum=1100, unique=1000, wider=1100)
    found = bridge(release, Words(release, Lang.SV))
    assert found is not None
    assert "räknade ungefär 100 för mycket" in found.steps[1].meaning
    assert "100 till" in found.steps[2].meaning


def test_answers_make_no_number_of_few() -> None:
    release = parse(moved_bytes(agreement(), crowd(3, 12, 1)))
    words = Words(release, Lang.SV)
    assert {answer(table, words) for table in release.tables} == {
        "Ingen totalsiffra kan anges, eftersom några av talen som den består av är färre än 10 personer; "
        "se tabellen."
    }


def test_a_flow_with_few_tells_its_most_common_move_unless_a_withheld_one_could_be_it() -> None:
    release = over_time_moved()
    table, words = release.table("steg"), Words(release, Lang.EN)
    rows = [row for row in table.pick(period="all") if row["from"] != row["to"]]
    largest = max(row["value"] for row in rows if isinstance(row["value"], int))
    assert any(row.get("note") == "few" for row in rows)
    assert answer(table, words).endswith(f": {largest:,} moves over the whole of 2020.")
    document = json.loads(release.to_bytes())
    for row in document["tables"][0]["rows"]:
        if row.get("note") == "few":
            row["note"] = "withheld"
    hidden = parse(json.dumps(document).encode())
    assert answer(hidden.table("steg"), Words(hidden, Lang.EN)).startswith("No total")


def test_what_protects_is_explained_by_the_table_itself() -> None:
    said = " ".join(more(Words(over_time_moved(), Lang.EN)))
    assert "nineteen of twenty by at most 4" in said
    assert "to the nearest 100 kr" in said
    assert "somebody outside; Staden; Arbetsförmedlingen" in said
    assert "two numbers that are at least 2 apart" in said
    assert "kr" not in " ".join(more(Words(year_moved(), Lang.EN)))


@LANGS
def test_withheld_numbers_have_words_of_their_own(lang: Lang) -> None:
    """The year as `suppress` could tell it: no number changed, small ones withheld."""
    document = json.loads(year()[1].to_bytes())
    trust = MOVED["trust"]
    document["method"] = {"name": "suppress", "threshold": 10, "width": 4, "trust": trust}
    document["audit"] = {"audited": True, "views": ["outsider"], "width": 4}
    document["tables"] = [t for t in document["tables"] if t["measure"] == "aret"]
    release = parse(json.dumps(document).encode())
    said, text = " ".join(more(Words(release, lang))), html(release, lang)
    assert "suppress" in said
    assert "cellkey" not in text
    assert "±" not in text
    assert PROMISE[lang] in said
    assert "10" in line(Words(release, lang))
    assert line(Words(release, lang)) in text


@LANGS
def test_what_few_people_hide_is_said_where_a_total_or_a_bar_is_missing(lang: Lang) -> None:
    few = parse(moved_bytes(agreement(), crowd(60, 12, 1)))
    over_time = parse(moved_bytes(agreement(OVER_TIME_MEASURES), crowd(60, 12, 1)))
    no_total = {Lang.SV: "Ingen totalsiffra kan anges, eftersom", Lang.EN: "No total can be told, as some"}
    not_drawn = {Lang.SV: "färre än 10 personer är inte med", Lang.EN: "fewer than 10 people is not in"}
    drawn = 0
    for release in (few, over_time):
        words = Words(release, lang)
        for table in release.tables:
            hidden = any(row.get("note") == "few" for row in table.rows)
            said = answer(table, words)
            assert hidden or no_total[lang] not in said
            if table.kind in ("overlap", "duration"):
                for chart in charts(table, words)[:1]:
                    rows = [row for row in table.pick() if row.get("note") == "few"]
                    assert (not_drawn[lang] in chart.note) <= hidden
                    drawn += bool(rows) and not_drawn[lang] in chart.note
            assert said != words.t("No total can be told; see the table.") or not hidden
    assert drawn


def test_a_difference_of_moved_numbers_is_told_roughly_and_of_exact_ones_not() -> None:
    for release, roughly in ((with_numbers(sum=500, unique=300, wider=300), True), (year()[1], False)):
        found = bridge(release, Words(release, Lang.EN))
        assert found is not None
        said = [step.meaning for step in found.steps if "Adding up counted" in step.meaning]
        assert said
        assert all(("counted about " in text) == roughly for text in said)
