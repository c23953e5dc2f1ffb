"""duration: how long stays last, by each person's first stay of which start and end were seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from linkage.measures.expressions import Left, Started
from linkage.measures.figures import Axis
from linkage.measures.kinds.breakdown import Breakdown
from linkage.measures.kinds.table import Table

if TYPE_CHECKING:
    import numpy.typing as npt

    from linkage.measures.evaluate import Block, Program
    from linkage.measures.facts import Time, Values, Where
    from linkage.measures.figures import Bits, Cells
    from linkage.measures.model import Duration, Frame


class DurationTable:
    """Own axis: the length of the stay in periods, from 1 to the longest that the window can show whole."""

    def __init__(self, measure: Duration, frame: Frame, program: Program) -> None:
        self._breakdown = Breakdown(measure, frame)
        self._longest = max(0, len(frame.window) - 2)
        self._started = program.add_tree(Started(measure.duration.tree))
        self._left = program.add_tree(Left(measure.duration.tree))
        self._known = program.known(self._started) & program.known(self._left)

    def block(self, block: Block) -> Table:
        """See Kind."""
        lengths = _first_lengths(block.bits(self._started), block.bits(self._left))
        live = np.flatnonzero(lengths)
        counted = self._breakdown.members(block).take(live).by(lengths[live], self._longest + 1)
        return Table(self._breakdown.by_class(counted[:, 1:, None]))

    def cells(self, total: Table) -> Cells:
        """See Kind."""
        notes = self._breakdown.notes([self._known], dated=True)
        own = Axis("length", tuple(range(1, self._longest + 1)))
        return self._breakdown.cells([own], total, [notes] * self._longest)

    def told(self, time: Time) -> list[Where | None]:
        """See Kind."""
        if not time.tells([self._known], dated=True):
            return [None] * self._longest
        stay = FirstStay(self._started, self._left, self._known, self._longest)
        return [((stay, length),) for length in range(1, stay.size)]


@dataclass(frozen=True)
class FirstStay:
    """The length of a person's first whole stay, 0 without any. started, left: steps; mask: where known."""

    started: int
    left: int
    mask: int
    longest: int

    @property
    def size(self) -> int:
        """See Fact."""
        return self.longest + 1

    @property
    def looks_at(self) -> tuple[tuple[int, int], ...]:
        """See Fact."""
        return ((self.started, self.mask), (self.left, self.mask))

    ordered = True

    def values(self, bits: Callable[[int], Bits]) -> Values:
        """See Fact."""
        return _first_lengths(bits(self.started), bits(self.left))


def _first_lengths(started: Bits, left: Bits) -> npt.NDArray[np.uint8]:
    """The length of each person's first whole stay, 0 without any.

    Known periods are one stretch: the first end after the first start is that of the same stay.
    """
    start = started & np.negative(started)
    ends = left & ~(start - started.dtype.type(1))
    end = ends & np.negative(ends)
    stay = end + (end - start)  # from the bit of the start to that of the end
    return np.where((start != 0) & (end != 0), np.bitwise_count(stay), np.uint8(0))
