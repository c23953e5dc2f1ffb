"""Rows by what they have in common, against plain dictionaries."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.register.groups import grouped, put

NUMBERS = st.one_of(st.integers(0, 12), st.integers(-3, 3), st.integers(2**62, 2**63 - 1))
BATCHES = st.lists(st.lists(st.tuples(NUMBERS, st.integers(0, 2**40)), max_size=30), max_size=5)


@given(BATCHES)
def test_tables_are_those_of_plain_sums(batches: list[list[tuple[int, int]]]) -> None:
    table = np.empty(0, np.int64), np.empty(0, np.int64)
    plain: dict[int, int] = {}
    for batch in batches:
        numbers = np.array([number for number, _ in batch], np.int64)
        table = put(table, grouped(numbers, np.array([v for _, v in batch], np.int64), np.add), np.add)
        for number, value in batch:
            plain[number] = plain.get(number, 0) + value
    assert list(zip(*(column.tolist() for column in table), strict=True)) == sorted(plain.items())


@given(BATCHES)
def test_bitmaps_are_ored(batches: list[list[tuple[int, int]]]) -> None:
    table = np.empty(0, np.int64), np.empty(0, np.uint64)
    plain: dict[int, int] = {}
    for batch in batches:
        numbers = np.array([number for number, _ in batch], np.int64)
        bits = np.array([value for _, value in batch], np.uint64)
        table = put(table, grouped(numbers, bits, np.bitwise_or), np.bitwise_or)
        for number, value in batch:
            plain[number] = plain.get(number, 0) | value
    assert list(zip(*(column.tolist() for column in table), strict=True)) == sorted(plain.items())
