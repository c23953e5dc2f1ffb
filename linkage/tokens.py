"""Tokens as columns: identifiers and a key → 16 bytes per person, and their order (docs/token.md).

A token sorts by its bytes. Two big-endian words are the same order in two comparisons, which numpy does fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.token_workers import MANY, column, cores

if TYPE_CHECKING:
    from keys.secret import SeedKey, TokenKey
    from linkage.identifiers import Identifiers

TokenArray: TypeAlias = npt.NDArray[np.uint8]
"""Shape (n, 16)."""
Words: TypeAlias = npt.NDArray[np.uint64]

SIZE = 16  # bytes of a token


def tokens(key: TokenKey, identifiers: Identifiers) -> TokenArray:
    """Keyed tokens of n canonical identifiers (RFC 2104), in their order: shape (n, 16).

    The HMAC's key is the token key's 64 hex characters, the message "se:199001012385", the token the first
    16 bytes. The type of `identifiers` is the proof that each of them is canonical.
    """
    return _hmac(key.hmac_key, identifiers)


def seeds(key: SeedKey, identifiers: Identifiers) -> TokenArray:
    """As tokens, under the seed key: the same person has the same seed in every round of the family."""
    return _hmac(key.hmac_key, identifiers)


def _hmac(key: bytes, identifiers: Identifiers) -> TokenArray:
    """Of few in this process, of many on all cores: the same bytes."""
    n, workers = len(identifiers), 0
    if n >= MANY and cores() > 1:
        workers = cores()
    made = column(key, f"{identifiers.scheme}:".encode(), identifiers, SIZE, workers)
    return np.frombuffer(made, np.uint8).reshape(n, SIZE)


def words(tokens: TokenArray) -> tuple[Words, Words]:
    """The first and the last eight bytes of each token as native numbers, each of shape (n,)."""
    pairs = np.ascontiguousarray(tokens).view(">u8")
    return pairs[:, 0].astype(np.uint64), pairs[:, 1].astype(np.uint64)


def find(ascending: tuple[Words, Words], sought: tuple[Words, Words]) -> npt.NDArray[np.intp]:
    """The place of each sought token among tokens that ascend, -1 where it is not there; both as words.

    One step more for each token that shares its first eight bytes with a sought one: hardly ever any.
    """
    high, low = ascending
    if not len(high):
        return np.full(len(sought[0]), -1, np.intp)
    places = np.searchsorted(high, sought[0])
    while True:
        there = np.minimum(places, len(high) - 1)
        alike = (places < len(high)) & (high[there] == sought[0])
        before = alike & (low[there] < sought[1])
        if not before.any():
            return np.where(alike & (low[there] == sought[1]), there, -1)
        places += before


def order(tokens: TokenArray) -> npt.NDArray[np.intp]:
    """The index that puts tokens in bytewise ascending order.

    Sorts numbers that hold a token's first bits and, below them, its place: numpy sorts values twice as fast
    as it sorts places. Tokens that share those bits are few, and are put right afterwards.
    """
    high, low = words(tokens)
    bits = np.uint64(max(1, (len(high) - 1).bit_length()))
    packed = (high >> bits << bits) | np.arange(len(high), dtype=np.uint64)
    packed.sort()
    index = (packed & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.intp)
    packed >>= bits
    alike = np.zeros(len(high), np.bool_)
    alike[1:] = packed[1:] == packed[:-1]
    alike[:-1] |= alike[1:]
    if alike.any():
        few = index[alike]
        index[alike] = few[np.lexsort((low[few], high[few]))]
    return index
