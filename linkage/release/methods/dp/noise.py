"""The noise: OpenDP's samplers, and OpenDP's own account of what they cost.

OpenDP takes its chance from the operating system; it cannot be seeded, and nothing here keeps what was drawn
apart from the sums.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from linkage.errors import ReleaseError
from linkage.release.margins import Noise

if TYPE_CHECKING:
    from linkage.agreement.model import ReleaseRule
    from linkage.release.methods.dp.layout import Whole

_TRIES = 200
_HALVED = 40


class NoSamplerError(ReleaseError):
    """OpenDP is an extra: only who uses this method needs its 265 MB."""

    hint = "install it where the matcher runs: pip install 'linkage[dp]'"


class AccountError(ReleaseError):
    """The noise would cost more than the agreement allows."""

    hint = "use another version of opendp: see constraints.txt"


@dataclass(frozen=True)
class Reach:
    """How far one person can change the drawn numbers. cells: added up; squares: sum of squares."""

    cells: int
    squares: int

    def plus(self, other: Reach) -> Reach:
        """Of both together."""
        return Reach(self.cells + other.cells, self.squares + other.squares)


def opendp() -> Any:
    """OpenDP's prelude. Raises NoSamplerError."""
    try:
        import opendp.prelude as found
    except ImportError:
        raise NoSamplerError("method dp needs opendp, which is not installed") from None
    found.enable_features("contrib")
    return found


def fitting(rule: ReleaseRule, reach: Reach) -> Noise:
    """The least noise of one cell with which numbers of this reach cost no more than the rule says.

    Raises AccountError, NoSamplerError.
    """
    if reach.cells == 0:
        return Noise(rule.mechanism, 1.0)  # nothing is drawn
    return _fitting(rule.mechanism, rule.epsilon, rule.delta, reach)


@lru_cache(maxsize=64)
def _fitting(mechanism: str, epsilon: Fraction, delta: Fraction, reach: Reach) -> Noise:
    scale = float(reach.cells / epsilon) if mechanism == "laplace" else _gaussian(epsilon, delta, reach)
    for _ in range(_TRIES):
        noise = Noise(mechanism, scale)
        if Fraction(cost(noise, reach, delta)) <= epsilon:
            return noise
        scale = math.nextafter(scale, math.inf)
    raise AccountError("no noise keeps within the agreed bound")


def _gaussian(epsilon: Fraction, delta: Fraction, reach: Reach) -> float:
    """By halving: the cost falls as the scale grows."""
    low, high = 0.0, 1.0
    while Fraction(cost(Noise("gaussian", high), reach, delta)) > epsilon:
        low, high = high, 2 * high
    for _ in range(_HALVED):
        between = (low + high) / 2
        if Fraction(cost(Noise("gaussian", between), reach, delta)) > epsilon:
            low = between
        else:
            high = between
    return high


def cost(noise: Noise, reach: Reach, delta: Fraction) -> float:
    """ε of numbers drawn so, as OpenDP accounts for it, at this δ (0 under laplace)."""
    dp = opendp()
    if noise.mechanism == "laplace":
        return float(_measurement(dp, noise).map(reach.cells))
    whole = dp.c.make_zCDP_to_approxDP(_measurement(dp, noise))
    far = math.nextafter(math.sqrt(reach.squares), math.inf)
    return float(whole.map(far).epsilon(float(delta)))


def draw(numbers: Whole, noise: Noise) -> Whole:
    """Whole numbers with noise, of the same shape. Raises NoSamplerError."""
    if not numbers.size:
        return numbers
    found = _measurement(opendp(), noise)(numbers.reshape(-1).tolist())
    return np.array(found, np.int64).reshape(numbers.shape)


def _measurement(dp: Any, noise: Noise) -> Any:
    """OpenDP's discrete Laplace or Gaussian over vectors of whole numbers."""
    vectors = dp.vector_domain(dp.atom_domain(T="i64"))
    if noise.mechanism == "laplace":
        return dp.m.make_laplace(vectors, dp.l1_distance(T="i64"), scale=noise.scale)
    return dp.m.make_gaussian(vectors, dp.l2_distance(T="f64"), scale=noise.scale)
