"""Perturbation tables: published ones, every agreed property, the largest entropy, and the lookup."""

from __future__ import annotations

import csv
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import minimize

from linkage import perturbation as ptable
from linkage.perturbation import KEYS, Perturbation, PerturbationError, perturbation
from tests.needs import reference

# The rows of counts 1, 4 and 6 of a published table (D 5, variance 3, js 2), as its software printed them.
PUBLISHED = {
    1: {-1: 0.73446954, 2: 0.13672019, 3: 0.07279631, 4: 0.03742956, 5: 0.0185844},
    4: {-4: 0.09146068, -1: 0.1534042, 0: 0.5, 1: 0.10745598, 2: 0.07288274, 3: 0.04296852, 4: 0.02201951},
    6: {-3: 0.09063278, -2: 0.09217047, -1: 0.09217047, 0: 0.5, 1: 0.07126272, 2: 0.05759409},
}
SIZES = st.tuples(st.integers(1, 12), st.integers(0, 4), st.fractions(Fraction(1, 2), 12, max_denominator=4))


def test_a_published_table() -> None:
    found = perturbation(5, 3.0, 2).probabilities
    for count, row in PUBLISHED.items():
        for change, probability in row.items():
            assert abs(found[count, 5 + change] - probability) < 2e-8


def test_the_whole_published_table() -> None:
    found = perturbation(5, 3.0, 2).probabilities
    with reference("ptable/ptab_freq.txt").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    told = {(int(row["i"]), int(row["v"])): float(row["p"]) for row in rows}
    for place in np.ndindex(*found.shape):
        count, change = place[0], place[1] - 5
        assert abs(found[place] - told.get((count, change), 0.0)) < 2e-8
    assert len(rows) > 60


@given(SIZES)
def test_every_property_holds_in_every_row(sizes: tuple[int, int, Fraction]) -> None:
    d, js, variance = sizes
    try:
        table = perturbation(d, float(variance), js)
    except PerturbationError:
        assume(False)
    changes = range(-d, d + 1)
    for count in range(js + d + 2):
        keys = [int(e) for e in table.ends[count]]
        p = [Fraction(b - a, KEYS) for a, b in zip([0, *keys], keys, strict=False)]
        assert sum(p) == 1
        assert min(p) >= 0
        assert abs(float(sum(v * x for v, x in zip(changes, p, strict=True)))) < 1e-6
        spread = sum((v * v * x for v, x in zip(changes, p, strict=True)), Fraction(0))
        assert abs(float(spread - (variance if count else 0))) < 1e-5
        for v, x in zip(changes, p, strict=True):
            assert not x or count + v == 0 or count + v > js
        if count > js:
            assert p[d] >= Fraction(1, 2) - Fraction(1, 10**8)


@pytest.mark.parametrize(("d", "variance", "js"), [(5, 3.0, 2), (7, 4.0, 2), (3, 1.0, 0), (4, 2.0, 1)])
def test_no_distribution_is_more_even(d: int, variance: float, js: int) -> None:
    table = perturbation(d, variance, js).probabilities
    for count in range(1, js + d + 2):
        changes = np.arange(-d, d + 1)
        told = count + changes
        v = changes[(told == 0) | (told > js)]
        order = [
            {"type": "ineq", "fun": lambda p, i=i, up=v[i + 1] < 0: (p[i + 1] - p[i]) * (1 if up else -1)}
            for i in range(len(v) - 1)
            if v[i + 1] < 0 or v[i] > 0
        ]
        at = int(np.flatnonzero(v == 0)[0]) if count > js else 0
        stay = [{"type": "ineq", "fun": lambda p, at=at: p[at] - 0.5}] if count > js else []
        best = minimize(
            lambda p: float(np.sum(p * np.log(p))),
            np.full(len(v), 1 / len(v)),
            bounds=[(1e-12, 1)] * len(v),
            constraints=[
                {"type": "eq", "fun": lambda p: p.sum() - 1},
                {"type": "eq", "fun": lambda p, v=v: p @ v},
                {"type": "eq", "fun": lambda p, v=v: p @ v**2 - variance},
                *stay,
                *order,
            ],
            method="SLSQP",
            options={"maxiter": 1000, "ftol": 1e-14},
        )
        assert best.success
        assert np.abs(table[count][v + d] - best.x).max() < 1e-5


@pytest.mark.parametrize(
    ("d", "variance", "js"), [(3, 2.0, 2), (5, 0.0, 2), (5, -1.0, 2), (0, 1.0, 0), (5, 1.0, 2)]
)
def test_what_cannot_be_had_is_refused(d: int, variance: float, js: int) -> None:
    with pytest.raises(PerturbationError):
        perturbation(d, variance, js)


def test_a_solver_that_lies_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = ptable._row

    def lying(
        count: int, d: int, variance: float, js: int
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        row = honest(count, d, variance, js)
        return np.roll(row, 1) if count == 4 else row

    monkeypatch.setattr(ptable, "_row", lying)
    with pytest.raises(PerturbationError, match="fails its check"):
        ptable.perturbation.__wrapped__(5, 3.0, 2)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, KEYS - 1)), max_size=30))
def test_the_lookup_is_the_table_read_by_hand(cells: list[tuple[int, int]]) -> None:
    table = perturbation(7, 4.0, 2)
    counts = np.array([n for n, _ in cells], np.int64)
    keys = np.array([k for _, k in cells], np.uint32)
    assert table.changes(counts, keys).tolist() == [by_hand(table, n, k) for n, k in cells]


def by_hand(table: Perturbation, count: int, key: int) -> int:
    """The first change whose keys are not used up."""
    ends = table.ends[min(count, len(table.ends) - 1)]
    return next(i for i, end in enumerate(ends) if key < int(end)) - table.d


def test_changes_are_unbiased_and_spread_as_agreed() -> None:
    """Over a million cells of each size, within four standard errors."""
    table, rng, n = perturbation(7, 4.0, 2), np.random.default_rng(7), 10**6
    for count in (1, 2, 3, 5, 9, 10, 1000):
        keys = rng.integers(0, KEYS, n, dtype=np.uint32)
        changes = table.changes(np.full(n, count, np.int64), keys)
        assert abs(changes.mean()) < 4 * 2 / n**0.5
        assert abs((changes**2).mean() - 4) < 4 * 15 / n**0.5
        assert not np.isin(count + changes, (1, 2)).any()
    assert not table.changes(np.zeros(10, np.int64), np.arange(10, dtype=np.uint32)).any()
