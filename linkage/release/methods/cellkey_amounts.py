"""Amounts under `cellkey`: whether a sum may be told at all, and how it is moved. All in whole numbers."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import Final

from linkage.release.counts import whole

P: Final = 10
"""Nobody may be able to come this near, in per cent, to the largest amount."""
_HALF: Final = 16
_KEYS: Final = 1 << 32


def dominated(total: int, largest: int, second: int) -> bool:
    """The p % rule: the one with the second amount takes it from the sum, and is that near to the largest.

    Amounts that are all zero are dominated too: their sum would tell each of them.
    """
    return largest == 0 or 100 * (total - largest - second) < P * largest


def moved(total: int, largest: int, key: int, variance: Fraction) -> int:
    """The sum with a multiple of the largest amount added, -m … m times it by the cell key; not below 0."""
    return max(0, total + whole(largest * reach(variance) * _even(key)))


def reach(variance: Fraction) -> Fraction:
    """m = √(3 · variance), cut to hundredths: an even spread over -m … m has the variance of the counts."""
    return Fraction(isqrt(int(3 * 10_000 * variance)), 100)


def _even(key: int) -> Fraction:
    """Between -1 and 1, evenly over the keys, from the key with its halves exchanged.

    The change of the count is decided by the upper digits of the key, so that this one is not told by it.
    """
    exchanged = key >> _HALF | key << _HALF & _KEYS - 1
    return Fraction(2 * exchanged + 1 - _KEYS, _KEYS)
