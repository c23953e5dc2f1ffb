from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.synthetic.numbers import TEST_SERIALS, luhn
from linkage.synthetic.people import Residents, everybody, pick


@pytest.fixture(scope="module")
def residents() -> Residents:
    return everybody(dt.date(1956, 1, 1), dt.date(2004, 12, 31), 0.02, np.random.default_rng(1))


def test_four_residents_are_born_each_day(residents: Residents) -> None:
    days = (dt.date(2004, 12, 31) - dt.date(1956, 1, 1)).days + 1
    assert len(residents) == 4 * days
    assert residents.women.mean() == 0.5


def test_every_number_is_a_test_number_with_its_check_digit(residents: Residents) -> None:
    numbers = [residents.number(index) for index in range(0, len(residents), 97)]
    assert {int(number[8:11]) for number in numbers} == set(TEST_SERIALS)
    assert all(luhn(number[2:11]) == int(number[11]) for number in numbers)


def test_no_two_residents_share_a_number(residents: Residents) -> None:
    assert len({residents.number(index) for index in range(len(residents))}) == len(residents)


def test_a_samordningsnummer_has_sixty_added_to_the_day(residents: Residents) -> None:
    for index in np.flatnonzero(residents.coordination)[:50].tolist():
        assert int(residents.number(index)[6:8]) == residents.born[index] % 100 + 60
    assert 0.015 < residents.coordination.mean() < 0.025


def test_an_even_serial_is_a_woman(residents: Residents) -> None:
    for index in range(8):
        assert residents.women[index] == (int(residents.number(index)[10]) % 2 == 0)


@given(on=st.dates(dt.date(1960, 1, 1), dt.date(2060, 12, 31)))
def test_age_is_completed_years(on: dt.date) -> None:
    born = [dt.date(1956, 2, 29), dt.date(1956, 12, 31), dt.date(1957, 1, 1), dt.date(1959, 12, 31)]
    everyone = everybody(born[0], born[-1], 0.0, np.random.default_rng(1))
    ages = everyone.age(on)
    for day in born:
        index = 4 * (day - born[0]).days
        assert ages[index] == on.year - day.year - ((on.month, on.day) < (day.month, day.day))


@given(
    weights=st.lists(st.sampled_from([0.0, 0.5, 1.0, 8.0]), max_size=30),
    count=st.integers(-1, 40),
    seed=st.integers(0, 9),
)
def test_pick_draws_distinct_residents_of_positive_weight(
    weights: list[float], count: int, seed: int
) -> None:
    drawn = pick(np.random.default_rng(seed), np.array(weights), count).tolist()
    possible = [index for index, weight in enumerate(weights) if weight]
    assert set(drawn) <= set(possible)
    assert len(drawn) == len(set(drawn)) == min(max(count, 0), len(possible))


def test_pick_draws_in_proportion_to_weight() -> None:
    weights = np.array([1.0] * 500 + [3.0] * 500)
    rng = np.random.default_rng(4)
    heavy = sum(int((pick(rng, weights, 40) >= 500).sum()) for _ in range(200))
    assert 0.72 < heavy / 8000 < 0.77


def test_a_resident_is_not_shown(residents: Residents) -> None:
    assert str(int(residents.born[0])) not in repr(residents)
