"""How many rows may be refused: what counts, the border, what is said; and who is lost is no coverage."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.identifiers import scheme
from linkage.register import Limit
from linkage.register.limit import LimitError
from linkage.texts import Lang, say
from tests.registers import ANNA, BO, read_text

HEAD = "Pnr;Start;Slut\n"
GOOD = f"{ANNA};2020-01-01;\n"
BROKEN = f"{BO};igår;\n"
UNREADABLE = "199001012384;2020-01-01;\n"
NOT_LINKED = "900101-TF12;2020-01-01;\n"


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("1%", Fraction(1, 100)),
        ("1", Fraction(1, 100)),
        ("0,5 %", Fraction(1, 200)),
        ("0.5%", Fraction(1, 200)),
        ("0%", Fraction(0)),
        (" 100% ", Fraction(1)),
    ],
)
def test_a_share_is_read_exactly(text: str, share: Fraction) -> None:
    assert Limit.parse(text).share == share


@pytest.mark.parametrize("text", ["", "%", "-1%", "101%", "100.1", "a", "1 procent", "1e1", "nan", "1%%"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(LimitError) as caught:
        Limit.parse(text)
    assert str(caught.value.advice)


@settings(deadline=None, max_examples=50)
@given(rows=st.tuples(*[st.integers(0, 30)] * 3).filter(any), per_cent=st.integers(0, 100))
def test_the_border_is_where_plain_counting_puts_it(rows: tuple[int, int, int], per_cent: int) -> None:
    good, broken, other = rows
    with tempfile.TemporaryDirectory() as folder:
        found = read_text(Path(folder), HEAD + GOOD * good + BROKEN * broken + NOT_LINKED * other)
    fault = Limit.parse(f"{per_cent}%").fault(found, scheme("se"))
    assert (fault is not None) == (broken * 100 > per_cent * sum(rows))


def test_over_it_reasons_counts_and_first_rows_are_told(tmp_path: Path) -> None:
    found = read_text(tmp_path, HEAD + GOOD * 5 + BROKEN * 2 + UNREADABLE + NOT_LINKED)
    fault = Limit.parse("1%").fault(found, scheme("se"))
    assert str(fault) == "3 of 9 rows are refused, 33.3 %, and at most 1 % may be"
    assert fault is not None
    assert [str(detail) for detail in fault.details] == [
        "2 refused: not a day as 2020-01-31",
        "1 refused: a wrong check digit",
        "r.csv, record 7, column 'Start': not a day as 2020-01-31",
        "r.csv, record 8, column 'Start': not a day as 2020-01-31",
        "r.csv, record 9, column 'Pnr': a wrong check digit",
    ]
    assert "--max-refused" in str(fault.advice)


def test_days_in_another_form_are_the_hint(tmp_path: Path) -> None:
    found = read_text(tmp_path, HEAD + GOOD + f"{BO};31.1.2020;\n")
    fault = Limit.parse("1%").fault(found, scheme("se"))
    assert fault is not None
    assert "%d.%m.%Y" in str(fault.advice)


def test_who_is_only_in_refused_rows_is_not_counted_but_there(tmp_path: Path) -> None:
    found = read_text(tmp_path, HEAD + GOOD + BROKEN * 3)
    assert (found.folded.summary.people_counted, found.folded.summary.people_total) == (1, 2)
    again = read_text(tmp_path, HEAD + GOOD + f"{ANNA};igår;\n" + f"{BO};2020-01-01;\n" + BROKEN)
    assert (again.folded.summary.people_counted, again.folded.summary.people_total) == (2, 2)


@pytest.mark.parametrize("rows", [1, 50])
def test_a_source_without_any_readable_number_is_told_as_such(tmp_path: Path, rows: int) -> None:
    found = read_text(tmp_path, HEAD + UNREADABLE * rows)
    assert Limit.parse("100%").fault(found, scheme("se")) is None
    said = f"r.csv: no row has an identity number that can be read, of {rows}: is 'Pnr' the right column?"
    assert str(found.fault) == said


@pytest.mark.parametrize("row", [GOOD, BROKEN, NOT_LINKED])
def test_one_number_that_is_read_is_enough_whatever_its_kind_and_its_days(tmp_path: Path, row: str) -> None:
    assert read_text(tmp_path, HEAD + UNREADABLE * 50 + row).fault is None


def test_one_row_and_decimals_read_well_in_both_languages(tmp_path: Path) -> None:
    one = Limit.parse("0.5%").fault(read_text(tmp_path, HEAD + BROKEN), scheme("se"))
    three = Limit.parse("0,5 %").fault(read_text(tmp_path, HEAD + GOOD * 2 + BROKEN), scheme("se"))
    assert one is not None
    assert three is not None
    assert str(one) == "1 of 1 row is refused, 100.0 %, and at most 0.5 % may be"
    assert say(three.message, Lang.SV) == "1 av 3 rader avvisas, 33,3 %, och högst 0,5 % får göra det"
    assert say(one.details[0], Lang.SV).startswith("1 avvisad: ")
