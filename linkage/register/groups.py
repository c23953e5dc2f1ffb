"""Rows by what they have in common: sorted, taken together, and put into a table that is there already.

A table is two columns: whole numbers, distinct and ascending, and a value of each. Putting rows into it sorts
the rows alone, so that a register of ten times the rows takes no more than ten times the time.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

_Number = TypeVar("_Number", np.int64, np.uint64)
_Value = TypeVar("_Value", np.int64, np.uint64)

_BITS = 63


def grouped(
    numbers: npt.NDArray[_Number], values: npt.NDArray[_Value], together: np.ufunc
) -> tuple[npt.NDArray[_Number], npt.NDArray[_Value]]:
    """A table of rows in any order. together: makes one value of those of rows with the same number."""
    if not len(numbers):
        return numbers, values
    ascending, index = _sorted(numbers)
    first = starts(ascending)
    return ascending[first], together.reduceat(values[index], first)


def put(
    table: tuple[npt.NDArray[_Number], npt.NDArray[_Value]],
    more: tuple[npt.NDArray[_Number], npt.NDArray[_Value]],
    together: np.ufunc,
) -> tuple[npt.NDArray[_Number], npt.NDArray[_Value]]:
    """Both tables as one. The values of the first are changed in place."""
    (numbers, values), (found, theirs) = table, more
    if not len(numbers):
        return more
    places = np.searchsorted(numbers, found)
    there = numbers[np.minimum(places, len(numbers) - 1)] == found
    values[places[there]] = together(values[places[there]], theirs[there])
    new = np.flatnonzero(~there)
    if not len(new):
        return numbers, values
    at = places[new] + np.arange(len(new))
    old = np.ones(len(numbers) + len(new), np.bool_)
    old[at] = False
    return _spread(numbers, found[new], old, at), _spread(values, theirs[new], old, at)


def _spread(
    one: npt.NDArray[_Number],
    other: npt.NDArray[_Number],
    old: npt.NDArray[np.bool_],
    at: npt.NDArray[np.intp],
) -> npt.NDArray[_Number]:
    spread = np.empty(len(old), one.dtype)
    spread[old] = one
    spread[at] = other
    return spread


def starts(ascending: npt.NDArray[_Number]) -> npt.NDArray[np.intp]:
    """Where each number stands first."""
    if not len(ascending):
        return np.empty(0, np.intp)
    return np.flatnonzero(np.concatenate(([True], ascending[1:] != ascending[:-1])))


def _sorted(numbers: npt.NDArray[_Number]) -> tuple[npt.NDArray[_Number], npt.NDArray[np.intp]]:
    """The numbers ascending, and where each one stood.

    Where a number and its place go into one word, words are sorted: that is faster than sorting places.
    """
    bits = max(1, (len(numbers) - 1).bit_length())
    if int(numbers.min()) < 0 or int(numbers.max()).bit_length() + bits > _BITS:
        index = np.argsort(numbers)
        return numbers[index], index
    words = (numbers << numbers.dtype.type(bits)) | np.arange(len(numbers), dtype=numbers.dtype)
    words.sort()
    index = (words & numbers.dtype.type((1 << bits) - 1)).astype(np.intp)
    words >>= numbers.dtype.type(bits)
    return words, index
