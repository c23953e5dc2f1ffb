"""Cells with several numbers, and numbers that a spreadsheet broke."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.identifiers import scheme
from linkage.register.numbers import Broken, Mark, Numbers
from linkage.synthetic.numbers import TEST_SERIALS, personnummer, samordningsnummer

TODAY = dt.date(2021, 1, 15)
SE = scheme("se")
A = personnummer(dt.date(1990, 1, 1), TEST_SERIALS[0])
B = samordningsnummer(dt.date(1985, 12, 24), TEST_SERIALS[1])
YOUNG = personnummer(dt.date(2001, 1, 5), TEST_SERIALS[0])  # 0101…
YOUNGER = personnummer(dt.date(2000, 1, 5), TEST_SERIALS[0])  # 0001…


def read(*cells: str, several: bool = True, repair: bool = False) -> Numbers:
    return Broken(SE, TODAY, several=several, repair=repair).read(pa.array(cells, pa.string()))


def told(numbers: Numbers) -> list[tuple[int, str]]:
    """Cell and canonical form of each number, "" where there is none."""
    forms = [SE.canonical(np.array([k]))[0].decode() if k >= 0 else "" for k in numbers.key.tolist()]
    return list(zip(numbers.cell.tolist(), forms, strict=True))


Way = Callable[[str], str]
WAYS: list[Way] = [
    lambda n: n,
    lambda n: n[2:],
    lambda n: f"{n[:8]}-{n[8:]}",
    lambda n: f"{n[2:8]}-{n[8:]}",
    lambda n: f"{n[:8]} {n[8:]}",
    lambda n: f"{n[2:8]} {n[8:]}",
]
CELLS = st.lists(
    st.lists(st.tuples(st.sampled_from([A, B, YOUNG]), st.sampled_from(WAYS)), min_size=1, max_size=4),
    min_size=1,
    max_size=6,
)
BETWEEN = st.sampled_from([",", ", ", ";", " ; ", "\n", ",,", " ", "  "])


@settings(deadline=None)
@given(CELLS, st.data())
def test_several_numbers_in_a_cell_are_each_of_them(
    cells: list[list[tuple[str, Way]]], data: st.DataObject
) -> None:
    texts = [data.draw(BETWEEN).join(way(number) for number, way in cell) for cell in cells]
    expected = [(i, number) for i, cell in enumerate(cells) for number, _ in cell]
    assert told(read(*texts)) == expected


@given(
    st.lists(
        st.one_of(st.sampled_from([A, B, "", " ", "nobody", "900101-T238", f"{A},{B}"]), st.text(max_size=6))
    )
)
def test_one_number_of_each_cell_is_what_the_scheme_reads(cells: list[str]) -> None:
    column = pa.array(cells, pa.string())
    found, plain = read(*cells, several=False), SE.read(column, TODAY)
    assert found.cell.tolist() == list(range(len(cells)))
    assert found.key.tolist() == plain.key.tolist()
    assert found.kind.tolist() == plain.kind.tolist()
    assert found.texts(np.arange(len(cells))).to_pylist() == [c if c == A else c.strip() for c in cells]


def test_what_cannot_be_read_stands_among_the_others() -> None:
    numbers = read(f"{A}, nobody;{B}", "", f"{A} ring hem", "two words")
    assert told(numbers) == [(0, A), (0, ""), (0, B), (1, ""), (2, A), (2, ""), (2, ""), (3, "")]
    assert numbers.texts(np.array([1, 5, 7])).to_pylist() == ["nobody", "ring", "two words"]


@pytest.mark.parametrize("written", [f"{A}.0", f"{A},0", f" {A}.00 "])
@pytest.mark.parametrize("several", [True, False])
def test_a_whole_number_with_decimals_is_the_number(written: str, *, several: bool) -> None:
    assert told(read(written, several=several)) == [(0, A)]


@pytest.mark.parametrize(
    "written",
    ["1,99001E+11", "1.99001E+11", "1,99001e+11", "2E+11", "9,00101E+09", "1,99E11", " 1,99001E+11 "],
)
@pytest.mark.parametrize("several", [True, False])
def test_a_number_that_excel_shortened_is_marked(written: str, *, several: bool) -> None:
    numbers = read(A, written, B, several=several)
    assert numbers.mark.tolist() == [Mark.NONE, Mark.SHORTENED, Mark.NONE]
    assert told(numbers)[1] == (1, "")


@pytest.mark.parametrize("written", ["900101E238", "19900101E238", "900101-E238", "E+11", "1,99001", "12E"])
def test_an_interim_number_is_not_taken_for_a_shortened_one(written: str) -> None:
    assert Mark.SHORTENED not in read(written).mark.tolist()


@pytest.mark.parametrize("number", [YOUNG, YOUNGER])
def test_leading_zeros_are_put_back_where_the_map_says_so(number: str) -> None:
    lost = number[2:].lstrip("0")
    assert len(lost) < 10
    refused, repaired = read(lost), read(lost, repair=True)
    assert (told(refused), refused.mark.tolist()) == ([(0, "")], [Mark.LOST])
    assert (told(repaired), repaired.mark.tolist()) == ([(0, number)], [Mark.REPAIRED])
    assert read(f"{lost}.0", repair=True).key.tolist() == repaired.key.tolist()


@pytest.mark.parametrize("written", ["123456", "1234567890", "101052380", "19900101238", "1010523-84"])
def test_what_no_zeros_make_a_number_is_not_repaired(written: str) -> None:
    numbers = read(written, repair=True)
    assert numbers.mark.tolist() == [Mark.NONE]
    assert told(numbers) == [(0, "")]


def test_representations_hold_no_number() -> None:
    assert A not in repr(read(A))
