"""Rows and their bytes: the plain twin writes the same, and what is no part is refused."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.package.errors import PartError
from linkage.package.layout import Layout, columns
from linkage.package.rows import Rows
from tests.builders import MOST, STEP, plain_part, random_rows, scene, window


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """Any layout that an agreement can ask for."""
    names = [f"malmo.s{i}" for i in range(draw(st.integers(1, 4)))]
    return Layout(
        window=window(draw(st.sampled_from([1, 8, 9, 16, 17, 32, 33, 59, 60]))),
        series=tuple(names),
        undated=frozenset(draw(st.sets(st.sampled_from(names)))),
        sex=draw(st.booleans()),
        ages=draw(st.none() | st.integers(1, 12)),
        seed=draw(st.booleans()),
        amounts={
            key: draw(st.sampled_from([1, 60_000, 2**32 - 1]))
            for key in draw(st.sets(st.sampled_from(names)))
        },
    )


def same(one: Rows, two: Rows) -> bool:
    """Whether two Rows hold the same values in the same order."""
    if one.presence.keys() != two.presence.keys() or one.amounts.keys() != two.amounts.keys():
        return False
    pairs = [(getattr(one, n), getattr(two, n)) for n in ("tokens", "seeds", "sex", "age")]
    pairs += [(one.presence[key], two.presence[key]) for key in one.presence]
    pairs += [(one.amounts[key], two.amounts[key]) for key in one.amounts]
    return all((a is None and b is None) or np.array_equal(a, b) for a, b in pairs)


@settings(deadline=None)
@given(layouts(), st.integers(0, 40), st.integers(0, 2**32), st.integers(0, 70))
def test_rows_come_back_from_their_bytes(layout: Layout, n: int, seed: int, padding: int) -> None:
    rows = random_rows(layout, n, seed)
    plain = plain_part(layout, rows)
    part = rows.encode(layout, len(plain) + padding)
    assert part == plain + bytes(padding)
    assert same(Rows.decode(layout, part), rows)
    assert len(plain) == layout.size_of(n)
    assert layout.rows_in(len(plain)) == n


@settings(deadline=None)
@given(layouts())
def test_a_header_names_the_columns_and_their_widths(layout: Layout) -> None:
    assert columns(layout.to_json()) == layout.columns
    assert layout.row_bytes == sum(c.width for c in layout.columns)


@pytest.mark.parametrize(
    ("periods", "width"), [(1, 1), (8, 1), (9, 2), (16, 2), (17, 4), (32, 4), (33, 8), (60, 8)]
)
def test_a_presence_column_is_as_wide_as_its_periods_need(periods: int, width: int) -> None:
    assert [c.width for c in Layout(window(periods), ("a.b",)).columns] == [16, width]


def test_a_layout_is_what_the_agreement_asks_the_party_for() -> None:
    plain = scene(periods=12, sex=False, age=False).layout("malmo")
    assert plain.to_json() == [["token", 16], ["malmo.krami", 2], ["malmo.avanti", 2], ["malmo.lista", 2]]
    assert plain.undated == {"malmo.lista"}
    full = scene(periods=60, method="cellkey").layout("af")
    assert full.to_json() == [["token", 16], ["seed", 16], ["sex", 1], ["age", 1], ["af.etablering", 8]]
    assert full.ages == 3  # 16-17, 18-29 and 30-64: the finest common cut of bands and also


def test_opened_columns_are_views_and_cannot_be_written() -> None:
    layout = Layout(window(12), ("a.b",), sex=True, ages=2)
    part = random_rows(layout, 6).encode(layout)
    rows = Rows.decode(layout, part)
    whole = np.frombuffer(part, np.uint8)
    for column in (rows.tokens, rows.sex, rows.age, rows.presence["a.b"]):
        assert column is not None
        assert np.shares_memory(column, whole)
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 0


def test_bytes_above_the_first_are_the_later_periods() -> None:
    layout = Layout(window(12), ("a.b",))
    rows = Rows(np.zeros((1, 16), np.uint8), {"a.b": np.array([1 << 11 | 1], "<u2")})
    assert rows.encode(layout)[-2:] == b"\x01\x08"


def test_amounts_have_a_column_for_each_period_and_no_presence() -> None:
    told = scene(periods=2, sex=False, age=False, parties=(("malmo", ("krami", "bistand#")), ("af", ("x",))))
    layout = told.layout("malmo")
    assert layout.to_json() == [
        ["token", 16],
        ["malmo.krami", 1],
        ["malmo.bistand 2020-01", 4],
        ["malmo.bistand 2020-02", 4],
    ]
    assert layout.amounts == {"malmo.bistand": MOST}
    rows = Rows(
        np.zeros((2, 16), np.uint8),
        {"malmo.krami": np.array([1, 0], "u1")},
        amounts={"malmo.bistand": np.array([[1, 2], [256, 60_000]], "<u4")},
    )
    assert rows.encode(layout)[4 + 34 :] == bytes([1, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 0x60, 0xEA, 0, 0])


LAYOUT = Layout(window(12), ("a.b",), sex=True)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (b"", "too short"),
        (b"\0\0\0", "too short"),
        (struct.pack("<I", 1), "more rows"),
        (struct.pack("<I", 2) + bytes(LAYOUT.row_bytes * 2 - 1), "more rows"),
        (struct.pack("<I", 2**32 - 1) + bytes(STEP), "more rows"),
        (struct.pack("<I", 0) + b"\1", "padding"),
        (struct.pack("<I", 1) + bytes(LAYOUT.row_bytes) + bytes(999) + b"\x80", "padding"),
        (struct.pack("<I", 1) + bytes(LAYOUT.row_bytes) + b"\1" + bytes(999), "padding"),
    ],
)
def test_what_is_no_part_is_refused(part: bytes, words: str) -> None:
    with pytest.raises(PartError, match=words):
        Rows.decode(LAYOUT, part)


def _changed(**changes: Any) -> Rows:
    rows = random_rows(LAYOUT, 3)
    return Rows(**(vars(rows) | changes))


@pytest.mark.parametrize(
    "rows",
    [
        _changed(sex=None),
        _changed(age=np.zeros(3, np.uint8)),
        _changed(seeds=np.zeros((3, 16), np.uint8)),
        _changed(presence={}),
        _changed(presence={"a.c": np.zeros(3, "<u2")}),
        _changed(presence={"a.b": np.zeros(3, "<u4")}),
        _changed(presence={"a.b": np.zeros(2, "<u2")}),
        _changed(presence={}, amounts={"a.b": np.zeros(3, "<u2")}),
        _changed(amounts={"a.c": np.zeros((3, 12), "<u4")}),
        _changed(tokens=np.zeros((3, 8), np.uint8)),
        _changed(tokens=np.zeros((3, 16), np.int8)),
        _changed(sex=np.zeros(3, np.int64)),
    ],
)
def test_rows_of_another_layout_are_not_written(rows: Rows) -> None:
    assert not rows.fits(LAYOUT)
    with pytest.raises(ValueError, match="layout"):
        rows.encode(LAYOUT)


@pytest.mark.parametrize(
    "amounts",
    [
        {},
        {"a.b": np.zeros((3, 11), "<u4")},
        {"a.b": np.zeros((12, 3), "<u4")},
        {"a.b": np.zeros((3, 12), "<i4")},
        {"a.b": np.zeros((2, 12), "<u4")},
    ],
)
def test_amounts_of_another_form_are_not_written(amounts: dict[str, Any]) -> None:
    rows = Rows(np.zeros((3, 16), np.uint8), {}, amounts=amounts)
    assert not rows.fits(Layout(window(12), ("a.b",), amounts={"a.b": 9}))


def test_rows_do_not_fit_where_they_do_not_fit() -> None:
    with pytest.raises(ValueError, match="too many"):
        random_rows(LAYOUT, 3).encode(LAYOUT, LAYOUT.size_of(3) - 1)


@pytest.mark.parametrize(
    "value",
    [None, "a", [], [["a"]], [["a", 1, 1]], [["a", True]], [["", 1]], [["a", 0]], [["a", 17]], [[1, 1]]],
)
def test_what_is_no_list_of_columns_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="column"):
        columns(value)


def test_nothing_of_a_person_shows() -> None:
    assert repr(random_rows(LAYOUT, 3)) == "<Rows of 1 series>"
