from __future__ import annotations

import calendar
import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.synthetic.stays import Months, spells, stays
from linkage.synthetic.turnover import turnover

tables = st.lists(st.lists(st.booleans(), min_size=12, max_size=12), min_size=1, max_size=8).map(np.array)


@given(months=tables)
def test_stays_are_the_unbroken_runs(months: Months) -> None:
    expected = []
    for person, row in enumerate(months.tolist()):
        begun = None
        for month, there in enumerate([*row, False]):
            if there and begun is None:
                begun = month
            elif not there and begun is not None:
                expected.append((person, begun, month - 1))
                begun = None
    runs = stays(months)
    assert list(zip(runs.who.tolist(), runs.first.tolist(), runs.last.tolist(), strict=True)) == expected


@given(months=tables)
def test_stays_fill_the_months_that_they_came_from(months: Months) -> None:
    assert (stays(months).months((months.shape[0], 12)) == months).all()


@given(months=tables, seed=st.integers(0, 20))
def test_spells_touch_the_months_of_their_stays_and_no_other(months: Months, seed: int) -> None:
    found = spells(stays(months), ("2020-01", 12), 6, 24, np.random.default_rng(seed))
    touched = np.zeros_like(months)
    for who, start, end in zip(found.who.tolist(), found.start.tolist(), found.end.tolist(), strict=True):
        assert end is None or start <= end
        for month in range(1, 13):
            last = dt.date(2020, month, calendar.monthrange(2020, month)[1])
            if start <= last and (end is None or end >= dt.date(2020, month, 1)):
                touched[who, month - 1] = True
    assert (touched == months).all()


def test_spells_that_were_there_in_january_began_within_the_longest_time() -> None:
    found = spells(
        stays(np.ones((500, 12), dtype=np.bool_)), ("2020-01", 12), 30, 24, np.random.default_rng(1)
    )
    assert found.start.min() >= np.datetime64("2018-02-01")
    assert (found.start < np.datetime64("2020-01-01")).mean() > 0.9
    assert np.isnat(found.end).mean() > 0.8


@given(
    per_month=st.lists(st.integers(0, 30), min_size=1, max_size=12),
    stay=st.integers(1, 20),
    seed=st.integers(0, 9),
)
def test_turnover_has_exactly_the_people_asked_for(per_month: list[int], stay: int, seed: int) -> None:
    months = turnover(np.ones(600), per_month, stay, np.random.default_rng(seed))
    assert months.sum(axis=0).tolist() == per_month
    assert all(np.diff(row.astype(np.int8), prepend=0).clip(0).sum() <= 1 for row in months)


def test_turnover_draws_only_residents_of_positive_weight() -> None:
    weights = np.arange(100) % 2 == 0
    assert not turnover(weights, [20] * 6, 12, np.random.default_rng(1))[1::2].any()


def test_turnover_keeps_people_for_the_mean_stay() -> None:
    months = turnover(np.ones(6000), [1000] * 12, 8, np.random.default_rng(2))
    leavers = (months[:, :-1] & ~months[:, 1:]).sum()
    assert 7.8 < months[:, :-1].sum() / leavers < 8.2


def test_turnover_says_when_residents_run_out() -> None:
    with pytest.raises(ValueError, match="too few residents"):
        turnover(np.ones(10), [5, 11], 3, np.random.default_rng(1))
