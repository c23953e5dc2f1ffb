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
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest
from scipy.signal import fftconvolve

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


@cache
def drawn(true: int, noise: Noise, times: int) -> Whole:
    """So many answers about cells of one population, all of which hold as many people. Shape (times,)."""
    some = [np.full(times // 4, true, np.int64)] * 4
    with ThreadPoolExecutor(2) as pool:
        return np.concatenate(list(pool.map(lambda part: draw(part, noise), some)))


def bound(cells: int, noise: Noise, draws: int) -> float:
    """The least ε that answers allow of neighbours: how much likelier an event is with the person.

    cells: in how many the person counts; draws: of both populations together. The event: every such cell
    is at least what it is with the person. No event tells the two apart better: where it happens, their
    likelihoods are as far apart as they ever are.
    """
    with_one, without = (drawn(true, noise, draws // 2).reshape(-1, cells) for true in (13, 12))
    most, least = (int(np.count_nonzero((found >= 13).all(axis=1))) for found in (with_one, without))
    return math.log(_lower(most, len(with_one)) / _upper(least, len(without)))


def _lower(found: int, times: int) -> float:
    return found / times - Z * math.sqrt(found * (times - found) / times**3)


def _upper(found: int, times: int) -> float:
    return found / times + Z * math.sqrt(found * (times - found) / times**3)


MILLION = 1_000_000
PAIRS = {"one cell": (1, "0.5"), "a stretch and the whole time": (2, "1")}
"""In how many cells a person counts, and ε: the noise is the same, and so are the draws."""


@pytest.mark.parametrize("pair", PAIRS)
def test_a_million_draws_of_neighbours_show_no_more_than_epsilon_and_nearly_as_much(pair: str) -> None:
    cells, epsilon = PAIRS[pair]
    found = bound(cells, fitting(rule(epsilon=epsilon), Reach(cells, cells)), MILLION)
    assert 0.9 * float(epsilon) < found < float(epsilon)


def test_a_mechanism_that_costs_a_quarter_more_is_caught() -> None:
    right = fitting(rule(), Reach(1, 1))
    assert bound(1, Noise("laplace", right.scale / 1.25), 60_000) > 0.5


def test_a_reach_that_is_told_too_small_is_caught() -> None:
    """Somebody counts in two cells, and the noise is that of one."""
    assert bound(2, fitting(rule(), Reach(1, 1)), MILLION) > 0.5


# how many cells a person counts in, and how often in each: once, in each of many periods, twelve moves in one
MOVED = {"one cell": (1, 1), "a year of months and the whole of it": (13, 1), "twelve moves": (1, 12)}


@pytest.mark.parametrize("moved", MOVED)
def test_the_gaussian_fails_no_more_often_than_delta(moved: str) -> None:
    """δ at ε, summed up over all answers: exactly, by its own probabilities; and not far below δ."""
    (cells, often), by = MOVED[moved], ReleaseRule("dp", GAUSSIAN)
    noise = fitting(by, Reach(cells * often, cells * often**2))
    assert _lost(noise.scale, cells, often) <= float(by.delta)
    assert _lost(noise.scale, cells, often, 0.9 * 0.5) > float(by.delta)
    assert _lost(noise.scale / 1.25, cells, often) > float(by.delta)


def _lost(scale: float, cells: int, often: int, epsilon: float = 0.5) -> float:
    """The likelihoods of two answers differ by the sum over the cells alone: nothing else is looked at."""
    one = _chances(scale)
    chances = one
    for _ in range(cells - 1):
        chances = fftconvolve(chances, one)
    aside = cells * often
    without = np.concatenate([chances, np.zeros(aside)])
    with_one = np.concatenate([np.zeros(aside), chances])
    return float(np.maximum(with_one - math.exp(epsilon) * without, 0).sum())


def _chances(scale: float) -> npt.NDArray[np.float64]:
    at = np.arange(-int(12 * scale), int(12 * scale) + 1)
    chances = np.exp(-((at / scale) ** 2) / 2)
    return np.asarray(chances / chances.sum(), np.float64)


def test_the_gaussian_is_drawn_as_its_probabilities_say() -> None:
    """No part of the draws is farther from its probability than so many draws are once in 100 000 times."""
    right = fitting(ReleaseRule("dp", GAUSSIAN), Reach(1, 1)).scale
    times = 60_000
    most = math.sqrt(math.log(2 / 1e-5) / (2 * times))  # Dvoretzky, Kiefer and Wolfowitz; Massart 1990
    assert _apart(right, right, times) < most
    assert _apart(right / 1.25, right, times) > most  # a mechanism of 1.25 ε


def _apart(scale: float, told: float, times: int) -> float:
    sample = drawn(0, Noise("gaussian", scale), times)
    below = np.cumsum(_chances(told))
    middle = len(below) // 2
    found = np.searchsorted(np.sort(sample), np.arange(-middle, middle + 1), side="right") / times
    return float(np.abs(found - below).max())


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
    times, alpha = 1000, Fraction(1, 20)
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
