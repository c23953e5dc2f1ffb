"""How many rows say the same as another one: the same person, series, and cells in all that the map reads.

Only hashes are kept, of a kind that is new in every run, and not more than so many: beyond that, of those
rows whose hash ends in zeros, so that what is told is an estimate, and memory does not grow with rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from linkage.register.groups import put, starts

if TYPE_CHECKING:
    import pyarrow as pa

    from linkage.identifiers import Keys

_Hashes: TypeAlias = npt.NDArray[np.uint64]
_Numbers: TypeAlias = npt.NDArray[np.int64]

MOST = 1 << 18  # different rows that are told apart one by one
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Repeated:
    """Rows that say what another row said already. exact: every row was looked at, not some of them."""

    rows: int = 0
    exact: bool = True


class Same:
    """Takes rows, and counts those that came before."""

    def __init__(self) -> None:
        self._zeros = 0  # a hash that ends in so many zero bits is kept
        self._hashes: _Hashes = np.empty(0, np.uint64)
        self._rows: _Numbers = np.empty(0, np.int64)  # of each hash
        self._waiting: list[_Hashes] = []

    def add(
        self,
        keys: Keys,
        codes: npt.NDArray[np.integer],
        rows: npt.NDArray[np.integer],
        coded: Mapping[str, pa.DictionaryArray],
    ) -> None:
        """Rows of people with these keys, in the series with these codes. rows: where they are in `coded`."""
        found = _mixed(keys.astype(np.uint64), codes.astype(np.uint64))
        found ^= np.uint64(hash(tuple(coded)) & 0xFFFFFFFFFFFFFFFF)
        for cells in coded.values():
            table = np.array([hash(text) for text in cells.dictionary.to_pylist()], np.int64).view(np.uint64)
            found = _mixed(found, table[cells.indices.to_numpy()[rows]])
        self._waiting.append(self._kept(found))
        if sum(map(len, self._waiting)) >= MOST:
            self._compact()

    def repeated(self) -> Repeated:
        """What was counted so far."""
        self._compact()
        return Repeated(int(self._rows.sum() - len(self._rows)) << self._zeros, self._zeros == 0)

    def _kept(self, hashes: _Hashes) -> _Hashes:
        ends = np.uint64((1 << self._zeros) - 1)
        return hashes[hashes & ends == 0] if self._zeros else hashes

    def _compact(self) -> None:
        if not self._waiting:
            return
        hashes = np.concatenate(self._waiting)
        self._waiting = []
        hashes.sort()
        first = starts(hashes)
        new = hashes[first], np.diff(np.append(first, len(hashes)))
        self._hashes, self._rows = put((self._hashes, self._rows), new, np.add)
        while len(self._hashes) > MOST:
            self._zeros += 1
            here = self._hashes & np.uint64((1 << self._zeros) - 1) == 0
            self._hashes, self._rows = self._hashes[here], self._rows[here]


def _mixed(one: _Hashes, other: _Hashes) -> _Hashes:
    """A hash of both, whose last bits depend on all of them."""
    mixed = (one ^ (one >> np.uint64(32))) * _SPREAD + other
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _SPREAD
    return np.asarray(mixed ^ (mixed >> np.uint64(32)))
