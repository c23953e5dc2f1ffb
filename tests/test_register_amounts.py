"""Amounts as cells write them: read exactly or refused, never guessed."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.register import amounts as amounts_module
from linkage.register.amounts import Amounts

ANY = Amounts("", ["kr"])


def slug(cell: str, decimal: str = "", units: tuple[str, ...] = ("kr",)) -> str | int:
    """The hundredths, or the name of the fault."""
    numbers, faults = Amounts(decimal, units).column(pa.array([cell]).dictionary_encode())
    named = [fault.slug for rows, fault in faults if rows[0]]
    assert len(named) <= 1
    assert not named or numbers[0] == 0
    return named[0] if named else int(numbers[0])


def grouped(whole: str, sign: str) -> str:
    """1234567 as 1 234 567."""
    return f"{int(whole):,}".replace(",", sign)


@settings(deadline=None)
@given(
    st.decimals(-(10**10) + 1, 10**10 - 1, places=2),
    st.sampled_from([",", "."]),
    st.sampled_from(["", " ", "\u00a0", "\u202f", "\u2009", "other"]),
    st.sampled_from(["", " kr", "kr", " SEK", " Kr.", ":-", "\u00a0kr"]),
    st.sampled_from(["-{}", "\u2212{}", "- {}", "{}-"]),
    st.sampled_from([0, 1, 2, 4]),
    st.sampled_from(["", " ", "\u00a0"]),
)
def test_what_is_written_clearly_is_read_exactly(
    number: Decimal, decimal: str, apart: str, unit: str, minus: str, places: int, pad: str
) -> None:
    number = number.quantize(Decimal(1).scaleb(-places)) if places < 2 else number
    thousands = {",": ".", ".": ","}[decimal] if apart == "other" else apart
    whole, _, part = f"{abs(number):.{places}f}".partition(".")
    text = grouped(whole, thousands) if thousands else whole
    text += decimal + part if part else ""
    text = minus.format(text) if number < 0 else text
    for known in (decimal, ""):
        # one group of three after a sign is the one thing that cannot be told
        if known == "" and not part and thousands in (".", ",") and text.count(thousands) == 1:
            assert slug(pad + text + unit + pad) == "unclear-amount"
        else:
            assert slug(pad + text + unit + pad, known) == int(number * 100)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("1 234,50 kr", 123_450),
        ("1.234,50", 123_450),
        ("1,234.50", 123_450),
        ("-200", -20_000),
        ("200,00-", -20_000),
        ("+7", 700),
        ("0", 0),
        ("-0", 0),
        ("007,5", 750),
        ("1234567,8", 123_456_780),
        ("0,500", 50),
        ("0.500", 50),
        ("1234.500", 123_450),
        ("1234.5000", 123_450),
        ("9999999999,99", 999_999_999_999),
        ("1.234.567", 123_456_700),
    ],
)
def test_known_amounts(cell: str, found: int) -> None:
    assert slug(cell) == found


@pytest.mark.parametrize("cell", ["1.234", "1,234", "1.000", "12,000 kr", "-123.456"])
def test_what_could_be_two_amounts_is_refused_until_the_map_names_the_sign(cell: str) -> None:
    assert slug(cell) == "unclear-amount"


def test_the_sign_of_the_map_settles_it() -> None:
    assert slug("1.234", ",") == 123_400
    assert slug("1.000", ".") == 100
    assert slug("1,000", ".") == 100_000
    assert slug("1234.5", ",") == "broken-amount"
    assert slug("1.234", ".") == "broken-amount"  # finer than hundredths


@pytest.mark.parametrize(
    "cell",
    [
        *("x", "kr", "-", "--1", "-1-", "1e3", "1,5E+2", "1_000", "12 34", "1 2345", "1 234 56", "1. 5"),
        *(",5", "5,", "1,2,3", "1.234.50", "1 234.567,00", "0,001", "10000000000", "(200)", "200 EUR", "1/2"),
        *("NULL", "nan", "inf", "٣", "１２", "1 234,5 0", "kr 5", "5 kr kr", "0 123", "0.123.456"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(cell: str) -> None:
    assert slug(cell) == "broken-amount"


@pytest.mark.parametrize("cell", ["", " ", "\u00a0"])
def test_no_amount_is_not_zero(cell: str) -> None:
    assert slug(cell) == "no-amount"


def test_only_the_units_of_the_series_may_stand_after_an_amount() -> None:
    assert slug("5 timmar", units=("timmar",)) == 500
    assert slug("5 kr", units=("timmar",)) == "broken-amount"
    assert slug("5 Tkr", units=("tkr", "kr")) == 500


def test_rows_look_their_cells_up_and_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amounts_module, "_KNOWN_CELLS", 10)
    reader = Amounts("", ["kr"])
    cells = [f"{n},5" for n in range(40)] + ["", "x", "1.234", "7,5"]
    numbers, faults = reader.column(pa.array(cells).dictionary_encode())
    assert numbers.tolist() == [100 * n + 50 for n in range(40)] + [0, 0, 0, 750]
    assert {fault.slug: rows.nonzero()[0].tolist() for rows, fault in faults} == {
        "no-amount": [40],
        "broken-amount": [41],
        "unclear-amount": [42],
    }
    assert len(reader._known) <= 10
