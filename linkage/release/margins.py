"""How far noise may take a sum of drawn cells: exact quantiles of sums of discrete Laplace or Gaussian noise.

Every margin is rounded outwards, so that what it promises holds.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

Weights: TypeAlias = tuple[tuple[int, int], ...]
"""(how often a cell is added, how many such cells) of a sum, the weights above zero and each there once."""

_FINE: Final = 128.0
"""A larger scale is looked at in steps, so that the least of them is not above half of this."""
_FAR: Final = 12.0
"""Standard deviations beyond which a sum is taken to be never."""
_TAIL: Final = 40.0
"""Scales beyond which one cell is."""


class Noise(NamedTuple):
    """What is added to each cell. mechanism: "laplace" or "gaussian"; scale: above zero, of the mechanism."""

    mechanism: str
    scale: float

    @property
    def deviation(self) -> float:
        """Standard deviation of one cell, as if numbers were not whole: never below the true one."""
        return self.scale * (math.sqrt(2) if self.mechanism == "laplace" else 1.0)


@lru_cache(maxsize=4096)
def margin(noise: Noise, weights: Weights, alpha: Fraction) -> int:
    """The least whole number that the noise of a sum is beyond, up or down, with a chance of at most alpha.

    Of large scales a little more than the least: less than one per cent.
    """
    if not weights:
        return 0
    step = math.ceil(noise.scale / _FINE)
    coarse = Noise(noise.mechanism, noise.scale / step)
    found = _quantile(_chances(coarse, weights), float(alpha))
    return found if step == 1 else (found + 1) * step


def _quantile(chances: npt.NDArray[np.float64], alpha: float) -> int:
    """The least m with at most alpha of the chances outside of -m … m. chances: of -n … n."""
    middle = len(chances) // 2
    both = chances[middle:].copy()
    both[1:] += chances[:middle][::-1]
    beyond = np.cumsum(both[::-1])[::-1] - both  # what lies beyond each m
    return int(np.argmax(beyond <= alpha))


def _chances(noise: Noise, weights: Weights) -> npt.NDArray[np.float64]:
    """Of each whole number that the sum may be, -n … n: the product of characteristic functions, undone."""
    deviation = noise.deviation * math.sqrt(sum(many * weight**2 for weight, many in weights))
    most = max(weight for weight, _ in weights)
    reach = _FAR * deviation + _TAIL * noise.scale * most + most
    size = 1 << math.ceil(math.log2(2 * reach + 2))
    one = _characteristic(noise, size)
    at = np.arange(size)
    product = np.ones(size)
    for weight, many in weights:
        product *= one[at * weight % size] ** many
    found = np.maximum(np.fft.ifft(product).real, 0)
    return np.roll(found, size // 2 - 1)[: size - 1]


def _characteristic(noise: Noise, size: int) -> npt.NDArray[np.float64]:
    """The characteristic function of one cell's noise at 2πj / size, j = 0 … size - 1."""
    if noise.mechanism == "laplace":
        p = math.exp(-1 / noise.scale)
        angle = 2 * math.pi * np.arange(size) / size
        shape = (1 - p) ** 2 / (1 - 2 * p * np.cos(angle) + p * p)
        return np.asarray(shape, np.float64)
    apart = np.minimum(np.arange(size), size - np.arange(size))
    chances = np.exp(-((apart / noise.scale) ** 2) / 2)
    return np.asarray(np.fft.fft(chances / chances.sum()).real, np.float64)
