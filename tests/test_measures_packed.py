"""Digits in words: what goes in comes out, and people are put together only where all digits are the same."""

from __future__ import annotations

from collections import Counter
from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.measures import packed
from linkage.measures.packed import Found, Places, Words, nearly_grouped

_SIZE = st.sampled_from([1, 2, 3, 5, 59, 200])
SIZES = st.one_of(st.lists(_SIZE, min_size=1, max_size=9), st.lists(_SIZE, min_size=40, max_size=60))
"""Up to seven words."""


def drawn(sizes: list[int], seed: int, n: int = 50) -> list[tuple[int, ...]]:
    """The digits of n people who differ little: most have the digits of somebody before but for one."""
    rng = np.random.default_rng(seed)
    people = [tuple(int(rng.integers(size)) for size in sizes)]
    while len(people) < n:
        digits = list(people[rng.integers(len(people))])
        at = int(rng.integers(len(sizes)))
        digits[at] = int(rng.integers(sizes[at]))
        people.append(tuple(digits))
    return people


def words(places: Places, people: list[tuple[int, ...]]) -> Words:
    return places.pack(np.array(people, np.uint8).T, len(people))


def told(places: Places, found: Found) -> dict[tuple[int, ...], int]:
    group = found.all()
    pairs = zip(places.unpack(group.words).tolist(), group.people.tolist(), strict=True)
    counted = [(tuple(digits), people) for digits, people in pairs]
    assert len(dict(counted)) == len(counted)
    return dict(counted)


@given(SIZES, st.integers(0, 2**32))
def test_what_goes_in_comes_out(sizes: list[int], seed: int) -> None:
    people = drawn(sizes, seed)
    places = Places(sizes)
    assert [tuple(row) for row in places.unpack(words(places, people)).tolist()] == people


@given(SIZES, st.integers(0, 2**32), st.sampled_from([0, packed._MIXING]), st.integers(1, 50))
def test_people_are_together_where_all_digits_are_equal(
    sizes: list[int], seed: int, mixing: int, step: int
) -> None:
    people = drawn(sizes, seed)
    places = Places(sizes)
    found = Found(places.words)
    with patch.object(packed, "_MIXING", np.uint64(mixing)), patch.object(packed, "_WAITING", 10):
        for first in range(0, len(people), step):  # with 0, only the last word is ordered by
            found.add(nearly_grouped(words(places, people[first : first + step])))
    assert told(places, found) == Counter(people)


def test_nobody() -> None:
    assert told(Places([2]), Found(1)) == {}
    assert len(nearly_grouped(np.empty((0, 2), np.uint64)).people) == 0


def test_no_word_is_printed() -> None:
    assert repr(nearly_grouped(np.array([[7]], np.uint64))) == "<Group of 1 words>"
