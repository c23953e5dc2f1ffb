"""Amounts under `cellkey`: whether a sum may be told at all, and how it is moved. All in whole numbers."""

from __future__ import annotations

import struct
from fractions import Fraction
from math import isqrt
from typing import TYPE_CHECKING, Final

from linkage.release.counts import whole

if TYPE_CHECKING:
    from linkage.release.protected import Noise

P: Final = 10
"""Nobody may be able to come this near, in per cent, to the largest amount."""
_PREFIX: Final = b"linkage/1/amount\n"
_KEYS: Final = 1 << 32


def dominated(total: int, largest: int, second: int) -> bool:
    """The p % rule: the one with the second amount takes it from the sum, and is that near to the largest.

    Amounts that are all zero are dominated too: their sum would tell each of them.
    """
    return largest == 0 or 100 * (total - largest - second) < P * largest


def moved(total: int, largest: int, variance: Fraction, drawn: Fraction) -> int:
    """The sum with a multiple of the largest amount added, -m … m times it as drawn; not below 0.

    drawn: between -1 and 1, as even() gives it.
    """
    return max(0, total + whole(largest * reach(variance) * drawn))


def reach(variance: Fraction) -> Fraction:
    """m = √(3 · variance), cut to hundredths: an even spread over -m … m has the variance of the counts."""
    return Fraction(isqrt(int(3 * 10_000 * variance)), 100)


def even(noise: Noise, key: int, *, offset: int, series: str) -> Fraction:
    """Between -1 and 1, evenly: what is known of one offset or series says nothing of another.

    key: of the cell. offset: the period around the event; series: the amounts'. The noise is the family's:
    all cell keys can be tried, so by a public function a few known sums would give theirs away.
    """
    mixed = noise(_PREFIX + struct.pack(">Ih", key, offset) + series.encode())
    return Fraction(2 * int.from_bytes(mixed[:4]) + 1 - _KEYS, _KEYS)
