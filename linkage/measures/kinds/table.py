"""What one measure sums up over the people of a block. Tables of blocks add."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from linkage.measures.figures import Sums
    from linkage.measures.kinds.members import Layers
    from linkage.measures.packed import Found


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    """counts: shape (layers, own axis, time, sex code, age row); see `members`.

    sums: the amounts of the people of each cell, where the measure asks for them.
    """

    counts: Layers
    sums: Sums | None = None

    def add(self, other: Table) -> None:
        """Add the table of other people, in place."""
        np.add(self.counts, other.counts, out=self.counts)
        if self.sums is not None and other.sums is not None:
            np.add(self.sums.total, other.sums.total, out=self.sums.total)
            both = np.concatenate([self.sums.largest, other.sums.largest])
            self.sums.largest[...] = two_largest(both)


@dataclass(frozen=True, eq=False, repr=False)
class Tables:
    """What all measures sum up, in their order, and where atoms are asked for, these by stretch."""

    tables: Sequence[Table]
    found: Sequence[Found] = ()

    def add(self, other: Tables) -> None:
        """Add what other people are, in place."""
        for table, more in zip(self.tables, other.tables, strict=True):
            table.add(more)
        for found, others in zip(self.found, other.found, strict=True):
            found.add(others.all())


def two_largest(several: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Along the first axis, which has two at least; the larger first. Shape (2, …)."""
    return np.sort(several, axis=0)[:-3:-1]
