"""How many people: histograms of bitmaps and of sums over sets, by class. Where the time of a count goes.

People come as arrays of the same length, mostly of those alone who have any bit set: most sets are a
minority's. Every function returns the layers of `members` first and the class last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linkage.measures.figures import Bits
    from linkage.measures.kinds.members import Layers, Members

Codes: TypeAlias = npt.NDArray[np.unsignedinteger[Any]]

_BYTE = 8
_BITS = (np.arange(1 << _BYTE) >> np.arange(_BYTE)[:, None] & 1).astype(np.int64)
"""Bit p of every byte, shape (8, 256)."""
_PLACES = 1 << 18
"""People times periods that are looked at together: little memory, and few calls of numpy."""
_PLACE = 64
"""Bytes for each of them at most, where everybody is somewhere: places, codes, classes, and their copies."""


def bytes_spread(people: float, dtype: np.dtype[Any]) -> int:
    """Memory that sums_per_period and moves_per_period take for so many people, beside their tables."""
    return int(min(people * dtype.itemsize * _BYTE, _PLACES)) * _PLACE


def first(events: Bits, mask: int) -> Bits:
    """Of each person's bits among those of the mask, the one of the earliest period."""
    inside = events & events.dtype.type(mask)
    earliest: Bits = inside & np.negative(inside)
    return earliest


def in_some(bits: Bits, mask: int, members: Members) -> Layers:
    """People with a bit among those of the mask. Shape (layers, cut)."""
    return members.by(_touches(bits, mask), 2)[:, 1]


def per_period(bits: Bits, periods: int, members: Members) -> Layers:
    """People with the bit of each period. Shape (layers, periods, cut).

    One histogram per byte of the bitmap, in which a value stands for eight periods at once: one over whole
    bitmaps is faster only where it is much smaller than the block.
    """
    table = np.empty((members.layers, periods, members.cut), np.int64)
    columns = _bytes(bits)
    for first in range(0, periods, _BYTE):
        values = members.by(columns[:, first // _BYTE], 1 << _BYTE)
        some = min(_BYTE, periods - first)
        table[:, first : first + some] = _BITS[:some] @ values
    return table


def sums_in_some(sets: Sequence[Bits], weights: Sequence[int], mask: int, members: Members) -> Layers:
    """People by the sum of the weights of the sets that they have a bit of the mask in.

    Shape (layers, largest sum + 1, cut).
    """
    largest = sum(weights)
    sums = np.zeros(len(sets[0]), np.min_scalar_type(largest))
    for bits, weight in zip(sets, weights, strict=True):
        sums += _touches(bits, mask) * sums.dtype.type(weight)
    return members.by(sums, largest + 1)


def sums_per_period(sets: Sequence[Bits], weights: Sequence[int], periods: int, members: Members) -> Layers:
    """As sums_in_some, for each period. Shape (layers, largest sum + 1, periods, cut); sum 0 is left out."""
    size = sum(weights) + 1
    table = np.zeros((members.layers, size, _width(sets), members.cut), np.int64)
    for some in _shares(sets):
        table += _codes(_spread([bits[some] for bits in sets], weights), size, members.take(some))
    return table[:, :, :periods]


def moves_per_period(states: Sequence[Bits], every: int, departures: int, members: Members) -> Layers:
    """Moves from state to state, `every` periods later, by the period of departure.

    states: of which a person is in one at most in each period. departures: bitmap of the periods that count.
    Shape (layers, pairs of states, width of a bitmap, cut). States are numbered from 1, 0 is none of them; a
    pair is from × (states + 1) + to, and the pair 0 is not counted.
    """
    width, base = _width(states), len(states) + 1
    counting = departures >> np.arange(width, dtype=np.uint64) & 1
    table = np.zeros((members.layers, base**2, width, members.cut), np.int64)
    planes = [1 << i for i in range(len(states).bit_length())]
    for some in _shares(states):
        bits = [_digit(states, plane, some) for plane in planes]
        at = _spread(bits, planes).astype(np.min_scalar_type(base**2 - 1), copy=False)
        pairs = at * at.dtype.type(base)
        pairs[:, : max(0, width - every)] += at[:, every:]
        table += _codes(pairs * counting.astype(at.dtype), base**2, members.take(some))
    return table


def _digit(states: Sequence[Bits], plane: int, some: slice) -> Bits:
    """When the number of a person's state has the binary digit `plane`."""
    answer = np.zeros_like(states[0][some])
    for number, bits in enumerate(states, start=1):
        if number & plane:
            answer |= bits[some]
    return answer


def _codes(codes: Codes, size: int, members: Members) -> Layers:
    """People by code (1 … size - 1) and bit. codes: (n, width). Shape (layers, size, width, cut).

    Most codes are 0, and only the rest is counted.
    """
    width = codes.shape[1]
    codes = codes.reshape(-1)
    found = np.flatnonzero(codes != 0)
    person, period = found >> width.bit_length() - 1, found & width - 1
    counted = members.take(person).by(codes[found] * np.intp(width) + period, size * width)
    return counted.reshape(-1, size, width, members.cut)


def _spread(sets: Sequence[Bits], weights: Sequence[int]) -> Codes:
    """The sum of the weights for each person and bit. Shape (n, width)."""
    dtype = np.min_scalar_type(sum(weights))
    sums = np.zeros(len(sets[0]) * _width(sets), dtype)
    for bits, weight in zip(sets, weights, strict=True):
        sums += np.unpackbits(_bytes(bits).reshape(-1), bitorder="little") * dtype.type(weight)
    return sums.reshape(-1, _width(sets))


def _width(sets: Sequence[Bits]) -> int:
    return sets[0].itemsize * _BYTE


def _shares(sets: Sequence[Bits]) -> Iterator[slice]:
    """The people, so many at a time that their periods are _PLACES."""
    step = _PLACES // _width(sets)
    for first in range(0, len(sets[0]), step):
        yield slice(first, first + step)


def _bytes(bits: Bits) -> npt.NDArray[np.uint8]:
    """The bytes of each bitmap, that of the first periods first. Shape (n, itemsize)."""
    little = np.ascontiguousarray(bits, bits.dtype.newbyteorder("<"))
    return little.view(np.uint8).reshape(len(bits), bits.itemsize)


def _touches(bits: Bits, mask: int) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = (bits & bits.dtype.type(mask)) != 0
    return found
