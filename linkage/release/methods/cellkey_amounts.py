"""Amounts under `cellkey`: whether a sum may be told at all, and how it is moved. All in whole numbers."""

from __future__ import annotations

import hashlib
import struct
from fractions import Fraction
from math import isqrt
from typing import Final

from linkage.release.counts import whole

P: Final = 10
"""Nobody may be able to come this near, in per cent, to the largest amount."""
_PREFIX: Final = b"linkage/1/amount\n"
_KEYS: Final = 1 << 32


def dominated(total: int, largest: int, second: int) -> bool:
    """The p % rule: the one with the second amount takes it from the sum, and is that near to the largest.

    Amounts that are all zero are dominated too: their sum would tell each of them.
    """
    return largest == 0 or 100 * (total - largest - second) < P * largest


def moved(total: int, largest: int, key: int, variance: Fraction, *, offset: int, series: str) -> int:
    """The sum with a multiple of the largest amount added, -m … m times it by the cell key; not below 0.

    offset: the period around the event; series: the amounts'. Each has a multiple of its own.
    """
    return max(0, total + whole(largest * reach(variance) * even(key, offset, series)))


def reach(variance: Fraction) -> Fraction:
    """m = √(3 · variance), cut to hundredths: an even spread over -m … m has the variance of the counts."""
    return Fraction(isqrt(int(3 * 10_000 * variance)), 100)


def even(key: int, offset: int, series: str) -> Fraction:
    """Between -1 and 1, evenly over the keys: what is known of one offset or series says nothing of another.

    Nor does the change of the count, which is read off the key itself.
    """
    mixed = hashlib.sha256(_PREFIX + struct.pack(">Ih", key, offset) + series.encode()).digest()
    return Fraction(2 * int.from_bytes(mixed[:4]) + 1 - _KEYS, _KEYS)
