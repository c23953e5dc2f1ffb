"""Worlds that were found, and what they prove of a pattern: a world needs what it changes to be withheld."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linkage.release.methods.suppress.system import EVERYBODY

if TYPE_CHECKING:
    from linkage.release.audit.problem import Flags, Places, Whole
    from linkage.release.methods.suppress.system import System


class Worlds:
    """Tables of one system in which all that always holds is kept, for some readers.

    changed: shape (worlds, choices); apart: shape (worlds, aims), how far each aim is from the truth;
    readers: shape (worlds, readers), who cannot tell it from the truth.
    """

    def __init__(self, system: System, readers: int) -> None:
        self._system = system
        sizes = [len(row.atoms) for row in system.rows]
        self._of = np.repeat(np.arange(len(sizes)), sizes)
        self._atoms = np.concatenate([np.empty(0, np.intp), *(row.atoms for row in system.rows)])
        self._signs = np.concatenate([np.empty(0, np.int64), *(row.coefficients for row in system.rows)])
        self._n = len(system.choices)
        self._readers = readers
        self._low = np.concatenate([system.free_low, system.low[self._n :]])
        self._high = np.concatenate([system.free_high, system.high[self._n :]])
        self._seen: set[bytes] = set()
        self.changed = np.empty((0, self._n), np.bool_)
        self.apart = np.empty((0, len(system.aims)), np.int64)
        self.readers = np.empty((0, readers), np.bool_)

    def add(self, table: Whole) -> bool:
        """Take a table in; false where it is none, in exact arithmetic, or is known."""
        if (table < 0).any() or (key := table.tobytes()) in self._seen:
            return False
        system = self._system
        values = np.zeros(len(system.rows), np.int64)
        np.add.at(values, self._of, table[self._atoms] * self._signs)
        wrong = (values < self._low) | (values > self._high)
        if (wrong & (system.reader == EVERYBODY)).any():
            return False
        readers = np.ones(self._readers, np.bool_)
        readers[system.reader[wrong]] = False
        if not readers.any():
            return False
        self._seen.add(key)
        apart = values - system.true
        self.changed = np.vstack([self.changed, apart[: self._n] != 0])
        self.apart = np.vstack([self.apart, apart[system.aims]])
        self.readers = np.vstack([self.readers, readers])
        return True

    def open(self, reader: int, withheld: Flags, needs: Whole) -> Places:
        """The aims that the worlds of this pattern do not keep far enough apart for a reader."""
        least, most = self.span(reader, withheld)
        return np.flatnonzero(most - least < needs)

    def span(self, reader: int, withheld: Flags) -> tuple[Whole, Whole]:
        """The smallest and largest distance of each aim from the truth; the truth is a world."""
        valid = self.readers[:, reader] & ~(self.changed & ~withheld).any(axis=1)
        apart = self.apart[valid]
        return apart.min(axis=0, initial=0), apart.max(axis=0, initial=0)
