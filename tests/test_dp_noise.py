"""The noise of method dp: what it costs, tried on a million draws, and how far it takes a sum.

Chance cannot be seeded here. Every bound is that of 99.9 per cent on both sides at once, so that a right
mechanism fails about once in a hundred thousand runs.
"""

from __future__ import annotations

import math
import statistics
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest

from linkage.agreement.model import ReleaseRule
from linkage.release.margins import Noise, Weights, margin
from linkage.release.methods.dp import noise as noises
from linkage.release.methods.dp.consistent import fitted
from linkage.release.methods.dp.noise import NoSamplerError, Reach, cost, draw, fitting
from tests.needs import opendp

pytestmark = pytest.mark.usefixtures(opendp.__name__)

LAPLACE = {"epsilon": "0.5", "family_epsilon": "3", "mechanism": "laplace"}
GAUSSIAN = LAPLACE | {"mechanism": "gaussian", "delta": "0.000001", "family_delta": "0.00001"}
Z = statistics.NormalDist().inv_cdf(1 - 0.001 / 4)
"""Two sides, two counts: all four hold with 99.9 per cent."""
Whole = npt.NDArray[np.int64]


def rule(**changes: str) -> ReleaseRule:
    return ReleaseRule("dp", LAPLACE | changes)


def drawn(true: list[int], noise: Noise, times: int) -> Whole:
    """So many answers about one population. Shape (times, cells)."""
    some = [np.tile(np.array(true, np.int64), (times // 4, 1))] * 4
    with ThreadPoolExecutor(2) as pool:
        return np.concatenate(list(pool.map(lambda part: draw(part, noise), some)))


def bound(without: list[int], with_one: list[int], noise: Noise, times: int) -> float:
    """The least ε that such answers allow: how much likelier an event is with the person than without.

    The event: every cell in which the person counts is at least what it is with the person. No event tells
    the two apart better: where it happens, their likelihoods are as far apart as they ever are.
    """
    here, there = (drawn(true, noise, times) >= np.array(with_one) for true in (with_one, without))
    most, least = (int(np.count_nonzero(found.all(axis=1))) for found in (here, there))
    return math.log(_lower(most, times) / _upper(least, times))


def _lower(found: int, times: int) -> float:
    return found / times - Z * math.sqrt(found * (times - found) / times**3)


def _upper(found: int, times: int) -> float:
    return found / times + Z * math.sqrt(found * (times - found) / times**3)


# populations that differ in one person, by the cells that the person counts in, and how often
PAIRS = {
    "one cell": ([12], [13], Reach(1, 1)),
    "a stretch and the whole time": ([0, 812], [1, 813], Reach(2, 2)),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_a_million_draws_of_neighbours_show_no_more_than_epsilon_and_nearly_as_much(pair: str) -> None:
    without, with_one, reach = PAIRS[pair]
    noise = fitting(rule(), reach)
    found = bound(without, with_one, noise, 500_000 // len(without))
    assert 0.9 * 0.5 < found < 0.5


def test_a_mechanism_that_costs_a_quarter_more_is_caught() -> None:
    without, with_one, reach = PAIRS["one cell"]
    right = fitting(rule(), reach)
    assert bound(without, with_one, Noise("laplace", right.scale / 1.25), 200_000) > 0.5


def test_a_reach_that_is_told_too_small_is_caught() -> None:
    without, with_one, _ = PAIRS["a stretch and the whole time"]
    assert bound(without, with_one, fitting(rule(), Reach(1, 1)), 100_000) > 0.5


def test_the_gaussian_fails_no_more_often_than_delta() -> None:
    """δ at ε, summed up over all answers of one cell: exactly, by its own probabilities."""
    by = ReleaseRule("dp", GAUSSIAN)
    noise = fitting(by, Reach(1, 1))
    assert _lost(noise.scale) <= float(by.delta)
    assert _lost(noise.scale / 1.25) > float(by.delta)
    sample = drawn([0], noise, 200_000)[:, 0]
    assert abs(sample.std() / noise.scale - 1) < 0.01
    assert abs(sample.mean()) < 5 * noise.scale / math.sqrt(len(sample))


def _lost(scale: float, epsilon: float = 0.5) -> float:
    at = np.arange(-int(40 * scale), int(40 * scale) + 2)
    chances = np.exp(-((at / scale) ** 2) / 2)
    chances /= chances.sum()
    return float(np.maximum(chances[1:] - math.exp(epsilon) * chances[:-1], 0)[::-1].sum())


@pytest.mark.parametrize("parameters", [LAPLACE, GAUSSIAN], ids=["laplace", "gaussian"])
@pytest.mark.parametrize("epsilon", ["0.001", "0.3", "1", "10"])
@pytest.mark.parametrize("reach", [Reach(1, 1), Reach(7, 7), Reach(3001, 70_001)])
def test_the_account_is_never_above_the_agreed_bound_and_nearly_used_up(
    parameters: dict[str, str], epsilon: str, reach: Reach
) -> None:
    by = ReleaseRule("dp", parameters | {"epsilon": epsilon})
    noise = fitting(by, reach)
    spent = Fraction(cost(noise, reach, by.delta))
    assert by.epsilon * Fraction(999, 1000) < spent <= by.epsilon


def test_where_nothing_is_asked_nothing_is_spent() -> None:
    assert fitting(rule(), Reach(0, 0)).scale > 0


def test_what_is_drawn_is_never_the_same_twice() -> None:
    noise = Noise("laplace", 50.0)
    zeros = np.zeros((4, 25), np.int64)
    assert draw(zeros, noise).shape == (4, 25)
    assert not np.array_equal(draw(zeros, noise), draw(zeros, noise))
    assert draw(zeros[:0], noise).shape == (0, 25)


def test_without_opendp_the_method_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opendp.prelude", None)
    with pytest.raises(NoSamplerError, match="needs opendp") as refused:
        noises.opendp()
    assert "pip install 'linkage[dp]'" in str(refused.value.hint)


# -- how far noise takes a sum ----------------------------------------------------------------------------

SUMS: list[Weights] = [((1, 1),), ((1, 9),), ((1, 4), (2, 2)), ((1, 60), (3, 5))]


@pytest.mark.parametrize("noise", [Noise("laplace", 0.4), Noise("laplace", 9.5), Noise("gaussian", 6.0)])
@pytest.mark.parametrize("weights", SUMS)
def test_a_sum_is_within_its_margin_as_often_as_said(noise: Noise, weights: Weights) -> None:
    times, alpha = 2000, Fraction(1, 20)
    aside = margin(noise, weights, alpha)
    weight = np.repeat([w for w, _ in weights], [many for _, many in weights])
    sums = draw(np.zeros((times, len(weight)), np.int64), noise) @ weight
    inside = np.count_nonzero(np.abs(sums) <= aside) / times
    assert inside > 0.95 - 5 * math.sqrt(0.05 * 0.95 / times)
    closer = np.count_nonzero(np.abs(sums) < aside) / times
    assert closer < 0.95 + 5 * math.sqrt(0.05 * 0.95 / times)  # and with one person less it would not be


def test_the_margin_of_one_cell_is_that_of_its_formula() -> None:
    for scale in (0.7, 3.0, 60.0, 127.0):
        p = math.exp(-1 / scale)
        least = next(m for m in range(10_000) if 2 * p ** (m + 1) / (1 + p) <= 0.05)
        assert margin(Noise("laplace", scale), ((1, 1),), Fraction(1, 20)) == least


def test_margins_of_large_scales_are_a_little_wider_and_never_narrower() -> None:
    for scale in (129.0, 1000.0, 4.2e9):
        p = -math.expm1(-1 / scale)
        exact = math.log(0.05) * -scale
        found = margin(Noise("laplace", scale), ((1, 1),), Fraction(1, 20))
        assert p > 0
        assert exact - 1 <= found < 1.012 * exact
    assert margin(Noise("laplace", 3.0), (), Fraction(1, 20)) == 0


# -- cells that fit ---------------------------------------------------------------------------------------


def test_fitted_cells_are_the_nearest_that_are_not_negative_and_keep_their_sum() -> None:
    assert fitted(np.array([10, -4, 3])).tolist() == [8, 0, 1]
    assert fitted(np.array([5, 5, -1])).tolist() == [5, 4, 0]
    assert fitted(np.array([-5, 2])).tolist() == [0, 0]
    assert fitted(np.array([4, 0, 9])).tolist() == [4, 0, 9]


def test_no_other_cells_are_nearer() -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        cells = rng.integers(-8, 9, 3)
        found, total = fitted(cells), max(0, int(cells.sum()))
        assert found.min() >= 0
        assert found.sum() == total
        others = [(a, b, total - a - b) for a in range(total + 1) for b in range(total + 1 - a)]
        nearest = min(sum((x - y) ** 2 for x, y in zip(other, cells, strict=True)) for other in others)
        assert total == 0 or int(((found - cells) ** 2).sum()) == nearest
