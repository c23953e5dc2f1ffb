"""Swedish identity numbers: known answers, and the plain twin on nasty text."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from linkage.identifiers import scheme
from linkage.synthetic.numbers import TEST_SERIALS, luhn, personnummer, samordningsnummer
from tests import plain_se
from tests.needs import reference

SE = scheme("se")
EXTRACTED = dt.date(2021, 1, 15)

dates = st.dates(dt.date(1841, 1, 1), dt.date(2029, 12, 31))


def answers(values: list[str], extracted: dt.date = EXTRACTED) -> list[plain_se.Answer]:
    reading = SE.read(pa.array(values, pa.string()), extracted)
    return [
        (SE.kinds[kind], SE.reasons[reason][0], canonical.decode())
        for kind, reason, canonical in zip(reading.kind, reading.reason, reading.canonical, strict=True)
    ]


def answer(value: str, extracted: dt.date = EXTRACTED) -> plain_se.Answer:
    return answers([value], extracted)[0]


def accepted(value: str, extracted: dt.date = EXTRACTED) -> str:
    kind, reason, canonical = answer(value, extracted)
    assert (kind in {"personnummer", "samordningsnummer"}) == bool(canonical)
    return canonical or f"{kind} {reason}".strip()


def with_check(nine: str, century: str = "") -> str:
    """Ten digits, or twelve with a century, from nine and their check digit."""
    return century + nine + str(luhn(nine))


# -- known answers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "199001012385",
        "19900101-2385",
        "9001012385",
        "900101-2385",
        " 900101-2385 ",
        "\t19900101 - 2385\u00a0",
        "1990 01 01 2385",
        "1990\u200901\u202f01\u30002385",
        "\ufeff900101-2385\u200b",
        "900101-2385\r\n",
        "900101\u20132385",  # en dash
        "900101\u22122385",  # minus
        "900101\u20112385",  # hyphen that does not break
        "１９９００１０１２３８５",
        "９００１０１－２３８５",
        "19９００１01-2３85",
    ],
)
def test_every_way_of_writing_one_number_gives_its_twelve_digits(text: str) -> None:
    assert answer(text) == ("personnummer", "", "199001012385")


@pytest.mark.parametrize(
    ("text", "extracted", "expected"),
    [
        # without a plus: the hundred years that end with the year of extraction
        ("211231-239", dt.date(2020, 12, 31), "19211231239"),
        ("211231-239", dt.date(2021, 1, 1), "unreadable after-extraction"),  # 100 this year: + is missing
        ("211231-239", dt.date(2021, 12, 31), "20211231239"),
        ("211231239", dt.date(2021, 12, 30), "unreadable after-extraction"),
        ("220101-238", dt.date(2021, 12, 31), "19220101238"),
        # with it: the hundred years before them, from 1 January
        ("211231+239", dt.date(2021, 1, 1), "19211231239"),
        ("200101+238", dt.date(2021, 1, 15), "19200101238"),
        ("900101+980", dt.date(2021, 1, 15), "18900101980"),
        ("220101+238", dt.date(2021, 12, 31), "unreadable plus-sign"),  # 1822: nobody of then had a number
        # twelve digits say the century themselves
        ("19211231-239", dt.date(2021, 12, 31), "19211231239"),
        ("19211231+239", dt.date(2021, 1, 1), "19211231239"),
        ("19211231+239", dt.date(2020, 12, 31), "unreadable plus-sign"),
        ("20211231239", dt.date(2021, 12, 30), "unreadable after-extraction"),
        ("20211231239", dt.date(2021, 12, 31), "20211231239"),
        ("18220101-238", dt.date(2021, 12, 31), "18220101238"),
        # a birth date that is not wholly known lies after the extraction only where every day of it does
        ("210060-238", dt.date(2021, 1, 1), "20210060238"),
        ("210160-238", dt.date(2021, 1, 1), "20210160238"),
        ("210260-238", dt.date(2021, 1, 31), "unreadable after-extraction"),
    ],
)
def test_the_century_comes_from_the_extraction_date(text: str, extracted: dt.date, expected: str) -> None:
    check = str(luhn("".join(filter(str.isdigit, text))[-9:]))
    assert accepted(text + check, extracted) == (expected + check if expected.isdigit() else expected)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \u00a0\t", "empty"),
        ("Anna Andersson", "characters"),
        ("19900101-2385x", "characters"),
        ("١٩٩٠٠١٠١٢٣٨٥", "characters"),  # Arabic-Indic
        ("१९९००१०१२३८५", "characters"),  # Devanagari
        ("①９９００１０１２３８５", "characters"),  # NFKC would make it a digit; nobody means it
        ("19900101²385", "characters"),
        ("19900101—2385", "characters"),  # em dash
        ("199001012385.0", "characters"),
        ("1,99001E+11", "characters"),
        ("90010123", "digits"),
        ("99001012385", "digits"),
        ("19900101238", "digits"),
        ("1990010123850", "digits"),
        ("-", "digits"),
        ("1990-01-01-2385", "form"),
        ("199001-012385", "form"),
        ("900101--2385", "form"),
        ("-9001012385", "form"),
        ("19900101/2385", "form"),
        (with_check("900101238", "17"), "century"),
        (with_check("900101238", "21"), "century"),
        (with_check("900101238", "00"), "century"),
        (with_check("900230238", "19"), "date"),
        (with_check("000229238", "19"), "date"),
        (with_check("010229238"), "date"),
        (with_check("901301238"), "date"),
        (with_check("900001238"), "date"),
        (with_check("900100238"), "date"),
        (with_check("900132238"), "date"),
        (with_check("900159238"), "date"),
        (with_check("900192238"), "date"),  # 32 + 60
        (with_check("900291238"), "date"),  # 31 February + 60
        (with_check("900290238"), "date"),
        (with_check("010289238"), "date"),  # 29 February 2001
        (with_check("900092238"), "date"),
        (with_check("900059238"), "date"),
        (with_check("901360238"), "date"),
        (with_check("900101000"), "serial"),
        ("199001012384", "check-digit"),
    ],
)
def test_a_value_that_is_none_has_its_reason(text: str, reason: str) -> None:
    assert answer(text) == ("unreadable", reason, "")


@pytest.mark.parametrize(
    "nine", ["900161238", "900191238", "900060238", "900075238", "900091238", "900160238", "000289238"]
)
def test_a_samordningsnummer_may_lack_month_or_day(nine: str) -> None:
    number = with_check(nine)
    century = "20" if nine.startswith("00") else "19"
    assert answer(number) == ("samordningsnummer", "", century + number)
    assert answer(century + number) == ("samordningsnummer", "", century + number)


def test_a_leap_day_needs_a_leap_year() -> None:
    assert accepted(with_check("000229238", "20")) == with_check("000229238", "20")
    assert accepted(with_check("000229238", "19")) == "unreadable date"
    assert accepted(with_check("000229238", "18")) == "unreadable date"
    assert accepted(with_check("040229238", "19")) == with_check("040229238", "19")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("900101-T238", "interim"),
        ("19900101t238", "interim"),
        ("19900101-R000", "interim"),
        ("900161-T238", "interim"),
        ("900101-TF12", "tf"),
        ("19900101 TF 12", "tf"),
        ("991981000010", "reserve"),  # Stockholm, as Inera prints it
        ("991945000023", "reserve"),
        ("991993000032", "reserve"),
        ("19810829SU3A", "reserve"),  # Värmland
        ("19450829SF2B", "reserve"),
        ("19930829SX0C", "reserve"),
        ("22900101AB12", "reserve"),  # national
        ("23050101XZX4", "reserve"),
        ("00122045AB12", "reserve"),
        ("50-123456", "lma"),
        ("50-123456/1", "lma"),
        ("8-123456", "lma"),
        ("LMA 50-123456", "lma"),
        ("LMA50123456/12", "lma"),
    ],
)
def test_other_numbers_are_told_apart_and_never_linked(text: str, kind: str) -> None:
    assert answer(text) == (kind, "", "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("900230-T238", "date"),
        ("19900132TF12", "date"),
        ("21900101SX0C", "century"),
        ("20210301-T238", "after-extraction"),
        ("22900101AI12", "century"),  # I is not used in national numbers
        ("991981000011", "century"),  # not Stockholm's check digit
        ("50123456", "digits"),  # eight digits alone may be a date
        ("LMA", "characters"),
        ("50-12345", "digits"),
    ],
)
def test_what_only_resembles_another_number_is_unreadable(text: str, reason: str) -> None:
    assert answer(text) == ("unreadable", reason, "")


# -- published test numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["personnummer", "samordningsnummer"])
def test_published_test_numbers_are_accepted_and_no_changed_digit_is(kind: str) -> None:
    numbers = reference("identifiers").joinpath(f"{kind}.txt").read_text(encoding="ascii").split()
    assert answers(numbers) == [(kind, "", number) for number in numbers]
    assert answers([f"{n[2:8]}{'+' if n < '1922' else '-'}{n[8:]}" for n in numbers]) == answers(numbers)
    changed = [
        number[:place] + digit + number[place + 1 :]
        for number in random.Random(1).sample(numbers, min(len(numbers), 1_000))  # noqa: S311 - a sample
        for place in range(2, 12)
        for digit in "0123456789"
        if digit != number[place]
    ]
    reading = SE.read(pa.array(changed), EXTRACTED)
    assert not reading.of_kinds(("personnummer", "samordningsnummer")).any()


# -- the twin ---------------------------------------------------------------------------------------------


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """A number of some kind, right or nearly right, in some way of writing."""
    born = draw(dates)
    make = draw(st.sampled_from([personnummer, samordningsnummer]))
    text = make(born, draw(st.sampled_from(TEST_SERIALS)))
    tail = draw(
        st.sampled_from([text[8:], text[8:], text[8:], "T12" + text[11], "TF12", "SX0C", "0000", "AB12"])
    )
    head = draw(
        st.sampled_from(
            [text[:8], text[2:8], text[2:8], text[:4] + "0060", "22" + text[2:8], "99" + text[:6]]
        )
    )
    sign = draw(st.sampled_from(["", "-", "+", "–", "−", " ", "/", "--", "－"]))
    letters = list(head + sign + tail)
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(letters)))
        letters[place : place + draw(st.integers(0, 1))] = [draw(nasty)]
    if draw(st.booleans()):
        letters = [chr(ord(s) + 0xFEE0) if "!" <= s <= "~" and draw(st.booleans()) else s for s in letters]
    return "".join(letters)


nasty = st.one_of(
    st.sampled_from(
        [*"0123456789-+/TFLMAtf ?.,\t\n\r\v\f\x00\x1c\x85", "\u00a0", "\u200b", "\u2003", "\u3000", "\ufeff"]
    ),
    st.sampled_from(
        [
            "\u2010",
            "\u2011",
            "\u2012",
            "\u2013",
            "\u2014",
            "\u2212",
            "٣",
            "५",
            "²",
            "①",
            "０",
            "Ａ",
            "＋",
            "𝟏",
        ]
    ),
    st.characters(codec="utf-8"),
)
texts = st.one_of(
    numbers(),
    st.text(nasty, max_size=16),
    st.from_regex(r"(LMA-?)?[0-9]{1,2}-?[0-9]{6}(/[0-9]{1,2})?", fullmatch=True),
)


@settings(deadline=None)
@given(st.lists(texts, max_size=20), st.dates(dt.date(1950, 1, 1), dt.date(2060, 12, 31)))
@example(["", "199001012385"], EXTRACTED)
@example(["991981000010"] * 3, EXTRACTED)
def test_columns_give_what_the_plain_twin_gives(values: list[str], extracted: dt.date) -> None:
    assert answers(values, extracted) == [plain_se.read(value, extracted) for value in values]


def test_every_sign_at_every_place_is_read_as_the_plain_twin_reads_it() -> None:
    for number in (
        "199001012385",
        "19900101-2385",
        "9001012385",
        "900101+2385",
        "991981000010",
        "50-123456/1",
    ):
        values = [
            number[:place] + chr(code) + number[place + 1 :]
            for place in range(len(number))
            for code in [*range(256), 0x2013, 0xFF10, 0x0660, 0x1D7CE, 0xFFFF]
        ]
        assert answers(values) == [plain_se.read(value, EXTRACTED) for value in values]


@settings(deadline=None)
@given(st.lists(texts, min_size=1, max_size=12), st.data())
def test_a_slice_of_a_column_is_read_as_itself(values: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(values)))
    whole, part = pa.array(values, pa.string()), pa.array(values[start:], pa.string())
    sliced, alone = SE.read(whole.slice(start), EXTRACTED), SE.read(part, EXTRACTED)
    assert (sliced.kind == alone.kind).all()
    assert (sliced.reason == alone.reason).all()
    assert (sliced.key == alone.key).all()


@settings(deadline=None)
@given(st.lists(numbers(), max_size=30))
def test_keys_are_in_the_order_of_canonical_forms(values: list[str]) -> None:
    reading = SE.read(pa.array(values, pa.string()), EXTRACTED)
    key = np.unique(reading.key[reading.of_kinds(("personnummer", "samordningsnummer"))])
    forms = SE.canonical(key)
    assert (np.sort(forms) == forms).all()
    assert (SE.keys(forms) == key).all()
