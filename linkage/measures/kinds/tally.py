"""How many people: histograms of bitmaps and of sums over sets, by class. Where the time of a count goes.

People come as arrays of the same length, of those alone who have any bit set: most sets are a minority's.
Classes are numbered from 0 to cut − 1; classes None means that all are in class 0. Every function returns
int64 counts with the class as last axis. Only `all_of_them` and `_histogram` count: what else is to be
summed over the same people has its place there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from linkage.measures.model import Bits

Table: TypeAlias = npt.NDArray[np.int64]
Classes: TypeAlias = npt.NDArray[np.intp]

_BYTE = 8
_BITS = (np.arange(1 << _BYTE) >> np.arange(_BYTE)[:, None] & 1).astype(np.int64)
"""Bit p of every byte, shape (8, 256)."""
_PLACES = 1 << 18
"""People times periods that are looked at together: little memory, and few calls of numpy."""


def all_of_them(n: int, classes: Classes | None, cut: int) -> Table:
    """People by class. Shape (cut,)."""
    return np.full(1, n, np.int64) if classes is None else np.bincount(classes, minlength=cut)


def in_some(bits: Bits, mask: int, classes: Classes | None, cut: int) -> Table:
    """People with a bit among those of the mask. Shape (cut,)."""
    some: Table = _histogram(_touches(bits, mask), 2, classes, cut)[1]
    return some


def per_period(bits: Bits, periods: int, classes: Classes | None, cut: int) -> Table:
    """People with the bit of each period. Shape (periods, cut).

    One histogram per byte of the bitmap, in which a value stands for eight periods at once: one over whole
    bitmaps is faster only where it is much smaller than the block.
    """
    table = np.empty((periods, cut), np.int64)
    columns = _bytes(bits)
    for first in range(0, periods, _BYTE):
        values = _histogram(columns[:, first // _BYTE], 1 << _BYTE, classes, cut)
        some = min(_BYTE, periods - first)
        table[first : first + some] = _BITS[:some] @ values
    return table


def sums_in_some(
    sets: Sequence[Bits], weights: Sequence[int], mask: int, classes: Classes | None, cut: int
) -> Table:
    """People by the sum of the weights of the sets that they have a bit of the mask in.

    Shape (largest sum + 1, cut).
    """
    largest = sum(weights)
    sums = np.zeros(len(sets[0]), np.min_scalar_type(largest))
    for bits, weight in zip(sets, weights, strict=True):
        sums += _touches(bits, mask) * sums.dtype.type(weight)
    return _histogram(sums, largest + 1, classes, cut)


def sums_per_period(
    sets: Sequence[Bits], weights: Sequence[int], periods: int, classes: Classes | None, cut: int
) -> Table:
    """As sums_in_some, for each period. Shape (largest sum + 1, periods, cut); sum 0 is not counted.

    Bits are spread out to one sum per person and period; most of these are 0, and only the rest is counted.
    """
    width = sets[0].itemsize * _BYTE
    size = (sum(weights) + 1) * width
    table = np.zeros((size, cut), np.int64)
    step = _PLACES // width
    for first in range(0, len(sets[0]), step):
        some = slice(first, first + step)
        sums = _spread([bits[some] for bits in sets], weights)
        found = np.flatnonzero(sums != 0)
        person, period = found >> width.bit_length() - 1, found & width - 1
        values = sums[found] * np.intp(width) + period
        table += _histogram(values, size, None if classes is None else classes[some][person], cut)
    return table.reshape(-1, width, cut)[:, :periods]


def _spread(sets: Sequence[Bits], weights: Sequence[int]) -> npt.NDArray[np.unsignedinteger[Any]]:
    """The sum of the weights for each person and, fastest, each bit."""
    dtype = np.min_scalar_type(sum(weights))
    sums = np.zeros(len(sets[0]) * sets[0].itemsize * _BYTE, dtype)
    for bits, weight in zip(sets, weights, strict=True):
        sums += np.unpackbits(_bytes(bits).reshape(-1), bitorder="little") * dtype.type(weight)
    return sums


def _bytes(bits: Bits) -> npt.NDArray[np.uint8]:
    """The bytes of each bitmap, that of the first periods first. Shape (n, itemsize)."""
    little = np.ascontiguousarray(bits, bits.dtype.newbyteorder("<"))
    return little.view(np.uint8).reshape(len(bits), bits.itemsize)


def _touches(bits: Bits, mask: int) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = (bits & bits.dtype.type(mask)) != 0
    return found


def _histogram(values: npt.NDArray[Any], size: int, classes: Classes | None, cut: int) -> Table:
    """People by value (0 … size − 1) and class. Shape (size, cut)."""
    keys = values if classes is None else values * np.intp(cut) + classes
    return np.bincount(keys, minlength=size * cut).reshape(size, cut)
