"""One package, read by token ranges in ascending order, whatever ranges it was cut at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from linkage.tokens import Words, words

if TYPE_CHECKING:
    from keys.identity import RoundKey
    from linkage.match.package import Package
    from linkage.package.rows import Rows


class Piece(NamedTuple):
    """Rows of one party, ascending by token, and their tokens as two words each, shape (n,).

    more: rows under previous numbers, of people who have, or could have, a row in another piece. Their tokens
    are the newest ones of these people; what they say of sex and age is not asked. party: the sender.
    """

    high: Words
    low: Words
    rows: Rows
    more: bool = False
    party: str = ""

    def __repr__(self) -> str:
        """Without the tokens, which a NamedTuple would show."""
        return f"<Piece of {len(self.high)} rows>"


class Reader:
    """Reads a package for one worker; the last part that it opened stays open."""

    def __init__(self, package: Package, round_key: RoundKey) -> None:
        self._package = package
        self._round_key = round_key
        self._index = -1
        self._open: Piece | None = None

    def pieces(self, block: int, blocks: int) -> list[Piece]:
        """The rows of range `block` of 2**blocks: a part, several, or what is cut from one.

        Raises PackageError where a part is not what it should be.
        """
        finer = blocks - self._package.ranges
        if finer >= 0:
            return [cut(self._part(block >> finer), block, blocks)]
        return [self._read(index) for index in range(block << -finer, block + 1 << -finer)]

    def _part(self, index: int) -> Piece:
        if self._open is None or self._index != index:
            self._open = None  # two parts are never held at once
            self._open = self._read(index)
            self._index = index
        return self._open

    def _read(self, index: int) -> Piece:
        rows = self._package.open_range(index, self._round_key)
        return Piece(*words(rows.tokens), rows, party=self._package.party)


def cut(part: Piece, block: int, blocks: int) -> Piece:
    """Those of the part's rows whose tokens lie in range `block` of 2**blocks, as views."""
    first = block << 64 - blocks
    after = block + 1 << 64 - blocks
    start = int(np.searchsorted(part.high, np.uint64(first)))
    stop = len(part.high) if after == 1 << 64 else int(np.searchsorted(part.high, np.uint64(after)))
    high, low = part.high[start:stop], part.low[start:stop]
    return part._replace(high=high, low=low, rows=part.rows.slice(start, stop))
