"""Tokens as columns: 16 bytes per person, and their order.

A token sorts by its bytes. Two big-endian words are the same order in two comparisons, which numpy does fast.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

TokenArray: TypeAlias = npt.NDArray[np.uint8]
"""Shape (n, 16)."""
Words: TypeAlias = npt.NDArray[np.uint64]


def words(tokens: TokenArray) -> tuple[Words, Words]:
    """The first and the last eight bytes of each token as native numbers, each of shape (n,)."""
    pairs = np.ascontiguousarray(tokens).view(">u8")
    return pairs[:, 0].astype(np.uint64), pairs[:, 1].astype(np.uint64)


def order(tokens: TokenArray) -> npt.NDArray[np.intp]:
    """The index that puts tokens in bytewise ascending order."""
    high, low = words(tokens)
    index = np.argsort(high)
    ascending = high[index]
    if np.any(
        ascending[1:] == ascending[:-1]
    ):  # two tokens that share eight bytes: rare, or one person twice
        return np.lexsort((low, high))
    return index
